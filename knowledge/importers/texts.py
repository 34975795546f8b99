"""Texts of official files in one form: NFC, no control characters, codes as text, names without "Thủ tục"."""

import re
from decimal import Decimal, InvalidOperation

from knowledge.types import CODE
from nlu.vietnamese.fold import fold
from nlu.vietnamese.normalize import nfc

# Letters for character classes; a range such as à-ỹ holds both cases.
LOWER = "a-zàáảãạăằắẳẵặâầấẩẫậđèéẻẽẹêềếểễệìíỉĩịòóỏõọôồốổỗộơờớởỡợùúủũụưừứửữựỳýỷỹỵ"
UPPER = "A-ZÀÁẢÃẠĂẰẮẲẴẶÂẦẤẨẪẬĐÈÉẺẼẸÊỀẾỂỄỆÌÍỈĨỊÒÓỎÕỌÔỒỐỔỖỘƠỜỚỞỠỢÙÚỦŨỤƯỪỨỬỮỰỲÝỶỸỴ"
# What the portal writes where it says nothing.
_NOTHING = {"", "khong co thong tin", "khong co", "khong", "khong quy dinh", "chua quy dinh", "--", "-", "..."}
_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters, zero-width characters and lone surrogates: invisible to the editor, refused by YAML.
_INVISIBLE = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u200b-\u200f\u2060\ufeff\ufffe\uffff\ud800-\udfff]")
_PREFIX = re.compile(r"(?:thủ tục(?:\s+hành chính)?[\s:.–-]+)+", re.IGNORECASE)


class NumberText(str):
    """A value that the file holds as a number; its digits are kept as the file has them."""

    __slots__ = ()


def verbatim(text: str) -> str:
    """Return the file's own words in NFC, with one kind of line end and without invisible characters."""
    return nfc(_INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))).strip()


def one_line(text: str) -> str:
    """Return ``verbatim(text)`` with every run of whitespace as one space."""
    return " ".join(verbatim(text).split())


def tidy(text: str) -> str:
    """Return ``verbatim(text)`` with single spaces in each line and without empty lines."""
    lines = (" ".join(line.split()) for line in verbatim(text).split("\n"))
    return "\n".join(line for line in lines if line)


def lines_of(text: str) -> tuple[str, ...]:
    """Return the filled lines of ``text``, each tidy; none when the source says nothing."""
    return () if says_nothing(text) else tuple(tidy(text).split("\n"))


def key_of(text: str) -> str:
    """Return ``text`` folded to words for comparing, e.g. ``"Phí, lệ phí:"`` to ``"phi le phi"``."""
    return " ".join(re.findall(r"[a-z0-9]+", fold(verbatim(text))))


def says_nothing(text: str) -> bool:
    """Say whether the source leaves the field empty or writes a phrase for "nothing"."""
    return one_line(fold(text)).rstrip(" .;") in _NOTHING


def procedure_name(text: str) -> str:
    """Return a name without "Thủ tục" in front, first letter upper case; "" when the source gives none."""
    line = one_line(text)
    found = _PREFIX.match(line)
    name = line[found.end() :] if found else line
    return "" if says_nothing(name) else name[0].upper() + name[1:]


def procedure_code(value: str) -> tuple[str, bool]:
    """Return the code that ``value`` holds, and whether it had to be restored from a number (1.00119 -> 1.001190).

    Raises:
        ValueError: It is no code; the message says what a code looks like.
    """
    text = one_line(value)
    if CODE.fullmatch(text):
        return text, False
    if isinstance(value, NumberText) and (restored := _from_number(text)):
        return restored, True
    shown = f'mã "{text[:40]}" sai dạng' if text else "không có mã thủ tục"
    raise ValueError(f'{shown}; mã là một chữ số, dấu chấm, sáu chữ số, ví dụ "1.001193"')


def _from_number(text: str) -> str | None:
    """Undo what a spreadsheet does to a code that was typed as a number: dropped zeros, binary rounding."""
    try:
        number = Decimal(text)
        code = f"{number:.6f}"
        is_close = abs(Decimal(code) - number) < Decimal("1e-9")
    except (InvalidOperation, ValueError):
        return None
    return code if is_close and CODE.fullmatch(code) else None


def slug(text: str) -> str:
    """Return a folder name of ASCII letters, digits and ``_``; "" when nothing is left."""
    return key_of(text).replace(" ", "_")[:60].rstrip("_")
