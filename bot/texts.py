"""The sentences of ``nlu/domain`` for whoever speaks without Rasa. There is no other place for sentences."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.settings import ROOT

TITLE = "citizen_title"
_PLACE = re.compile(r"{{|}}|{([^\n{}]+?)}")


class Texts:
    """Responses by key, filled the way Rasa fills them. Only the first variation of a response is used."""

    def __init__(self, responses: Mapping[str, list[dict[str, Any]]], default_title: str) -> None:
        self._responses = responses
        self._default_title = default_title

    @classmethod
    def load(cls, root: Path = ROOT) -> "Texts":
        """Read ``domain.yml`` and ``nlu/domain/*.yml``.

        Raises:
            ConfigError: A file cannot be read, or a response stands in two of them; names file and line.
        """
        responses: dict[str, list[dict[str, Any]]] = {}
        slots: dict[str, Any] = {}
        for path in (root / "domain.yml", *sorted((root / "nlu" / "domain").glob("*.yml"))):
            part = _read(path)
            if twice := responses.keys() & (part.get("responses") or {}).keys():
                raise ConfigError(f"{path}: câu trả lời {', '.join(sorted(twice))} đã có ở tệp khác; xóa một chỗ")
            responses |= part.get("responses") or {}
            slots |= part.get("slots") or {}
        return cls(responses, str(slots[TITLE]["initial_value"]))

    @property
    def default_title(self) -> str:
        """How citizens are addressed until they say otherwise."""
        return self._default_title

    def __contains__(self, key: str) -> bool:
        """Tell whether there is such a response."""
        return key in self._responses

    def keys(self) -> list[str]:
        """Return the names of all responses."""
        return list(self._responses)

    def get(self, key: str, **slots: object) -> str:
        """Return the text with its ``{places}`` filled; ``citizen_title`` has a default.

        Raises:
            KeyError: There is no such response, or a place in it has no value.
        """
        return _fill(str(self._responses[key][0].get("text", "")), self._values(slots))

    def buttons(self, key: str, **slots: object) -> list[tuple[str, str]]:
        """Return (title, payload) of the response's buttons; payloads: "/intent{json}", "https://…", "tel:114".

        Raises:
            KeyError: As ``get``.
        """
        values = self._values(slots)
        buttons = self._responses[key][0].get("buttons") or []
        return [(_fill(button["title"], values), _fill(button["payload"], values)) for button in buttons]

    def custom(self, key: str) -> dict[str, Any]:
        """Return the response's other data (``ask``, ``call`` …)."""
        return dict(self._responses[key][0].get("custom") or {})

    def _values(self, slots: Mapping[str, object]) -> dict[str, object]:
        title = str(slots.get(TITLE) or self._default_title)
        return {**slots, TITLE: title, f"{TITLE}_cap": title[:1].upper() + title[1:]}


def _fill(template: str, values: Mapping[str, object]) -> str:
    """Fill ``{name}``; ``{{`` and ``}}`` stand for braces, as in Rasa."""

    def value(match: re.Match[str]) -> str:
        return str(values[match[1]]) if match[1] else match[0][0]

    return _PLACE.sub(value, template)


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"{path}: không đọc được ({error.strerror})") from error
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}: {error.problem}") from error
    if not isinstance(content, dict):
        raise ConfigError(f"{path}: tệp phải có dạng “khóa: giá trị”")
    return content
