"""Checks Rasa's data (run in Rasa's environment): ``rasa data validate``, then a training with RulePolicy alone.

The first finds unused and missing names but exits 0 on a rule that contradicts another; the second exits 1 on that
(design §9). Neither trains the understanding, so both together take seconds.
"""

import os
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / "var" / "check"


def main() -> int:
    """Run both; the exit code of the first that fails."""
    WORK.mkdir(parents=True, exist_ok=True)
    config = yaml.safe_load((ROOT / "config.yml").read_text(encoding="utf-8"))
    config["policies"] = [policy for policy in config["policies"] if policy["name"] == "RulePolicy"]
    rules_only = WORK / "config.yml"
    rules_only.write_text(yaml.safe_dump(config, allow_unicode=True), encoding="utf-8")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONWARNINGS": "ignore",
        "RASA_TELEMETRY_ENABLED": "false",
        "RASA_CACHE_DIRECTORY": str(WORK / "cache"),
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "3",
    }
    for command in (
        ["data", "validate", "--quiet"],
        ["train", "core", "--quiet", "--force", "--config", str(rules_only), "--out", str(WORK / "models")],
    ):
        log = WORK / f"{command[1]}.log"
        with log.open("w") as out:
            code = subprocess.run(
                [sys.executable, "-m", "rasa", *command], cwd=ROOT, env=environment, stdout=out, stderr=out, check=False
            ).returncode
        if code:
            print("\n".join(log.read_text(errors="replace").splitlines()[-25:]))
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
