"""Trains the restorer of diacritics and Rasa's model when something they are made of has changed (``make train``).

Runs in Rasa's environment.

A stamp beside the model (``var/models/model.stamp``) holds the hash of everything that went in. The new model is made
under another name and takes its place only when it is whole. ``--force`` trains in any case.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
from nlu import train_restorer  # noqa: E402 - this file is run as a script

MODELS = ROOT / "var" / "models"
FILES = ("config.yml", "domain.yml", "nlu/entities.yml", "nlu/intents.yml", "nlu/rasa_importer.py")
FOLDERS = (
    "nlu/components",
    "nlu/domain",
    "nlu/encoder",
    "nlu/entity_rules",
    "nlu/lists",
    "nlu/vietnamese",
    "data/nlu",
    "data/rules",
    "data/stories",
)
PACKAGES = ("rasa", "onnxruntime", "tokenizers", "underthesea", "scikit-learn")


def main(arguments: list[str]) -> int:
    """Train if needed; 0 when a current model is there, 1 when training failed."""
    stamp = inputs_hash()
    model, stamp_file = MODELS / "model.tar.gz", MODELS / "model.stamp"
    if "--force" not in arguments and model.exists() and stamp_file.exists() and stamp_file.read_text() == stamp:
        _say("Mô hình Rasa đã mới, không cần huấn luyện lại.")
        return 0
    _say("Huấn luyện mô hình Rasa (vài phút) …")
    started, used = time.monotonic(), cpu_seconds()
    train_restorer.main()
    building = MODELS / "building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        command = [sys.executable, "-m", "rasa", "train", "--out", str(building), "--fixed-model-name", "model"]
        done = subprocess.run(command, cwd=ROOT, env=environment(ROOT / "var" / "cache" / "rasa"), check=False)  # noqa: S603
        if done.returncode != 0 or not (building / "model.tar.gz").exists():
            _say(f"Huấn luyện thất bại (mã {done.returncode}); mô hình cũ được giữ nguyên. Xem lỗi ở trên.")
            return 1
        stamp_file.unlink(missing_ok=True)
        (building / "model.tar.gz").replace(model)
        stamp_file.write_text(stamp)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    seconds = time.monotonic() - started
    (MODELS / "training.json").write_text(
        json.dumps(
            {
                "seconds": seconds,
                "cpu_seconds": cpu_seconds() - used,
                "s_per_2000": seconds * 2000 / _n_examples(),
            }
        )
    )
    _say(f"Đã huấn luyện xong sau {seconds:.0f} giây: {model.relative_to(ROOT)}")
    return 0


def environment(cache: Path) -> dict[str, str]:
    """Give the environment of a ``rasa train``; ``cache`` is where it keeps what need not be trained again."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(cache),
        "TF_CPP_MIN_LOG_LEVEL": "3",
        # Else the encoder's threads wait by spinning: on busy cores a sentence took 300 ms instead of 40.
        "OMP_WAIT_POLICY": "PASSIVE",
        "PYTHONWARNINGS": "ignore",
    }


def cpu_seconds() -> float:
    """Give the processor time of this process and of those it started and waited for: the same on a busy machine."""
    return sum(os.times()[:4])


def inputs_hash() -> str:
    """Hash all files that the model is made of, with their names, and the versions of the libraries."""
    digest = hashlib.sha256()
    for file in _inputs():
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    digest.update(" ".join(f"{package}={version(package)}" for package in PACKAGES).encode())
    return digest.hexdigest()


def _n_examples() -> int:
    files = (ROOT / "data" / "nlu").rglob("*.yml")
    return max(1, sum(file.read_text(encoding="utf-8").count("\n    - ") for file in files))


def _inputs() -> Iterator[Path]:
    for name in FILES:
        yield ROOT / name
    for name in FOLDERS:
        yield from sorted(
            path
            for path in (ROOT / name).rglob("*")
            if path.is_file()
            and "training" not in path.relative_to(ROOT).parts
            and path.suffix in {".py", ".yml", ".json", ".txt", ".onnx"}
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
