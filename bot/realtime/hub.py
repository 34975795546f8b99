"""Publish and subscribe: tells open pages at once that something happened.

What travels here is a hint, never the record: receivers read the database, so a lost hint costs a short delay, not a
message.
"""

import asyncio
import json
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Protocol
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)

# A page that has not read this many hints is stuck; newer hints replace older ones because the database has everything.
QUEUE_SIZE = 100
# All topics share one Redis channel: one connection a process, whatever the number of open pages.
REDIS_CHANNEL = "bot:hub"
RECONNECT_S = 1.0

Hint = Mapping[str, Any]


class Subscription:
    """The hints of one topic, from the moment it is made.

    Use it as ``async with hub.subscribe(topic) as hints: async for hint in hints: …``; leaving the block ends it.
    """

    def __init__(self, hub: "MemoryHub", topic: str) -> None:
        self._hub = hub
        self._topic = topic
        self._queue: asyncio.Queue[Hint] = asyncio.Queue(QUEUE_SIZE)

    def put(self, hint: Hint) -> None:
        """Add a hint; the oldest goes when the queue is full."""
        if self._queue.full():
            self._queue.get_nowait()
        self._queue.put_nowait(hint)

    async def get(self, timeout_s: float) -> Hint | None:
        """Wait for the next hint; None after ``timeout_s`` seconds without one."""
        try:
            return await asyncio.wait_for(self._queue.get(), timeout_s)
        except TimeoutError:
            return None

    def close(self) -> None:
        """Receive nothing more."""
        self._hub.forget(self._topic, self)

    async def __aenter__(self) -> "Subscription":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __aiter__(self) -> AsyncIterator[Hint]:
        return self

    async def __anext__(self) -> Hint:
        return await self._queue.get()


class Hub(Protocol):
    """Carries hints between the parts of the application, and between its workers."""

    def publish(self, topic: str, data: Hint) -> None:
        """Tell every subscriber of ``topic``; returns at once and never raises. ``data`` must fit into JSON."""
        ...

    def subscribe(self, topic: str) -> Subscription:
        """Receive from now on what is published to ``topic``."""
        ...

    async def close(self) -> None:
        """Stop; call it once at the end."""
        ...


class MemoryHub:
    """The hub of a single process."""

    def __init__(self) -> None:
        self._topics: defaultdict[str, set[Subscription]] = defaultdict(set)

    def publish(self, topic: str, data: Hint) -> None:
        """Tell the subscribers in this process."""
        for subscription in tuple(self._topics.get(topic, ())):
            subscription.put(data)

    def subscribe(self, topic: str) -> Subscription:
        """Receive from now on what is published to ``topic``."""
        subscription = Subscription(self, topic)
        self._topics[topic].add(subscription)
        return subscription

    def forget(self, topic: str, subscription: Subscription) -> None:
        """Drop a subscription, and the topic with its last one."""
        subscriptions = self._topics.get(topic)
        if subscriptions is None:
            return
        subscriptions.discard(subscription)
        if not subscriptions:
            del self._topics[topic]

    @property
    def n_topics(self) -> int:
        """How many topics have a subscriber."""
        return len(self._topics)

    async def close(self) -> None:
        """Nothing to stop."""


class RedisHub(MemoryHub):
    """The hub of several workers: our own subscribers get a hint at once, the other workers' through Redis.

    Connects by itself at the first use. While Redis is away hints stay inside the worker and pages of other workers
    see a message at their next heartbeat; the connection is tried again every second.

    Args:
        url: ``redis://…`` address.
    """

    def __init__(self, url: str) -> None:
        super().__init__()
        self._redis = Redis.from_url(url, socket_connect_timeout=2.0, health_check_interval=30)
        self._worker = uuid4().hex
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(QUEUE_SIZE * 10)
        self._tasks: list[asyncio.Task[None]] = []
        self.connected = asyncio.Event()

    def publish(self, topic: str, data: Hint) -> None:
        """Tell the subscribers in this process now, and the other workers through Redis."""
        super().publish(topic, data)
        self._start()
        if self._outgoing.full():
            self._outgoing.get_nowait()
        self._outgoing.put_nowait(json.dumps({"from": self._worker, "topic": topic, "data": dict(data)}))

    def subscribe(self, topic: str) -> Subscription:
        """Receive from now on what is published to ``topic``."""
        self._start()
        return super().subscribe(topic)

    async def close(self) -> None:
        """Stop and close the connections."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()
        await self._redis.aclose()

    def _start(self) -> None:
        if not self._tasks:
            self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._send())]

    async def _send(self) -> None:
        while True:
            envelope = await self._outgoing.get()
            try:
                await self._redis.publish(REDIS_CHANNEL, envelope)
            except (RedisError, OSError) as error:
                log.warning("hub hint kept in this worker", error=str(error))

    async def _listen(self) -> None:
        while True:
            try:
                async with self._redis.pubsub(ignore_subscribe_messages=True) as pubsub:
                    await pubsub.subscribe(REDIS_CHANNEL)
                    self.connected.set()
                    async for message in pubsub.listen():
                        envelope = json.loads(message["data"])
                        if envelope["from"] != self._worker:
                            super().publish(envelope["topic"], envelope["data"])
            except (RedisError, OSError) as error:
                log.warning("hub lost Redis", error=str(error), retry_s=RECONNECT_S)
            finally:
                self.connected.clear()
            await asyncio.sleep(RECONNECT_S)


def make_hub(redis_url: str) -> Hub:
    """Give the hub that the settings ask for: Redis where it is configured, else memory."""
    return RedisHub(redis_url) if redis_url else MemoryHub()
