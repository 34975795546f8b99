"""One Unicode form for all text."""

import unicodedata


def nfc(text: str) -> str:
    """Return ``text`` in NFC, the form that every part of the project stores and compares."""
    return unicodedata.normalize("NFC", text)
