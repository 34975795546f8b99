"""What ``make test`` has made and tests use: the trained model and the embedded procedures."""

import shutil
from pathlib import Path

import pytest

from bot.settings import ROOT


def trained_model() -> Path:
    """Return the model's file; skips the test, with the remedy, where nothing has been trained."""
    model = ROOT / "var" / "models" / "model.tar.gz"
    if not model.exists():
        pytest.skip("no trained model in var/models: run `make train` (make test does)")
    return model


def prepare(folder: Path) -> None:
    """Give a fresh ``var`` folder the trained model and the vectors of the procedures."""
    models = folder / "models"
    models.mkdir(parents=True, exist_ok=True)
    (models / "model.tar.gz").symlink_to(trained_model())
    index = ROOT / "var" / "index"
    if index.exists():
        shutil.copytree(index, folder / "index", dirs_exist_ok=True)
