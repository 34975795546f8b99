"""The tokenizer, with only the pieces that our texts need: 15,000 of 250,000, which is most of the model's size."""

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors

from nlu.encoder.training.teacher import Marks
from nlu.utterances import ROOT
from nlu.vietnamese.fold import fold

START, END = "<s>", "</s>"
RESTORER = ROOT / "var" / "models" / "restorer.npz"
N_SPECIAL = 4
SPACE = "▁"
# Kept whatever our texts hold, so that words nobody wrote yet have pieces: the most frequent ones (pieces come by
# frequency) of a single character, and short ones in Vietnamese letters.
FREQUENT, FAIRLY_FREQUENT = 2_000, 8_000
_LETTER = re.compile(rf"{SPACE}?[À-ỹđĐ]")
_SHORT = re.compile(rf"{SPACE}?[0-9A-Za-zÀ-ỹđĐ]{{1,3}}")
_SOURCES = (
    "nlu/lists/colloquial/*.txt",
    "nlu/lists/**/*.yml",
    "nlu/domain/*.yml",
    "data/procedures/**/*.md",
    "docs/guide/*.md",
)


def build_tokenizer(pieces: Sequence[str], scores: Sequence[float], marks: Marks) -> Tokenizer:
    """Build the SentencePiece unigram tokenizer of the base model for some of its pieces."""
    tokenizer = Tokenizer(models.Unigram(list(zip(pieces, scores, strict=True)), marks.unknown, False))
    # What SentencePiece did when the base model was trained: nmt_nfkc, and no blanks beside others or at the ends.
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Nmt(), normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=SPACE, prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{START} $A {END}", special_tokens=[(START, marks.start), (END, marks.end)]
    )
    return tokenizer


def pieces_to_keep(tokenizer: Tokenizer, pieces: Sequence[str], texts: Iterable[str]) -> list[int]:
    """Give the numbers of the pieces that texts use or any text may need, in their order."""
    kept = set(range(N_SPECIAL))
    for encoding in tokenizer.encode_batch(sorted(set(texts))):
        kept.update(encoding.ids)
    kept.update(rank for rank, piece in enumerate(pieces) if _is_basic(piece, rank))
    return sorted(kept)


def _is_basic(piece: str, rank: int) -> bool:
    if len(piece.replace(SPACE, "")) <= 1 and (piece.isascii() or _LETTER.fullmatch(piece) or rank < FREQUENT):
        return True
    return rank < FAIRLY_FREQUENT and _SHORT.fullmatch(piece) is not None


def texts_to_cover(root: Path = ROOT, restorer: Path = RESTORER) -> Iterator[str]:
    """Give lines of everything we have written, and every syllable we know; none of the test sentences."""
    for line in _lines(root):
        yield from (line, line.lower(), fold(line))
    with np.load(restorer, allow_pickle=False) as file:
        syllables = bytes(file["vocabulary"]).decode().split("\n")
    for syllable in syllables:
        yield from (syllable, syllable.capitalize(), fold(syllable))


def _lines(root: Path) -> Iterator[str]:
    for path in sorted((root / "data" / "nlu" / "generated").glob("*.yml")):
        lines = path.read_text(encoding="utf-8").splitlines()
        yield from (line.removeprefix("    - ") for line in lines if line.startswith("    - "))
    for pattern in _SOURCES:
        for path in sorted(root.glob(pattern)):
            yield from path.read_text(encoding="utf-8").splitlines()
