"""Answers say what the record says, with conditions, source and date, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from knowledge.answer import Reader, render
from knowledge.types import Answer, Aspect, CityRule, Hit, ProcedureRecord
from tests.unit.knowledge.support import COPY, URL, record

READER = Reader("bác", date(2026, 11, 21))
RULE = CityRule.model_validate(
    {
        "text": "Tại Thành phố Hồ Chí Minh, nộp trực tuyến thì lệ phí là 0 đồng.",
        "aspects": ["fee"],
        "source": {"name": "Báo", "url": "https://example.vn/bao", "date": "2025-09-29"},
        "effective_to": "2026-12-31",
    }
)


def say(about: ProcedureRecord, aspect: Aspect = "overview", reader: Reader = READER) -> Answer:
    return render(about, Hit(about.code, about.name, 1.0), aspect, {"rule": RULE}, reader)


def test_the_overview_has_the_five_lines() -> None:
    text = say(record()).text
    for part in ("Làm ở đâu: Trung tâm", "Mang theo: Giấy chứng sinh; nếu nhờ người",
                 "Bao lâu: Trong ngày (nộp trước 15 giờ)", "Bao nhiêu tiền: 0 đồng (đúng hạn)",
                 f"cập nhật ngày 17/07/2026, {URL}", "bác nhắn “gặp người” hoặc gọi 1022"):  # fmt: skip
        assert part in text


def test_the_overview_shows_at_most_five_papers() -> None:
    papers = [{"name": f"Giấy số {number}"} for number in range(8)]
    text = say(record(documents=papers)).text
    assert "Giấy số 4" in text
    assert "Giấy số 5" not in text
    assert "còn 3 loại" in text


@pytest.mark.parametrize("aspect", ["overview", "documents", "fee", "time", "place", "online", "steps", "conditions"])
def test_every_aspect_names_source_and_date(aspect: Aspect) -> None:
    answer = say(record(), aspect)
    assert "cập nhật ngày 17/07/2026" in answer.text
    assert [(source.url, source.date) for source in answer.sources] == [(URL, "2026-07-17")]
    assert answer.text.startswith("Dạ, ")


def test_an_unpublished_fee_is_never_free() -> None:
    text = say(record(fee=[{"state": "not_published"}]), "fee").text
    assert "Nguồn không công bố số tiền" in text
    assert "1022" in text
    assert "miễn phí" not in text.lower()
    assert "0 đồng" not in text


def test_an_unknown_fee_is_said_to_be_unknown() -> None:
    assert (
        "Em chưa có số tiền chính xác (trễ hạn)"
        in say(record(fee=[{"state": "unknown", "condition": "trễ hạn"}]), "fee").text
    )


def test_a_fee_holds_on_its_last_day_and_not_after() -> None:
    fee = {"state": "known", "amount_vnd": 25000, "unit": "thẻ", "effective_to": "2026-12-31"}
    about = record(fee=[fee])
    assert (
        "25.000 đồng/thẻ, áp dụng đến hết ngày 31/12/2026" in say(about, "fee", Reader("bác", date(2026, 12, 31))).text
    )
    after = say(about, "fee", Reader("bác", date(2027, 1, 1))).text
    assert "25.000" not in after
    assert "đã hết hạn ngày 31/12/2026" in after


def test_a_coming_fee_is_not_told_as_current() -> None:
    fee = {"state": "known", "amount_vnd": 50000, "effective_from": "2027-01-01"}
    assert "Từ ngày 01/01/2027 mới áp dụng: 50.000 đồng" in say(record(fee=[fee]), "fee").text


def test_the_citys_rule_comes_with_its_own_source_while_it_holds() -> None:
    about = record(city_rules=["rule"])
    answer = say(about, "fee")
    assert "lệ phí là 0 đồng. Nguồn: Báo, ngày 29/09/2025, https://example.vn/bao" in answer.text
    assert ("Báo", "2025-09-29") in [(source.name, source.date) for source in answer.sources]
    assert "Báo" not in say(about, "time").text
    assert "Báo" not in say(about, "fee", Reader("bác", date(2027, 1, 1))).text


def test_a_warning_is_said_with_every_aspect() -> None:
    about = record(readiness="answer_with_warning", warning="Số này có thể đã đổi.")
    assert "Lưu ý: Số này có thể đã đổi." in say(about, "time").text


def test_what_only_people_may_answer_tells_no_facts() -> None:
    answer = say(record(readiness="human"), "fee")
    assert answer.decision == "human"
    assert "0 đồng" not in answer.text
    assert ("Gặp người", "/human_ask") in answer.buttons


def test_a_record_out_of_force_goes_to_people() -> None:
    answer = say(record(effective_to="2026-06-30"))
    assert answer.decision == "human"
    assert "hết hiệu lực ngày 30/06/2026" in answer.text


def test_buttons_ask_what_was_not_shown_yet() -> None:
    asked = [payload for _, payload in say(record(), "fee").buttons]
    assert '/procedure_ask{"procedure_code":"1.000001","procedure_aspect":"documents"}' in asked
    assert not any('"fee"' in payload for payload in asked)
    assert len(asked) <= 4


def test_amounts_are_written_as_vietnamese_write_them() -> None:
    assert "8.000 đồng/bản" in say(record(**COPY), "fee").text


def test_the_form_of_address_is_the_readers() -> None:
    assert "chị hỏi nơi nhận hồ sơ" in say(record(), "fee", replace(READER, title="chị")).text
