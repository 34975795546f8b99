"""The fields of complaints and the words by which one is guessed, from ``data/complaints/categories.yml``."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError

from bot.errors import InputError
from bot.settings import ROOT
from nlu.vietnamese.fold import fold

FILE = ROOT / "data" / "complaints" / "categories.yml"
OTHER = "other"


@dataclass(frozen=True, slots=True)
class Category:
    """A field of complaints: stable key, and the label that citizens see."""

    key: str
    label: str
    words: tuple[str, ...] = ()


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    key: str
    label: str
    words: list[str] = []


def load_categories(path: Path = FILE) -> tuple[Category, ...]:
    """Read the file.

    Raises:
        InputError: Naming the file, the place and what is wrong.
    """
    try:
        entries = TypeAdapter(list[_Entry]).validate_python(yaml.safe_load(path.read_text(encoding="utf-8")))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path}:{line}: {error.problem}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(f"{path}: mục {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    if OTHER not in {entry.key for entry in entries}:
        raise InputError(f"{path}: thiếu mục “{OTHER}”")
    return tuple(Category(entry.key, entry.label, tuple(entry.words)) for entry in entries)


def guess(categories: Sequence[Category], text: str) -> str | None:
    """Return the key of the one category whose words fit ``text`` best, None if none or two do.

    Text without any diacritics is compared with the folded words; else "đến đường" would be a street lamp.
    """
    lower = " ".join(text.lower().split())
    is_plain = fold(lower) == lower
    scores = {category.key: _score(category, lower, is_plain) for category in categories}
    best = max(scores.values(), default=0)
    winners = [key for key, score in scores.items() if score == best]
    return winners[0] if best > 0 and len(winners) == 1 else None


def _score(category: Category, text: str, is_plain: bool) -> int:
    """Return the length of the longest word found: "đèn đường" says more than "đường"."""
    words = (fold(word) if is_plain else word for word in category.words)
    return max((len(word) for word in words if re.search(rf"(?<!\w){re.escape(word)}(?!\w)", text)), default=0)
