"""``.env.example`` names every setting, no other, and copying it changes nothing."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from bot.settings import Settings

EXAMPLE = Path(__file__).resolve().parents[2] / ".env.example"
LINE = re.compile(r"^#?([A-Z][A-Z_]+)=")


def _names_of_settings() -> set[str]:
    names = set()
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        names.add(str(alias.choices[0]) if alias is not None and hasattr(alias, "choices") else f"BOT_{name.upper()}")
    return names


def test_example_and_settings_name_the_same_things() -> None:
    names = [match[1] for line in EXAMPLE.read_text().splitlines() if (match := LINE.match(line))]
    assert len(names) == len(set(names)), "a setting is listed twice"
    assert set(names) == _names_of_settings()


def test_every_setting_is_explained_right_above() -> None:
    lines = EXAMPLE.read_text().splitlines()
    for before, line in pairwise(lines):
        if LINE.match(line):
            assert before.startswith("# ") or LINE.match(before), f"no explanation above {line}"


def test_copying_the_example_changes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in _names_of_settings():
        monkeypatch.delenv(name, raising=False)
    assert Settings(_env_file=EXAMPLE) == Settings(_env_file=None)
