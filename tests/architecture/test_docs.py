"""The documents keep up with the code: settings, commands, tables, dependencies, decisions, and no dead link."""

import re
import tomllib
from pathlib import Path

import pytest
import typer

from bot.cli import build_app
from bot.db.base import Base
from bot.settings import Settings
from knowledge.types import ProcedureRecord

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GUIDE = DOCS / "guide"
ADRS = sorted((DOCS / "decisions").glob("[0-9]*.md"))
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *DOCS.rglob("*.md")])
HEADINGS = ["Context", "Decision", "Consequences", "Alternatives", "References"]
# Written by `make bench` and `make eval`; a page may point to them before they were run for the first time.
MADE_BY_COMMANDS = {DOCS / "benchmarks.md", DOCS / "evaluation.md"}


def _name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def _quoted_paths(text: str) -> list[str]:
    """Paths of the repository named in backticks, e.g. `tests/nlu` or `bot/cli.py`."""
    tops = "bot|nlu|actions|knowledge|channels|data|tests|docs|tools"
    found = re.findall(rf"`((?:{tops})/[\w./-]+|[\w-]+\.(?:toml|yml|txt))`", text)
    return [path.rstrip("/") for path in found]


def test_every_setting_is_explained_to_the_administrator() -> None:
    page = (GUIDE / "administrators.md").read_text()
    missing = []
    for name, field in Settings.model_fields.items():
        alias = field.validation_alias
        variable = str(alias.choices[0]) if alias is not None and hasattr(alias, "choices") else f"BOT_{name.upper()}"
        if f"`{variable}`" not in page:
            missing.append(variable)
    assert not missing


def test_every_command_is_in_a_guide_or_the_readme() -> None:
    pages = "\n".join(page.read_text() for page in [ROOT / "README.md", *GUIDE.glob("*.md")])
    group = typer.main.get_command(build_app())
    missing = []
    for name, command in group.commands.items():  # type: ignore[attr-defined]
        names = [f"{name} {sub}" for sub in command.commands] if hasattr(command, "commands") else [name]
        missing += [f"bot {each}" for each in names if not re.search(rf"\bbot {re.escape(each)}\b", pages)]
    assert not missing


def test_every_make_target_in_the_documents_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {(_name(page), word) for page in PAGES for word in re.findall(r"`make ([a-z-]+)", page.read_text())}
    assert not [f"{page}: make {target}" for page, target in sorted(named) if target not in targets]


def test_every_table_has_a_row_in_the_privacy_page() -> None:
    # The feature packages register their tables on import; the composition root imports them all.
    import bot.main  # noqa: F401

    page = (GUIDE / "privacy.md").read_text()
    rows = "\n".join(line for line in page.splitlines() if line.startswith("|"))
    assert not [table for table in sorted(Base.metadata.tables) if f"`{table}" not in rows]


def test_every_field_of_a_record_is_explained_to_the_editor() -> None:
    page = (GUIDE / "editors.md").read_text()
    # "body" is the text below the fields, "field" is the folder.
    fields = set(ProcedureRecord.model_fields) - {"body", "field"}
    assert not sorted(name for name in fields if f"`{name}`" not in page)


def test_dependencies_and_their_reasons_are_the_same_list() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = {re.split(r"[\[<>=!~]", line)[0] for line in project["dependencies"]}
    page = (DOCS / "decisions" / "0007-dependencies.md").read_text()
    explained = set(re.findall(r"^\| ([a-z0-9-]+) \|", page, re.MULTILINE)) - {"package"}
    assert explained == wanted


def test_decisions_are_numbered_without_a_gap() -> None:
    assert [int(path.name[:4]) for path in ADRS] == list(range(len(ADRS)))


@pytest.mark.parametrize("path", ADRS, ids=lambda path: path.stem)
def test_a_decision_has_its_parts_and_what_holds_it(path: Path) -> None:
    text = path.read_text()
    assert text.startswith(f"# {path.name[:4] if int(path.name[:4]) else 'NNNN'}. ")
    assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS
    if int(path.name[:4]) == 0:
        return
    references = _quoted_paths(text.split("## References")[1])
    assert any(each.startswith(("tests/", "tools/")) for each in references), "names no test or lint that holds it"


def test_every_path_that_a_page_names_exists() -> None:
    missing = []
    for page in PAGES:
        for path in _quoted_paths(page.read_text()):
            if not (ROOT / path).exists():
                missing.append(f"{_name(page)}: {path}")
    assert not missing


def test_no_link_of_a_page_is_dead() -> None:
    dead = []
    for page in PAGES:
        targets = re.findall(r"\]\((?!https?://|#)([^)\s#]+)", page.read_text())
        paths = {target: (page.parent / target).resolve() for target in targets}
        dead += [
            f"{_name(page)}: {target}"
            for target, path in paths.items()
            if not path.exists() and path not in MADE_BY_COMMANDS
        ]
    assert not dead
