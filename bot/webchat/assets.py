"""The page's fixed files, and the headers that keep foreign scripts out."""

import hashlib
from functools import cache
from pathlib import Path

STATIC = Path(__file__).parent / "static"

# Only our own files; "blob:" shows a picture before it is sent. No inline script or style anywhere.
CONTENT_SECURITY_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' blob:",
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # A plain form's Origin header is "null" under stricter values, and check_origin needs it.
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": "geolocation=(self), camera=(self), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@cache
def files() -> dict[str, Path]:
    """Return address → file for everything under ``static/``; nothing else can be asked for."""
    return {path.relative_to(STATIC).as_posix(): path for path in sorted(STATIC.rglob("*")) if path.is_file()}


@cache
def version() -> str:
    """Return a short hash of all files, so that a changed file gets a new address."""
    digest = hashlib.sha256()
    for path in files().values():
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]
