"""The hub: who gets which hint, what happens when a reader is slow, and across workers through a real Redis."""

import asyncio
import os
from collections.abc import AsyncIterator

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.realtime import redis_hub as hub_module
from bot.realtime.hub import QUEUE_SIZE, MemoryHub
from bot.realtime.redis_hub import RedisHub
from bot.realtime.sse import follow

REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


async def test_hint_reaches_only_its_topic() -> None:
    hub = MemoryHub()
    async with hub.subscribe("a") as first, hub.subscribe("a") as second, hub.subscribe("b") as other:
        hub.publish("a", {"n": 1})
        assert await first.get(1) == {"n": 1}
        assert await second.get(1) == {"n": 1}
        assert await other.get(0.01) is None
    assert hub.n_topics == 0


async def test_subscription_can_be_iterated() -> None:
    hub = MemoryHub()
    async with hub.subscribe("a") as hints:
        hub.publish("a", {"n": 1})
        hub.publish("a", {"n": 2})
        seen = []
        async for hint in hints:
            seen.append(hint["n"])
            if len(seen) == 2:
                break
    assert seen == [1, 2]


async def test_slow_reader_loses_the_oldest_hints_only() -> None:
    hub = MemoryHub()
    async with hub.subscribe("a") as hints:
        for n in range(QUEUE_SIZE + 5):
            hub.publish("a", {"n": n})
        got = [await hints.get(1) for _ in range(QUEUE_SIZE)]
    assert got[0] == {"n": 5}
    assert got[-1] == {"n": QUEUE_SIZE + 4}


@pytest.fixture
async def two_workers(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[RedisHub, RedisHub]]:
    try:
        async with Redis.from_url(REDIS_URL, socket_connect_timeout=1) as client:
            await client.ping()
    except (RedisError, OSError) as error:
        pytest.skip(f"no Redis at {REDIS_URL}: {error}")
    # A channel of our own: other test runs may use the same Redis.
    monkeypatch.setattr(hub_module, "REDIS_CHANNEL", f"test:hub:{os.getpid()}")
    hubs = RedisHub(REDIS_URL), RedisHub(REDIS_URL)
    yield hubs
    for hub in hubs:
        await hub.close()


async def test_hint_crosses_workers_and_is_not_doubled_at_home(two_workers: tuple[RedisHub, RedisHub]) -> None:
    ours, theirs = two_workers
    async with ours.subscribe("a") as home, theirs.subscribe("a") as away:
        await asyncio.wait_for(asyncio.gather(ours.connected.wait(), theirs.connected.wait()), 5)
        ours.publish("a", {"n": 1})
        assert await away.get(5) == {"n": 1}
        # The other worker's hint comes after our own one went round: a double would be seen before it.
        theirs.publish("a", {"n": 2})
        assert await home.get(5) == {"n": 1}
        assert await home.get(5) == {"n": 2}


async def test_worker_alone_when_redis_is_down() -> None:
    hub = RedisHub("redis://127.0.0.1:1/0")
    async with hub.subscribe("a") as hints:
        hub.publish("a", {"n": 1})
        assert await hints.get(1) == {"n": 1}
    await hub.close()


async def test_follow_fetches_at_once_after_a_hint_and_at_heartbeats_then_ends() -> None:
    hub = MemoryHub()
    calls: list[object] = []

    async def fetch(hint: object) -> list[object]:
        calls.append(hint)
        if len(calls) == 1:
            hub.publish("a", {"n": 1})
        return []

    events = [event async for event in follow(hub, "a", fetch, max_s=0.2, heartbeat_s=0.05)]  # type: ignore[arg-type]
    assert calls[:2] == [None, {"n": 1}]
    assert calls[2:]
    assert set(map(repr, calls[2:])) == {"None"}
    assert [e.comment for e in events][:2] == ["ok", "heartbeat"]
    assert hub.n_topics == 0
