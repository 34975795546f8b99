"""The vectors of all passages, kept on disk by content, searched with FAISS. The only module that imports faiss."""

import hashlib
import logging
import os
import threading
import zipfile
from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from nlu.encoder.base import Embedder, Vectors

log = logging.getLogger(__name__)
_FILE = "vectors.npz"
_BATCH = 32
Progress = Callable[[int, int], None]


# Questions of the last seconds; a vector has 1.5 KB.
QUESTIONS_KEPT = 256
# Texts beyond these differ too little from each other to tell procedures apart.
NEAREST = 2000


def _key(embedder: Embedder, text: str) -> str:
    return hashlib.sha256(f"{embedder.name}\0{text}".encode()).hexdigest()[:32]


def _read(path: Path, dimensions: int) -> dict[str, NDArray[np.float32]]:
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            keys, vectors = stored["keys"], stored["vectors"]
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        log.warning("index_unreadable_rebuilding path=%s error=%s", path, error)
        return {}
    if vectors.ndim != 2 or vectors.shape != (len(keys), dimensions) or not np.isfinite(vectors).all():
        log.warning("index_damaged_rebuilding path=%s", path)
        return {}
    return dict(zip((str(key) for key in keys), vectors.astype(np.float32), strict=True))


def _write(path: Path, vectors: dict[str, NDArray[np.float32]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(draft, keys=np.array(list(vectors)), vectors=np.stack(list(vectors.values())))
    draft.replace(path)


def embed_cached(texts: Sequence[str], folder: Path, embedder: Embedder, progress: Progress | None = None) -> Vectors:
    """Return (n, dim) vectors of ``texts``; only texts not yet in ``folder`` are embedded. A damaged file is rebuilt.

    Args:
        texts: Texts to embed, in order.
        folder: Where vectors are kept between starts; those of texts that are gone are dropped.
        embedder: The model; its name is part of the key.
        progress: Called with (done, all) while new texts are embedded.
    """
    path = folder / _FILE
    stored = _read(path, embedder.dimensions)
    wanted = {_key(embedder, text): text for text in texts}
    missing = [key for key in wanted if key not in stored]
    for start in range(0, len(missing), _BATCH):
        batch = missing[start : start + _BATCH]
        stored.update(zip(batch, embedder.embed_passages([wanted[key] for key in batch]), strict=True))
        if progress:
            progress(min(start + _BATCH, len(missing)), len(missing))
    if missing or len(stored) != len(wanted):
        stored = {key: stored[key] for key in wanted}
        _write(path, stored)
    return np.stack([stored[_key(embedder, text)] for text in texts])


class DenseIndex:
    """Nearest texts to a question."""

    def __init__(
        self, texts: Sequence[str], folder: Path, embedder: Embedder, progress: Progress | None = None
    ) -> None:
        # One at a time: who asks while the same question is being embedded gets that vector instead of a second one.
        self._embedding = threading.Lock()
        self._embed_once = lru_cache(QUESTIONS_KEPT)(lambda text: embedder.embed_queries([text]))
        faiss.omp_set_num_threads(1)  # its spinning threads would fight with those of the model
        self._index = faiss.IndexFlatIP(embedder.dimensions)
        self._index.add(embed_cached(texts, folder, embedder, progress))

    def embed(self, text: str) -> Vectors:
        """Return the (1, dim) vector of a question, from memory if it was asked for just now."""
        with self._embedding:
            return self._embed_once(text)

    def cosines(self, text: str) -> NDArray[np.float32]:
        """Return the cosine of each text to a question, (n,), -1..1; what is not among the nearest has the last's."""
        n_near = min(NEAREST, self._index.ntotal)
        values, places = self._index.search(self.embed(text), n_near)
        found = np.full(self._index.ntotal, values[0, -1], np.float32)
        found[places[0]] = values[0]
        return found
