"""Interprets what a file says about a procedure, in the shape that a record has; doubts instead of guesses."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from knowledge.importers import glued
from knowledge.importers.fees import FeeReading, parse_fees
from knowledge.importers.papers import PaperReading, named_forms, paper_doubts, parse_paper
from knowledge.importers.raw import Kind, RawProcedure
from knowledge.importers.texts import key_of, lines_of, one_line, says_nothing
from knowledge.importers.times import TimeReading, parse_time
from knowledge.importers.traps import signs

Level = Literal["ward", "city", "national"]
_LEVELS: dict[str, Level] = {
    "cap xa": "ward",
    "xa": "ward",
    "cap tinh": "city",
    "tinh": "city",
    "cap bo": "national",
    "bo": "national",
    "cap trung uong": "national",
}
_STEP = re.compile(r"\s*(?=Bước\s+\d{1,2}\s?[:.])")
_NOTES = {"description": "mô tả", "submission_note": "cách thức", "time": "thời hạn", "forms": "biểu mẫu"}
_NAMES = {
    "submissions": "cách thức, thời hạn, lệ phí",
    "papers": "giấy tờ",
    "laws": "căn cứ pháp lý",
    "other": "mục lạ",
}


@dataclass(frozen=True, slots=True)
class ModeTime:
    """A time limit and the way of handing in that it is for ("" = the source names none)."""

    mode: str
    time: TimeReading
    description: str = ""


@dataclass(frozen=True, slots=True)
class ModeFee:
    """A fee and the way of handing in that it is for ("" = the source names none)."""

    mode: str
    fee: FeeReading


@dataclass(frozen=True, slots=True)
class Reading:
    """One procedure as one file states it, interpreted.

    Attributes:
        level: None when the source names several levels, or none.
        is_online: True when a way of handing in is online; None when the source does not say.
        fees: At least one, ``unknown`` when the source has none.
        unread: Text by field that could not be taken apart.
        doubts: Vietnamese lines for the editor.
    """

    raw: RawProcedure
    level: Level | None
    agency: str
    is_online: bool | None
    times: tuple[ModeTime, ...]
    fees: tuple[ModeFee, ...]
    papers: tuple[PaperReading, ...]
    forms: tuple[str, ...]
    steps: tuple[str, ...]
    conditions: tuple[str, ...]
    results: tuple[str, ...]
    notes: dict[str, str]
    doubts: tuple[str, ...]


def interpret(raw: RawProcedure) -> Reading:
    """Interpret one procedure. Never raises: what cannot be read is kept verbatim and doubted."""
    texts = raw.texts
    papers = tuple(parse_paper(paper) for paper in raw.papers if not says_nothing(paper.name))
    times = tuple(ModeTime(row.mode, parse_time(row.time), row.description) for row in raw.submissions)
    fees = tuple(ModeFee(row.mode, fee) for row in raw.submissions for fee in parse_fees(row.fee, row.description))
    fees = fees or (ModeFee("", parse_fees(texts.get("fee", ""))[0]),)
    return Reading(
        raw,
        _level(texts.get("level", "")),
        _agency(texts),
        _is_online(raw),
        times,
        fees,
        papers,
        named_forms(papers),
        tuple(step for line in lines_of(texts.get("steps", "")) for step in _STEP.split(line) if step),
        lines_of(texts.get("conditions", "")),
        glued.split_results(texts.get("result", "")),
        {name: texts[name] for name in _NOTES if not says_nothing(texts.get(name, ""))},
        tuple(dict.fromkeys(_doubts(raw, times, fees, papers))),
    )


def _level(text: str) -> Level | None:
    levels = {_LEVELS.get(key_of(part)) for part in re.split(r"[,;\n]", text) if part.strip()}
    return next(iter(levels)) if len(levels) == 1 else None


def _agency(texts: dict[str, str]) -> str:
    named = (one_line(texts.get(name, "")) for name in ("agency", "authority"))
    return next((text for text in named if not says_nothing(text) and len(text) <= 300), "")


def _is_online(raw: RawProcedure) -> bool | None:
    modes = "\n".join(row.mode for row in raw.submissions) + raw.texts.get("submission_note", "")
    said = raw.texts.get("online", "")
    return True if "truc tuyen" in key_of(f"{modes}\n{said}") else None


def _doubts(
    raw: RawProcedure, times: tuple[ModeTime, ...], fees: tuple[ModeFee, ...], papers: tuple[PaperReading, ...]
) -> Iterator[str]:
    yield from raw.doubts
    if not raw.name:
        yield "tên: nguồn không ghi"
    if raw.kind is Kind.SPREADSHEET:
        yield "danh sách chỉ có tên và cơ quan; tìm bản chi tiết (PDF, Word hoặc trang của Cổng) rồi nhập thêm"
        return
    yield from signs(raw)
    if _level(raw.texts.get("level", "")) is None:
        yield f"cấp thực hiện: nguồn ghi “{one_line(raw.texts.get('level', '')) or 'không có'}”; chọn một cấp"
    if _is_online(raw) is None:
        yield "trực tuyến: nguồn không nói"
    yield from _by_mode("thời hạn", ((row.mode, row.time.doubts) for row in times))
    yield from _by_mode("lệ phí", ((row.mode, row.fee.doubts) for row in fees))
    if raw.papers and not papers:
        yield "giấy tờ: nguồn ghi không quy định giấy tờ nào"
    else:
        yield from (f"giấy tờ: {doubt}" for doubt in paper_doubts(papers))
    if raw.kind in (Kind.PORTAL_JSON, Kind.JSON_LINES) and len(papers) > 1:
        yield "giấy tờ: bản chép từ Cổng xáo thứ tự; xếp lại theo việc người dân làm"
    yield from (
        f"căn cứ pháp lý: chưa tách được số hiệu của “{law.title[:60]}”" for law in raw.laws if glued.has_leftover(law)
    )
    yield from (f"{_NAMES.get(name, name)}: có đoạn chưa tách được, xem unread" for name in raw.unread)


def _by_mode(name: str, rows: Iterable[tuple[str, tuple[str, ...]]]) -> Iterator[str]:
    """Yield each doubt once, with the ways of handing in that it is about."""
    modes: dict[str, list[str]] = {}
    for mode, doubts in rows:
        for doubt in doubts:
            modes.setdefault(doubt, []).append(mode)
    for doubt, found in modes.items():
        named = ", ".join(dict.fromkeys(filter(None, found)))
        yield f"{name} ({named}): {doubt}" if named else f"{name}: {doubt}"
