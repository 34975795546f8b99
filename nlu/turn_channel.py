r"""Rasa's door: the one way the application talks to Rasa. One POST is one turn; nothing is hidden, nothing half done.

Rasa's own ``rest`` channel answers 200 with an empty list when an action failed, drops what was understood and names
the output channel "collector". This one answers with intent, slots and replies, and with an error when anything failed;
then the conversation is as it was before the message, and the application may send it again.

Start (from the repository's root, both environments installed, ``make train`` done)::

    RASA_DOOR_SECRET=… ACTION_ENDPOINT_URL=http://127.0.0.1:8000/rasa/actions \
    PYTHONPATH=. RASA_TELEMETRY_ENABLED=false TF_CPP_MIN_LOG_LEVEL=3 PYTHONWARNINGS=ignore OMP_WAIT_POLICY=PASSIVE \
    nlu/.venv/bin/rasa run --interface 127.0.0.1 --port 5005 --model var/models \
        --endpoints endpoints.yml --credentials credentials.yml

Environment: ``RASA_DOOR_SECRET`` (callers send it as a bearer token; Rasa sends it to the actions as ``?token=``),
``ACTION_ENDPOINT_URL``, ``RASA_TRACKER_URL`` and ``RASA_TRACKER_SCHEMA`` (see nlu/tracker_store.py),
``RASA_REDIS_URL`` (locks shared by several Rasa processes; else in memory), ``RASA_ACTION_TIMEOUT_S`` (default 15).
``OMP_WAIT_POLICY=PASSIVE`` must be set before the process starts: else the encoder's threads wait by spinning, and on
busy cores a message takes 300 ms instead of 40.

Paths under ``/webhooks/turn``: ``/`` (state), ``/webhook`` (a turn), ``/cut``, ``/delete``, ``/slots``, ``/purge``,
``/parse``.
"""

import asyncio
import functools
import hmac
import json
import logging
import os
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import InputChannel, UserMessage
from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as json_response

from nlu import rasa_speedups
from nlu.tracker_store import TurnTrackerStore
from nlu.turn_processor import TurnFailed, TurnProcessor, understood

logger = logging.getLogger(__name__)
rasa_speedups.install()

MAX_PARSE_TEXTS = 1000
LOCK_LIFETIME_S = 60.0
LOCK_POLL_S = 0.02
"""How often a second message of the same citizen looks whether the first is done (Rasa's own channels: 1 s)."""

Handler = Callable[[Request], Awaitable[HTTPResponse]]


class BadRequestError(Exception):
    """The caller's fault; answered with 400 and this text."""


class NotReadyError(Exception):
    """No model is loaded; answered with 503."""


class TurnInput(InputChannel):
    """The channel named in credentials.yml; see the module's text."""

    def __init__(self, secret: str) -> None:
        """Take the secret that every caller must send."""
        self._secret = secret

    @classmethod
    def name(cls) -> str:
        """Give the path under ``/webhooks/``."""
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> "TurnInput":
        """Build from credentials.yml.

        Raises:
            RasaException: No secret; Rasa does not start.
        """
        secret = (credentials or {}).get("secret") or os.environ.get("RASA_DOOR_SECRET", "")
        if not secret:
            raise RasaException("RASA_DOOR_SECRET is not set: the door to Rasa would be open to everyone.")
        return cls(str(secret))

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Give the routes. ``on_new_message`` is not used: it hides errors and gives nothing back."""
        routes = Blueprint("turn_channel", "turn_channel")

        @routes.get("/")
        async def state(request: Request) -> HTTPResponse:
            agent = getattr(request.app.ctx, "agent", None)
            if agent is None or agent.processor is None:
                return json_response({"status": "no_model"}, status=503)
            return json_response({"status": "ok", "model": agent.model_id})

        @routes.listener("after_server_start")
        async def warm_up(app: Sanic, _loop: asyncio.AbstractEventLoop) -> None:
            await _warm_up(app)

        for path, handler in (
            ("/webhook", _turn),
            ("/cut", _cut),
            ("/delete", _delete),
            ("/slots", _slots),
            ("/purge", _purge),
            ("/parse", _parse),
        ):
            routes.add_route(self._guarded(handler), path, methods=["POST"], name=path.strip("/"))
        return routes

    def _guarded(self, handler: Handler) -> Handler:
        """Check the secret before, and turn every error into a status that the caller can act on."""
        expected = f"Bearer {self._secret}".encode()

        @functools.wraps(handler)
        async def guarded(request: Request) -> HTTPResponse:
            if not hmac.compare_digest(request.headers.get("authorization", "").encode(), expected):
                return json_response({"error": "wrong_secret"}, status=401)
            try:
                return await handler(request)
            except BadRequestError as error:
                return json_response({"error": "bad_request", "detail": str(error)}, status=400)
            except NotReadyError:
                return json_response({"error": "no_model"}, status=503)
            except TurnFailed as error:
                return json_response({"error": error.code, "failed_actions": error.failed_actions}, status=500)
            except Exception as error:
                logger.exception("%s failed; the conversation is as before.", request.path)
                return json_response({"error": type(error).__name__}, status=500)

        return guarded


async def _warm_up(app: Sanic) -> None:
    """Load now what the first message would wait for (the sentence encoder), before requests are answered."""
    agent = getattr(app.ctx, "agent", None)
    if agent is not None and agent.processor is not None:
        await agent.processor.parse_message(UserMessage("xin chào"))


async def _turn(request: Request) -> HTTPResponse:
    """Run one message, or give the recorded answer when it was run before."""
    body = _body(request)
    sender, event_id = _text(body, "sender"), _text(body, "event_id")
    text, channel = _text(body, "message"), _text(body, "channel")
    metadata, slots = _mapping(body, "metadata"), _mapping(body, "slots")
    processor, lock = _processor(request, slots), _lock(request, sender)
    async with lock:
        answer = await processor.recorded(sender, event_id)
        if answer is None:
            answer = await processor.run(sender, event_id, text, channel, metadata, slots)
    return json_response(answer)


async def _cut(request: Request) -> HTTPResponse:
    """Take a conversation back to before a turn."""
    body = _body(request)
    sender, event_id = _text(body, "sender"), _text(body, "event_id")
    async with _lock(request, sender):
        return json_response({"cut": await _store(request).cut(sender, event_id)})


async def _delete(request: Request) -> HTTPResponse:
    """Remove a conversation (the citizen's "xóa dữ liệu của tôi", and retention)."""
    sender = _text(_body(request), "sender")
    async with _lock(request, sender):
        return json_response({"deleted": await _store(request).delete(sender)})


async def _slots(request: Request) -> HTTPResponse:
    """Set slots outside a turn (an operator hands back)."""
    body = _body(request)
    sender, slots = _text(body, "sender"), _mapping(body, "slots")
    processor = _processor(request, slots)
    async with _lock(request, sender):
        await processor.set_slots(sender, slots, end_form=body.get("end_form") is True)
    return json_response({"slots": slots})


async def _purge(request: Request) -> HTTPResponse:
    """Forget what was said before a moment, in all conversations (retention)."""
    before = _body(request).get("before")
    if not isinstance(before, int | float):
        raise BadRequestError("before must be seconds since 1970")
    store = _store(request)
    senders = store.senders_before(before)
    for sender in senders:
        async with _lock(request, sender):
            await store.purge(sender, before)
    return json_response({"purged": len(senders)})


async def _parse(request: Request) -> HTTPResponse:
    """Understand texts without any conversation."""
    texts = _body(request).get("texts")
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts) or len(texts) > MAX_PARSE_TEXTS:
        raise BadRequestError(f"texts must be a list of at most {MAX_PARSE_TEXTS} strings")
    processor = _processor(request, {})
    results = []
    for text in texts:
        results.append(understood(await processor.parse_message(UserMessage(text)) if text.strip() else {}))
        await asyncio.sleep(0)
    return json_response({"results": results})


def _agent(request: Request) -> Agent:
    agent: Agent | None = getattr(request.app.ctx, "agent", None)
    if agent is None or agent.processor is None:
        raise NotReadyError
    return agent


def _store(request: Request) -> TurnTrackerStore:
    """Give our store without the wrapper that would go on in memory when the database fails."""
    store = getattr(request.app.ctx.agent.tracker_store, "_tracker_store", None)
    if not isinstance(store, TurnTrackerStore):
        raise TypeError("endpoints.yml must name nlu.tracker_store.TurnTrackerStore as tracker_store")
    return store


def _processor(request: Request, slots: dict[str, Any]) -> TurnProcessor:
    """Make this turn's processor from the model loaded now.

    Raises:
        BadRequestError: One of the slots is in no domain file.
    """
    processor = TurnProcessor(_agent(request), _store(request))
    unknown = sorted(set(slots) - {slot.name for slot in processor.domain.slots})
    if unknown:
        raise BadRequestError(f"unknown slots: {', '.join(unknown)}")
    return processor


def _lock(request: Request, sender: str) -> Any:
    """Let one message of a conversation run at a time, in all processes that share the lock store."""
    return _agent(request).lock_store.lock(sender, LOCK_LIFETIME_S, LOCK_POLL_S)


def _body(request: Request) -> dict[str, Any]:
    try:
        body = json.loads(request.body)
    except ValueError as error:
        raise BadRequestError(f"not JSON: {error}") from error
    if not isinstance(body, dict):
        raise BadRequestError("not a JSON object")
    return body


def _text(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if not isinstance(value, str) or not value.strip():
        raise BadRequestError(f"{key} must be a non-empty string")
    return value


def _mapping(body: dict[str, Any], key: str) -> dict[str, Any]:
    value = body.get(key) or {}
    if not isinstance(value, dict):
        raise BadRequestError(f"{key} must be an object")
    return value
