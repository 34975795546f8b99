"""Reads how long a procedure takes. A number without a unit ("1") is not a time: the portal shows it by mistake."""

import re
from dataclasses import dataclass
from typing import Literal

from knowledge.importers.texts import key_of, one_line, verbatim

TimeState = Literal["known", "not_published", "unknown"]
_TIME = re.compile(
    r"(?:không quá |tối đa |trong (?:thời hạn )?)?(\d{1,4})\s?"
    r"(ngày làm việc|ngày|giờ làm việc|giờ|phút|tuần|tháng|năm)(?:\s*\([^)]*\))?",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class TimeReading:
    """One time limit as read.

    Attributes:
        text: The source's words, verbatim (NFC).
        number: Above 0, only with state ``known``; None for "trong ngày".
        unit: "ngày làm việc", "ngày", "giờ" …; "" when the state is not ``known``.
        doubts: Vietnamese lines for the editor.
    """

    text: str
    state: TimeState
    number: int | None = None
    unit: str = ""
    doubts: tuple[str, ...] = ()


def parse_time(text: str) -> TimeReading:
    """Read one cell, e.g. ``"07 Ngày làm việc"``. Never raises."""
    kept, line = verbatim(text), one_line(text)
    if key_of(line) in ("khong co thong tin", "khong quy dinh"):
        return TimeReading(kept, "not_published")
    if key_of(line) in ("trong ngay", "trong ngay lam viec", "ngay trong ngay lam viec"):
        return TimeReading(kept, "known", None, "trong ngày")
    if not line:
        return TimeReading(kept, "unknown", doubts=("nguồn để trống",))
    found = _TIME.fullmatch(line)
    if found and int(found[1]) > 0:
        return TimeReading(kept, "known", int(found[1]), found[2].lower())
    if re.fullmatch(r"\d+", line):
        return TimeReading(kept, "unknown", doubts=(f"nguồn ghi “{line}” không có đơn vị, cột này hay sai",))
    return TimeReading(kept, "unknown", doubts=(f"chưa đọc được “{line[:80]}”",))
