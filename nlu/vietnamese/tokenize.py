"""Splits text into syllables, the units that Vietnamese writes with spaces between."""

import re

from nlu.vietnamese.masking import PLACEHOLDER
from nlu.vietnamese.normalize import nfc

_SYLLABLE = re.compile(r"[^\W_]+")


def syllables(text: str) -> list[str]:
    """Return the lower-case syllables and numbers of ``text`` (NFC), without punctuation and placeholders."""
    return _SYLLABLE.findall(PLACEHOLDER.sub(" ", nfc(text).lower()))
