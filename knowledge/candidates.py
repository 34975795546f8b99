"""What can be found: procedures with a record and those without; and which of their texts are searched."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from knowledge.types import Content, ProcedureRecord

# About 64 tokens of the model: long passages cost most of the time.
_SUMMARY_SYLLABLES = 44


@dataclass(frozen=True, slots=True)
class Candidate:
    """A procedure and its texts.

    Attributes:
        code: "" for one without a record.
        names: Official name, plain name, aliases.
        questions: Questions of which it is known that this is the answer.
        summary: A short passage, "" if there is none.
        text: Everything the record says.
        hints: How its neighbours say that it is meant instead of them.
    """

    code: str
    name: str
    names: tuple[str, ...]
    questions: tuple[str, ...] = ()
    summary: str = ""
    text: str = ""
    hints: tuple[str, ...] = field(default=())


def candidates(content: Content) -> list[Candidate]:
    """Give all candidates: records in their order, then what has none, then one for what is asked and is elsewhere."""
    asked: dict[str, list[str]] = {}
    for question in content.questions:
        for code in question.codes or ():
            asked.setdefault(code, []).append(question.text)
    hints: dict[str, list[str]] = {}
    for record in content.records.values():
        for other in record.not_to_confuse:
            hints.setdefault(other.code, []).append(other.hint)
    found = [
        _of_record(r, tuple(asked.get(r.code, ())), tuple(hints.get(r.code, ()))) for r in content.records.values()
    ]
    gaps = [
        Candidate("", gap.name, (gap.name, *gap.aliases), text="\n".join((gap.name, *gap.aliases)))
        for gap in content.uncovered
        if gap.code not in content.records
    ]
    elsewhere = tuple(question.text for question in content.questions if question.codes == ())
    return [*found, *gaps, Candidate("", "", (), elsewhere)]


def _of_record(record: ProcedureRecord, asked: tuple[str, ...], hints: tuple[str, ...]) -> Candidate:
    names = tuple(dict.fromkeys((record.name, record.plain_name, *record.aliases)))
    summary = " ".join(f"{record.name}. {record.body}".split()[:_SUMMARY_SYLLABLES])
    return Candidate(record.code, record.name, names, asked, summary, _full_text(record, names), hints)


def _full_text(record: ProcedureRecord, names: Sequence[str]) -> str:
    parts = [*names, record.body, record.agency, *record.where, *record.steps]
    parts += [*record.forms, *record.conditions, record.result]
    parts += [f"{document.name} {document.when} {document.note}" for document in record.documents]
    parts += [fee.condition for fee in record.fee]
    return "\n".join(parts)
