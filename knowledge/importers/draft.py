"""A draft: what one or more files say about a procedure, kept apart from the reviewed records, for a person to read.

A draft is a plain mapping, as its YAML file holds it::

    code, name                 the procedure
    todo                       lines for the editor
    reviewed                   the reviewed record and its differences; absent when there is none
    readings                   one per file and entry: source (file, sha256, kind, read_on …) and what it says
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from knowledge.importers.reading import Reading
from knowledge.importers.texts import verbatim

# Counts up when readings of the same file come out differently, so that they are made again.
READER_VERSION = 1
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
    """Return a reading as a draft holds it; what the source does not say is left out, but for fees and counts."""
    raw, texts = reading.raw, reading.raw.texts
    source = {
        "file": verbatim(origin.file),
        "at": raw.at,
        "sha256": origin.sha256,
        "kind": str(raw.kind),
        "read_on": origin.read_on,
        "url": texts.get("url", ""),
        "snapshot": texts.get("snapshot", ""),
        "reader": READER_VERSION,
    }
    online = {"available": "yes" if reading.is_online else "unknown", "note": texts.get("online", "")}
    parts: Plain = {
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
        "time": [_time(row) for row in _times(reading)],
        "fee": [_fee(row) for row in _fees(reading)],
        "documents": [_paper(paper) for paper in _papers(reading)],
        "forms": list(reading.forms),
        "steps": list(reading.steps),
        "conditions": list(reading.conditions),
        "result": "; ".join(reading.results),
        "legal": [_filled({"number": law.number, "title": law.title}) for law in raw.laws],
        "notes": reading.notes,
        "unread": raw.unread,
        "doubts": list(reading.doubts),
    }
    return _filled(parts)
