"""CivicEncoder with the model that ships; the same code runs in both environments."""

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from nlu.encoder import runtime
from nlu.encoder.base import Embedder, Vectors
from nlu.encoder.runtime import CivicEncoder

HAS_MODEL = (runtime.MODEL / runtime.ONNX).is_file() and (runtime.MODEL / runtime.TOKENIZER).is_file()
needs_model = pytest.mark.skipif(not HAS_MODEL, reason="nlu/encoder/model has no model yet: make encoder")
TEXTS = [
    "làm giấy khai sinh cho con ở đâu",
    "đèn đường trước nhà hư ba bữa rồi",
    "lam giay khai sinh cho con o dau",
    "a",
    "hồ sơ của tôi nộp hai tuần rồi mà chưa thấy ai gọi, cho hỏi giờ phải làm sao để biết tới đâu",
]


@pytest.fixture(scope="module")
def encoder() -> CivicEncoder:
    return CivicEncoder()


def cosines(left: Vectors, right: Vectors) -> Vectors:
    found: Vectors = (left * right).sum(axis=1)
    return found


@needs_model
def test_conforms_to_the_protocol(encoder: CivicEncoder) -> None:
    embedder: Embedder = encoder
    digest = hashlib.sha256((runtime.MODEL / runtime.ONNX).read_bytes()).hexdigest()
    assert embedder.name == f"civic-{digest[:8]}"
    for vectors in (embedder.embed_queries(TEXTS), embedder.embed_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), embedder.dimensions)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert embedder.embed_queries([]).shape == (0, embedder.dimensions)


@needs_model
def test_a_question_and_a_passage_are_read_differently(encoder: CivicEncoder) -> None:
    assert not np.allclose(encoder.embed_queries(TEXTS), encoder.embed_passages(TEXTS), atol=1e-3)


@needs_model
def test_a_batch_gives_what_single_calls_give_in_their_order(encoder: CivicEncoder) -> None:
    many = [f"{text} {number}" for number in range(30) for text in TEXTS]
    together = encoder.embed_queries(many)
    alone = np.concatenate([encoder.embed_queries([text]) for text in many])
    # Not equal: the scales of 8 bit depend on the batch.
    assert cosines(together, alone).min() > 0.985
    nearest = (together - alone.mean(axis=0)) @ (alone - alone.mean(axis=0)).T
    assert np.mean(nearest.argmax(axis=1) == np.arange(len(many))) > 0.9


@needs_model
def test_the_same_call_gives_the_same_vectors(encoder: CivicEncoder) -> None:
    assert np.array_equal(encoder.embed_queries(TEXTS), encoder.embed_queries(TEXTS))


@needs_model
def test_marks_matter_less_than_meaning(encoder: CivicEncoder) -> None:
    marked, other, unmarked = encoder.embed_queries(TEXTS[:3])
    assert marked @ unmarked > marked @ other


@needs_model
def test_a_long_text_is_the_weighted_mean_of_its_windows(encoder: CivicEncoder) -> None:
    text = " ".join(TEXTS * 30)
    ids = encoder._tokenizer().encode(runtime.QUERY + text, add_special_tokens=False).ids
    windows = runtime.cut(ids)
    assert len(windows) > 10
    assert max(map(len, windows)) == runtime.WINDOW
    assert [token for window in windows for token in window[1:-1]] == ids
    session = encoder._session()
    means = [session.run(["mean"], runtime.pad([window]))[0][0] * (len(window) - 2) for window in windows]
    expected = np.sum(means, axis=0)
    vector = encoder.embed_queries([text])[0]
    assert vector @ expected / np.linalg.norm(expected) > 0.99


@needs_model
@pytest.mark.parametrize(
    "text",
    ["", " ", "\n\n", "🙂", "...", "\ud800", "a\udfffb", "\0", "\u200b", "a" * 4000, "<s></s><pad>", "ồ" * 300],
    ids=ascii,
)
def test_any_text_has_a_vector(encoder: CivicEncoder, text: str) -> None:
    (vector,) = encoder.embed_queries([text])
    assert np.isfinite(vector).all()
    assert np.isclose(np.linalg.norm(vector), 1, atol=1e-5)


@needs_model
def test_spaces_do_not_matter(encoder: CivicEncoder) -> None:
    plain, spaced = encoder.embed_queries(["gọi giùm em"]), encoder.embed_queries(["  gọi \t giùm\n em  "])
    assert cosines(plain, spaced).min() > 0.99


@needs_model
def test_threads_share_one_encoder() -> None:
    shared = CivicEncoder(threads=1)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda text: shared.embed_queries([text])[0], TEXTS * 20))
    expected = [CivicEncoder(threads=1).embed_queries([text])[0] for text in TEXTS]
    assert np.allclose(answers, expected * 20, atol=1e-5)


def test_a_missing_model_names_the_remedy(tmp_path: Path) -> None:
    encoder = CivicEncoder(tmp_path)
    for ask in (lambda: encoder.name, lambda: encoder.embed_queries(["a"])):
        with pytest.raises(FileNotFoundError, match="make encoder"):
            ask()


def test_windows_and_batches_keep_their_limits() -> None:
    assert runtime.cut([]) == [[runtime.START, runtime.END]]
    assert [len(part) for part in runtime.cut(list(range(10, 262)))] == [128, 128]
    windows = [runtime.Window(place, [0] * (3 + place % 126)) for place in range(300)]
    batches = list(runtime.batches(windows))
    assert sorted(window.text for batch in batches for window in batch) == list(range(300))
    for batch in batches:
        assert len(batch) <= runtime.BATCH_TEXTS
        assert len(batch) * max(len(window.ids) for window in batch) <= runtime.BATCH_TOKENS
