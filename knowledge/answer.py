"""Says in Vietnamese what a record says: the five-line answer or one aspect, with source and date. Invents nothing."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from knowledge.types import Answer, Aspect, CityRule, Document, Fee, Hit, ProcedureRecord, Source

OVERVIEW_DOCUMENTS = 5
OVERVIEW_FEES = 3
ASPECT_BUTTONS: dict[Aspect, str] = {
    "documents": "Giấy tờ cần mang",
    "fee": "Lệ phí",
    "time": "Bao lâu có",
    "place": "Làm ở đâu",
    "online": "Nộp trên mạng",
    "steps": "Các bước làm",
    "conditions": "Ai được làm, căn cứ",
    "form": "Mẫu đơn",
    "result": "Nhận được gì",
}
# What the five lines already say.
_IN_OVERVIEW: frozenset[Aspect] = frozenset({"place", "time", "fee", "documents", "overview"})
_MAX_BUTTONS = 4


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom the answer is for: the form of address (``cô/chú``) and today's date in Vietnam."""

    title: str
    today: date


def day(value: date) -> str:
    """Return a date as Vietnamese write it."""
    return f"{value:%d/%m/%Y}"


def payload(code: str, aspect: Aspect | None = None) -> str:
    """Return the button payload that asks about a procedure."""
    part = f',"procedure_aspect":"{aspect}"' if aspect else ""
    return f'/procedure_ask{{"procedure_code":"{code}"{part}}}'


def _with(text: str, condition: str) -> str:
    return f"{text} ({condition})" if condition else text


def _lines(items: Iterable[str]) -> str:
    return "\n".join(f"• {item}" for item in items)


def _fee(fee: Fee, reader: Reader) -> str:
    case = f" ({fee.condition})" if fee.condition else ""
    ask = f"{reader.title} hỏi nơi nhận hồ sơ hoặc gọi 1022"
    if fee.state == "not_published":
        return f"Nguồn không công bố số tiền{case}, {ask}"
    if fee.amount_vnd is None:
        return f"Em chưa có số tiền chính xác{case}, {ask}"
    if fee.effective_to and fee.effective_to < reader.today:
        return f"Mức em có đã hết hạn ngày {day(fee.effective_to)}{case}, {ask}"
    amount = (
        f"{fee.amount_vnd:,}".replace(",", ".") + " đồng" + (f"/{fee.unit.removeprefix('đồng/')}" if fee.unit else "")
    )
    until = f", áp dụng đến hết ngày {day(fee.effective_to)}" if fee.effective_to else ""
    if fee.effective_from and reader.today < fee.effective_from:
        amount = f"Từ ngày {day(fee.effective_from)} mới áp dụng: {amount}"
    return amount + case + until


def _copies(document: Document) -> str:
    parts = []
    if document.original:
        parts.append(f"{document.original} bản chính")
    if document.copies:
        parts.append(f"{document.copies} bản sao")
    return ", ".join(parts)


def _mid_sentence(name: str) -> str:
    return name[0].lower() + name[1:] if name[1:2].islower() else name


def _document(document: Document) -> str:
    text = _with(document.name, _copies(document))
    if document.when:
        text = f"{document.when[0].upper()}{document.when[1:]} thì thêm: {_mid_sentence(text)}"
    return f"{text}. {document.note}" if document.note else text


def _documents_short(record: ProcedureRecord) -> str:
    always = [document for document in record.documents if not document.when]
    chosen = [*always, *(document for document in record.documents if document.when)][:OVERVIEW_DOCUMENTS]
    if not chosen:
        return "nguồn không nêu giấy tờ phải nộp"
    parts = [
        document.name if not document.when else f"{document.when} thì thêm {_mid_sentence(document.name)}"
        for document in chosen
    ]
    left = len(record.documents) - len(chosen)
    return "; ".join(parts) + (f"; còn {left} loại theo từng trường hợp" if left else "")


def _fees_short(record: ProcedureRecord, reader: Reader) -> str:
    shown = [_fee(fee, reader) for fee in record.fee[:OVERVIEW_FEES]]
    left = len(record.fee) - len(shown)
    return "; ".join(shown) + (f"; còn {left} trường hợp khác" if left else "")


def _times(record: ProcedureRecord) -> list[str]:
    return [_with(limit.text, limit.condition) for limit in record.time] or ["nguồn không nêu thời hạn"]


def _online(record: ProcedureRecord) -> str:
    note = f" {record.online.note}." if record.online.note else ""
    address = f" Địa chỉ: {record.online.address}" if record.online.address else ""
    says = {
        "yes": "Việc này nộp trên mạng được.",
        "no": "Việc này chưa nộp trên mạng được, phải đến trực tiếp.",
        "unknown": "Nguồn không nói rõ việc này có nộp trên mạng được không.",
    }[record.online.available]
    return says + note + address


def _overview(record: ProcedureRecord, reader: Reader, off: Collection[Aspect]) -> str:
    says: dict[Aspect, tuple[str, str]] = {
        "place": ("Làm ở đâu", "; ".join(record.where) or record.agency),
        "documents": ("Mang theo", _documents_short(record)),
        "time": ("Bao lâu", "; ".join(_times(record))),
        "fee": ("Bao nhiêu tiền", _fees_short(record, reader)),
    }
    paused = f"phần này em đang tạm ngưng trả lời, {reader.title} gọi 1022"
    return _lines(f"{title}: {paused if aspect in off else text}" for aspect, (title, text) in says.items())


def _body(record: ProcedureRecord, aspect: Aspect, reader: Reader, off: Collection[Aspect]) -> str:
    match aspect:
        case "documents":
            listed = _lines(map(_document, record.documents)) or "Nguồn không nêu giấy tờ phải nộp."
            skip = "; ".join(record.skip_if_data)
            return listed + (f"\nKhông phải nộp nếu dữ liệu đã có sẵn: {skip}." if skip else "")
        case "fee":
            return _lines(_fee(fee, reader) for fee in record.fee)
        case "time":
            return _lines(_times(record))
        case "place":
            return _lines(record.where) + f"\nCơ quan giải quyết: {record.agency}."
        case "online":
            return _online(record)
        case "steps":
            steps = "\n".join(f"{number}. {step}" for number, step in enumerate(record.steps, 1))
            return steps or "Nguồn không nêu các bước làm."
        case "conditions":
            legal = f"\nCăn cứ: {'; '.join(record.legal)}." if record.legal else ""
            return (_lines(record.conditions) or record.body or "Nguồn không nêu điều kiện riêng.") + legal
        case "form":
            return _lines(record.forms) or "Nguồn không nêu mẫu đơn riêng."
        case "result":
            return record.result or "Nguồn không nêu rõ nhận được giấy gì."
        case _:
            return _overview(record, reader, off)


_OPENINGS: dict[Aspect, str] = {
    "overview": "Dạ, về việc {plain} (thủ tục {name}, mã {code}), em xin tóm tắt:",
    "documents": "Dạ, {plain} thì cần:",
    "fee": "Dạ, tiền phải đóng khi {plain}:",
    "time": "Dạ, thời gian giải quyết khi {plain}:",
    "place": "Dạ, {plain} thì làm ở:",
    "online": "Dạ, về việc {plain}:",
    "steps": "Dạ, các bước {plain}:",
    "conditions": "Dạ, về việc {plain}:",
    "form": "Dạ, mẫu đơn khi {plain}:",
    "result": "Dạ, xong việc {plain} thì nhận được:",
}


def _sources(record: ProcedureRecord, rules: Iterable[CityRule]) -> tuple[Source, ...]:
    main = Source(record.source.name, record.source.url, record.source.snapshot.isoformat())
    others = [*record.more_sources, *(rule.source for rule in rules)]
    return tuple(dict.fromkeys([main, *(Source(other.name, other.url, other.date.isoformat()) for other in others)]))


def _buttons(record: ProcedureRecord, aspect: Aspect) -> tuple[tuple[str, str], ...]:
    shown = set(_IN_OVERVIEW) if aspect == "overview" else {aspect}
    if aspect == "overview" and (len(record.documents) > OVERVIEW_DOCUMENTS or any(d.note for d in record.documents)):
        shown.discard("documents")
    left = [other for other in ASPECT_BUTTONS if other not in shown]
    return tuple((ASPECT_BUTTONS[other], payload(record.code, other)) for other in left[:_MAX_BUTTONS])


def _not_current(record: ProcedureRecord, reader: Reader) -> str:
    if record.effective_to and record.effective_to < reader.today:
        return f"bản em có đã hết hiệu lực ngày {day(record.effective_to)}"
    if record.effective_from and reader.today < record.effective_from:
        return f"quy định em có chỉ áp dụng từ ngày {day(record.effective_from)}"
    return ""


def render(
    record: ProcedureRecord,
    hit: Hit,
    aspect: Aspect,
    rules: Mapping[str, CityRule],
    reader: Reader,
    off: Collection[Aspect] = (),
) -> Answer:
    """Say what ``record`` says about ``aspect``; what is ``off`` is left out of the overview.

    A record that only people may answer, or that is not in force on the reader's day, gives ``human`` and no facts.
    """
    reason = _not_current(record, reader) or ("việc này tùy từng hồ sơ" if record.readiness == "human" else "")
    if reason:
        return _to_person(record, hit, aspect, reason, reader)
    laid_over = [
        rules[key]
        for key in record.city_rules
        if key in rules and rules[key].is_current(reader.today) and aspect in rules[key].aspects
    ]
    opening = _OPENINGS[aspect].format(plain=record.plain_name, name=record.name, code=record.code)
    parts = [opening, _body(record, aspect, reader, off)]
    parts += [
        f"{rule.text} Nguồn: {rule.source.name}, ngày {day(rule.source.date)}, {rule.source.url}" for rule in laid_over
    ]
    if record.readiness == "answer_with_warning":
        parts.append(f"Lưu ý: {record.warning}")
    parts.append(f"Nguồn: {record.source.name}, cập nhật ngày {day(record.source.snapshot)}, {record.source.url}")
    if aspect == "overview":
        parts.append(f"Cần gặp người, {reader.title} nhắn “gặp người” hoặc gọi 1022.")
    return Answer("answer", "\n".join(parts), _buttons(record, aspect), hit, aspect, _sources(record, laid_over))


def _to_person(record: ProcedureRecord, hit: Hit, aspect: Aspect, reason: str, reader: Reader) -> Answer:
    text = (
        f"Dạ, về việc {record.plain_name}, {reason} nên em không dám trả lời thay. "
        f"Em mời {reader.title} gặp người phụ trách: nhắn “gặp người” hoặc gọi 1022."
    )
    text += f"\nLưu ý: {record.warning}" if record.warning else ""
    text += f"\nNguồn: {record.source.name}, cập nhật ngày {day(record.source.snapshot)}, {record.source.url}"
    return Answer("human", text, (("Gặp người", "/human_ask"),), hit, aspect, _sources(record, ()))


def clarify(candidates: Iterable[tuple[ProcedureRecord, str]], aspect: Aspect | None, reader: Reader) -> Answer:
    """Ask which of one to three procedures is meant; each comes with the hint that tells it apart ("" = none)."""
    listed = list(candidates)
    lines = [f"{hint}: {record.plain_name}" if hint else record.plain_name for record, hint in listed]
    buttons = [(_title(record), payload(record.code, aspect)) for record, _ in listed]
    several = f"Dạ, {reader.title} đang hỏi việc nào trong mấy việc này ạ?"
    text = (several if len(listed) > 1 else f"Dạ, có phải {reader.title} hỏi việc này không ạ?") + f"\n{_lines(lines)}"
    return Answer("clarify", text, (*buttons, ("Gặp người", "/human_ask")), None, aspect)


def _title(record: ProcedureRecord) -> str:
    return record.plain_name[:1].upper() + record.plain_name[1:]


def ask_which(aspect: Aspect | None, reader: Reader) -> Answer:
    """Ask for the procedure: the question names none, and none was talked about before."""
    text = f"Dạ, {reader.title} muốn hỏi thủ tục nào ạ? Ví dụ: làm giấy khai sinh, đăng ký tạm trú, làm lại căn cước."
    return Answer("clarify", text, (("Xem danh mục", "/control_menu"), ("Gặp người", "/human_ask")), None, aspect)


def abstain(gap: str, near: Sequence[ProcedureRecord], reader: Reader) -> Answer:
    """Say honestly that no record fits, and offer what is nearest.

    Args:
        gap: Name of the procedure when it is known to exist; nothing is offered then.
        near: Records that may still be meant, best first.
        reader: Whom the answer is for.
    """
    what = f"“{gap}”" if gap else "việc này"
    text = (
        f"Dạ, em chưa có thông tin về {what} nên không dám nói sai. Mời {reader.title} tìm trên "
        "https://dichvucong.gov.vn hoặc gọi 1022 giúp em, hay nhắn “gặp người” để có người trả lời ạ."
    )
    if not near:
        return Answer("abstain", text, (("Gặp người", "/human_ask"), ("Xem danh mục", "/control_menu")), gap=gap)
    text += f"\nHay {reader.title} đang hỏi việc nào dưới đây?"
    buttons = [(_title(record), payload(record.code)) for record in near]
    return Answer("abstain", text, (*buttons, ("Gặp người", "/human_ask")), gap=gap)


def switched_off(hit: Hit | None, reader: Reader) -> Answer:
    """Hand a topic that was switched off to people."""
    text = f"Dạ, phần này em đang tạm ngưng trả lời tự động. Em mời {reader.title} nhắn “gặp người” hoặc gọi 1022 ạ."
    return Answer("human", text, (("Gặp người", "/human_ask"),), hit)
