"""What an embedding model must offer. Free of any model library, importable from both environments."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into vectors; rows are L2-normalised, so an inner product is the cosine (-1..1)."""

    @property
    def name(self) -> str:
        """Name with version: vectors of different names must never be mixed."""
        ...

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        ...

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Embed questions: (n, dimensions) float32."""
        ...

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found: (n, dimensions) float32."""
        ...


def as_rows(values: Any, dimensions: int) -> Vectors:
    """Return ``values`` as (n, dimensions) float32 with L2-normalised rows; a zero row stays zero."""
    rows = np.ascontiguousarray(values, dtype=np.float32).reshape(-1, dimensions)
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)


def clean(texts: list[str]) -> list[str]:
    """Make texts safe for C strings: lone surrogates are replaced, NUL becomes a space."""
    return [text.encode("utf-8", "replace").decode("utf-8").replace("\0", " ") for text in texts]
