"""Server-sent events: a stream that follows a topic for a while and then lets the browser reconnect."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence

from sse_starlette import EventSourceResponse, ServerSentEvent

from bot.realtime.hub import Hint, Hub

# A connection ends after 10 minutes: load balancers cut idle ones without telling, and a worker that is being replaced
# must get rid of its pages. The browser reconnects by itself and says which message it saw last.
MAX_CONNECTION_S = 600.0
# How long the browser waits before it reconnects.
RETRY_MS = 1_500
# Proxies close a silent connection after 30 to 60 seconds. At the same moment the database is read again, in case a
# hint was lost.
HEARTBEAT_S = 15.0

Fetch = Callable[[Hint | None], Awaitable[Sequence[ServerSentEvent]]]


async def follow(
    hub: Hub, topic: str, fetch: Fetch, max_s: float = MAX_CONNECTION_S, heartbeat_s: float = HEARTBEAT_S
) -> AsyncGenerator[ServerSentEvent]:
    """Yield what ``fetch`` finds: once at the start, after every hint, and at every heartbeat.

    Args:
        hub: Where hints come from.
        topic: Whose hints.
        fetch: Called with the hint, or None at the start and at a heartbeat; returns the events to send now.
        max_s: Seconds until the stream ends.
        heartbeat_s: Seconds of silence after which a comment is sent.
    """
    loop = asyncio.get_running_loop()
    end = loop.time() + max_s
    # Subscribed before the first look at the database: what is stored in between is seen twice rather than never.
    async with hub.subscribe(topic) as hints:
        yield ServerSentEvent(comment="ok", retry=RETRY_MS)
        for event in await fetch(None):
            yield event
        while (left := end - loop.time()) > 0:
            hint = await hints.get(min(heartbeat_s, left))
            events = await fetch(hint)
            for event in events:
                yield event
            if hint is None and not events:
                yield ServerSentEvent(comment="heartbeat")


def stream(events: AsyncGenerator[ServerSentEvent]) -> EventSourceResponse:
    """Answer with the events; ends by itself when the browser leaves or the server stops."""
    # Our own heartbeat replaces the library's; a page that takes nothing for 20 s is gone.
    return EventSourceResponse(events, ping=0, sep="\n", send_timeout=20)
