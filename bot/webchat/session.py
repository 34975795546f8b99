"""Who a browser is: a random id in a signed cookie. No account, no name."""

import hashlib
import hmac
import secrets

COOKIE = "cong_dan_so"
_ID_BYTES = 18
_PURPOSE = b"webchat-session:"


def new_user_id() -> str:
    """Make an id that cannot be guessed, 24 characters."""
    return secrets.token_urlsafe(_ID_BYTES)


def sign(user_id: str, secret: str) -> str:
    """Give the cookie's value for ``user_id``."""
    return f"{user_id}.{_mac(user_id, secret)}"


def verify(value: str | None, secret: str) -> str | None:
    """Return the id in a cookie's value; None if it is missing or not ours."""
    user_id, dot, mac = (value or "").rpartition(".")
    if not dot or not user_id.isascii() or not mac.isascii():
        return None
    return user_id if hmac.compare_digest(mac, _mac(user_id, secret)) else None


def _mac(user_id: str, secret: str) -> str:
    return hmac.new(secret.encode(), _PURPOSE + user_id.encode(), hashlib.sha256).hexdigest()
