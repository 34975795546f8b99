"""What a reviewer is told to look at."""

from datetime import date

from knowledge.review import review
from knowledge.types import CityRule
from tests.unit.knowledge.support import BASE, URL, record

TODAY = date(2026, 11, 22)
SOURCE = {"name": "Báo", "url": URL, "date": date(2026, 1, 1)}


def kinds(**changes: object) -> list[tuple[str, str]]:
    found = review({"1.000001": record(**changes)}, rules(), {"1.000001"}, TODAY)
    return [(finding.kind, finding.text.partition(":")[0]) for finding in found]


def rules() -> dict[str, CityRule]:
    content = {"text": "Nộp trực tuyến 0 đồng.", "aspects": ["fee", "online"], "source": SOURCE}
    return {"free_online": CityRule.model_validate(content)}


def test_a_fresh_record_needs_nothing() -> None:
    assert kinds() == []


def test_what_expires_and_what_has_expired() -> None:
    fees = [
        {"state": "known", "amount_vnd": 5, "effective_to": day} for day in ("2026-11-21", "2026-12-31", "2027-12-31")
    ]
    assert kinds(fee=fees) == [("expired", "fee.1.effective_to"), ("expiring", "fee.2.effective_to")]


def test_old_without_page_without_question() -> None:
    source = {**BASE["source"], "url": "https://dichvucong.gov.vn"}
    old = record(verified_on="2026-05-01", source=source)
    assert [f.kind for f in review({old.code: old}, {}, set(), TODAY)] == ["old", "no_page", "unasked"]


def test_a_rule_that_contradicts_its_record() -> None:
    online_fee = [{"state": "known", "amount_vnd": 7000, "condition": "nộp trực tuyến"}]
    changes = {"city_rules": ["free_online"], "fee": online_fee, "online": {"available": False}}
    assert [kind for kind, _ in kinds(**changes)] == ["contradiction", "contradiction"]
