"""A draft: what one or more files say about a procedure, kept apart from the reviewed records, for a person to read.

A draft is a plain mapping, as its YAML file holds it::

    code, name                 the procedure
    todo                       lines for the editor
    reviewed                   the reviewed record and its differences; absent when there is none
    readings                   one per file and entry: source (file, sha256, kind, read_on …) and what it says
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.importers.compare import conflicts
from knowledge.importers.papers import PaperReading
from knowledge.importers.reading import ModeFee, ModeTime, Reading
from knowledge.importers.texts import verbatim

_ALWAYS = (
    "viết giấy tờ, các bước, điều kiện bằng lời của mình, đừng chép nguyên văn",
    "tự viết các trường nguồn không có: plain_name, aliases, not_to_confuse, where, grade, readiness, đoạn cuối",
    "đối chiếu trên trang nguồn rồi ghi source.snapshot, verified_on, verified_by",
)
_PREFERRED = ("portal_json", "json_lines", "pdf", "word", "old_word", "extracted_json", "html", "spreadsheet")
Plain = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that a reading comes from; ``sha256`` is of the whole file, ``read_on`` Vietnam's date."""

    file: str
    sha256: str
    read_on: date


def reading_of(reading: Reading, origin: Origin) -> Plain:
    """Return a reading as a draft holds it; what the source does not say is left out, fees and counts excepted."""
    raw, texts = reading.raw, reading.raw.texts
    source = {
        "file": verbatim(origin.file),
        "at": raw.at,
        "sha256": origin.sha256,
        "kind": str(raw.kind),
        "read_on": origin.read_on,
        "url": texts.get("url", ""),
        "snapshot": texts.get("snapshot", ""),
    }
    online = {"available": "yes" if reading.is_online else "unknown", "note": texts.get("online", "")}
    return _filled(
        {
            "source": _filled(source),
            "name": raw.name,
            "decision": texts.get("decision", ""),
            "field_text": texts.get("field", ""),
            "level": reading.level,
            "level_text": texts.get("level", ""),
            "agency": reading.agency,
            "issuer": texts.get("issuer", ""),
            "audience": texts.get("audience", ""),
            "online": _filled(online),
            "time": [_time(row) for row in reading.times],
            "fee": [_fee(row) for row in reading.fees],
            "documents": [_paper(paper) for paper in reading.papers],
            "forms": list(reading.forms),
            "steps": list(reading.steps),
            "conditions": list(reading.conditions),
            "result": "; ".join(reading.results),
            "legal": [_filled({"number": law.number, "title": law.title}) for law in raw.laws],
            "notes": reading.notes,
            "unread": raw.unread,
            "doubts": list(reading.doubts),
        }
    )


def _time(row: ModeTime) -> Plain:
    time = row.time
    facts = _filled({"number": time.number, "unit": time.unit, "description": row.description})
    return {"mode": row.mode, "text": time.text, "state": time.state, **facts}


def _fee(row: ModeFee) -> Plain:
    fee = row.fee
    facts = _filled({"amount_vnd": fee.amount_vnd, "unit": fee.unit})
    return {"mode": row.mode, "text": fee.text, "state": fee.state, **facts}


def _paper(paper: PaperReading) -> Plain:
    facts = _filled({"case": paper.case, "form": paper.form})
    return {"name": paper.name, "original": paper.original, "copy": paper.copies, **facts}


def _filled(parts: Mapping[str, Any]) -> Plain:
    return {name: value for name, value in parts.items() if value not in (None, "", [], {})}


def identity(reading: Plain) -> tuple[str, str]:
    """Return what makes a reading the same as another: the file's content and the place in it."""
    source = reading["source"]
    return str(source["sha256"]), str(source.get("at", ""))


def merge(readings: Sequence[Plain], new: Plain) -> list[Plain]:
    """Return the readings with ``new`` among them, best source first.

    A reading of the same file and place is replaced; when it says the same, the day of the first reading stays.
    """
    kept = [reading for reading in readings if identity(reading) != identity(new)]
    before = next((reading for reading in readings if identity(reading) == identity(new)), None)
    return sorted([*kept, before if before and _says_same(before, new) else new], key=_rank)


def _says_same(one: Plain, other: Plain) -> bool:
    def content(reading: Plain) -> Plain:
        # The same file may lie in another folder today, under another name.
        source = {name: value for name, value in reading["source"].items() if name not in ("read_on", "file")}
        return {**reading, "source": source}

    return content(one) == content(other)


def _rank(reading: Plain) -> tuple[int, str, str, str]:
    source = reading["source"]
    kind = source.get("kind", "")
    place = _PREFERRED.index(kind) if kind in _PREFERRED else len(_PREFERRED)
    return place, str(source.get("file", "")), str(source.get("at", "")), str(source["sha256"])


def compose(code: str, readings: Sequence[Plain], reviewed: Plain | None) -> Plain:
    """Return the whole draft.

    Args:
        code: The procedure.
        readings: At least one, best source first.
        reviewed: File and differences of the reviewed record; None when there is none.
    """
    name = next((reading["name"] for reading in readings if reading.get("name")), "")
    draft: Plain = {"code": code, "name": name, "todo": list(_todo(readings, reviewed))}
    if reviewed:
        draft["reviewed"] = reviewed
    return {**draft, "readings": list(readings)}


def _todo(readings: Sequence[Plain], reviewed: Plain | None) -> Iterator[str]:
    if reviewed:
        count = len(reviewed.get("differences", []))
        found = f"đã có bản ghi được duyệt ({reviewed['file']}), khác {count} trường"
        yield reviewed.get("problem") or f"{found}; xem reviewed, sửa bản ghi đó nếu nguồn mới hơn"
    yield from conflicts(readings)
    doubted: dict[str, list[str]] = {}
    for place, reading in enumerate(readings, 1):
        for doubt in reading.get("doubts", []):
            doubted.setdefault(doubt, []).append(str(place))
    for doubt, places in doubted.items():
        yield f"(nguồn {', '.join(places)}) {doubt}" if len(readings) > 1 else doubt
    if not reviewed:
        yield from _ALWAYS
