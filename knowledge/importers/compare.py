"""Says where a draft's sources differ from the reviewed record and from each other, field by field."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from knowledge.importers.texts import key_of
from knowledge.types import ProcedureRecord

Plain = Mapping[str, Any]
_NUMBER = re.compile(r"\d{1,5}(?:\.\d{1,2})?/\d{4}/[A-ZĐ]{2}[\w-]*")
_TIME = re.compile(r"(\d{1,4})\s(ngày làm việc|ngày|giờ làm việc|giờ|tháng|năm)", re.IGNORECASE)
_FORM = re.compile(r"\b(?:[A-ZĐ]{2,4}\d{1,3}[a-z]?|\d{2}/[A-ZĐ]{2,}[\w-]*)\b")
_SHOWN = 160


def differences(record: ProcedureRecord, readings: Sequence[Plain]) -> list[dict[str, Any]]:
    """Return one mapping (field, reviewed, read) per field in which the sources say something else.

    Texts of a record are in the editors' own words, so wordings are compared where they are names, and contents
    (amounts, days, numbers of laws and forms) where they are not.
    """
    pairs = {
        "name": (record.name, _first(readings, "name")),
        "agency": (record.agency, _first(readings, "agency")),
        "level": (record.level, _first(readings, "level")),
        "online": (record.online.available, (_first(readings, "online") or {}).get("available")),
        "time": (_record_times(record), _times(readings)),
        "fee": (_record_fees(record), _fees(readings)),
        "documents": (_record_papers(record), [_short(row["name"]) for row in _first(readings, "documents") or []]),
        "forms": (_record_forms(record), _lettered(_first(readings, "forms") or [])),
        "legal": (_record_laws(record), _laws(readings)),
        "steps": (list(record.steps), [_short(step) for step in _first(readings, "steps") or []]),
        "conditions": (list(record.conditions), [_short(each) for each in _first(readings, "conditions") or []]),
        "result": (record.result, _short(_first(readings, "result") or "")),
        "source.url": (record.source.url, (_first(readings, "source") or {}).get("url")),
    }
    return [
        {"field": field, "reviewed": reviewed, "read": read}
        for field, (reviewed, read) in pairs.items()
        if read and not (field == "online" and read == "unknown") and _key(reviewed) != _key(read)
    ]


def conflicts(readings: Sequence[Plain]) -> Iterator[str]:
    """Yield a Vietnamese line for every fact on which sources of one procedure contradict each other."""
    for title, facts_of in (("tên", _name), ("cấp thực hiện", _level), ("thời hạn", _time), ("lệ phí", _fee)):
        said = [(place, facts) for place, reading in enumerate(readings, 1) if (facts := facts_of(reading))]
        if len({_key(facts) for _, facts in said}) > 1:
            yield f"các nguồn khác nhau về {title}: " + "; ".join(f"(nguồn {place}) {facts}" for place, facts in said)


def _first(readings: Sequence[Plain], field: str) -> Any:
    return next((reading[field] for reading in readings if reading.get(field)), None)


def _key(value: Any) -> Any:
    return sorted(map(_key, value)) if isinstance(value, list) else key_of(str(value))


def _short(text: str) -> str:
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def _name(reading: Plain) -> str:
    return str(reading.get("name", ""))


def _level(reading: Plain) -> str:
    return str(reading.get("level", ""))


def _time(reading: Plain) -> str:
    return ", ".join(_known_times(reading))


def _fee(reading: Plain) -> str:
    return ", ".join(f"{amount:,} đồng".replace(",", ".") for amount in _known_fees(reading))


def _known_times(reading: Plain) -> list[str]:
    known = [row for row in reading.get("time", []) if row.get("state") == "known"]
    return sorted({f"{row.get('number', '')} {row.get('unit', '')}".strip() for row in known})


def _known_fees(reading: Plain) -> list[int]:
    return sorted({row["amount_vnd"] for row in reading.get("fee", []) if row.get("state") == "known"})


def _times(readings: Sequence[Plain]) -> list[str]:
    return next((times for reading in readings if (times := _known_times(reading))), [])


def _record_times(record: ProcedureRecord) -> list[str]:
    found = (match for time in record.time for match in _TIME.findall(f"{time.text} {time.condition}"))
    return sorted({f"{int(number)} {unit.lower()}" for number, unit in found}) or [time.text for time in record.time]


def _fees(readings: Sequence[Plain]) -> list[str]:
    tables = (reading.get("fee", []) for reading in readings)
    rows: list[Plain] = next((rows for rows in tables if any(row.get("text") for row in rows)), [])
    return sorted({_stated(row["state"], row.get("amount_vnd")) for row in rows})


def _record_fees(record: ProcedureRecord) -> list[str]:
    # 0 dong is a case that an editor found in a law; the column of the portal never says it reliably.
    return sorted({_stated(fee.state, fee.amount_vnd) for fee in record.fee if fee.amount_vnd != 0})


def _stated(state: str, amount: int | None) -> str:
    return f"{amount:,} đồng".replace(",", ".") if amount is not None else state


def _record_papers(record: ProcedureRecord) -> list[str]:
    return [document.name for document in record.documents]


def _record_forms(record: ProcedureRecord) -> list[str]:
    texts = [*record.forms, *(document.name for document in record.documents)]
    return sorted({form for text in texts for form in _FORM.findall(text)})


def _lettered(forms: Sequence[str]) -> list[str]:
    """Leave out bare numbers ("Mẫu số 01"), which mean nothing without their circular."""
    return sorted(form for form in forms if _FORM.fullmatch(form))


def _record_laws(record: ProcedureRecord) -> list[str]:
    return sorted({number for law in record.legal for number in _NUMBER.findall(law)} or record.legal)


def _laws(readings: Sequence[Plain]) -> list[str]:
    return sorted({law["number"] for law in _first(readings, "legal") or [] if law.get("number")})
