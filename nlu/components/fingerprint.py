"""Hashes of what a component reads, so that Rasa's training cache notices a change."""

import hashlib
from pathlib import Path

_NLU = Path(__file__).resolve().parent.parent


def source_hash(*paths: str | Path) -> str:
    """Hash the content of files; relative paths start at ``nlu/``. A missing file counts as empty."""
    digest = hashlib.sha256()
    for path in paths:
        file = _NLU / path
        digest.update(file.read_bytes() if file.exists() else b"")
        digest.update(b"\0")
    return digest.hexdigest()
