"""Size budgets, Unicode form, and nothing in the repository that belongs to one machine."""

import ast
import re
import subprocess
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parents[2]
ALLOW_LIST = ROOT / "tools" / "size_allow.txt"
MODULE_LINES, FUNCTION_LINES, ACTION_LINES, FRAGMENT_LINES = 400, 60, 120, 150
SOURCES = ("bot", "channels", "knowledge", "actions", "nlu")
CONTENT = (".md", ".yml", ".yaml", ".json", ".jsonl", ".txt", ".html", ".csv", ".py")
# Written in two halves, so that this file does not find itself.
PACKAGE_HOSTS = ("pypi" + ".org", "pythonhosted" + ".org", "registry." + "npmjs", "deb." + "debian")
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|home/\w+|root|Users/\w+)/[\w.]")


def _tracked(*suffixes: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, timeout=30, check=True
    ).stdout.split("\0")
    paths = [ROOT / name for name in listed if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def _defines_an_action(tree: ast.Module) -> bool:
    """Say whether the module has an action; the other modules of a skill are ordinary ones."""
    bases = [base for node in tree.body if isinstance(node, ast.ClassDef) for base in node.bases]
    return any(isinstance(base, ast.Name) and base.id == "CitizenAction" for base in bases)


def _own_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Lines of a function without those of the functions inside it (a router is a list of small endpoints)."""
    inner = [n for n in node.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    return lines - sum((n.end_lineno or n.lineno) - n.lineno + 1 for n in inner)


def _over_budget() -> Iterator[tuple[str, str]]:
    for path in _tracked(".py"):
        name = str(path.relative_to(ROOT))
        if not name.startswith(SOURCES) or "migrations/versions" in name:
            continue
        tree = ast.parse(path.read_text())
        limit = ACTION_LINES if name.startswith("actions/") and _defines_an_action(tree) else MODULE_LINES
        if (lines := _lines(path)) > limit:
            yield name, f"{lines} lines, budget {limit}"
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _own_lines(node)
                if lines > FUNCTION_LINES:
                    yield f"{name}::{node.name}", f"{lines} lines, budget {FUNCTION_LINES}"
    for path in _tracked(".yml"):
        name = str(path.relative_to(ROOT))
        if (
            name.startswith(("nlu/domain/", "data/rules/", "data/stories/"))
            and (lines := _lines(path)) > FRAGMENT_LINES
        ):
            yield name, f"{lines} lines, budget {FRAGMENT_LINES}"


def _allowed() -> dict[str, str]:
    pairs = (line.split("  ", 1) for line in ALLOW_LIST.read_text().splitlines() if line and not line.startswith("#"))
    return {name: reason.strip() for name, reason in pairs}


def test_sizes_are_within_budget_or_on_the_list() -> None:
    over = dict(_over_budget())
    allowed = _allowed()
    new = {name: why for name, why in over.items() if name not in allowed}
    assert not new, f"over budget (split it; the list in {ALLOW_LIST.name} may only shrink): {new}"
    stale = sorted(set(allowed) - set(over))
    assert not stale, f"no longer over budget, take them off {ALLOW_LIST.name}: {stale}"


def test_every_exception_gives_its_reason() -> None:
    assert all(_allowed().values())


def test_text_files_are_nfc() -> None:
    broken = []
    for path in _tracked(*CONTENT):
        if "decomposed" in path.stem or path.parent == ROOT / "nlu" / "encoder" / "model":
            continue  # Channels do send NFD; the tests of that say so in their name. A tokenizer's pieces may be marks.
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if not unicodedata.is_normalized("NFC", line):
                broken.append(f"{path.relative_to(ROOT)}:{number}")
    assert not broken, "not in NFC (tests that need NFD build it with unicodedata): " + ", ".join(broken[:20])


def test_no_file_names_a_package_host_or_a_machines_path() -> None:
    broken = []
    for path in _tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        name = path.relative_to(ROOT)
        broken += [f"{name}: {host}" for host in PACKAGE_HOSTS if host in text]
        broken += [f"{name}: {match[0]}…" for match in [MACHINE_PATHS.search(text)] if match]
    assert not broken, "\n".join(broken)


def test_pins_are_plain_and_complete() -> None:
    for path in (ROOT / "requirements.txt", ROOT / "requirements-dev.txt", ROOT / "nlu" / "requirements.txt"):
        lines = [line.split("#")[0].strip() for line in path.read_text().splitlines()]
        unpinned = [
            line for line in lines if line and not re.fullmatch(r"[\w.\-]+(\[[\w,\-]+\])?==[\w.+]+( ;.*)?", line)
        ]
        assert not unpinned, f"{path.name}: {unpinned}"


def test_developer_pins_contain_the_application_pins() -> None:
    def pins(path: Path) -> set[str]:
        return {line for line in path.read_text().splitlines() if "==" in line and not line.startswith(("#", " "))}

    missing = pins(ROOT / "requirements.txt") - pins(ROOT / "requirements-dev.txt")
    assert not missing, f"run `make pins`: {missing}"


def test_names_are_defined_once_in_the_domain() -> None:
    """A response, slot, form or action defined twice: Rasa would silently take the last one."""
    seen: Counter[tuple[str, str]] = Counter()
    for path in sorted((ROOT / "nlu" / "domain").glob("*.yml")):
        domain = yaml.safe_load(path.read_text()) or {}
        for section in ("responses", "slots", "forms", "actions", "intents"):
            for name in domain.get(section) or ():
                seen[section, name if isinstance(name, str) else next(iter(name))] += 1
    twice = [f"{section}: {name}" for (section, name), times in seen.items() if times > 1]
    assert not twice
