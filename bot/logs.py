"""Structured logs: one line an event, personal data masked before anything is written.

Both structlog and the standard library's loggers (uvicorn, httpx, alembic, telegram) go through the same processors.
CCCD, phone numbers and e-mail addresses are masked in every string of an event, tracebacks included; tokens in
addresses (Telegram's ``/bot<token>/``, ``?token=``) and bearer headers are hidden.
"""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from bot.settings import Settings
from nlu.vietnamese.masking import redact

HIDDEN = "***"
MAX_LINE = 4_000
_SECRETS = re.compile(
    r"""(?P<before>/bot(?=\d+:)                                    # Telegram's address: /bot123:ABC/getUpdates
        | [?&](?:token|access_token|secret|key|api_key|appsecret_proof)=
        | \bBearer\s+
        | ://[^\s/:@]+:(?=[^\s/@]+@) )                             # the password in a database address
    [^\s"'&/@]+""",
    re.VERBOSE | re.IGNORECASE,
)
# Loggers that say at INFO what ours say better, or once per poll.
QUIET = {
    "httpx": logging.WARNING,
    "httpcore": logging.WARNING,
    "apscheduler": logging.WARNING,
    "telegram": logging.WARNING,
    "uvicorn.access": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "alembic": logging.WARNING,
    "rasa_sdk": logging.WARNING,
    "asyncio": logging.WARNING,
}


def hide(text: str) -> str:
    """Mask personal data and secrets in one string; very long lines are cut, because masking them takes too long."""
    return "\n".join(_hide_line(line) for line in text.split("\n"))


def _hide_line(line: str) -> str:
    if len(line) > MAX_LINE:
        line = line[:MAX_LINE] + "…"
    return redact(_SECRETS.sub(rf"\g<before>{HIDDEN}", line))


def mask_event(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Mask every string of an event, however deep. A structlog processor; put it right before the renderer."""
    for key in list(event):
        if not key.startswith("_"):
            event[key] = _masked(event[key])
    return event


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Route all logging of this process through the processors above. Call once at start; calling again replaces it.

    Args:
        settings: ``log_level`` and ``log_json`` decide.
        stream: Where lines go; standard error by default.
    """
    target = stream or sys.stderr
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ]
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if settings.log_json
        else structlog.dev.ConsoleRenderer(colors=target.isatty(), pad_event_to=0)
    )
    handler = logging.StreamHandler(target)
    # On the handler too: some libraries set the level of their own logger when they are imported.
    handler.setLevel(settings.log_level)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, mask_event, renderer],
        )
    )
    structlog.configure(
        processors=[structlog.stdlib.filter_by_level, *shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(settings.log_level)
    for name, level in QUIET.items():
        logging.getLogger(name).setLevel(max(level, root.level) if settings.log_level != "DEBUG" else logging.INFO)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        # uvicorn installs its own handlers unless told not to; ours must be the only ones.
        logging.getLogger(name).handlers = []
        logging.getLogger(name).propagate = True
    logging.captureWarnings(True)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, MutableMapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    if value is None or isinstance(value, bool | int | float):
        return hide(str(value)) if isinstance(value, int) and abs(value) > 99_999_999 else value
    return hide(str(value))
