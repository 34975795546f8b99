"""Two wishes in one message: clauses, and which of them is a second wish."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlu import second_intent


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("hồ sơ em trễ rồi, cho em gặp người", ["hồ sơ em trễ rồi", "cho em gặp người"]),
        (
            "ho so em tre roi. voi lai cho hoi le phi khai sinh",
            ["ho so em tre roi", "voi lai cho hoi le phi khai sinh"],
        ),
        ("làm khai sinh cho con cần giấy tờ gì", []),
        ("dạ, cho em gặp người", []),
        ("ừ", []),
        ("", []),
    ],
)
def test_clauses(text: str, expected: list[str]) -> None:
    assert second_intent.clauses(text, "dossier_late") == expected


def test_beside_what_is_no_wish_none_is_sought() -> None:
    assert second_intent.clauses("cảm ơn nhiều nghe, hồ sơ em trễ rồi", "smalltalk_thanks") == []


@given(st.text(max_size=300))
def test_any_text_gives_none_or_a_few_clauses(text: str) -> None:
    parts = second_intent.clauses(text, "human_ask")
    assert len(parts) in (0, 2, 3, second_intent.MAX_CLAUSES)
    assert all(part.strip() for part in parts)


def understood(*clauses: tuple[str, str, float]) -> list[tuple[str, dict[str, Any]]]:
    return [(text, {"name": name, "confidence": confidence}) for text, name, confidence in clauses]


def test_a_sure_second_wish_is_found() -> None:
    clauses = understood(("hồ sơ em trễ rồi", "dossier_late", 0.9), ("cho em gặp người", "human_ask", 0.95))
    assert second_intent.find("dossier_late", clauses) == {"intent": "human_ask", "text": "cho em gặp người"}
    assert second_intent.find("human_ask", clauses) == {"intent": "dossier_late", "text": "hồ sơ em trễ rồi"}


@pytest.mark.parametrize(
    "clauses",
    [
        understood(("hồ sơ em trễ", "dossier_late", 0.9), ("chán ghê", "smalltalk_angry", 0.9)),
        understood(("hồ sơ em trễ", "dossier_late", 0.9), ("cho gặp người", "human_ask", 0.3)),
        understood(("a", "dossier_late", 0.9), ("b", "human_ask", 0.9), ("c", "procedure_ask", 0.9)),
        understood(("a", "human_ask", 0.9), ("b", "procedure_ask", 0.9)),
    ],
)
def test_what_is_unsure_or_no_wish_or_too_much_is_not_offered(clauses: list[tuple[str, dict[str, Any]]]) -> None:
    assert second_intent.find("dossier_late", clauses) is None
