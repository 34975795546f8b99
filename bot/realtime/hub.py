"""Publish and subscribe: tells open pages at once that something happened.

What travels here is a hint, never the record: receivers read the database, so a lost hint costs a short delay, not a
message.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Mapping
from types import TracebackType
from typing import Any, Protocol

# A page that has not read this many hints is stuck; newer hints replace older ones because the database has everything.
QUEUE_SIZE = 100

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
