"""SentenceEmbeddingFeaturizer with the real encoder."""

from pathlib import Path

import numpy as np
import pytest
from rasa.shared.nlu.constants import TEXT
from rasa.shared.nlu.training_data.message import Message

from nlu.components import sentence_embedding_featurizer as module
from nlu.components.sentence_embedding_featurizer import SentenceEmbeddingFeaturizer, embed_cached, prepare
from nlu.components.vietnamese_tokenizer import VietnameseTokenizer
from tests.components import conformance


@pytest.fixture
def tokenizer(tmp_path: Path) -> VietnameseTokenizer:
    built: VietnameseTokenizer = conformance.build(VietnameseTokenizer, tmp_path)
    return built


@pytest.mark.parametrize("cache", [True, False])
def test_conforms(tmp_path: Path, tokenizer: VietnameseTokenizer, monkeypatch: pytest.MonkeyPatch, cache: bool) -> None:
    monkeypatch.setattr(module, "CACHE_DIR", tmp_path / "cache")
    conformance.check_component(SentenceEmbeddingFeaturizer)
    featurizer = conformance.build(SentenceEmbeddingFeaturizer, tmp_path, cache=cache)
    conformance.check_dense_sentence_featurizer(featurizer, tokenizer.process)
    assert (tmp_path / "cache").exists() == cache


def test_case_spaces_and_personal_values_do_not_matter(tokenizer: VietnameseTokenizer) -> None:
    def prepared(text: str) -> str:
        return prepare(tokenizer.tokenize(Message({TEXT: text}), TEXT))

    assert prepared("GỌI  <phone:x1>\nGIÙM em") == prepared("gọi <phone:zz> giùm em") == "gọi giùm em"
    assert prepared("<phone:x1>") == "."


def test_cache_is_extended_and_holds_no_text(tmp_path: Path) -> None:
    path = tmp_path / "cache" / "e.npz"
    first = embed_cached(["khai sinh", "khai tử"], path)
    before = path.read_bytes()
    assert embed_cached(["khai sinh"], path)["khai sinh"].tolist() == first["khai sinh"].tolist()
    assert path.read_bytes() == before
    embed_cached(["kết hôn"], path)
    with np.load(path) as stored:
        assert stored["vectors"].shape == (3, 384)
    assert b"khai" not in path.read_bytes()
    assert list(path.parent.iterdir()) == [path]
