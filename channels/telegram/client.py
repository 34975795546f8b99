"""python-telegram-bot's HTTP client with four corrections that a service which must not lose messages needs."""

import json
import logging
from typing import Any

import httpx
from telegram import Update
from telegram.error import NetworkError, TelegramError
from telegram.request import BaseRequest, HTTPXRequest

log = logging.getLogger(__name__)

# These fail before Telegram has seen the request; every other failure may come after.
_BEFORE_SENDING = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
TOO_MANY = 429
# They log addresses, which have the token in them. (A logger's filter doesn't see its children's lines.)
TELLTALES = ("httpx", "httpcore.http11", "httpcore.connection", "telegram.Bot", "telegram.ext.ExtBot")


class FloodError(TelegramError):
    """Telegram wants us to wait. The library's ``RetryAfter`` warns that it is deprecated whenever it is made."""

    def __init__(self, retry_after_s: float) -> None:
        super().__init__(f"Too many requests: retry after {retry_after_s:g} s")
        self.retry_after_s = retry_after_s


def may_have_arrived(error: NetworkError) -> bool:
    """Tell whether Telegram may have acted on a request that failed; an answer from it (5xx) means that it did not."""
    return isinstance(error.__cause__, httpx.HTTPError) and not isinstance(error.__cause__, _BEFORE_SENDING)


class Request(HTTPXRequest):
    """Says how long to wait, and reads a batch of updates even if one of them cannot be understood."""

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See ``BaseRequest.do_request``."""
        status, body = await super().do_request(*args, **kwargs)
        if status == TOO_MANY:
            raise FloodError(_wait_of(body))
        return status, body

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See ``BaseRequest.parse_json_payload``; an update that would spoil its batch is reduced to who wrote."""
        data: dict[str, Any] = BaseRequest.parse_json_payload(payload)
        result = data.get("result")
        if isinstance(result, list):
            data["result"] = [_readable(item) for item in result]
        return data


class HideToken(logging.Filter):
    """Takes the token out of a logger's lines."""

    def __init__(self, token: str) -> None:
        super().__init__()
        self._token = token

    def filter(self, record: logging.LogRecord) -> bool:
        """Rewrite the line; every line passes."""
        message = record.getMessage()
        if self._token in message:
            record.msg, record.args = message.replace(self._token, "***"), ()
        return True


def hide_token(token: str) -> None:
    """Keep the token out of the log from now on."""
    for name in TELLTALES:
        logging.getLogger(name).addFilter(HideToken(token))


def _wait_of(body: bytes) -> float:
    try:
        return max(1.0, float(json.loads(body)["parameters"]["retry_after"]))
    except (ValueError, KeyError, TypeError):
        return 5.0


def _readable(item: Any) -> Any:
    if not isinstance(item, dict) or "update_id" not in item or _is_readable(item):
        return item
    log.error("update %s cannot be read", item["update_id"])
    message = item.get("message")
    if isinstance(message, dict):
        # Who wrote is enough to say that we could not read it; the extra field makes it a message of unknown kind.
        core = {name: message[name] for name in ("message_id", "date", "chat", "from") if name in message}
        reduced = {"update_id": item["update_id"], "message": {**core, "unreadable": True}}
        if _is_readable(reduced):
            return reduced
    return {"update_id": item["update_id"]}


def _is_readable(item: dict[str, Any]) -> bool:
    try:
        Update.de_json(item, None)
    except Exception:  # noqa: BLE001 - the library's parser may raise anything on a form that it doesn't expect
        return False
    return True
