"""Which procedure an answer is about: named, remembered, chosen, unclear, none, switched off."""

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.answer import Reader, clarify
from knowledge.base import KnowledgeBase
from knowledge.types import Answer
from tests.unit.knowledge.support import COPY, RANKING, LetterEmbedder, record, write_records

TODAY = date(2026, 11, 21)


@pytest.fixture
def knowledge(tmp_path: Path) -> KnowledgeBase:
    folder = write_records(tmp_path / "records")
    (folder / "uncovered.yml").write_text(
        '- {name: "Đăng ký giám hộ"}\n- {name: "Khai sinh", code: "1.000001"}\n', "utf-8"
    )
    return KnowledgeBase.load(folder, tmp_path / "index", LetterEmbedder(), ranking=RANKING)


def ask(knowledge: KnowledgeBase, text: str, current: str | None = None, **more: Any) -> Answer:
    return knowledge.answer(text, current, today=TODAY, **more)


def code(answer: Answer) -> str | None:
    return answer.procedure.code if answer.procedure else None


def test_a_named_procedure_is_answered(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "em muốn làm giấy khai sanh, cần giấy tờ gì")
    assert (answer.decision, code(answer), answer.aspect) == ("answer", "1.000001", "documents")


def test_a_follow_up_is_about_the_procedure_before(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "còn lệ phí?", "1.000002")
    assert (answer.decision, code(answer), answer.aspect) == ("answer", "1.000002", "fee")


def test_how_is_answered_with_the_steps_when_the_procedure_is_known(knowledge: KnowledgeBase) -> None:
    assert ask(knowledge, "làm sao?", "1.000002").aspect == "steps"


def test_another_procedure_in_the_question_switches(knowledge: KnowledgeBase) -> None:
    assert code(ask(knowledge, "đăng ký tạm trú thì mấy ngày", "1.000001")) == "1.000003"


def test_a_question_about_one_paper_stays_with_the_procedure(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "có cần đem giấy tạm trú theo không", "1.000001")
    assert (code(answer), answer.aspect) == ("1.000001", "documents")


def test_an_aspect_alone_asks_which_procedure(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "lệ phí bao nhiêu")
    assert (answer.decision, answer.procedure) == ("clarify", None)


def test_a_code_in_the_text_is_enough(knowledge: KnowledgeBase) -> None:
    assert code(ask(knowledge, "thủ tục 1.000003?")) == "1.000003"


def test_a_button_needs_no_text(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "", "1.000001", code="1.000003", aspect="time")
    assert (code(answer), answer.aspect) == ("1.000003", "time")
    assert ask(knowledge, "", "1.000001", code="1.000003", aspect="nonsense").aspect == "overview"


def test_two_near_procedures_are_told_apart_by_their_hints(tmp_path: Path) -> None:
    folder = write_records(tmp_path / "records", {"aliases": ["tờ xanh"]}, {**COPY, "aliases": ["tờ xanh"]})
    answer = ask(KnowledgeBase.load(folder, tmp_path / "index", LetterEmbedder(), ranking=RANKING), "xin tờ xanh")
    assert answer.decision == "clarify"
    assert "Đã có khai sinh, chỉ cần bản sao" in answer.text
    assert ("Xin bản sao khai sinh", '/procedure_ask{"procedure_code":"1.000002"}') in answer.buttons


def test_a_single_guess_is_offered_not_told() -> None:
    text = clarify([(record(), "")], None, Reader("bác", TODAY)).text
    assert text == "Dạ, có phải bác hỏi việc này không ạ?\n• làm giấy khai sinh"


def test_what_is_not_there_is_not_invented(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "giá vàng trong nước hôm nay")
    assert (answer.decision, answer.procedure) == ("abstain", None)
    assert "https://dichvucong.gov.vn" in answer.text
    assert "1022" in answer.text


def test_a_procedure_without_record_is_named_not_replaced(knowledge: KnowledgeBase) -> None:
    answer = ask(knowledge, "đăng ký giám hộ cần giấy tờ gì", "1.000001")
    assert answer.decision == "abstain"
    assert "“Đăng ký giám hộ”" in answer.text


@pytest.mark.parametrize(
    "off", ["procedure:1.000003", "procedure:1.000003:place", "procedure:cu_tru", "source:example.vn", "procedure"]
)
def test_what_is_switched_off_goes_to_people(knowledge: KnowledgeBase, off: str) -> None:
    answer = ask(knowledge, "đăng ký tạm trú ở đâu", off=frozenset({off}))
    assert answer.decision == "human"
    assert "Công an" not in answer.text


def test_one_aspect_can_be_switched_off_alone(knowledge: KnowledgeBase) -> None:
    off = frozenset({"procedure:1.000003:fee"})
    assert ask(knowledge, "đăng ký tạm trú bao nhiêu tiền", off=off).decision == "human"
    assert ask(knowledge, "đăng ký tạm trú ở đâu", off=off).decision == "answer"
    overview = ask(knowledge, "đăng ký tạm trú", off=off)
    assert "Bao nhiêu tiền: phần này em đang tạm ngưng" in overview.text
    assert "0 đồng" not in overview.text


def test_a_rule_from_a_source_that_is_off_is_not_told(tmp_path: Path) -> None:
    folder = write_records(tmp_path / "records", {"city_rules": ["free"]})
    rule = {"text": "Nộp mạng 0 đồng.", "aspects": ["fee"], "source": {"name": "Báo", "url": "https://bao.vn/1"}}
    rule["source"] |= {"date": date(2026, 1, 1)}  # type: ignore[operator]
    (folder / "city_rules.yml").write_text(yaml.safe_dump({"free": rule}, allow_unicode=True), "utf-8")
    knowledge = KnowledgeBase.load(folder, tmp_path / "index", LetterEmbedder(), ranking=RANKING)
    assert "Nộp mạng 0 đồng" in ask(knowledge, "giấy khai sanh bao nhiêu tiền").text
    assert "Nộp mạng" not in ask(knowledge, "giấy khai sanh bao nhiêu tiền", off=frozenset({"source:bao.vn"})).text


def test_an_empty_form_of_address_becomes_the_default(knowledge: KnowledgeBase) -> None:
    assert "cô/chú" in ask(knowledge, "làm giấy khai sinh", title="").text
