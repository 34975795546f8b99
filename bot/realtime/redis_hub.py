"""The hub of several workers, over Redis."""

import asyncio
import json
from uuid import uuid4

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.realtime.hub import QUEUE_SIZE, Hint, MemoryHub, Subscription

log = structlog.get_logger(__name__)

# All topics share one Redis channel: one connection a process, whatever the number of open pages.
REDIS_CHANNEL = "bot:hub"
RECONNECT_S = 1.0


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
