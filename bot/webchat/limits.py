"""What one browser may send: how often, how much, and only from our own page."""

import time
from collections import OrderedDict
from collections.abc import Callable
from math import ceil
from urllib.parse import urlsplit

from starlette.requests import Request

from bot.errors import BotError

TEXT_LIMIT = 2_000
MESSAGE_BODY_BYTES = 16 * 1024
# Room for the form fields around a picture.
FORM_BYTES = 64 * 1024
MAX_TRACKED_SESSIONS = 20_000
TROUBLE = "Dạ em đang gặp trục trặc. Cô/chú bấm Gửi lại sau ít phút, hoặc gọi tổng đài 1022 giúp em ạ."
BAD_REQUEST = "Dạ em chưa đọc được nội dung này. Cô/chú gửi lại giúp em ạ."


class Refusal(BotError):
    """A request that the page must explain to the citizen.

    Attributes:
        text: Vietnamese, shown as it is.
        retry_after_s: Seconds after which the same request may succeed; 0 if it will not.
    """

    def __init__(self, status: int, code: str, text: str, retry_after_s: int = 0) -> None:
        super().__init__(text)
        self.status = status
        self.code = code
        self.text = text
        self.retry_after_s = retry_after_s


class RateLimiter:
    """A token bucket for each session, in this worker's memory: several workers together allow that many times more.

    Args:
        per_minute: Requests a minute; as many may come at once.
        now: Gives seconds that only grow.
    """

    def __init__(self, per_minute: int, now: Callable[[], float] = time.monotonic) -> None:
        self._per_minute = per_minute
        self._now = now
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> None:
        """Count one request.

        Raises:
            Refusal: 429, naming the seconds to wait.
        """
        now = self._now()
        tokens, seen = self._buckets.pop(key, (float(self._per_minute), now))
        tokens = min(float(self._per_minute), tokens + (now - seen) * self._per_minute / 60)
        is_allowed = tokens >= 1
        self._buckets[key] = (tokens - 1 if is_allowed else tokens, now)
        if len(self._buckets) > MAX_TRACKED_SESSIONS:
            self._buckets.popitem(last=False)
        if not is_allowed:
            wait_s = ceil((1 - tokens) * 60 / self._per_minute)
            text = f"Dạ em nhận được nhiều tin quá. Cô/chú chờ {wait_s} giây rồi bấm Gửi lại giúp em ạ."
            raise Refusal(429, "rate_limited", text, wait_s)


def check_origin(request: Request, public_url: str) -> None:
    """Let only our own page send: the cookie is SameSite=Lax, this is the second lock.

    A script must also carry our header, which no form of another site can; our own plain forms (no JavaScript) cannot
    carry it either and are told apart by the origin alone.

    Raises:
        Refusal: 403.
    """
    site = request.headers.get("sec-fetch-site", "")
    origin = urlsplit(request.headers.get("origin", ""))
    ours = {request.headers.get("host", "")} | ({urlsplit(public_url).netloc} if public_url else set())
    is_ours = site in ("same-origin", "none") if site else bool(origin.netloc) and origin.netloc in ours
    if not is_ours or (not is_form(request) and not is_script(request)):
        raise Refusal(
            403, "foreign_origin", "Dạ yêu cầu này không gửi từ trang của em. Cô/chú tải lại trang giúp em ạ."
        )


def is_script(request: Request) -> bool:
    """Tell whether our own script sent this."""
    return request.headers.get("x-requested-with") == "chat"


def is_form(request: Request) -> bool:
    """Tell whether the body is an HTML form."""
    kind = request.headers.get("content-type", "")
    return kind.startswith(("application/x-www-form-urlencoded", "multipart/form-data"))


def check_size(request: Request, limit: int, text: str) -> None:
    """Refuse a body that is too large before it is read; the server enforces the announced length.

    Raises:
        Refusal: 411 without a length, 413 over ``limit`` bytes, saying ``text``.
    """
    length = request.headers.get("content-length", "")
    if not length.isdigit():
        raise Refusal(411, "length_required", "Dạ trình duyệt gửi thiếu thông tin. Cô/chú gửi lại giúp em ạ.")
    if int(length) > limit:
        raise Refusal(413, "too_large", text)
