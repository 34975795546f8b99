"""Turns the authored utterances of ``nlu/templates`` into Rasa's training examples in ``data/nlu/generated``.

A seeded sampler writes at most ``cap`` sentences a group, each template at least once (``nlu/utterances.py``), then
``nlu.noise`` adds copies as people type them. Sentences that a test holds never get in. Same templates, same bytes.

    python -m nlu.expand              write data/nlu/generated
    python -m nlu.expand --check      fail when it is not what the templates give
    python -m nlu.expand --sample nlu/templates/dossier/dossier_late.yml   show what a file gives
"""

import argparse
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import yaml

from nlu.noise import KINDS, NoiseLists, vary
from nlu.utterances import (
    ROOT,
    TemplateError,
    known_intents,
    load_file,
    load_files,
    load_vocabulary,
    name_of,
    samples_of,
)
from nlu.vietnamese.fold import fold

GENERATED = ROOT / "data" / "nlu" / "generated"
TESTS = ROOT / "tests" / "nlu"
HEADER = "# Written by `make templates` from nlu/templates; do not edit.\n"

# Every sentence gets one copy: this share of them without diacritics, the rest in another kind.
PLAIN_SHARE = 0.4
OTHER_KINDS = tuple(kind for kind in KINDS if kind != "no_diacritics")


def noised(sentences: Sequence[str], intent: str, lists: NoiseLists) -> Iterator[str]:
    """Give each sentence, then a copy as people type it."""
    for sentence in sentences:
        rng = Random(f"{intent}:{sentence}")  # noqa: S311 - repeatable, not secret
        yield sentence
        if rng.random() < PLAIN_SHARE:
            yield vary("no_diacritics", sentence, rng, lists)
            continue
        others = (vary(kind, sentence, rng, lists) for kind in rng.sample(OTHER_KINDS, len(OTHER_KINDS)))
        yield next((other for other in others if other != sentence), sentence)


def held_by_tests() -> frozenset[str]:
    """Give the folded sentences of the test sets, which training must not hold."""
    sets = [yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(TESTS.glob("*.yml"))]
    return frozenset(plain(case["text"]) for cases in sets if isinstance(cases, list) for case in cases)


def plain(text: str) -> str:
    """Give what two spellings of one sentence share: folded syllables without signs and entity marks."""
    unmarked = "".join(char if char.isalnum() else " " for char in fold(unmark(text)))
    return " ".join(unmarked.split())


def unmark(text: str) -> str:
    """Take the entity marks out of ``[span](entity)``."""
    parts = text.split("](")
    return "".join([parts[0], *(part.partition(")")[2] for part in parts[1:])]).replace("[", "")


def expand() -> dict[Path, str]:
    """Give what every generated file has to hold.

    Raises:
        TemplateError: In any template.
    """
    vocabulary, files = load_files()
    lists, held = NoiseLists.load(ROOT / "nlu" / "lists"), held_by_tests()
    by_skill: dict[str, dict[str, dict[str, None]]] = {}
    for file in files:
        if file.is_draft:
            continue
        examples = by_skill.setdefault(file.path.parent.name, {}).setdefault(file.intent, {})
        for text in noised(samples_of(file, vocabulary), file.intent, lists):
            if text.strip() and plain(text) not in held:
                examples[text] = None
    return {GENERATED / f"{skill}.yml": _render(intents) for skill, intents in by_skill.items()}


def _render(intents: Mapping[str, Mapping[str, None]]) -> str:
    lines = [HEADER + 'version: "3.1"', "nlu:"]
    for intent, examples in intents.items():
        lines += [f"- intent: {intent}", "  examples: |", *(f"    - {text}" for text in examples)]
    return "\n".join(lines) + "\n"


def write() -> int:
    """Write the generated files; take away those that nothing gives any more."""
    wanted = expand()
    GENERATED.mkdir(parents=True, exist_ok=True)
    for path in set(GENERATED.glob("*.yml")) - set(wanted):
        path.unlink()
    for path, text in wanted.items():
        path.write_text(text, encoding="utf-8")
    _say(f"Đã viết {sum(text.count(chr(10) + '    - ') for text in wanted.values())} câu vào {name_of(GENERATED)}.")
    return 0


def check() -> int:
    """Fail when the generated files are not what the templates give."""
    wanted = expand()
    found = {path: path.read_text(encoding="utf-8") for path in GENERATED.glob("*.yml")}
    stale = sorted(name_of(path) for path in set(wanted) | set(found) if wanted.get(path) != found.get(path))
    if stale:
        _say(f"Câu huấn luyện chưa theo kịp câu mẫu: {', '.join(stale)}. Chạy: make templates")
    return 1 if stale else 0


def show(path: Path, n_samples: int) -> int:
    """Print what one file gives, with the noise."""
    vocabulary = load_vocabulary()
    file, lists = load_file(path.resolve(), vocabulary, known_intents()), NoiseLists.load(ROOT / "nlu" / "lists")
    sentences = samples_of(file, vocabulary)
    _say(f"{file.intent}: {len(sentences)} câu" + (" (bản nháp, chưa dùng)" if file.is_draft else ""))
    for sentence in Random(0).sample(sentences, min(n_samples, len(sentences))):  # noqa: S311
        first, *copies = noised([sentence], file.intent, lists)
        _say(f"  {first}")
        for copy in copies:
            _say(f"      ~ {copy}")
    return 0


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; exit code 2 for an author's mistake."""
    parser = argparse.ArgumentParser(prog="python -m nlu.expand")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--sample", type=Path, metavar="FILE")
    parser.add_argument("-n", type=int, default=20)
    options = parser.parse_args(arguments)
    try:
        if options.sample:
            return show(options.sample, options.n)
        return check() if options.check else write()
    except (TemplateError, OSError) as error:
        _say(str(error))
        return 2


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    sys.exit(main())
