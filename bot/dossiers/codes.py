"""Finds a dossier code in what a citizen typed. Pure text work; guesses nothing that could be another dossier.

A code is ``[000.00.00.]H29[.unit…]-YYMMDD-NNNN`` (domain.md §2).
"""

import re
import unicodedata
from datetime import datetime

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−_", "-"))
# O is read as 0 wherever only digits may stand. A "." or a digit just before means that we see only part of a code.
_HEAD = re.compile(
    r"(?<![A-Z0-9.])(?:([0-9O]{3})[\s.]*([0-9O]{2})[\s.]*([0-9O]{2})[\s.]*)?([HG])[\s.]*([0-9O]{2})(?![A-Z])"
)
_GROUP = re.compile(r"([\s.\-/]*)([0-9O]*[0-9][0-9O]*)(?![A-Z0-9])")
MAX_UNIT_GROUPS = 4


def find_code(text: str) -> str | None:
    """Return the first dossier code in ``text`` in its official form, or None if there is none that is beyond doubt.

    Forgives spaces, lower case, O for 0, other dashes, and dots where only one reading is left.
    """
    flat = unicodedata.normalize("NFC", text).upper().translate(_DASHES)
    for head in _HEAD.finditer(flat):
        tail = _read_tail(flat, head.end())
        if tail is None:
            continue
        old_prefix = [_digits(part) for part in head.groups()[:3] if part]
        return ".".join([*old_prefix, head[4] + _digits(head[5])]) + tail
    return None


def _digits(text: str) -> str:
    return text.replace("O", "0")


def _is_date(digits: str) -> bool:
    try:
        datetime.strptime(f"20{digits}", "%Y%m%d")  # noqa: DTZ007 - only whether the day exists
    except ValueError:
        return False
    return len(digits) == 6


def _read_tail(text: str, start: int) -> str | None:
    """Read ``[.unit…]-YYMMDD-NNNN`` from ``start``."""
    groups: list[tuple[str, str]] = []
    while match := _GROUP.match(text, start):
        groups.append((match[1], _digits(match[2])))
        start = match.end()
    for index, (_, digits) in enumerate(groups):
        if index > MAX_UNIT_GROUPS:
            return None
        date, number, rest = digits, "", groups[index + 1 :]
        if 9 <= len(digits) <= 12:
            date, number = digits[:6], digits[6:]
        elif rest:
            number, rest = rest[0][1], rest[1:]
        if _is_date(date) and 3 <= len(number) <= 6:
            return None if _goes_on(rest) else _join(groups[:index], date, number)
        if len(digits) > 3:
            return None
    return None


def _goes_on(rest: list[tuple[str, str]]) -> bool:
    """Tell whether more of a code follows the number, so that we may have read it wrongly."""
    return bool(rest) and (len(rest[0][1]) >= 3 or not rest[0][0].isspace())


def _join(units: list[tuple[str, str]], date: str, number: str) -> str | None:
    # "H29123": where did the dots stand? Only one digit leaves one reading.
    if units and units[0][0] == "" and len(units[0][1]) > 1:
        return None
    return "".join(f".{digits}" for _, digits in units) + f"-{date}-{number}"
