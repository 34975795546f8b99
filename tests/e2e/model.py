"""The trained model that tests talk to; ``make test`` has trained it."""

from pathlib import Path

import pytest

from bot.settings import ROOT


def trained_model() -> Path:
    """Return the model's file; skips the test, with the remedy, where nothing has been trained."""
    model = ROOT / "var" / "models" / "model.tar.gz"
    if not model.exists():
        pytest.skip("no trained model in var/models: run `make train` (make test does)")
    return model
