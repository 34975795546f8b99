"""These tests run in Rasa's environment (nlu/.venv); in the application's they are not collected."""

import importlib.util
import sys
from pathlib import Path

if importlib.util.find_spec("rasa") is None:
    collect_ignore_glob = ["test_*.py"]
else:
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
