"""The reviewed lists that noise draws from: abbreviations, read backwards, and words of the regions."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from nlu.noise.phrases import PhraseTable
from nlu.vietnamese.normalize import nfc

REGIONS = ("south", "central", "north")


@dataclass(frozen=True, slots=True)
class NoiseLists:
    """``short_forms``: full phrase → abbreviations. ``dialects``: per region, phrase → regional forms."""

    short_forms: PhraseTable
    dialects: dict[str, PhraseTable]

    @classmethod
    def load(cls, folder: Path) -> "NoiseLists":
        """Read ``abbreviations.yml`` and ``dialect.yml`` of a folder.

        Raises:
            OSError: A file cannot be read.
            ValueError: A file is not what it should be; the message names the file and the entry.
        """
        abbreviations = _read(folder / "abbreviations.yml", ("abbreviations", "usual"))
        dialect = _read(folder / "dialect.yml", REGIONS)
        return cls(
            PhraseTable.build(
                _backwards(abbreviations["abbreviations"], abbreviations["usual"]), abbreviations["keep"]
            ),
            {region: PhraseTable.build(dialect[region], dialect["keep"]) for region in REGIONS},
        )


def _read(path: Path, sections: tuple[str, ...]) -> dict[str, Any]:
    """Return the sections (phrase → phrases) and ``keep`` (phrases), checked, lower case and NFC."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ValueError(f"{path.name}: not YAML: {error}") from error
    if not isinstance(content, dict) or not isinstance(content.get("keep"), list):
        raise ValueError(f"{path.name}: needs the keys {', '.join(sections)} and keep.")
    read: dict[str, Any] = {"keep": [_phrase(path, phrase) for phrase in content["keep"]]}
    for section in sections:
        if not isinstance(content.get(section), dict):
            raise ValueError(f"{path.name}: {section} is not a mapping.")
        read[section] = {}
        for key, values in content[section].items():
            if not isinstance(values, list) or not values:
                raise ValueError(f"{path.name}: {section}: {key!r} needs a list of at least one form.")
            read[section][_phrase(path, key)] = [_phrase(path, value) for value in values]
    return read


def _phrase(path: Path, value: object) -> str:
    if not isinstance(value, str) or not value.replace(" ", "").isalpha():
        raise ValueError(f"{path.name}: {value!r} is not a phrase of letters; keys such as no or on need quotes.")
    return nfc(value).lower()


def _backwards(abbreviations: dict[str, list[str]], usual: dict[str, list[str]]) -> dict[str, list[str]]:
    """Return full phrase → short forms: the usual ones first, then those of which the phrase is the first meaning."""
    ranked: dict[str, list[tuple[int, str]]] = {}
    for short, meanings in abbreviations.items():
        for rank, meaning in enumerate(meanings):
            first = usual.get(meaning, [])
            ranked.setdefault(meaning, []).append((first.index(short) if short in first else len(first) + rank, short))
    return {meaning: [short for _, short in sorted(shorts)] for meaning, shorts in ranked.items()}
