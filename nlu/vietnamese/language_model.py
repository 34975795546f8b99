"""An interpolated trigram model over syllables, small enough to train in seconds and to load in a fraction of one.

Probabilities are natural logarithms. Numbers, codes and placeholders count as one syllable; a full stop, a question
mark and the like end a sentence, other signs do not count. A syllable is counted under one spelling (hoà as hòa).
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from io import BytesIO
from itertools import chain, pairwise
from math import exp, log
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from nlu.vietnamese.fold import fold
from nlu.vietnamese.masking import PLACEHOLDER
from nlu.vietnamese.normalize import nfc
from nlu.vietnamese.spelling import canonical

BOUNDARY, UNKNOWN, NUMBER = 0, 1, 2
_SPECIAL = ("<s>", "<unk>", "<num>")
_SHIFT = 16  # bits of one syllable's number in a key; three fit into an int64
_MAX_VOCABULARY = 1 << _SHIFT
_PIECE = re.compile(rf"(?P<number>{PLACEHOLDER.pattern}|\w*\d[\w.,/:\-]*)|(?P<word>[^\W\d_]+)|(?P<end>[.!?;:\n…]+)")

_UNKNOWN_LOG = -11.5  # of a syllable that no text has; about one in a hundred thousand
# What an entry of a list of phrases and of a list of words is worth beside a sentence that somebody wrote.
_PHRASE_COUNT, _WORD_COUNT = 2.0, 0.1
_FAITH = (2.0, 3.0)  # Witten-Bell: weight of the shorter context, per kind of follower, for bigrams and trigrams


def sentences(text: str) -> list[list[str]]:
    """Split ``text`` into sentences of canonical lower-case syllables, ``<num>`` for whatever has digits."""
    found: list[list[str]] = [[]]
    for match in _PIECE.finditer(nfc(text).lower()):
        if match.lastgroup == "end":
            found.append([])
        else:
            found[-1].append(_SPECIAL[NUMBER] if match.lastgroup == "number" else canonical(match.group()))
    return [sentence for sentence in found if sentence]


class LanguageModel:
    """Log probabilities of syllables after up to two others; made by :meth:`train` or :meth:`load`.

    ``vocabulary`` holds the syllables by number, ``index`` their numbers, ``by_shape`` the numbers of all syllables
    that look the same without marks, likeliest first.
    """

    def __init__(
        self,
        vocabulary: Sequence[str],
        unigram: Sequence[float],
        back_off: Sequence[float],
        bigram: Mapping[int, tuple[float, float]],
        trigram: Mapping[int, float],
    ) -> None:
        self.vocabulary = list(vocabulary)
        self.index = {syllable: number for number, syllable in enumerate(self.vocabulary)}
        self.unigram = list(unigram)
        self._back_off = list(back_off)
        self._bigram = dict(bigram)
        self._trigram = dict(trigram)
        shapes: defaultdict[str, list[int]] = defaultdict(list)
        for number, syllable in enumerate(self.vocabulary[len(_SPECIAL) :], len(_SPECIAL)):
            shapes[fold(syllable)].append(number)
        self.by_shape = {
            shape: tuple(sorted(numbers, key=lambda number: -self.unigram[number])) for shape, numbers in shapes.items()
        }

    def score(self, before: int, last: int, syllable: int) -> float:
        """Log probability of ``syllable`` after ``before last``; all three are numbers of the vocabulary."""
        pair = last << _SHIFT | syllable
        found = self._trigram.get(before << 2 * _SHIFT | pair)
        if found is not None:
            return found
        known = self._bigram.get(pair)
        base = known[0] if known is not None else self._back_off[last] + self.unigram[syllable]
        context = self._bigram.get(before << _SHIFT | last)
        return base + context[1] if context is not None else base

    def after(self, last: int, syllable: int) -> float:
        """Log probability of ``syllable`` after ``last`` alone."""
        known = self._bigram.get(last << _SHIFT | syllable)
        return known[0] if known is not None else self._back_off[last] + self.unigram[syllable]

    @classmethod
    def train(cls, texts: Iterable[str], words: Iterable[str], phrases: Iterable[str] = ()) -> "LanguageModel":
        """Count syllables of ``texts`` (correctly accented; repeat what shall count more), words and phrases."""
        counts = _Counts()
        for text in texts:
            for sentence in sentences(text):
                counts.add([_SPECIAL[BOUNDARY], *sentence, _SPECIAL[BOUNDARY]], 1.0)
        for entries, count in ((words, _WORD_COUNT), (phrases, _PHRASE_COUNT)):
            for sentence in chain.from_iterable(map(sentences, entries)):
                counts.add(sentence, count)
        return counts.model()

    def save(self, path: Path) -> None:
        """Write an npz file; the same model gives the same bytes."""
        pairs, triples = sorted(self._bigram), sorted(self._trigram)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            np.savez_compressed(
                file,
                vocabulary=np.frombuffer("\n".join(self.vocabulary).encode(), dtype=np.uint8),
                unigram=np.array(self.unigram, dtype=np.float32),
                back_off=np.array(self._back_off, dtype=np.float32),
                pair=np.array(pairs, dtype=np.int64),
                pair_log=np.array([self._bigram[pair][0] for pair in pairs], dtype=np.float32),
                pair_back_off=np.array([self._bigram[pair][1] for pair in pairs], dtype=np.float32),
                triple=np.array(triples, dtype=np.int64),
                triple_log=np.array([self._trigram[triple] for triple in triples], dtype=np.float32),
            )

    @classmethod
    def load(cls, path: Path) -> "LanguageModel":
        """Read what :meth:`save` wrote.

        Raises:
            OSError: the file cannot be read.
            ValueError: it is no such file.
        """
        content = path.read_bytes()
        try:
            with np.load(BytesIO(content), allow_pickle=False) as file:
                arrays: dict[str, Any] = {name: file[name] for name in file.files}
            pair_values = zip(arrays["pair_log"].tolist(), arrays["pair_back_off"].tolist(), strict=True)
            return cls(
                bytes(arrays["vocabulary"]).decode().split("\n"),
                arrays["unigram"].tolist(),
                arrays["back_off"].tolist(),
                dict(zip(arrays["pair"].tolist(), pair_values, strict=True)),
                dict(zip(arrays["triple"].tolist(), arrays["triple_log"].tolist(), strict=True)),
            )
        except (KeyError, ValueError, AttributeError, EOFError, BadZipFile) as error:
            raise ValueError(f"{path.name} is no model of ours: {error}") from error


class _Counts:
    """Counts of one, two and three syllables in a row."""

    def __init__(self) -> None:
        self.ones: defaultdict[str, float] = defaultdict(float)
        self.twos: defaultdict[tuple[str, str], float] = defaultdict(float)
        self.threes: defaultdict[tuple[str, str, str], float] = defaultdict(float)

    def add(self, run: Sequence[str], count: float) -> None:
        for syllable in run[1:] if run[0] == _SPECIAL[BOUNDARY] else run:
            self.ones[syllable] += count
        for pair in pairwise(run):
            self.twos[pair] += count
        for triple in zip(run, run[1:], run[2:], strict=False):
            self.threes[triple] += count

    def model(self) -> LanguageModel:
        known = sorted(set(self.ones) - set(_SPECIAL))[: _MAX_VOCABULARY - len(_SPECIAL)]
        vocabulary = [*_SPECIAL, *known]
        index = {syllable: number for number, syllable in enumerate(vocabulary)}
        total = sum(self.ones.values()) + 0.5 * len(vocabulary)
        unigram = [log((self.ones.get(syllable, 0.0) + 0.5) / total) for syllable in vocabulary]
        unigram[UNKNOWN] = _UNKNOWN_LOG
        twos: dict[tuple[int, ...], float] = {
            (index[a], index[b]): count for (a, b), count in self.twos.items() if a in index and b in index
        }
        threes: dict[tuple[int, ...], float] = {
            (index[a], index[b], index[c]): count
            for (a, b, c), count in self.threes.items()
            if a in index and b in index and c in index
        }
        pair_log, back_off = _interpolate(twos, _FAITH[0], lambda pair: unigram[pair[1]])
        triple_log, pair_back_off = _interpolate(threes, _FAITH[1], lambda triple: pair_log[triple[1:]])
        return LanguageModel(
            vocabulary,
            unigram,
            [back_off.get((number,), 0.0) for number in range(len(vocabulary))],
            {pair[0] << _SHIFT | pair[1]: (pair_log[pair], pair_back_off.get(pair, 0.0)) for pair in sorted(pair_log)},
            {a << 2 * _SHIFT | b << _SHIFT | c: triple_log[a, b, c] for a, b, c in sorted(triple_log)},
        )


def _interpolate(
    counts: Mapping[tuple[int, ...], float], faith: float, shorter: Callable[[tuple[int, ...]], float]
) -> tuple[dict[tuple[int, ...], float], dict[tuple[int, ...], float]]:
    """Witten-Bell: log probability of each row, and log weight of the shorter context for each context."""
    totals: defaultdict[tuple[int, ...], float] = defaultdict(float)
    kinds: defaultdict[tuple[int, ...], float] = defaultdict(float)
    for row, count in counts.items():
        totals[row[:-1]] += count
        kinds[row[:-1]] += faith * min(1.0, count)
    logs = {}
    for row, count in counts.items():
        context = row[:-1]
        share = count + kinds[context] * exp(shorter(row))
        logs[row] = log(share / (totals[context] + kinds[context]))
    return logs, {context: log(kinds[context] / (totals[context] + kinds[context])) for context in totals}
