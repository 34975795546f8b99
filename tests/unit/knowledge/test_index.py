"""The index embeds only what changed and repairs itself."""

from pathlib import Path

import numpy as np
import pytest

from knowledge.index import embed_cached
from tests.unit.knowledge.support import LetterEmbedder


@pytest.fixture
def embedder() -> LetterEmbedder:
    return LetterEmbedder()


def test_only_changed_texts_are_embedded_again(tmp_path: Path, embedder: LetterEmbedder) -> None:
    first = embed_cached(["khai sinh", "tạm trú"], tmp_path, embedder)
    again = embed_cached(["khai sinh", "căn cước"], tmp_path, embedder)
    assert embedder.n_passages == 3
    assert np.array_equal(first[0], again[0])


def test_another_model_never_uses_the_old_vectors(tmp_path: Path, embedder: LetterEmbedder) -> None:
    embed_cached(["khai sinh"], tmp_path, embedder)
    other = LetterEmbedder()
    other.name = "letters-2"
    embed_cached(["khai sinh"], tmp_path, other)
    assert other.n_passages == 1


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04 broken", b"not an index"])
def test_a_damaged_index_is_rebuilt(tmp_path: Path, embedder: LetterEmbedder, damage: bytes) -> None:
    before = embed_cached(["khai sinh"], tmp_path, embedder)
    next(tmp_path.glob("*.npz")).write_bytes(damage)
    assert np.array_equal(embed_cached(["khai sinh"], tmp_path, embedder), before)
    assert embedder.n_passages == 2
    embed_cached(["khai sinh"], tmp_path, embedder)
    assert embedder.n_passages == 2


def test_vectors_of_a_wrong_shape_are_rebuilt(tmp_path: Path, embedder: LetterEmbedder) -> None:
    embed_cached(["khai sinh"], tmp_path, embedder)
    np.savez(tmp_path / "vectors.npz", keys=np.array(["a"]), vectors=np.ones((1, 3), np.float32))
    assert embed_cached(["khai sinh"], tmp_path, embedder).shape == (1, 64)


def test_progress_counts_what_is_embedded(tmp_path: Path, embedder: LetterEmbedder) -> None:
    seen: list[tuple[int, int]] = []
    embed_cached([str(number) for number in range(40)], tmp_path, embedder, lambda *step: seen.append(step))
    assert seen == [(32, 40), (40, 40)]
