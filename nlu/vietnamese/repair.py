"""Restores diacritics and repairs slips in what citizens type: a noisy channel decoded over a syllable trigram model.

Every token gets candidates with costs (:mod:`nlu.vietnamese.candidates`); the path with the least cost wins. How likely
a mark was left out is estimated from the text itself, so a text without diacritics is restored and one with them kept.
"""

import re
from collections.abc import Mapping, Sequence
from math import exp, log
from pathlib import Path

import yaml

from nlu.vietnamese.candidates import Candidate, Reader, Reading, untouched
from nlu.vietnamese.language_model import BOUNDARY, NUMBER, UNKNOWN, LanguageModel
from nlu.vietnamese.masking import PLACEHOLDER
from nlu.vietnamese.normalize import nfc
from nlu.vietnamese.telex import from_vni

_CACHE_SIZE = 20_000
_BEAM = 10
# Possible shares of syllables typed without (all) their marks, with how usual each is: nearly everybody types all marks
# or none, so a few words that could be something else are no reason to doubt a text.
_DROP_RATES = ((0.0005, 0.97), (0.02, 0.005), *((rate, 0.004) for rate in (0.1, 0.3, 0.5, 0.7, 0.9)), (0.995, 0.3))
_REDUCE_RATES = ((0.0005, 0.98), *((rate, 0.005) for rate in (0.05, 0.3, 0.7, 0.95)))
_NAME_DROP_RATE = 0.3  # below it a capital letter inside a sentence is meant
_NAME_SHARE = 0.5  # of capital letters, above which they mean nothing

_CHAR = r"[^\W_][\u0300-\u036f]*"
_WITH_DIGIT = rf"(?:{_CHAR})*\d(?:{_CHAR})*"
_ADDRESS = "|".join(
    (
        r"(?:https?://|www\.)\S+",
        r"[\w.%+\-]{1,64}@[\w\-]{1,63}(?:\.[\w\-]{1,63}){1,6}",
        r"[\w\-]{1,63}(?:\.[\w\-]{1,63}){0,6}\.(?:vn|com|net|org|edu|info)\b(?:/\S*)?",
    )
)
_PIECE = re.compile(
    rf"{PLACEHOLDER.pattern}|{_ADDRESS}"
    rf"|(?:[A-Za-z]{{1,5}}-)?{_WITH_DIGIT}(?:[.,/:\-]{_WITH_DIGIT})*"  # codes, dates, amounts
    rf"|(?:{_CHAR})+|[.!?;\n…]+"
)
_VERBATIM = re.compile(rf"{PLACEHOLDER.pattern}|{_ADDRESS}|.*@.*", re.DOTALL)
# "quan1", "p5": a number stands behind these more often than a tone.
_NUMBERED = re.compile(
    "quan|phuong|so|to|lau|tang|hem|khu|ap|duong|cap|lop|nha|ngay|thang|nam|tuan|lan|kho|ban|gio|khoi|doi|muc|dieu|xe|"
    "tuyen|cau|ga|lo|nhom|phong"
)
_Path = tuple[float, "_Step | None"]
_Step = tuple["_Step | None", Candidate]


class Repairer:
    """Repairs tokens of a text; safe to share between threads (the cache only forgets)."""

    def __init__(self, model: LanguageModel, abbreviations: Mapping[str, Sequence[str]]) -> None:
        """Take the language model, and lower-case short forms with their expansions, likeliest first."""
        self._model = model
        self._abbreviations = {nfc(short).lower(): tuple(map(nfc, longer)) for short, longer in abbreviations.items()}
        self._reader = Reader(model, self._abbreviations)
        self._cache: dict[str, Reading] = {}

    @classmethod
    def load(cls, model: Path, abbreviations: Path) -> "Repairer":
        """Read the trained language model and the list of abbreviations.

        Raises:
            OSError: One of the files cannot be read.
            ValueError: The model is none.
        """
        listed = yaml.safe_load(abbreviations.read_text(encoding="utf-8"))["abbreviations"]
        return cls(LanguageModel.load(model), listed)

    def repair_text(self, text: str) -> str:
        """Return ``text`` (NFC) with its words repaired and in lower case; all between them stays."""
        text = nfc(text)
        spans = [match.span() for match in _PIECE.finditer(text)]
        repaired = self.repair([text[start:end] for start, end in spans])
        parts, done = [], 0
        for (start, end), word in zip(spans, repaired, strict=True):
            parts += [text[done:start], word]
            done = end
        return nfc("".join([*parts, text[done:]]))

    def repair(self, tokens: Sequence[str]) -> list[str]:
        """Return one output per token, lower-case NFC, with spaces inside where a token held several syllables.

        Signs without letters come back as they are and end a sentence; so do codes, placeholders and addresses.
        """
        tokens = [nfc(token) for token in tokens]
        readings = self._read(tokens)
        drop, reduce = _rate(readings, True, _DROP_RATES), _rate(readings, False, _REDUCE_RATES)
        if drop < _NAME_DROP_RATE:
            _keep_names(tokens, readings, self._model, self._abbreviations)
        output: list[str] = []
        start = 0
        for place in range(len(tokens) + 1):
            if place == len(tokens) or not any(char.isalnum() for char in tokens[place]):
                output += self._decode(readings[start:place], -log(drop), -log(reduce))
                output += tokens[place : place + 1]
                start = place + 1
        return output

    def _read(self, tokens: Sequence[str]) -> list[Reading]:
        lowered = [nfc(token.lower()) for token in tokens]
        is_vni = _is_vni(lowered)
        return [self._reading(token, low, is_vni) for token, low in zip(tokens, lowered, strict=True)]

    def _reading(self, token: str, low: str, is_vni: bool) -> Reading:
        if _VERBATIM.fullmatch(token):
            return untouched(token, NUMBER)
        if low in self._abbreviations or low.isalpha():
            return self._cached(low)
        if not any(char.isdigit() for char in low):
            return untouched(low)
        vni = self._reader.read_digits(low) if _is_vni_token(low, is_vni) else None
        return vni or untouched(token, NUMBER)

    def _cached(self, low: str) -> Reading:
        reading = self._cache.get(low)
        if reading is None:
            if len(self._cache) >= _CACHE_SIZE:
                self._cache.clear()
            reading = self._cache[low] = self._reader.read(low)
        return reading

    def _decode(self, readings: Sequence[Reading], drop_cost: float, reduce_cost: float) -> list[str]:
        """Viterbi with a beam: a state is the last two syllables."""
        score = self._model.score
        beam: dict[tuple[int, int], _Path] = {(BOUNDARY, BOUNDARY): (0.0, None)}
        for reading in readings:
            longer: dict[tuple[int, int], _Path] = {}
            for candidate in reading.candidates:
                syllables = candidate.syllables
                own = candidate.cost + candidate.dropped * drop_cost + candidate.reduced * reduce_cost
                for (before, last), (cost, step) in beam.items():
                    total = cost + own
                    for syllable in syllables:
                        total -= score(before, last, syllable)
                        before, last = last, syllable
                    state = (before, last)
                    best = longer.get(state)
                    if best is None or total < best[0]:
                        longer[state] = (total, (step, candidate))
            beam = longer if len(longer) <= _BEAM else dict(sorted(longer.items(), key=_cost_of_entry)[:_BEAM])
        ends = [(cost - score(*state, BOUNDARY), step) for state, (cost, step) in beam.items()]
        words: list[str] = []
        step = min(ends, key=_cost_of)[1]
        while step is not None:
            words.append(step[1].text)
            step = step[0]
        return words[::-1]


def _cost_of(path: _Path) -> float:
    return path[0]


def _cost_of_entry(entry: tuple[tuple[int, int], _Path]) -> float:
    return entry[1][0]


def _rate(readings: Sequence[Reading], of_plain: bool, rates: Sequence[tuple[float, float]]) -> float:
    """Estimate the share of syllables that lost all marks (``of_plain``) or some, from what the others show."""
    weights = [log(prior) for _, prior in rates]
    for reading in readings:
        share = reading.marked_share
        if share is None or (not of_plain and reading.is_plain):
            continue
        for place, (rate, _) in enumerate(rates):
            if of_plain:
                likelihood = 1.0 - share + share * rate if reading.is_plain else 1.0 - rate
            else:
                likelihood = (1.0 - share) * (1.0 - rate) + share * rate
            weights[place] += log(likelihood + 1e-9)
    top = max(weights)
    shares = [exp(weight - top) for weight in weights]
    return sum(share * rate for share, (rate, _) in zip(shares, rates, strict=True)) / sum(shares)


def _is_vni(lowered: Sequence[str]) -> bool:
    """Say whether a text was typed with VNI left on: a digit inside a word, or two digits that cannot be a number."""
    return any(_is_vni_token(low, False) for low in lowered if low[:1].isalpha())


def _is_vni_token(low: str, elsewhere: bool) -> bool:
    """Say whether a token with digits may be VNI; ``elsewhere``: another token of the text surely is."""
    letters = low.rstrip("0123456789")
    digits = low[len(letters) :]
    if not low.isalnum() or sum(char.isalpha() for char in low) < 2 or len(low) > 12 or from_vni(low) is None:
        return False
    if any(char.isdigit() for char in letters):
        return True
    return elsewhere or (len(digits) == 2 and _NUMBERED.fullmatch(letters) is None)


def _keep_names(
    tokens: Sequence[str], readings: list[Reading], model: LanguageModel, abbreviations: Mapping[str, object]
) -> None:
    """Let stand what is written with a capital letter inside a sentence, unless most words are."""
    words = [token for token in tokens if token[:1].isalpha()]
    if sum(word[0].isupper() for word in words) > _NAME_SHARE * len(words):
        return
    for place, token in enumerate(tokens):
        is_inside = place > 0 and tokens[place - 1][-1:].isalnum()
        if is_inside and token[:1].isupper() and token.isalpha() and token.lower() not in abbreviations:
            low = nfc(token.lower())
            readings[place] = untouched(low, model.index.get(low, UNKNOWN))
