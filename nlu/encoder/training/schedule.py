"""How a training runs: its numbers, the order of batches and the learning rate.

Every step can be computed alone, so that a training goes on where it was stopped as if it had not been.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

# Sentences are sorted by length inside stretches of so many batches: little padding, and still a new mix every time.
STRETCH = 20


@dataclass(frozen=True, slots=True)
class Settings:
    """The numbers of a training.

    Attributes:
        epochs: How often the sentences are gone through, ``copies`` views of each every time.
        copies: Views of a sentence in an epoch.
        batch: Views in a step.
        max_tokens: What is longer is cut off.
        rate: Highest learning rate of the encoder.
        head_rate: Highest learning rate of the classifier on top.
        weight_decay: AdamW's.
        warm_up: Steps until the highest rate.
        lowest: Share of the rate that remains at the end.
        scale: Factor of the classifier's outputs; its inputs are unit vectors.
        smoothing: Share of certainty taken from the right intent.
        stay: Weight of staying near the teacher beside telling intents apart.
        seed: Of every chance.
        save_every: Steps between checkpoints.
    """

    epochs: float = 3.0
    copies: int = 2
    batch: int = 48
    max_tokens: int = 72
    rate: float = 6e-5
    head_rate: float = 2e-3
    weight_decay: float = 0.01
    warm_up: int = 100
    lowest: float = 0.02
    scale: float = 12.0
    smoothing: float = 0.05
    stay: float = 2.0
    seed: int = 1
    save_every: int = 200


def n_steps(n_examples: int, settings: Settings) -> int:
    """Give the number of steps; at least one."""
    return max(1, int(settings.copies * n_examples // settings.batch * settings.epochs))


def share_of_rate(step: int, total: int, settings: Settings) -> float:
    """Give the share (0..1) of the highest learning rate at a step: up in the warm-up, then down in a line."""
    return min(1.0, step / settings.warm_up) * max(settings.lowest, 1 - step / total)


def batches_of_epoch(lengths: Sequence[int], epoch: int, settings: Settings) -> list[list[int]]:
    """Give an epoch's batches: places of sentences, each ``copies`` times, of similar length inside a batch."""
    rng = Random(f"{settings.seed}:{epoch}")  # noqa: S311 - repeatable, not secret
    order = [place for _ in range(settings.copies) for place in rng.sample(range(len(lengths)), len(lengths))]
    batches = []
    for start in range(0, len(order), settings.batch * STRETCH):
        stretch = sorted(order[start : start + settings.batch * STRETCH], key=lambda place: lengths[place])
        batches += [stretch[first : first + settings.batch] for first in range(0, len(stretch), settings.batch)]
    rng.shuffle(batches)
    return batches
