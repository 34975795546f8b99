"""Our own encoder: multilingual-e5-small, pruned to Vietnamese and trained on our intents, in 8 bit (ONNX Runtime).

How it was made: ``nlu/encoder/model/README.md``. Runs in both environments, without torch.
"""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlu.encoder.base import Vectors, as_rows, clean

MODEL = Path(__file__).resolve().parent / "model"
ONNX, TOKENIZER = "encoder.onnx", "tokenizer.json"
QUERY, PASSAGE = "query: ", "passage: "
START, PAD, END = 0, 1, 2
WINDOW = 128
# Padded tokens and texts of one call of the model: bounds its memory to about 50 MB.
BATCH_TOKENS, BATCH_TEXTS = 2_000, 64


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of a text's tokens, start and end mark included; ``text`` is the place of the text in the call."""

    text: int
    ids: list[int]

    @property
    def weight(self) -> int:
        """How much it counts beside other windows of its text: its tokens without the marks."""
        return max(1, len(self.ids) - 2)


class CivicEncoder:
    """Loads the model at its first use, once; safe to share between threads.

    A text of more than 128 tokens is read in windows; its vector is their mean, weighted by tokens.
    """

    dimensions = 384

    def __init__(self, folder: Path = MODEL, threads: int = 2) -> None:
        """Take note of the settings; nothing is loaded yet.

        Args:
            folder: Holds ``encoder.onnx`` and ``tokenizer.json``.
            threads: How many threads work on one call of the model.
        """
        self._folder = folder
        self._threads = threads
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None
        self._name: str | None = None

    @property
    def name(self) -> str:
        """Name with the hash of the model's file: another training, another name.

        Raises:
            FileNotFoundError: The model is not there.
        """
        with self._lock:
            if self._name is None:
                digest = hashlib.sha256(self._file(ONNX).read_bytes()).hexdigest()
                self._name = f"civic-{digest[:8]}"
            return self._name

    def embed_queries(self, texts: list[str]) -> Vectors:
        """Embed questions: (n, 384) float32, rows L2-normalised.

        Raises:
            FileNotFoundError: The model is not there.
        """
        return self._embed(QUERY, texts)

    def embed_passages(self, texts: list[str]) -> Vectors:
        """Embed texts to be found: (n, 384) float32, rows L2-normalised.

        Raises:
            FileNotFoundError: The model is not there.
        """
        return self._embed(PASSAGE, texts)

    def _embed(self, prefix: str, texts: list[str]) -> Vectors:
        session, tokenizer = self._load()
        windows: list[Window] = []
        for place, text in enumerate(clean(texts)):
            # One by one: the library's batches start threads of their own, which a fork of the process cannot keep.
            ids = tokenizer.encode(prefix + text, add_special_tokens=False).ids
            windows += [Window(place, part) for part in cut(ids)]
        sums = np.zeros((len(texts), self.dimensions), dtype=np.float64)
        for batch in batches(windows):
            (means,) = session.run(["mean"], pad([window.ids for window in batch]))
            for window, mean in zip(batch, means, strict=True):
                sums[window.text] += window.weight * mean.astype(np.float64)
        return as_rows(sums, self.dimensions)

    def _load(self) -> tuple[Any, Any]:
        """Give the session and the tokenizer."""
        with self._lock:
            if self._loaded is None:
                self._loaded = (self._session(), self._tokenizer())
            return self._loaded

    def _session(self) -> Any:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_ALL
        # Threads that spin while they wait take the processor from Rasa and from each other.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        return onnxruntime.InferenceSession(str(self._file(ONNX)), options, providers=["CPUExecutionProvider"])

    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._file(TOKENIZER)))

    def _file(self, name: str) -> Path:
        path = self._folder / name
        if not path.is_file():
            raise FileNotFoundError(f"{path} is missing; train and export the encoder with `make encoder`.")
        return path


def cut(ids: list[int]) -> list[list[int]]:
    """Cut a text's tokens into windows with start and end mark, at most 128 long; at least one."""
    size = WINDOW - 2
    parts = [ids[start : start + size] for start in range(0, len(ids), size)] or [[]]
    return [[START, *part, END] for part in parts]


def batches(windows: list[Window]) -> Iterator[list[Window]]:
    """Group windows of similar length, so that little is padded."""
    batch: list[Window] = []
    for window in sorted(windows, key=lambda window: len(window.ids)):
        if batch and (len(batch) == BATCH_TEXTS or (len(batch) + 1) * len(window.ids) > BATCH_TOKENS):
            yield batch
            batch = []
        batch.append(window)
    if batch:
        yield batch


def pad(rows: list[list[int]]) -> dict[str, Any]:
    """Give the model's inputs: ``input_ids`` and ``attention_mask``, both (n, longest) int64."""
    longest = max(map(len, rows))
    ids = np.full((len(rows), longest), PAD, dtype=np.int64)
    mask = np.zeros_like(ids)
    for place, row in enumerate(rows):
        ids[place, : len(row)] = row
        mask[place, : len(row)] = 1
    return {"input_ids": ids, "attention_mask": mask}
