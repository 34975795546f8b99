"""Which messages only open a question; it must be decided at once whatever people write."""

import time

import pytest

from bot.conversations.fragments import is_fragment


@pytest.mark.parametrize("text", ["alo", "cho em hỏi", "Em ơi", "dạ cho cô hỏi chút", "xin chào ad", "", "cho hỏi:"])
def test_openers_wait_for_the_rest(text: str) -> None:
    assert is_fragment(text)


@pytest.mark.parametrize(
    "text", ["khai sinh cần gì", "dạ", "vâng", "ok", "1", "cho tôi gặp người", "cứu với", "đường Lê Lợi", "cảm ơn em"]
)
def test_what_is_complete_is_answered_at_once(text: str) -> None:
    assert not is_fragment(text)


@pytest.mark.parametrize("text", ["em ơi " * 700 + "giúp", "oi em " * 700, "ad" * 2000, " ,.!" * 1000])
def test_long_calls_for_attention_cost_nothing(text: str) -> None:
    started = time.perf_counter()
    is_fragment(text)
    assert time.perf_counter() - started < 1
