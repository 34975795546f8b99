"""FoldedCountVectorsFeaturizer: texts with and without diacritics have the same features."""

from pathlib import Path

import pytest
from rasa.shared.nlu.constants import TEXT

from nlu.components.folded_count_vectors_featurizer import FoldedCountVectorsFeaturizer
from nlu.components.vietnamese_tokenizer import VietnameseTokenizer
from tests.components import conformance


@pytest.mark.parametrize("analyzer", ["word", "char_wb"])
def test_conforms(tmp_path: Path, analyzer: str) -> None:
    tokenizer = conformance.build(VietnameseTokenizer, tmp_path / "tokenizer")
    conformance.check_component(FoldedCountVectorsFeaturizer)
    featurizer = conformance.build(FoldedCountVectorsFeaturizer, tmp_path, analyzer=analyzer)
    conformance.check_sparse_featurizer(featurizer, tokenizer.process)


def test_diacritics_make_no_difference(tmp_path: Path) -> None:
    tokenizer = conformance.build(VietnameseTokenizer, tmp_path / "tokenizer")
    featurizer = conformance.build(FoldedCountVectorsFeaturizer, tmp_path, analyzer="char_wb", max_ngram=3, min_ngram=2)
    data = conformance.training_data(("đường Lê Lợi", "khai sinh"))
    tokenizer.process(data.training_examples)
    featurizer.train(data)
    pair = conformance.messages(("Đường Lê Lợi", "duong le loi"))
    left, right = (m.get_sparse_features(TEXT)[1].features for m in featurizer.process(tokenizer.process(pair)))
    assert left.nnz > 0
    assert (left != right).nnz == 0
