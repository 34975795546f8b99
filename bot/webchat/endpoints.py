"""The citizen's web page: one full page, four ways to send, one stream of answers."""

import hashlib
import re
from collections import Counter
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import aclosing
from typing import Annotated, Any, Protocol
from uuid import uuid4

import structlog
from fastapi import APIRouter, Form, Header, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field
from sse_starlette import ServerSentEvent

from bot.clock import Clock
from bot.conversations.inbox import Inbox
from bot.conversations.service import ConversationService
from bot.db.engine import Database
from bot.errors import BotError, InputError, NotFoundError, TooLargeError
from bot.media.service import MediaService
from bot.realtime import sse
from bot.realtime.hub import Hint, Hub
from bot.settings import Settings
from bot.webchat import assets, limits, session
from bot.webchat.limits import Refusal
from bot.webchat.rendering import OWN_BUBBLE, MessageView, bubble, environment
from channels.types import COMMANDS, Attachment, EventKind, InboundEvent, Location
from channels.web.adapter import topic_of

log = structlog.get_logger(__name__)

HISTORY = 60
# Ids come from a sequence, and a transaction with a lower id may commit later: each look goes back this far, and what was
# sent on this connection is not sent again.
ID_OVERLAP = 50
MAX_STREAMS_PER_SESSION = 6
# Without JavaScript the form waits this long for an answer before it shows the page again.
PLAIN_WAIT_S = 6.0
TYPING = ServerSentEvent(event="typing", data="1")
TROUBLE = "Dạ em đang gặp trục trặc. Cô/chú bấm Gửi lại sau ít phút, hoặc gọi tổng đài 1022 giúp em ạ."
BAD_REQUEST = "Dạ em chưa đọc được nội dung này. Cô/chú gửi lại giúp em ạ."
SESSION_GONE = "Dạ phiên trò chuyện đã hết hạn. Cô/chú tải lại trang rồi gửi lại giúp em ạ."

_CLIENT_ID = re.compile(r"[A-Za-z0-9-]{8,64}")
_BUTTON_KEY = re.compile(r"[A-Za-z0-9_-]{1,16}")


class Services(Protocol):
    """What the page needs of the composition root."""

    @property
    def settings(self) -> Settings: ...  # noqa: D102
    @property
    def clock(self) -> Clock: ...  # noqa: D102
    @property
    def db(self) -> Database: ...  # noqa: D102
    @property
    def hub(self) -> Hub: ...  # noqa: D102
    @property
    def inbox(self) -> Inbox: ...  # noqa: D102
    @property
    def conversations(self) -> ConversationService: ...  # noqa: D102
    @property
    def media(self) -> MediaService: ...  # noqa: D102


class LocationIn(BaseModel):
    """A place shared by the citizen, WGS 84 degrees."""

    event_id: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class FriendlyRoute(APIRoute):
    """Says refusals in Vietnamese, as JSON to our script and as a page to a plain form; puts the safety headers on everything."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handle = super().get_route_handler()

        async def friendly(request: Request) -> Response:
            try:
                response = await handle(request)
            except RequestValidationError:
                response = _say(request, Refusal(400, "bad_request", BAD_REQUEST))
            except BotError as error:
                refusal = error if isinstance(error, Refusal) else Refusal(error.status, error.code, TROUBLE)
                response = _say(request, refusal)
            for name, value in assets.SECURITY_HEADERS.items():
                response.headers.setdefault(name, value)
            return response

        return friendly


def _say(request: Request, refusal: Refusal) -> Response:
    log.info("web request refused", code=refusal.code, status=refusal.status, path=request.url.path)
    headers = {"Retry-After": str(refusal.retry_after_s)} if refusal.retry_after_s else {}
    if limits.is_script(request) or not limits.is_form(request):
        body = {"error": refusal.code, "text": refusal.text, "retry_after_s": refusal.retry_after_s}
        return JSONResponse(body, refusal.status, headers)
    page = environment().get_template("refusal.html").render(text=refusal.text, version=assets.version())
    return HTMLResponse(page, refusal.status, headers)


class WebChat:
    """The page's behaviour, free of routing."""

    def __init__(self, services: Services) -> None:
        self.services = services
        self.templates = environment()
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

        Args:
            form_id: Makes the event ids of plain forms new with every page; our script makes its own.
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
            limit = 5_000 if is_full else HISTORY
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

    async def receive(self, request: Request, event: InboundEvent) -> Response:
        """Store what a citizen sent, and answer once it is stored."""
        is_new = await self.services.inbox.receive(event)
        # The citizen's other pages show it too.
        self.services.hub.publish(topic_of(event.user_id), {"type": "message"})
        if not limits.is_script(request):
            await self._wait_for_answer(event.user_id)
            return RedirectResponse("/#cuoi", 303)
        if not is_new:
            # The first delivery's bubble is in the history, or already on the page.
            return Response(status_code=202)
        conversation = await self.services.conversations.find("web", event.user_id)
        if conversation is None:
            raise NotFoundError("conversation")
        newest = await self.services.conversations.last_messages(conversation.id, 10)
        own = [m for m in newest if m.author == "citizen"][-1:]
        return HTMLResponse(self.render(own), 202)

    async def _wait_for_answer(self, user_id: str) -> None:
        conversation = await self.services.conversations.find("web", user_id)
        if conversation is None:
            return

        async def is_answered() -> bool:
            newest = await self.services.conversations.last_messages(conversation.id, 1)
            return bool(newest) and newest[-1].author != "citizen"

        async with aclosing(sse.follow(self.services.hub, topic_of(user_id), _nothing, PLAIN_WAIT_S, 1.0)) as ticks:
            async for _ in ticks:
                if await is_answered():
                    return

    def event(self, user_id: str, client_id: str, kind: EventKind, content: str, **values: Any) -> InboundEvent:
        """Make the event. Its id has the sender, the browser's id and the content: only a true re-send has the same one.

        Raises:
            Refusal: 400 for a malformed id.
        """
        if not _CLIENT_ID.fullmatch(client_id):
            raise Refusal(400, "bad_request", BAD_REQUEST)
        digest = hashlib.sha256(f"{kind}:{content}".encode()).hexdigest()[:12]
        event_id = f"{user_id}:{client_id}:{digest}"
        return InboundEvent("web", user_id, event_id, self.services.clock.now(), kind, **values)

    async def events(self, user_id: str, after_id: int) -> AsyncIterator[ServerSentEvent]:
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


async def _store_picture(services: Services, user_id: str, content: bytes) -> Attachment:
    """Keep a picture for the citizen's conversation.

    Raises:
        Refusal: With the reason, if it is no picture or too large.
    """
    try:
        async with services.db.begin() as transaction:
            conversation_id = await services.conversations.ensure(transaction, "web", user_id)
            media = await services.media.store(transaction, conversation_id, content)
    except (InputError, TooLargeError) as error:
        raise Refusal(error.status, error.code, str(error)) from error
    return Attachment(ref=media.id, mime=media.mime, size=media.size)


async def _own_picture(services: Services, user_id: str, media_id: str) -> Response:
    conversation = await services.conversations.find("web", user_id)
    media = await services.media.find(media_id)
    if conversation is None or media is None or media.conversation_id != conversation.id:
        raise NotFoundError(media_id)
    path = services.media.path(media_id)
    return FileResponse(path, media_type=media.mime, headers={"Cache-Control": "private, max-age=86400"})


async def _nothing(_hint: Hint | None) -> Sequence[ServerSentEvent]:
    return []


def router(services: Services) -> APIRouter:
    """Give the page's routes."""
    routes = APIRouter(route_class=FriendlyRoute, tags=["web"])
    chat = WebChat(services)
    max_upload = services.settings.max_upload_mb * 1024 * 1024
    too_large = f"Dạ hình lớn quá {services.settings.max_upload_mb} MB. Cô/chú chọn hình nhỏ hơn giúp em ạ."
    too_long = f"Dạ tin dài quá {limits.TEXT_LIMIT} chữ cái. Cô/chú chia thành vài tin ngắn giúp em ạ."

    @routes.get("/", response_class=HTMLResponse)
    async def page(request: Request, tat_ca: bool = False) -> Response:
        """Show the chat page."""
        return await chat.page(request, tat_ca)

    @routes.post("/web/messages", status_code=202)
    async def send(
        request: Request,
        event_id: Annotated[str, Form()],
        text: Annotated[str, Form()] = "",
        payload: Annotated[str, Form()] = "",
    ) -> Response:
        """Take a text, a button's key or a command. The same ``event_id`` and content again changes nothing."""
        user_id = chat.sender(request, limits.MESSAGE_BODY_BYTES, too_long)
        text = text.strip()
        if payload:
            if payload not in COMMANDS and not _BUTTON_KEY.fullmatch(payload):
                raise Refusal(400, "bad_request", BAD_REQUEST)
            return await chat.receive(
                request, chat.event(user_id, event_id, EventKind.PAYLOAD, payload, payload=payload)
            )
        if not text:
            raise Refusal(400, "empty", "Dạ cô/chú chưa viết nội dung ạ.")
        if len(text) > limits.TEXT_LIMIT:
            raise Refusal(413, "too_large", too_long)
        return await chat.receive(request, chat.event(user_id, event_id, EventKind.TEXT, text, text=text))

    @routes.post("/web/uploads", status_code=202)
    async def upload(
        request: Request, event_id: Annotated[str, Form()], image: UploadFile, text: Annotated[str, Form()] = ""
    ) -> Response:
        """Take a picture, with a caption if there is one."""
        user_id = chat.sender(request, max_upload + limits.FORM_BYTES, too_large)
        content = await image.read()
        digest = hashlib.sha256(content).hexdigest()
        attachment = await _store_picture(services, user_id, content)
        values = {"text": text.strip()[: limits.TEXT_LIMIT], "attachments": (attachment,)}
        return await chat.receive(request, chat.event(user_id, event_id, EventKind.IMAGE, digest, **values))

    @routes.post("/web/location", status_code=202)
    async def locate(request: Request, place: LocationIn) -> Response:
        """Take a place that the citizen agreed to share."""
        user_id = chat.sender(request, limits.MESSAGE_BODY_BYTES, too_long)
        content = f"{place.latitude},{place.longitude}"
        location = Location(place.latitude, place.longitude)
        return await chat.receive(
            request, chat.event(user_id, place.event_id, EventKind.LOCATION, content, location=location)
        )

    @routes.get("/web/events")
    async def events(
        request: Request,
        after: Annotated[int, Query(ge=0)] = 0,
        last_event_id: Annotated[str, Header()] = "",
    ) -> Response:
        """Stream new messages as fragments. ``Last-Event-ID`` or ``after`` says what the page already has."""
        user_id = chat.user(request)
        if chat.streams[user_id] >= MAX_STREAMS_PER_SESSION:
            raise Refusal(429, "too_many_pages", "Dạ cô/chú đang mở nhiều trang quá, xin đóng bớt giúp em ạ.")
        seen = int(last_event_id) if last_event_id.isdigit() else 0
        return sse.stream(chat.events(user_id, max(after, seen)))

    @routes.get("/web/media/{media_id}")
    async def media(request: Request, media_id: str) -> Response:
        """Show a citizen their own picture."""
        return await _own_picture(services, chat.user(request), media_id)

    @routes.get("/web/chu/{size}")
    async def text_size(size: str) -> Response:
        """Change the size of the letters without JavaScript."""
        response = RedirectResponse("/", 303)
        response.set_cookie("co_chu", "lon" if size == "lon" else "vua", max_age=365 * 86_400, samesite="lax")
        return response

    @routes.get("/web/static/{name:path}", include_in_schema=False)
    async def static(name: str) -> Response:
        """Give a style sheet, script or picture of the page; the address has its version, so it never goes stale."""
        path = assets.files().get(name)
        if path is None:
            raise NotFoundError(name)
        return FileResponse(path, headers={"Cache-Control": "public, max-age=31536000, immutable"})

    return routes
