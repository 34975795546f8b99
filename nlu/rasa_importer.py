"""Joins the parts of the domain: ``domain.yml`` and one file per skill in ``nlu/domain/`` beside it.

Rasa's own merging takes the last of two definitions and only warns; here a name defined twice is an error that names
both files. Training data is read from ``nlu/``, ``rules/`` and ``stories/`` of the data folder only: Rasa would also
take lists, records and samples for training data.
"""

import json
from pathlib import Path
from typing import Any

import rasa.shared.utils.io
import rasa.shared.utils.validation
from rasa.shared.constants import DOMAIN_SCHEMA_FILE
from rasa.shared.core.domain import Domain
from rasa.shared.exceptions import RasaException
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.utils.common import cached_method

DATA_FOLDERS = ("nlu", "rules", "stories")
FRAGMENTS = Path("nlu") / "domain"
NAMED_KEYS = ("intents", "entities", "slots", "responses", "forms", "actions", "e2e_actions")
SINGLE_KEYS = ("session_config", "config")


class DomainError(RasaException):
    """The domain's files contradict each other; the message names them."""


class SplitDomainImporter(RasaFileImporter):
    """Importer named in config.yml."""

    def __init__(
        self,
        config_file: str | None = None,
        domain_path: str | None = None,
        training_data_paths: list[str] | str | None = None,
    ) -> None:
        """Find the files; see the parent for the arguments."""
        super().__init__(config_file, domain_path, _data_paths(training_data_paths))

    @cached_method
    def get_domain(self) -> Domain:
        """Give the joined domain; empty without a domain path (so does cross-validation ask).

        Raises:
            DomainError: A name is defined twice.
        """
        files = _domain_files(self._domain_path)
        return Domain.from_dict(join(files)) if files else Domain.empty()


def join(files: list[Path]) -> dict[str, Any]:
    """Join domain files in the order given.

    Raises:
        DomainError: A name, or a part that may exist only once, is in two files.
        YamlException: A file is not a domain file; names file and line.
    """
    joined: dict[str, Any] = {}
    origin: dict[tuple[str, str], Path] = {}
    for file in files:
        text = rasa.shared.utils.io.read_file(file)
        try:
            rasa.shared.utils.validation.validate_yaml_schema(text, DOMAIN_SCHEMA_FILE)
            content = rasa.shared.utils.io.read_yaml(text) or {}
        except rasa.shared.exceptions.YamlException as error:
            error.filename = str(file)
            raise
        for key, value in content.items():
            for name in _names(key, value):
                first = origin.setdefault((key, name), file)
                if first != file:
                    raise DomainError(f"{key}: '{name}' được định nghĩa hai lần, trong {first} và {file}. Giữ lại một.")
            _add(joined, key, value)
    # Rasa takes the definitions apart in place: what a YAML alias shares must become two copies.
    return json.loads(json.dumps(joined))  # type: ignore[no-any-return]


def _names(key: str, value: Any) -> list[str]:
    if key in SINGLE_KEYS:
        return [key]
    if key not in NAMED_KEYS:
        return []
    return [next(iter(entry)) if isinstance(entry, dict) else str(entry) for entry in value or []]


def _add(joined: dict[str, Any], key: str, value: Any) -> None:
    if key not in joined:
        joined[key] = value
    elif isinstance(value, list):
        joined[key] = [*joined[key], *value]
    elif isinstance(value, dict):
        joined[key] = {**joined[key], **value}


def _domain_files(domain_path: str | None) -> list[Path]:
    """Give the main file first, then its fragments by name; a path that does not exist gives none."""
    if not domain_path or not Path(domain_path).exists():
        return []
    path = Path(domain_path)
    if path.is_dir():
        return sorted(path.rglob("*.yml"))
    return [path, *sorted((path.parent / FRAGMENTS).glob("*.yml"))]


def _data_paths(given: list[str] | str | None) -> list[str]:
    """Replace a data folder that has our folders by these; leave other folders and single files as they are."""
    paths = [given] if isinstance(given, str) else list(given or [])
    result: list[str] = []
    for path in paths:
        ours = [Path(path) / name for name in DATA_FOLDERS if (Path(path) / name).is_dir()]
        result.extend(map(str, ours) if ours else [path])
    return result
