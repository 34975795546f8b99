"""What a reviewer of the records must look at: what expires, is old, lacks a page, contradicts itself, is untested."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, get_args
from urllib.parse import urlsplit

from knowledge.types import CityRule, Fee, ProcedureRecord

EXPIRES_WITHIN = timedelta(days=90)
OLD_AFTER = timedelta(days=180)

Kind = Literal["expired", "expiring", "old", "no_page", "contradiction", "unasked"]
KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to look at; ``text`` is Vietnamese and names the field."""

    kind: Kind
    code: str
    text: str


def review(
    records: Mapping[str, ProcedureRecord], rules: Mapping[str, CityRule], asked: Collection[str], today: date
) -> list[Finding]:
    """List what to look at, in the order of kinds and codes.

    Args:
        records: By code.
        rules: City rules by key.
        asked: Codes that a question of the test set reaches.
        today: Vietnam's date.
    """
    found = [finding for record in records.values() for finding in _of_record(record, rules, asked, today)]
    for key, rule in rules.items():
        found += _validity(key, "effective_to", rule.effective_to, today)
    return sorted(found, key=lambda finding: (KINDS.index(finding.kind), finding.code))


def _of_record(
    record: ProcedureRecord, rules: Mapping[str, CityRule], asked: Collection[str], today: date
) -> Iterator[Finding]:
    yield from _validity(record.code, "effective_to", record.effective_to, today)
    for number, fee in enumerate(record.fee, 1):
        yield from _validity(record.code, f"fee.{number}.effective_to", fee.effective_to, today)
    age = today - record.verified_on
    if age > OLD_AFTER:
        yield Finding("old", record.code, f"verified_on: đối chiếu lần cuối {age.days} ngày trước; đọc lại nguồn")
    if not urlsplit(record.source.url).path.strip("/"):
        yield Finding(
            "no_page", record.code, f"source.url: {record.source.url} chỉ là trang chủ; ghi địa chỉ của trang"
        )
    if record.code not in asked:
        yield Finding("unasked", record.code, "chưa có câu hỏi thử nào; thêm vào tests/search/questions.yml")
    for key in record.city_rules:
        yield from _contradictions(record, key, rules[key])


def _validity(code: str, field: str, until: date | None, today: date) -> Iterator[Finding]:
    if until is None:
        return
    day = f"{until:%d/%m/%Y}"
    if until < today:
        yield Finding("expired", code, f"{field}: đã hết hiệu lực ngày {day}; tìm quy định thay thế")
    elif until - today <= EXPIRES_WITHIN:
        yield Finding("expiring", code, f"{field}: hết hiệu lực ngày {day}; chuẩn bị quy định thay thế")


def _contradictions(record: ProcedureRecord, key: str, rule: CityRule) -> Iterator[Finding]:
    """Compare a rule about doing it online, or about its fee, with what the record says itself."""
    if "online" in rule.aspects and record.online.available == "no":
        yield Finding("contradiction", record.code, f"{key} nói về nộp trực tuyến, mà online.available là no")
    if "fee" in rule.aspects:
        for number, fee in enumerate(record.fee, 1):
            if fee.amount_vnd and _is_online(fee):
                text = f"{key} và fee.{number} cùng nói phí nộp trực tuyến, số khác nhau; bỏ một hoặc ghi rõ trường hợp"
                yield Finding("contradiction", record.code, text)


def _is_online(fee: Fee) -> bool:
    return "trực tuyến" in fee.condition and "trực tiếp" not in fee.condition
