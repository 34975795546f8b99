"""The addresses of the citizen's web page: one full page, four ways to send, one stream of answers."""

from collections.abc import Callable, Coroutine
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Header, Query, Request, Response, UploadFile
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse
from fastapi.routing import APIRoute
from pydantic import BaseModel, Field

from bot.errors import BotError, NotFoundError
from bot.webchat import assets, limits
from bot.webchat.chat import UPLOADS, Services, WebChat
from bot.webchat.limits import BAD_REQUEST, TROUBLE, Refusal
from bot.webchat.rendering import environment
from channels.types import Location

log = structlog.get_logger(__name__)


class LocationIn(BaseModel):
    """A place shared by the citizen, WGS 84 degrees."""

    event_id: str
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class FriendlyRoute(APIRoute):
    """Checks the sender before a body is read; says refusals in Vietnamese; adds the safety headers.

    Our script gets a refusal as JSON, a plain form as a page.
    """

    gate: Callable[[Request], None]

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Wrap the route's handler."""
        handle = super().get_route_handler()

        async def friendly(request: Request) -> Response:
            try:
                if request.method == "POST":
                    self.gate(request)
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


def router(services: Services) -> APIRouter:
    """Give the page's routes."""
    chat = WebChat(services)
    route = type("ChatRoute", (FriendlyRoute,), {"gate": staticmethod(chat.gate)})
    routes = APIRouter(route_class=route, tags=["web"])
    _add_sending(routes, chat)
    _add_showing(routes, chat)
    return routes


def _add_sending(routes: APIRouter, chat: WebChat) -> None:
    @routes.post("/web/messages", status_code=202)
    async def send(
        request: Request,
        event_id: Annotated[str, Form()],
        text: Annotated[str, Form()] = "",
        payload: Annotated[str, Form()] = "",
    ) -> Response:
        """Take a text, a button's key or a command. The same ``event_id`` and content again changes nothing."""
        return await chat.message(request, event_id, text, payload)

    @routes.post(UPLOADS, status_code=202)
    async def upload(
        request: Request, event_id: Annotated[str, Form()], image: UploadFile, text: Annotated[str, Form()] = ""
    ) -> Response:
        """Take a picture, with a caption if there is one."""
        return await chat.picture(request, event_id, image, text)

    @routes.post("/web/location", status_code=202)
    async def locate(request: Request, place: LocationIn) -> Response:
        """Take a place that the citizen agreed to share."""
        return await chat.place(request, place.event_id, Location(place.latitude, place.longitude))


def _add_showing(routes: APIRouter, chat: WebChat) -> None:
    @routes.get("/", response_class=HTMLResponse)
    async def page(request: Request, tat_ca: bool = False) -> Response:
        """Show the chat page; ``tat_ca`` with the whole history."""
        return await chat.page(request, tat_ca)

    @routes.get("/web/events")
    async def events(
        request: Request,
        after: Annotated[int, Query(ge=0, lt=10**15)] = 0,
        last_event_id: Annotated[str, Header()] = "",
    ) -> Response:
        """Stream new messages as fragments. ``Last-Event-ID`` or ``after`` says what the page already has."""
        seen = int(last_event_id) if last_event_id.isdecimal() and len(last_event_id) < 16 else 0
        return chat.stream(request, max(after, seen))

    @routes.get("/web/media/{media_id}")
    async def media(request: Request, media_id: str) -> Response:
        """Show a citizen their own picture."""
        return await chat.own_picture(request, media_id)

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
