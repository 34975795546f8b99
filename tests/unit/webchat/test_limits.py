"""The rate limiter and the session cookie."""

import pytest

from bot.webchat import limits, session
from bot.webchat.limits import RateLimiter, Refusal


def test_bucket_refills_with_time() -> None:
    now = 0.0
    limiter = RateLimiter(2, lambda: now)
    limiter.take("an")
    limiter.take("an")
    limiter.take("bình")
    with pytest.raises(Refusal) as refused:
        limiter.take("an")
    assert (refused.value.status, refused.value.retry_after_s) == (429, 30)
    now = 30.0
    limiter.take("an")


def test_bucket_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_TRACKED_SESSIONS", 3)
    limiter = RateLimiter(1, lambda: 0.0)
    for n in range(10):
        limiter.take(str(n))
    assert len(limiter._buckets) == 3


def test_cookie() -> None:
    user_id = session.new_user_id()
    value = session.sign(user_id, "secret")
    assert session.verify(value, "secret") == user_id
    assert session.verify(value, "other secret") is None
    assert session.verify("x" + value, "secret") is None
    assert session.verify(value + "0", "secret") is None
    assert session.verify("người.khác", "secret") is None
    assert session.verify(None, "secret") is None
