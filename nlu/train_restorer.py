"""Trains the model that restores diacritics from our own texts (run in Rasa's environment by ``nlu/train.py``).

Colloquial sentences count more than officialese, because that is what citizens type. Nothing here depends on the time
or on the order of folders: the same texts give the same file.
"""

import re
import sys
import time
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

import yaml

from nlu.vietnamese.fold import fold
from nlu.vietnamese.language_model import LanguageModel, sentences
from nlu.vietnamese.spelling import is_syllable

ROOT = Path(__file__).resolve().parent.parent
MODEL = ROOT / "var" / "models" / "restorer.npz"
COLLOQUIAL_TEXTS = ROOT / "nlu" / "lists" / "colloquial"
# How often a text counts. Colloquial sentences and what citizens wrote first; notices and records are officialese.
COLLOQUIAL, TALK, OFFICIAL = 2, 1, 1
# An accented text has marks on about three of four syllables; what has less was typed without, in whole or in part.
MARKED_SHARE = 0.4
WORD_LISTS = ("Viet11K.txt", "Viet22K.txt", "Viet39K.txt", "Viet74K.txt")

_ENTITY = re.compile(r"\[([^\[\]]*)\](?:\([^()]*\)|\{[^{}]*\})")
_SLOT = re.compile(r"<[^<>]*>|\{[^{}]*\}")
_CHOICE = re.compile(r"\(([^()\[\]]*)\)|\[([^()\[\]]*)\]")
_MARKDOWN = re.compile(r"`[^`]*`|https?://\S+|[*#>|]")
_N_READINGS = 3  # of a template with choices


class Source(NamedTuple):
    """A text, how often it counts, what kind it is, and the line it was made from (several texts may share one)."""

    text: str
    weight: int
    kind: str
    line: str


def main() -> int:
    """Train and write the model; 0 when it is written."""
    started = time.monotonic()
    model = train(sources())
    model.save(MODEL)
    sys.stdout.write(
        f"{MODEL.relative_to(ROOT)}: {len(model.vocabulary)} âm tiết, {MODEL.stat().st_size / 1e6:.1f} MB, "
        f"{time.monotonic() - started:.0f} giây\n"
    )
    return 0


def train(texts: Iterable[Source]) -> LanguageModel:
    """Train on texts and the word list, the more colloquial texts several times."""
    return LanguageModel.train(
        chain.from_iterable(repeat(source.text, source.weight) for source in texts), words(), phrases()
    )


def sources() -> Iterator[Source]:
    """Give every accented text of ours."""
    for line in colloquial():
        yield Source(line, COLLOQUIAL, "colloquial", line)
    for line, text in talk():
        if is_accented(text):
            yield Source(text, TALK, "talk", line)
    for text in official():
        if is_accented(text):
            yield Source(text, OFFICIAL, "official", text)


def colloquial() -> Iterator[str]:
    """Sentences of nlu/lists/colloquial, one a line."""
    for file in sorted(COLLOQUIAL_TEXTS.glob("*.txt")):
        if not file.name.startswith("phrases_"):
            yield from file.read_text(encoding="utf-8").splitlines()


def phrases() -> Iterator[str]:
    """Words that stand together in everyday speech, several a line with semicolons between."""
    for file in sorted(COLLOQUIAL_TEXTS.glob("phrases_*.txt")):
        yield from file.read_text(encoding="utf-8").splitlines()


def talk() -> Iterator[tuple[str, str]]:
    """What citizens say, as (line, text): examples for Rasa and readings of templates."""
    for file in sorted((ROOT / "data" / "nlu").rglob("*.yml")):
        if "generated" in file.parts:  # made from the templates, with typing errors put in
            continue
        for block in _strings(_read(file), "examples"):
            for line in block.splitlines():
                yield line, _ENTITY.sub(r"\1", line.lstrip("- "))
    for file in sorted((ROOT / "nlu" / "templates").rglob("*.yml")):
        for template in _strings(_read(file)):
            yield from ((template, text) for text in dict.fromkeys(readings(template)))


def official() -> Iterator[str]:
    """What we say: responses, records, guides, lists."""
    for file in chain(sorted((ROOT / "nlu" / "domain").glob("*.yml")), sorted((ROOT / "nlu" / "lists").glob("*.yml"))):
        yield from (_SLOT.sub(" ; ", text) for text in _strings(_read(file)))
    guides = [ROOT / "README.md", *sorted((ROOT / "docs" / "guide").glob("*.md"))]
    for file in chain(sorted((ROOT / "data" / "procedures").rglob("*.md")), guides):
        for line in file.read_text(encoding="utf-8").splitlines():
            yield from re.split(r"[\"{}()]", _MARKDOWN.sub(" ; ", line))


def words() -> Iterator[str]:
    """Words of underthesea's lists; a word that stands in several lists is commoner and comes several times."""
    found = find_spec("underthesea")
    for folder in found.submodule_search_locations or () if found else ():
        for name in WORD_LISTS:
            lines = (Path(folder) / "corpus" / "data" / name).read_text(encoding="utf-8").splitlines()
            yield from (word for word in lines if all(map(is_syllable, word.lower().split())))


def is_accented(text: str) -> bool:
    """Say whether a text carries as many marks as correct Vietnamese does."""
    syllables = [syllable for sentence in sentences(text) for syllable in sentence if syllable.isalpha()]
    marked = sum(syllable != fold(syllable) for syllable in syllables)
    return marked > MARKED_SHARE * len(syllables)


def readings(template: str) -> Iterator[str]:
    """Read a hassil template a few times, each time taking the next choice of every bracket."""
    for turn in range(_N_READINGS):
        text = _SLOT.sub(" ; ", template)
        while (match := _CHOICE.search(text)) is not None:
            choices = (match[1] if match[1] is not None else match[2] + "|").split("|")
            text = text[: match.start()] + choices[turn % len(choices)] + text[match.end() :]
        yield text


def _strings(data: object, key: str | None = None) -> Iterator[str]:
    """Every string in a YAML document, or those under ``key``."""
    if isinstance(data, str):
        if key is None:
            yield data
    elif isinstance(data, dict):
        for name, value in data.items():
            yield from _strings(value, None if name == key else key)
    elif isinstance(data, Iterable):
        for value in data:
            yield from _strings(value, key)


def _read(file: Path) -> object:
    return yaml.safe_load(file.read_text(encoding="utf-8"))


if __name__ == "__main__":
    sys.exit(main())
