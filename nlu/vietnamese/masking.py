"""Takes personal numbers and addresses out of text before it reaches Rasa, logs or training data.

Masked: CCCD (12 digits), CMND (9 digits), Vietnamese phone numbers, e-mail addresses.
Never masked: dossier, complaint and procedure codes, hotline numbers, money.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from nlu.vietnamese.normalize import nfc

Tag = Callable[[str, str], str]
PLACEHOLDER = re.compile(r"<(?:phone|cccd|cmnd|email):[\w\-]{1,64}>")

# One separator run inside a number as people group it; no line break, so that two lines never join.
_GAP = r"[ \u00a0.\-\u2013()]{0,3}"
_NOT_MONEY = r"(?![ \u00a0.]{0,2}(?:đồng|dong|đ|d|vnđ|vnd|usd|triệu|tỷ|tỉ)\b)"
_DATE = r"(?!\d{1,2}[.\-]\d{1,2}[.\-](?:19|20)\d\d(?!\d))"
_KEEP = "|".join(
    (
        PLACEHOLDER.pattern,
        # Dossier codes of the one-stop systems (domain sheet, section 2), spaces allowed where people put them.
        r"(?:\d{3} ?\. ?\d{2} ?\. ?\d{2} ?\. ?)?\b[HG]\d{2}(?: ?\. ?\d{1,3}){0,4} ?- ?\d{6} ?- ?\d{3,6}(?!\d)",
        r"\bPA-\d{6}-[0-9A-Z]{6}\b",
        r"(?<![\d.])\d\.\d{6}(?:\.\d{3}\.\d{2}\.\d{2}\.H\d{2})?(?![\d])",
        # Hotlines have 8 or 10 digits after 1800/1900 is counted.
        r"(?<!\d)1[89]00(?:[ .]?\d{2}){2,3}(?!\d)",
    )
)
_EMAIL = r"[\w.%+\-]{1,64} ?@ ?[a-z0-9\-]{1,63}(?:\.[a-z0-9\-]{1,63}){1,8}"
# After the leading 0 or country code: mobiles have 9 digits; landlines (2…) and retired numbers (1…) up to 10.
_NUMBER = rf"(?:[35789](?:{_GAP}\d){{8}}|[1246](?:{_GAP}\d){{8,9}})(?!\d)"
_PHONE = "|".join(
    (
        rf"(?<!\d){_DATE}\(?0{_GAP}{_NUMBER}",
        r"(?<!\d)0\d{10}(?!\d)",
        rf"(?<!\d)\(?(?:\+|00){_GAP}84{_GAP}(?:0{_GAP})?{_NUMBER}",
        rf"(?<!\d)84{_GAP}(?:0{_GAP})?{_NUMBER}{_NOT_MONEY}",
    )
)
_CCCD = "|".join(
    (
        rf"(?<!\d)\d{{12}}(?!\d){_NOT_MONEY}",
        r"(?<!\d)0\d{2}(?:[ .\-]\d{3}){3}(?!\d)",
        r"(?<!\d)0\d{3}(?:[ .\-]\d{4}){2}(?!\d)",
        r"(?<!\d)0\d{2}[ .\-]\d[ .\-]?\d{2}[ .\-]?\d{6}(?!\d)",
    )
)
_CMND = rf"(?<!\d)(?:\d{{9}}|\d{{3}} \d{{3}} \d{{3}})(?!\d){_NOT_MONEY}"
# Order matters: codes before numbers, e-mail before the phone number inside it, CCCD before the phone that begins it.
_SCAN = re.compile(
    rf"(?P<keep>{_KEEP})|(?P<email>{_EMAIL})|(?P<cccd>{_CCCD})|(?P<phone>{_PHONE})|(?P<cmnd>{_CMND})", re.IGNORECASE
)


@dataclass(frozen=True)
class MaskedValue:
    """A value taken out. ``value`` is normalised: digits only (a phone starts with 0), e-mail in lower case."""

    kind: str
    value: str
    placeholder: str


@dataclass(frozen=True)
class Masked:
    """NFC text with placeholders, and what they stand for, in order of first appearance."""

    text: str
    values: tuple[MaskedValue, ...]


def _normalise(kind: str, raw: str) -> str:
    if kind == "email":
        return raw.replace(" ", "").lower()
    digits = "".join(str(int(char)) for char in raw if char.isdecimal())
    if kind != "phone":
        return digits
    digits = digits.removeprefix("00")
    if digits.startswith("84"):
        return "0" + digits[2:].removeprefix("0")
    return digits


def mask(text: str, tag: Tag | None = None) -> Masked:
    """Replace personal values by placeholders such as ``<phone:1>``; masking twice changes nothing.

    Args:
        text: Any text.
        tag: Gives the id of a placeholder from kind and normalised value (letters, digits, ``_``, ``-``; 64 at most).
            Default: a running number.
    """
    numbers = count(1)
    known: dict[tuple[str, str], MaskedValue] = {}

    def replace(match: re.Match[str]) -> str:
        kind = match.lastgroup or "keep"
        if kind == "keep":
            return match.group()
        key = kind, _normalise(kind, match.group())
        if key not in known:
            known[key] = MaskedValue(*key, f"<{kind}:{tag(*key) if tag else next(numbers)}>")
        return known[key].placeholder

    return Masked(_SCAN.sub(replace, nfc(text)), tuple(known.values()))


def redact(text: str) -> str:
    """Return ``text`` (NFC) for logs: numbers keep three digits, e-mails a letter and domain."""

    def replace(match: re.Match[str]) -> str:
        kind = match.lastgroup or "keep"
        if kind == "keep":
            return match.group()
        value = _normalise(kind, match.group())
        if kind == "email":
            name, _, domain = value.partition("@")
            return f"{name[0]}***@{redact(domain)}"
        return "*" * (len(value) - 3) + value[-3:]

    return _SCAN.sub(replace, nfc(text))
