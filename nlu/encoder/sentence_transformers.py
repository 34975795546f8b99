"""Any sentence-transformers model on disk, behind the same protocol (extra ``sentence-transformers``)."""

from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from nlu.encoder.base import Vectors, as_rows, clean


class SentenceTransformersEmbedder:
    """Loads the model from a folder at its first use.

    Attributes:
        query_prefix: Put before questions; E5 models need ``"query: "``.
        passage_prefix: Put before texts to be found; E5 models need ``"passage: "``.
    """

    def __init__(self, folder: Path, query_prefix: str = "", passage_prefix: str = "") -> None:
        self._folder = folder
        self.query_prefix = query_prefix
        self.passage_prefix = passage_prefix

    @property
    def name(self) -> str:
        """Name of the folder, with the prefixes that change the vectors."""
        return f"sentence-transformers-{self._folder.name}-{self.query_prefix}-{self.passage_prefix}"

    @cached_property
    def _model(self) -> Any:
        package = import_module("sentence_transformers")
        return package.SentenceTransformer(str(self._folder), local_files_only=True)

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self._model.get_sentence_embedding_dimension())

    def _embed(self, prefix: str, texts: list[str]) -> Vectors:
        prefixed = [prefix + text for text in clean(texts)]
        return as_rows(self._model.encode(prefixed, normalize_embeddings=True), self.dimensions)

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Embed questions: (n, dimensions) float32, rows L2-normalised."""
        return self._embed(self.query_prefix, texts)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found: (n, dimensions) float32, rows L2-normalised."""
        return self._embed(self.passage_prefix, texts)
