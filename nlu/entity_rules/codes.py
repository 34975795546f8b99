"""Dossier and complaint codes, and personal numbers: masked as a rule, as typed when the text was not masked."""

import re
from collections.abc import Iterator
from typing import Final

from nlu.entity_rules.types import Entity
from nlu.vietnamese import masking

_GAP: Final = r"[ .\-‐‑‒–—−_/]{0,3}"
# Code of the receiving agency, day of receipt YYMMDD, serial number; O is often typed for 0.
_DOSSIER: Final = re.compile(
    r"(?<![^\W_])(?<![^\W_][.\-])(?:[\dO]{3}[ .]{1,2}[\dO]{2}[ .]{1,2}[\dO]{2}[ .]{1,2})?"
    rf"[HG]{_GAP}[\dO]{{2}}(?:[ .\-/]{{1,2}}[\dO]{{1,3}}){{0,4}}{_GAP}[\dO]{{6}}{_GAP}[\dO]{{3,6}}(?![^\W_])",
    re.IGNORECASE,
)
_COMPLAINT: Final = re.compile(rf"(?<![^\W_])PA{_GAP}[\dOIL]{{6}}{_GAP}[\dA-Z]{{6}}(?![^\W_])", re.IGNORECASE)
_KINDS: Final = {"cmnd": "cccd", "cccd": "cccd", "phone": "phone", "email": "email"}
_PERSONAL: Final = re.compile(r"<(phone|cccd|cmnd|email):[\w\-]{1,64}>")


# "GHN<phone:x1>" is the number of a parcel; "SĐT<phone:x1>" is a telephone.
_GLUED: Final = re.compile(r"[^\W\d_]{2,}$")
_LABELS: Final = frozenset(("SĐT", "SDT", "ĐT", "DT", "TEL", "SỐ", "SO", "CCCD", "CMND", "EMAIL", "PHONE", "ZALO"))


def find_codes(text: str) -> Iterator[Entity]:
    """Give the codes; their value is in upper case."""
    for name, pattern in (("dossier_code", _DOSSIER), ("complaint_code", _COMPLAINT)):
        for match in pattern.finditer(text):
            yield Entity(name, match.start(), match.end(), match[0].upper())


def find_personal(text: str) -> Iterator[Entity]:
    """Give the placeholders of personal values, and such values themselves where nobody masked them."""
    for match in _PERSONAL.finditer(text):
        glued = _GLUED.search(text[max(0, match.start() - 8) : match.start()])
        if glued and glued[0].isupper() and glued[0] not in _LABELS:
            continue
        yield Entity(_KINDS[match[1]], match.start(), match.end(), match[0])
    # masking.py has no public way to give the places: it only replaces.
    for match in masking._SCAN.finditer(text):
        kind = match.lastgroup or ""
        if kind in _KINDS:
            start = match.start() + len(match[0]) - len(match[0].lstrip(" ("))
            start = match.start() if match[0].startswith("(") else start
            yield Entity(_KINDS[kind], start, match.end(), match[0])
