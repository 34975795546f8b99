"""The import contracts of pyproject.toml hold, and what import-linter cannot say: features talk through services."""

import subprocess
import sys
from pathlib import Path

import grimp
import pytest

ROOT = Path(__file__).resolve().parents[2]
INSIDE = ("repository", "models")
# These two tie features together by purpose: transcript rows and migrations are shared by all.
SHARED = {"bot.conversations", "bot.db"}


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("bot", "channels", "knowledge", "actions", "nlu", cache_dir=None)


def test_contracts_are_kept() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    result = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False
    )
    assert result.returncode == 0, result.stdout + result.stderr


def test_features_use_only_the_service_of_another_feature(graph: grimp.ImportGraph) -> None:
    broken = []
    for module in graph.modules:
        parts = module.split(".")
        if len(parts) != 3 or parts[0] != "bot" or parts[2] not in INSIDE:
            continue
        home = ".".join(parts[:2])
        if home in SHARED:
            continue
        for importer in graph.find_modules_that_directly_import(module):
            if not importer.startswith((f"{home}.", "bot.db.")):
                broken.append(f"{importer} imports {module}: ask {home}.service instead")
    assert not broken, "\n".join(sorted(broken))


def test_environment_is_read_only_in_settings() -> None:
    # nlu/ runs inside Rasa, which has no settings of ours.
    broken = [
        str(path.relative_to(ROOT))
        for folder in ("bot", "channels", "knowledge", "actions")
        for path in (ROOT / folder).rglob("*.py")
        if path.relative_to(ROOT) != Path("bot/settings.py")
        and any(word in path.read_text() for word in ("os.environ", "os.getenv", "from os import environ"))
    ]
    assert not broken
