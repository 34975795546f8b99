"""What of the encoder's training runs without torch: the packed file, the examples, the schedule, the card."""

import struct
from collections import Counter
from pathlib import Path
from random import Random

import numpy as np
import pytest

from nlu.encoder.training import examples as module
from nlu.encoder.training.card import Figures, write_card
from nlu.encoder.training.examples import Example, Views, allowed
from nlu.encoder.training.schedule import Settings, batches_of_epoch, n_steps, share_of_rate
from nlu.encoder.training.teacher import PackedModel
from nlu.expand import plain
from nlu.noise import NoiseLists
from nlu.utterances import ROOT
from nlu.vietnamese.language_model import LanguageModel
from nlu.vietnamese.repair import Repairer

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁giấy", "▁tờ"]
SENTENCES = ["làm giấy khai sinh ở đâu", "Hồ sơ H29.12 trễ hẹn rồi!", "đèn đường hư ba bữa rồi", "cho hỏi lệ phí"]


def q4_0(levels: np.ndarray, scales: np.ndarray) -> bytes:
    """Pack (blocks, 32) levels of -8..7 with a scale each."""
    raised = (levels + 8).astype(np.uint8)
    nibbles = raised[:, :16] | raised[:, 16:] << 4
    return np.concatenate([scales.astype("<f2").view(np.uint8).reshape(-1, 2), nibbles], axis=1).tobytes()


def packed(tensors: dict[str, tuple[int, bytes]]) -> bytes:
    """Write a packed file with the given tensors: number of values, bytes."""
    text = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, text)]).astype("<u4")
    table = b"\1\2\3"
    head = b"E5S1" + struct.pack("<I7ifi", 1, 64, 1, 2, 128, len(PIECES), 16, 2, 1e-12, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(offsets[-1])) + offsets.tobytes()
    head += np.arange(len(PIECES), dtype="<f4").tobytes() + b"".join(text) + struct.pack("<iI", 0, len(table)) + table
    size = len(head) + 4 + sum(2 + len(name) + 21 for name in tensors)
    directory, content = struct.pack("<i", len(tensors)), b""
    for name, (n_values, values) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", 0, n_values, size + len(content), len(values))
        content += values
    return head + directory + content


def test_a_packed_file_is_read() -> None:
    levels = Random(1).choices(range(-8, 8), k=6 * 64)
    blocks = np.array(levels).reshape(-1, 32)
    scales = np.linspace(0.25, 3, len(blocks))
    bias = np.array([1.5, -2, 0.25], dtype="<f4")
    content = packed({"emb.word": (6 * 64, q4_0(blocks, scales)), "l0.q.b": (3, bias.tobytes())})
    model = PackedModel(content)

    assert (model.sizes.hidden, model.sizes.feed_forward, model.sizes.types) == (64, 128, 2)
    assert (model.marks.start, model.marks.end, model.marks.pad, model.marks.unknown) == (0, 2, 1, 3)
    assert model.pieces == PIECES
    assert model.scores == [0, 1, 2, 3, 4, 5]
    assert model.epsilon == pytest.approx(1e-12)
    expected = (blocks * scales.astype(np.float16)[:, None].astype(np.float32)).reshape(6, 64)
    assert np.array_equal(model.tensor("emb.word", (-1, 64)), expected.astype(np.float32))
    assert np.array_equal(model.tensor("emb.word", (-1, 64), [4, 1]), expected.astype(np.float32)[[4, 1]])
    assert model.tensor("l0.q.b", (-1,)).tolist() == [1.5, -2, 0.25]


def test_what_is_no_packed_file_is_refused() -> None:
    content = packed({"emb.word": (64, bytes(7)), "l0.q.b": (3, bytes(12))})
    with pytest.raises(ValueError, match="E5S1"):
        PackedModel(b"GGUF" + content[4:])
    for end in (20, 60, 100, 130):
        with pytest.raises(ValueError, match="too early"):
            PackedModel(content[:end])
    model = PackedModel(content)
    with pytest.raises(ValueError, match="no tensor"):
        model.tensor("l9.q.b", (-1,))
    with pytest.raises(ValueError, match="neither"):
        model.tensor("emb.word", (-1, 64))


@pytest.fixture
def repairer() -> Repairer:
    return Repairer(LanguageModel.train(SENTENCES, []), {})


def test_examples_hold_no_sentence_of_a_test() -> None:
    held = frozenset({plain("LÀM GIẤY KHAI SINH ở đâu?"), plain("cho hoi le phi")})
    examples = [Example("procedure_ask", text) for text in [*SENTENCES, SENTENCES[2]]]
    assert [example.text for example in allowed(examples, held)] == [SENTENCES[1], SENTENCES[2]]


def test_authored_sentences_hold_no_sentence_of_a_test() -> None:
    everything = module.authored(frozenset())
    held = frozenset(plain(example.text) for example in Random(2).sample(everything, 50))
    kept = module.authored(held)
    assert 0 < len(kept) <= len(everything) - 50
    assert not [example for example in kept if plain(example.text) in held]
    assert len({example.intent for example in kept}) > 40


def test_no_view_becomes_a_sentence_of_a_test(repairer: Repairer) -> None:
    lists = NoiseLists.load(ROOT / "nlu" / "lists")
    free = Views(lists, repairer, frozenset())
    seen = Counter(free.any(text, Random(seed)) for seed in range(150) for text in SENTENCES)
    assert len(seen) > 60
    # Everything that noise made of these sentences, but not they themselves, is said to stand in a test.
    own = {plain(free.clean(text)) for text in SENTENCES}
    held = frozenset(plain(view) for view in seen) - own
    assert held
    careful = Views(lists, repairer, held)
    views = [careful.any(text, Random(seed)) for seed in range(150) for text in SENTENCES]
    assert not [view for view in views if plain(view) in held]


def test_a_view_is_in_lower_case_without_signs(repairer: Repairer) -> None:
    views = Views(NoiseLists.load(ROOT / "nlu" / "lists"), repairer, frozenset())
    assert views.clean(SENTENCES[1]) == "hồ sơ h29.12 trễ hẹn rồi"
    assert views.clean("🙂") == "🙂"
    assert views.any(SENTENCES[0], Random(5)) == views.any(SENTENCES[0], Random(5))


def test_an_epoch_holds_every_sentence_twice_in_an_order_of_its_own() -> None:
    settings = Settings(batch=8)
    lengths = [Random(place).randint(5, 90) for place in range(500)]
    first, second = (batches_of_epoch(lengths, epoch, settings) for epoch in (0, 1))
    assert first != second
    assert first == batches_of_epoch(lengths, 0, settings)
    assert set(Counter(place for batch in first for place in batch).values()) == {2}
    assert max(map(len, first)) == 8
    spread = np.mean(
        [max(lengths[place] for place in batch) - min(lengths[place] for place in batch) for batch in first]
    )
    assert spread < 15


def test_the_learning_rate_rises_then_falls() -> None:
    settings = Settings(warm_up=100, lowest=0.02)
    shares = [share_of_rate(step, 1000, settings) for step in range(1000)]
    assert shares[0] == 0
    assert max(shares) == pytest.approx(0.9)
    assert shares[-1] == 0.02
    assert n_steps(12044, Settings(epochs=5)) == 2505
    assert n_steps(3, Settings()) == 1


def test_the_card_tells_figures_and_origin(tmp_path: Path) -> None:
    figures = Figures(28.5, 15212, 200, 0.9989, 0.9971, 4.1, 10.2)
    summary = {
        "date": "2026-11-22",
        "examples": 12044,
        "intents": 57,
        "steps": 2505,
        "minutes": 30.0,
        "left_out": "None.",
    }
    summary |= {"device": "cpu", "intent_loss": 0.8, "stay_loss": 0.06}
    settings = {name: getattr(Settings(), name) for name in Settings.__slots__}
    write_card(tmp_path / "README.md", "civic-01234567", {**summary, "settings": settings}, figures)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    for expected in ("# civic-01234567", "28.5 MB", "15,212", "0.9989", "MIT licence", "`make encoder`", "2,505"):
        assert expected in card
    assert "{" not in card
