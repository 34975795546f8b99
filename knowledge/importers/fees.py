"""Reads the fee column of official files: the text verbatim, beside it one of three states.

The column lies in known ways: it says "Miễn phí" where a council or a circular sets the fee, drops thousands
("700 VNĐ" for 700.000), and keeps reductions that have ended. So an amount is ``known`` only when nothing beside it
speaks against it, and "Miễn phí", 0 and an empty cell never become an amount.
"""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.importers.texts import key_of, one_line, verbatim

FeeState = Literal["known", "not_published", "unknown"]

_CURRENCY = r"(?:Việt Nam Đồng|VNĐ|VND|đồng|đ(?!\w))"
_NUMBER = (
    r"\d{1,3}(?:\.\d{3}){1,3}|\d{1,3}(?:,\d{3}){1,3}|\d{4,10}|"
    r"\d{1,3}(?:,\d{1,2})?(?=\s{0,2}(?:nghìn|ngàn|triệu))|\d{1,3}"
)
_AMOUNT = re.compile(
    rf"(?<![\d.,/\w-])(?P<number>{_NUMBER})(?![\d]|[.,]\d)\s{{0,2}}(?P<scale>nghìn|ngàn|triệu)?\s{{0,2}}"
    rf"(?P<currency>{_CURRENCY})?",
    re.IGNORECASE,
)
_SCALES = {"": 1, "nghìn": 1000, "ngàn": 1000, "triệu": 1_000_000}
_KIND = re.compile(r"(?:^|\n)\s*(?=(?:Phí|Lệ phí)\s?:)", re.IGNORECASE)
_LABEL = re.compile(r"^\s*(?:Phí|Lệ phí)\s?:\s*", re.IGNORECASE)
_UNIT = re.compile(r"^[\s(]{0,3}(?:đồng\s?)?/\s?([^\d.;,:()\n/]{1,40})", re.IGNORECASE)
_FREE = re.compile(r"^miễn (?:phí|lệ phí)|^không (?:thu|mất) (?:phí|lệ phí)", re.IGNORECASE)
_ELSEWHERE = re.compile(
    r"hội đồng nhân dân|hđnd|theo quy định (?:tại|của|hiện hành)|thông tư|nghị quyết|nghị định|do .{1,60}quyết định",
    re.IGNORECASE,
)
# The sentence says what the fee is, not what a copy costs or who is let off.
_ASIDE = re.compile(r"miễn|bản sao", re.IGNORECASE)
_COUNCIL = re.compile(r"hội đồng nhân dân|hđnd", re.IGNORECASE)
# The portal shows 700.000 as "700 VNĐ"; no fee of ours is below this.
_SMALLEST_VND = 1000
_LIMITED = re.compile(r"đến (?:hết )?(?:ngày )?\d{1,2}/\d{1,2}/\d{4}|\d{1,3}\s?%|bằng một nửa", re.IGNORECASE)
_EXEMPT = re.compile(r"miễn|giảm", re.IGNORECASE)
_FOREIGN = re.compile(r"\b(?:USD|EUR|euro|đô la)\b", re.IGNORECASE)
_RANGE = re.compile(r"\d\s?(?:-|–|đến)\s?\d|từ\s+\d|tối đa|tối thiểu|không quá", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FeeReading:
    """One fee as read.

    Attributes:
        text: The source's words, verbatim (NFC); "" when the cell is empty.
        amount_vnd: VND above 0, only with state ``known``.
        unit: What the amount is for ("trang"); "" when not stated.
        doubts: Vietnamese lines for the editor.
    """

    text: str
    state: FeeState
    amount_vnd: int | None = None
    unit: str = ""
    doubts: tuple[str, ...] = ()


def parse_fees(text: str, description: str = "") -> tuple[FeeReading, ...]:
    """Read a fee cell; one reading per "Phí : …" / "Lệ phí : …" in it, at least one. Never raises.

    Args:
        text: The cell, e.g. ``"10,000 Việt Nam Đồng(Trường hợp …)"``.
        description: The text beside the cell; only used to doubt the amount.
    """
    parts = [part for part in _KIND.split(verbatim(text)) if part.strip()] or [""]
    return tuple(_fee(part.strip(), verbatim(description)) for part in parts)


def _fee(text: str, description: str) -> FeeReading:
    value = _LABEL.sub("", text)
    if key_of(value) in ("khong co thong tin", "khong cong bo"):
        return FeeReading(text, "not_published")
    head, note = _cut_note(value)
    if _FREE.match(head):
        return _free(text, note)
    amount = _AMOUNT.match(head)
    if amount and _vnd(amount) == 0:
        return _free(text, note)
    if amount is None:
        return _without_amount(text, value)
    return _with_amount(text, head, amount, note, description)


def _cut_note(value: str) -> tuple[str, str]:
    head, bracket, note = value.partition("(")
    return head.strip(), bracket + note


def _free(text: str, note: str) -> FeeReading:
    """Read a cell that says free: what the note says of amounts wins, and free itself is left to the editor."""
    amounts = _amounts(note)
    if amounts:
        doubt = f"nguồn ghi miễn phí hoặc 0 đồng nhưng ghi chú nêu {_listed(amounts)}; đọc ghi chú rồi ghi từng khoản"
        return FeeReading(text, "unknown", doubts=(doubt,))
    first = one_line(note).partition(". ")[0]
    if _ELSEWHERE.search(first) and not _ASIDE.search(first):
        doubt = "nguồn ghi miễn phí nhưng ghi chú dẫn sang văn bản khác; tìm mức thu trong văn bản đó"
        return FeeReading(text, "not_published", doubts=(doubt,))
    doubt = "nguồn ghi miễn phí hoặc 0 đồng, cột này hay sai; chỉ ghi 0 đồng khi có trường hợp và nguồn"
    return FeeReading(text, "unknown", doubts=(doubt,))


def _without_amount(text: str, value: str) -> FeeReading:
    if not value.strip():
        return FeeReading(text, "unknown", doubts=("nguồn để trống; để trống không có nghĩa là miễn phí",))
    if _ELSEWHERE.search(value) and not _amounts(value):
        doubt = "nguồn không ghi số mà dẫn sang văn bản khác; tìm mức thu trong văn bản đó"
        return FeeReading(text, "not_published", doubts=(doubt,))
    return FeeReading(text, "unknown", doubts=(f"chưa đọc được số tiền trong “{_short(value)}”",))


def _with_amount(text: str, head: str, amount: re.Match[str], note: str, description: str) -> FeeReading:
    vnd, tail = _vnd(amount), head[amount.end() :]
    beside = {*_amounts(note), *_amounts(description)}
    if _FOREIGN.search(head) or (vnd is not None and not amount["currency"] and vnd not in beside):
        return FeeReading(text, "unknown", doubts=(f"“{_short(head)}” không phải tiền đồng hoặc không ghi đơn vị",))
    if vnd is None or _RANGE.search(head) or _amounts(tail):
        return FeeReading(text, "unknown", doubts=(f"chưa đọc được một số tiền duy nhất trong “{_short(head)}”",))
    doubts = _against(vnd, beside, note, description)
    if doubts:
        return FeeReading(text, "unknown", doubts=doubts)
    more = sorted(beside - {vnd})
    notes = [f"ghi chú còn nêu {_listed(more)}; ghi thành khoản riêng nếu cần"] if more else []
    if _EXEMPT.search(note):
        notes.append("ghi chú nêu trường hợp miễn, giảm; ghi thành khoản riêng có trường hợp và nguồn")
    return FeeReading(text, "known", vnd, _unit(tail, note), tuple(notes))


def _against(vnd: int, beside: set[int], note: str, description: str) -> tuple[str, ...]:
    """Say what speaks against the amount of the column."""
    column = f"cột phí ghi {_listed([vnd])}"
    if beside and vnd not in beside:
        return (f"{column} nhưng bên cạnh ghi {_listed(sorted(beside))}; hai chỗ mâu thuẫn",)
    if vnd < _SMALLEST_VND:
        return (f"{column}, có thể thiếu số 0 ở cuối",)
    if _COUNCIL.search(note):
        return (f"{column} nhưng ghi chú nói do Hội đồng nhân dân quyết định; tìm nghị quyết của Thành phố",)
    if limit := _LIMITED.search(note) or _LIMITED.search(description):
        return (f"{column} nhưng có mức theo thời hạn hoặc tỉ lệ (“{limit[0]}”); xem mức nào còn áp dụng",)
    return ()


def _vnd(amount: re.Match[str]) -> int | None:
    scale = _SCALES[(amount["scale"] or "").lower()]
    number = amount["number"]
    if scale > 1:
        whole, _, part = number.partition(",")
        if len(part) > 2 or "." in number:
            return None
        return int(whole) * scale + (int(part) * scale // 10 ** len(part) if part else 0)
    return int(re.sub(r"[.,]", "", number))


def _amounts(text: str) -> list[int]:
    """Return the amounts above 0 in a text, those with a currency or grouped before a "/"."""
    found = []
    for amount in _AMOUNT.finditer(text):
        has_unit = amount["currency"] or (re.search(r"[.,]\d{3}", amount["number"]) and text[amount.end() :][:1] == "/")
        if has_unit and (vnd := _vnd(amount)):
            found.append(vnd)
    return sorted(set(found))


def _unit(tail: str, note: str) -> str:
    found = _UNIT.match(tail) or _UNIT.match(note)
    if found is None and (amount := _AMOUNT.search(note)) and amount["currency"]:
        found = _UNIT.match(note[amount.end() :])
    return one_line(found[1]) if found else ""


def _listed(amounts: list[int]) -> str:
    return ", ".join(f"{amount:,}".replace(",", ".") for amount in amounts) + " đồng"


def _short(text: str) -> str:
    line = one_line(text)
    return line if len(line) <= 80 else line[:79] + "…"
