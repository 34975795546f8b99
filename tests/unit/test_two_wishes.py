"""Figures of two wishes: served, offered, or offered needlessly."""

from collections.abc import Sequence
from typing import Any

from nlu.evaluation.cases import Case
from nlu.evaluation.two_wishes import TwoWishes, load, measure


def understand(texts: Sequence[str]) -> list[dict[str, Any]]:
    """Know a wish by its word."""
    words = {"trễ": "dossier_late", "gặp": "human_ask", "khai sinh": "procedure_ask"}
    found = []
    for text in texts:
        name = next((name for word, name in words.items() if word in text), "out_of_scope")
        entry = {"name": name, "confidence": 0.95}
        found.append({"intent": entry, "intent_ranking": [entry]})
    return found


def single(text: str) -> Case:
    return Case(text, "dossier_late", "plain", "development", is_near=False, spans=())


def test_both_wishes_count_and_needless_offers_too() -> None:
    served = TwoWishes("hồ sơ em trễ rồi, cho em gặp người", frozenset({"dossier_late", "human_ask"}))
    lost = TwoWishes("hồ sơ trễ làm khai sinh cho con", frozenset({"dossier_late", "procedure_ask"}))
    report = measure(
        understand, [served, lost], [single("hồ sơ em trễ rồi, mới gặp cán bộ hôm qua"), single("trễ hẹn rồi em")]
    )
    assert (report.both.value, report.first.value, report.needless.value) == (0.5, 1.0, 0.5)


def test_the_set_has_two_halves_of_two_known_wishes() -> None:
    halves = [load("development"), load("final")]
    assert all(len(half) >= 30 for half in halves)
    assert all(len(message.intents) == 2 for half in halves for message in half)
