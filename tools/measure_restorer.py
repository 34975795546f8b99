"""Measures the repair of typed text on a held-out tenth of our own sentences (run in Rasa's environment).

``PYTHONPATH=. nlu/.venv/bin/python -m tools.measure_restorer [TENTH]``: which tenth (0 to 9, by hash of the line) the
model does not see, default 0. Each cell is the share of syllables that come out right after the text was spoiled in one
way; "as is" is correct text that should stay. Numbers, foreign words and sentences with short forms do not count.
"""

import hashlib
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from random import Random

import yaml

from nlu.noise import NoiseLists, vary
from nlu.train_restorer import ROOT, Source, sources, train
from nlu.vietnamese.fold import fold
from nlu.vietnamese.language_model import sentences
from nlu.vietnamese.repair import Repairer
from nlu.vietnamese.spelling import canonical, is_syllable

N_TENTHS = 10
N_WORST = 40
N_SENTENCES = 1500  # of one kind
SPOILED = ("as is", "no marks", "half", "partial", "typo", "teencode", "glued", "no marks, typo")


def main(arguments: Sequence[str]) -> int:
    """Train on nine tenths, print a table for the last one and the worst errors."""
    held_out = int(arguments[0]) if arguments else 0
    texts = list(sources())
    model = train(source for source in texts if bucket(source.line) != held_out)
    path = ROOT / "nlu" / "lists" / "abbreviations.yml"
    abbreviations = yaml.safe_load(path.read_text(encoding="utf-8"))["abbreviations"]
    lists = NoiseLists.load(ROOT / "nlu" / "lists")
    wrong: Counter[tuple[str, str]] = Counter()
    print(f"{'':11}{'sentences':>10}" + "".join(f"{kind:>16}" for kind in SPOILED) + f"{'ms':>7}")
    for kind, tests in held_out_sentences(texts, held_out, set(abbreviations)).items():
        cells = []
        for way in SPOILED:
            repairer = Repairer(model, abbreviations)
            spoiled = [spoil(way, sentence, lists) for sentence in tests]
            started = time.perf_counter()
            repaired = [repairer.repair_text(text) for text in spoiled]
            milliseconds = 1e3 * (time.perf_counter() - started) / len(tests)
            cells.append((share_right(tests, repaired), milliseconds))
            if way == "no marks":
                wrong.update(differences(tests, repaired))
        print(f"{kind:11}{len(tests):10}" + "".join(f"{right:16.2%}" for right, _ in cells) + f"{cells[1][1]:7.2f}")
    print("worst (meant → given):", ", ".join(f"{a} → {b} {n}" for (a, b), n in wrong.most_common(N_WORST)))
    return 0


def bucket(line: str) -> int:
    """Give the tenth that a line belongs to."""
    return hashlib.sha256(line.encode()).digest()[0] % N_TENTHS


def held_out_sentences(texts: Sequence[Source], held_out: int, short: set[str]) -> dict[str, list[list[str]]]:
    """Sentences by kind, each as canonical syllables, without those that hold a short form or a foreign word."""
    found: defaultdict[str, dict[tuple[str, ...], None]] = defaultdict(dict)
    for source in texts:
        if bucket(source.line) == held_out and len(found[source.kind]) < N_SENTENCES:
            for sentence in sentences(source.text):
                if len(sentence) > 1 and not short.intersection(sentence) and all(map(is_syllable, sentence)):
                    found[source.kind][tuple(sentence)] = None
    return {kind: [list(sentence) for sentence in tests] for kind, tests in found.items()}


def spoil(way: str, sentence: Sequence[str], lists: NoiseLists) -> str:
    """Write a sentence the way ``way`` says; always the same for the same sentence."""
    text = " ".join(sentence)
    rng = Random(text)  # noqa: S311
    if way == "half":
        return " ".join(fold(syllable) if rng.random() < 0.5 else syllable for syllable in sentence)
    if way == "no marks":
        return fold(text)
    if way == "no marks, typo":
        return fold(vary("typo", text, rng, lists))
    return text if way == "as is" else vary(way, text, rng, lists)


def share_right(tests: Sequence[Sequence[str]], repaired: Sequence[str]) -> float:
    """Share of the syllables meant that stand in the repaired text, in order (longest common subsequence)."""
    kept = sum(
        common(sentence, [canonical(word) for word in text.split()])
        for sentence, text in zip(tests, repaired, strict=True)
    )
    return kept / sum(map(len, tests))


def common(meant: Sequence[str], given: Sequence[str]) -> int:
    """Length of the longest common subsequence."""
    row = [0] * (len(given) + 1)
    for syllable in meant:
        before = row
        row = [0]
        for place, word in enumerate(given):
            row.append(before[place] + 1 if word == syllable else max(before[place + 1], row[place]))
    return row[-1]


def differences(tests: Sequence[Sequence[str]], repaired: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs (meant, given) of sentences that kept their length."""
    for sentence, text in zip(tests, repaired, strict=True):
        words = text.split()
        if len(words) == len(sentence):
            yield from (pair for pair in zip(sentence, map(canonical, words), strict=True) if pair[0] != pair[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
