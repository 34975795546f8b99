"""Text as people type it without diacritics, so that both spellings meet."""

import unicodedata


def fold(text: str) -> str:
    """Return ``text`` in lower case without diacritics, đ as d, in NFC."""
    decomposed = unicodedata.normalize("NFD", text.lower().replace("đ", "d"))
    kept = "".join(char for char in decomposed if unicodedata.category(char) != "Mn")
    return unicodedata.normalize("NFC", kept)
