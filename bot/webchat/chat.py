"""The behaviour of the citizen's page: what a request may do, and what comes of it."""

import hashlib
import re
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from typing import Any, Protocol
from uuid import uuid4

from fastapi import Request, Response, UploadFile
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse
from sse_starlette import ServerSentEvent

from bot.clock import Clock
from bot.conversations.inbox import Inbox
from bot.conversations.service import ConversationService
from bot.db.engine import Database
from bot.errors import InputError, NotFoundError, TooLargeError
from bot.media.service import MediaService
from bot.realtime import sse
from bot.realtime.hub import Hint, Hub
from bot.settings import Settings
from bot.webchat import assets, limits, session
from bot.webchat.limits import BAD_REQUEST, Refusal
from bot.webchat.rendering import OWN_BUBBLE, MessageView, bubble, environment
from channels.types import COMMANDS, Attachment, EventKind, InboundEvent, Location
from channels.web.adapter import topic_of

HISTORY = 60
FULL_HISTORY = 5_000
# Ids come from a sequence, and a transaction with a lower id may commit later: each look goes back this far, and what
# was sent on this connection is not sent again.
ID_OVERLAP = 50
MAX_STREAMS_PER_SESSION = 6
# Without JavaScript the form waits this long for an answer before it shows the page again.
PLAIN_WAIT_S = 6.0
TYPING = ServerSentEvent(event="typing", data="1")
SESSION_GONE = "Dạ phiên trò chuyện đã hết hạn. Cô/chú tải lại trang rồi gửi lại giúp em ạ."
UPLOADS = "/web/uploads"
TOO_MANY_PAGES = "Dạ cô/chú đang mở nhiều trang quá, xin đóng bớt giúp em ạ."
TOO_LONG = f"Dạ tin dài quá {limits.TEXT_LIMIT} chữ cái. Cô/chú chia thành vài tin ngắn giúp em ạ."

_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_BUTTON_KEY = re.compile(r"[A-Za-z0-9_-]{1,16}")


class Services(Protocol):
    """What the page needs of the composition root."""

    @property
    def settings(self) -> Settings: ...
    @property
    def clock(self) -> Clock: ...
    @property
    def db(self) -> Database: ...
    @property
    def hub(self) -> Hub: ...
    @property
    def inbox(self) -> Inbox: ...
    @property
    def conversations(self) -> ConversationService: ...
    @property
    def media(self) -> MediaService: ...


class WebChat:
    """The page's behaviour, free of routing."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.templates = environment()
        max_mb = services.settings.max_upload_mb
        self._max_upload = max_mb * 2**20 + limits.FORM_BYTES
        self._too_large = f"Dạ hình lớn quá {max_mb} MB. Cô/chú chọn hình nhỏ hơn giúp em ạ."
        self.limiter = limits.RateLimiter(services.settings.messages_per_minute)
        self.streams: Counter[str] = Counter()

    def user(self, request: Request) -> str:
        """Return who asks.

        Raises:
            Refusal: 401 without our cookie.
        """
        user_id = session.verify(request.cookies.get(session.COOKIE), self.services.settings.secret())
        if user_id is None:
            raise Refusal(401, "no_session", SESSION_GONE)
        return user_id

    def gate(self, request: Request) -> None:
        """Check what can be checked before the body of a request is read.

        Raises:
            Refusal: 401, 403, 411 or 413.
        """
        limits.check_origin(request, self.services.settings.public_url)
        self.user(request)
        if request.url.path == UPLOADS:
            limits.check_size(request, self._max_upload, self._too_large)
        else:
            limits.check_size(request, limits.MESSAGE_BODY_BYTES, TOO_LONG)

    def sender(self, request: Request, max_bytes: int, too_large: str) -> str:
        """Return who sends, after all checks of a request that changes something.

        Raises:
            Refusal: 401, 403, 411, 413 or 429.
        """
        limits.check_origin(request, self.services.settings.public_url)
        user_id = self.user(request)
        limits.check_size(request, max_bytes, too_large)
        self.limiter.take(user_id)
        return user_id

    def render(self, messages: Sequence[MessageView], form_id: str = "0") -> str:
        """Give the messages as HTML fragments, the same for the history and the stream.

        ``form_id`` makes the event ids of plain forms new with every page; our script makes its own.
        """
        fragment = self.templates.get_template("message.html")
        now = self.services.clock.now()
        return "\n".join(fragment.render(m=bubble(m, now), form_id=form_id) for m in messages)

    async def page(self, request: Request, is_full: bool) -> Response:
        """Give the whole page with the history, and a session to whoever has none."""
        settings = self.services.settings
        user_id = session.verify(request.cookies.get(session.COOKIE), settings.secret())
        messages: Sequence[MessageView] = []
        if user_id and (conversation := await self.services.conversations.find("web", user_id)):
            limit = FULL_HISTORY if is_full else HISTORY
            messages = await self.services.conversations.last_messages(conversation.id, limit)
        form_id = uuid4().hex
        html = self.templates.get_template("page.html").render(
            history=self.render(messages, form_id),
            own=OWN_BUBBLE,
            is_empty=not messages,
            has_more=len(messages) == HISTORY and not is_full,
            last_id=messages[-1].id if messages else 0,
            form_id=form_id,
            is_large=request.cookies.get("co_chu") == "lon",
            text_limit=limits.TEXT_LIMIT,
            max_upload_mb=settings.max_upload_mb,
            version=assets.version(),
        )
        response = HTMLResponse(html, headers={"Cache-Control": "no-store"})
        user_id = user_id or session.new_user_id()
        # Renewed with every visit; the transcript itself is not kept longer than this either.
        response.set_cookie(
            session.COOKIE,
            session.sign(user_id, settings.secret()),
            max_age=settings.transcript_days * 86_400,
            httponly=True,
            samesite="lax",
            secure=settings.public_url.startswith("https://") or request.url.scheme == "https",
        )
        return response

    async def message(self, request: Request, event_id: str, text: str, payload: str) -> Response:
        """Take a text, a button's key or a command.

        Raises:
            Refusal: If it is empty, too long or no key of ours, or the sender may not send.
        """
        user_id = self.sender(request, limits.MESSAGE_BODY_BYTES, TOO_LONG)
        text = text.strip()
        if payload:
            if payload not in COMMANDS and not _BUTTON_KEY.fullmatch(payload):
                raise Refusal(400, "bad_request", BAD_REQUEST)
            return await self._receive(
                request, self._event(user_id, event_id, EventKind.PAYLOAD, payload, payload=payload)
            )
        if not text:
            raise Refusal(400, "empty", "Dạ cô/chú chưa viết nội dung ạ.")
        if len(text) > limits.TEXT_LIMIT:
            raise Refusal(413, "too_large", TOO_LONG)
        return await self._receive(request, self._event(user_id, event_id, EventKind.TEXT, text, text=text))

    async def picture(self, request: Request, event_id: str, image: UploadFile, text: str) -> Response:
        """Take a picture, judged by its content.

        Raises:
            Refusal: If it is no picture or too large, or the sender may not send.
        """
        user_id = self.sender(request, self._max_upload, self._too_large)
        content = await image.read()
        attachment = await self._store_picture(user_id, content)
        digest = hashlib.sha256(content).hexdigest()
        values = {"text": text.strip()[: limits.TEXT_LIMIT], "attachments": (attachment,)}
        return await self._receive(request, self._event(user_id, event_id, EventKind.IMAGE, digest, **values))

    async def place(self, request: Request, event_id: str, location: Location) -> Response:
        """Take a place that the citizen agreed to share."""
        user_id = self.sender(request, limits.MESSAGE_BODY_BYTES, TOO_LONG)
        content = f"{location.latitude},{location.longitude}"
        return await self._receive(
            request, self._event(user_id, event_id, EventKind.LOCATION, content, location=location)
        )

    def stream(self, request: Request, after_id: int) -> Response:
        """Send new messages as they come.

        Raises:
            Refusal: 401 without a session, 429 with too many open pages.
        """
        user_id = self.user(request)
        if self.streams[user_id] >= MAX_STREAMS_PER_SESSION:
            raise Refusal(429, "too_many_pages", TOO_MANY_PAGES)
        return sse.stream(self._events(user_id, after_id))

    async def own_picture(self, request: Request, media_id: str) -> Response:
        """Show a citizen their own picture.

        Raises:
            NotFoundError: If it is not theirs.
        """
        conversation = await self.services.conversations.find("web", self.user(request))
        media = await self.services.media.find(media_id)
        if conversation is None or media is None or media.conversation_id != conversation.id:
            raise NotFoundError(media_id)
        path = self.services.media.path(media_id)
        return FileResponse(path, media_type=media.mime, headers={"Cache-Control": "private, max-age=86400"})

    async def _receive(self, request: Request, event: InboundEvent) -> Response:
        """Store what a citizen sent, and answer once it is stored."""
        is_new = await self.services.inbox.receive(event)
        # The citizen's other pages show it too.
        self.services.hub.publish(topic_of(event.user_id), {"type": "message"})
        conversation = await self.services.conversations.find("web", event.user_id)
        if conversation is None:
            raise NotFoundError("conversation")
        newest = await self.services.conversations.last_messages(conversation.id, 10)
        own = [m for m in newest if m.author == "citizen"][-1:]
        if not limits.is_script(request):
            await self._wait_for_answer(conversation.id, event.user_id)
            return RedirectResponse(f"/#m-{own[0].id}" if own else "/#cuoi", 303)
        # Of a repeat the first delivery's bubble is in the history, or already on the page.
        return HTMLResponse(self.render(own) if is_new else "", 202)

    async def _wait_for_answer(self, conversation_id: str, user_id: str) -> None:
        async def is_answered() -> bool:
            newest = await self.services.conversations.last_messages(conversation_id, 1)
            return bool(newest) and newest[-1].author != "citizen"

        async with aclosing(sse.follow(self.services.hub, topic_of(user_id), _nothing, PLAIN_WAIT_S, 1.0)) as ticks:
            async for _ in ticks:
                if await is_answered():
                    return

    def _event(self, user_id: str, client_id: str, kind: EventKind, content: str, **values: Any) -> InboundEvent:
        """Make the event. Its id has sender, the browser's id and the content: only a true re-send has the same one.

        Raises:
            Refusal: 400 for a malformed id.
        """
        if not _CLIENT_ID.fullmatch(client_id):
            raise Refusal(400, "bad_request", BAD_REQUEST)
        digest = hashlib.sha256(f"{kind}:{content}".encode()).hexdigest()[:12]
        event_id = f"{user_id}:{client_id}:{digest}"
        return InboundEvent("web", user_id, event_id, self.services.clock.now(), kind, **values)

    async def _store_picture(self, user_id: str, content: bytes) -> Attachment:
        try:
            picture = await self.services.media.prepare(content)
        except (InputError, TooLargeError) as error:
            raise Refusal(error.status, error.code, str(error)) from error
        async with self.services.db.begin() as transaction:
            conversation_id = await self.services.conversations.ensure(transaction, "web", user_id)
            media = await self.services.media.store(transaction, conversation_id, picture)
        return Attachment(ref=media.id, mime=media.mime, size=media.size)

    async def _events(self, user_id: str, after_id: int) -> AsyncGenerator[ServerSentEvent]:
        """Yield the citizen's messages from ``after_id`` on, and typing signs."""
        self.streams[user_id] += 1
        seen: set[int] = set()
        last_id = after_id

        async def fetch(hint: Hint | None) -> Sequence[ServerSentEvent]:
            nonlocal last_id
            if hint is not None and hint.get("type") == "typing":
                return [TYPING]
            conversation = await self.services.conversations.find("web", user_id)
            if conversation is None:
                return []
            start = max(after_id, last_id - ID_OVERLAP)
            messages = await self.services.conversations.messages_after(conversation.id, start, 200)
            new = [m for m in messages if m.id not in seen]
            seen.update(m.id for m in new)
            last_id = max([last_id, *seen])
            return [ServerSentEvent(event="message", id=str(m.id), data=self.render([m])) for m in new]

        try:
            async with aclosing(sse.follow(self.services.hub, topic_of(user_id), fetch)) as found:
                async for event in found:
                    yield event
        finally:
            self.streams[user_id] -= 1
            if not self.streams[user_id]:
                del self.streams[user_id]


async def _nothing(_hint: Hint | None) -> Sequence[ServerSentEvent]:
    return []
