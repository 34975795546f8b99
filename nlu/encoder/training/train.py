"""The training: tell intents apart in every spelling, and stay near what the base model says of the clean sentence.

The classifier on top is thrown away afterwards; what remains is an encoder whose vectors of one intent lie together.
"""

import hashlib
import json
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import torch

from nlu.encoder.runtime import QUERY
from nlu.encoder.training.examples import Example, Views
from nlu.encoder.training.schedule import Settings, batches_of_epoch, n_steps, share_of_rate
from nlu.encoder.training.student import SUMMARY, TOKENIZER, Student

CHECKPOINT, STUDENT = "checkpoint.pt", "student"
_TEACHER_BATCH = 64
_GRADIENT_NORM = 1.0
_LEAST_WEIGHT, _MOST_WEIGHT = 0.3, 2.0  # of an intent in the loss
_RECENT = 100  # steps whose losses the summary means

Report = Callable[[int, float, float], None]


@dataclass(frozen=True, slots=True)
class Task:
    """What is learned, as tensors on the device.

    Attributes:
        intents: Names, by number.
        labels: Number of each example's intent: (n,) int64.
        targets: The base model's vectors of the clean sentences: (n, 384) float32, rows L2-normalised.
        centre: Their mean, (384,): all vectors of this model lie in one narrow cone around it.
    """

    intents: list[str]
    labels: Any
    targets: Any
    centre: Any


@dataclass(frozen=True, slots=True)
class Loss:
    """Means over a batch: ``intent`` is the cross-entropy (nats), ``stay`` one minus the cosine to the teacher."""

    intent: float
    stay: float


class Training:
    """One training run; ``folder`` holds the base model, the checkpoint and the result."""

    def __init__(self, folder: Path, examples: Sequence[Example], views: Views, settings: Settings) -> None:
        torch.manual_seed(settings.seed)
        self._folder = folder
        self._examples = examples
        self._views = views
        self._settings = settings
        self.total = n_steps(len(examples), settings)
        self._student = Student.load(folder, folder / TOKENIZER, settings.max_tokens)
        self._task = self._read_task()
        self._head = self._new_head()
        self._weights = _intent_weights(self._task)
        self._optimiser = torch.optim.AdamW(
            [
                {"params": self._student.network.parameters(), "lr": settings.rate},
                {"params": self._head.parameters(), "lr": settings.head_rate},
            ],
            weight_decay=settings.weight_decay,
        )
        self._made_of = made_of(folder, examples, settings)
        self._losses: list[Loss] = []
        self.step = 0
        self._seconds_before = 0.0
        self._resumed = time.monotonic()

    @property
    def device(self) -> str:
        """Where it runs: "cpu" or "cuda"."""
        return str(self._student.device.type)

    def resume(self) -> bool:
        """Go on from the checkpoint; False when there is none of the same data and settings."""
        path = self._folder / CHECKPOINT
        if not path.exists():
            return False
        saved = torch.load(path, map_location=self._student.device, weights_only=True)
        if saved["made_of"] != self._made_of:
            return False
        self._student.network.load_state_dict(saved["student"])
        self._head.load_state_dict(saved["head"])
        self._optimiser.load_state_dict(saved["optimiser"])
        self.step, self._seconds_before = saved["step"], saved["seconds"]
        return True

    def run(self, report: Report) -> None:
        """Train to the end, then write the encoder and its summary.

        Args:
            report: Called after each step with its number and the two losses.
        """
        self._resumed = time.monotonic()
        highest = (self._settings.rate, self._settings.head_rate)
        self._student.network.train()
        for batch in self._batches():
            share = share_of_rate(self.step, self.total, self._settings)
            for group, rate in zip(self._optimiser.param_groups, highest, strict=True):
                group["lr"] = rate * share
            loss = self._learn(batch)
            self.step += 1
            self._losses = [*self._losses[1 - _RECENT :], loss]
            report(self.step, loss.intent, loss.stay)
            if self.step % self._settings.save_every == 0:
                self._save()
        self._finish()

    def _batches(self) -> Iterator[list[int]]:
        """Give the batches from the present step on."""
        lengths = [len(example.text) for example in self._examples]
        per_epoch = len(batches_of_epoch(lengths, 0, self._settings))
        epoch, done = divmod(self.step, per_epoch)
        while self.step < self.total:
            for batch in batches_of_epoch(lengths, epoch, self._settings)[done:]:
                if self.step >= self.total:
                    return
                yield batch
            epoch, done = epoch + 1, 0

    def _learn(self, batch: Sequence[int]) -> Loss:
        settings = self._settings
        # Chance depends on the step alone, so that a resumed training draws what an unbroken one would.
        torch.manual_seed(settings.seed * 1_000_003 + self.step)
        rng = Random(f"{settings.seed}:{self.step}:views")  # noqa: S311 - repeatable, not secret
        texts = [QUERY + self._views.any(self._examples[place].text, rng) for place in batch]
        places = torch.tensor(batch, device=self._student.device)
        vectors = torch.nn.functional.normalize(self._student.means(texts), dim=1)
        scores = settings.scale * self._head(vectors - self._task.centre)
        intent = torch.nn.functional.cross_entropy(
            scores, self._task.labels[places], weight=self._weights, label_smoothing=settings.smoothing
        )
        stay = (1 - (vectors * self._task.targets[places]).sum(1)).mean()
        self._optimiser.zero_grad()
        (intent + settings.stay * stay).backward()
        torch.nn.utils.clip_grad_norm_(self._student.network.parameters(), _GRADIENT_NORM)
        self._optimiser.step()
        return Loss(intent.item(), stay.item())

    def _read_task(self) -> Task:
        intents = sorted({example.intent for example in self._examples})
        numbers = {intent: number for number, intent in enumerate(intents)}
        labels = torch.tensor([numbers[example.intent] for example in self._examples], device=self._student.device)
        targets = self._embed([self._views.clean(example.text) for example in self._examples])
        return Task(intents, labels, targets, targets.mean(0))

    def _embed(self, texts: Sequence[str]) -> Any:
        """Embed with the network as it is."""
        network = self._student.network.eval()
        vectors = torch.zeros(len(texts), network.config.hidden_size, device=self._student.device)
        order = sorted(range(len(texts)), key=lambda place: len(texts[place]))
        with torch.no_grad():
            for start in range(0, len(order), _TEACHER_BATCH):
                batch = order[start : start + _TEACHER_BATCH]
                means = self._student.means([QUERY + texts[place] for place in batch])
                vectors[batch] = torch.nn.functional.normalize(means, dim=1)
        return vectors

    def _new_head(self) -> Any:
        """Make the classifier, which begins as the intents' mean directions."""
        task = self._task
        head = torch.nn.Linear(task.targets.shape[1], len(task.intents)).to(self._student.device)
        away = task.targets - self._task.centre
        means = torch.stack([away[task.labels == number].mean(0) for number in range(len(task.intents))])
        with torch.no_grad():
            head.weight.copy_(torch.nn.functional.normalize(means, dim=1))
            head.bias.zero_()
        return head

    def _save(self) -> None:
        path = self._folder / CHECKPOINT
        partial = path.with_suffix(".part")
        content = {
            "made_of": self._made_of,
            "step": self.step,
            "seconds": self._seconds(),
            "student": self._student.network.state_dict(),
            "head": self._head.state_dict(),
            "optimiser": self._optimiser.state_dict(),
        }
        torch.save(content, partial)
        partial.replace(path)

    def _seconds(self) -> float:
        """Give the time spent training so far, in all runs."""
        return self._seconds_before + time.monotonic() - self._resumed

    def _finish(self) -> None:
        result = self._folder / STUDENT
        self._student.network.eval().save_pretrained(result)
        np.savez(
            result / "head.npz",
            weight=self._head.weight.detach().cpu().numpy(),
            bias=self._head.bias.detach().cpu().numpy(),
            centre=self._task.centre.cpu().numpy(),
            intents=np.array(self._task.intents),
        )
        summary = {
            "made_of": self._made_of,
            "date": datetime.now(UTC).date().isoformat(),
            "examples": len(self._examples),
            "intents": len(self._task.intents),
            "left_out": "Sentences that a test holds are left out, and so is any noised copy that became one.",
            "steps": self.total,
            "minutes": round(self._seconds() / 60, 1),
            "device": self.device,
            "intent_loss": round(float(np.mean([loss.intent for loss in self._losses] or [np.nan])), 3),
            "stay_loss": round(float(np.mean([loss.stay for loss in self._losses] or [np.nan])), 4),
            "settings": asdict(self._settings),
        }
        (result / SUMMARY).write_text(json.dumps(summary, indent=1), encoding="utf-8")
        (self._folder / CHECKPOINT).unlink(missing_ok=True)


def made_of(folder: Path, examples: Sequence[Example], settings: Settings) -> str:
    """Hash what a training is made of, to tell whether a checkpoint or a result is of the same."""
    content = json.dumps([asdict(settings), [(example.intent, example.text) for example in examples]])
    return hashlib.sha256(content.encode() + (folder / TOKENIZER).read_bytes()).hexdigest()


def is_finished(folder: Path, examples: Sequence[Example], settings: Settings) -> bool:
    """Say whether the folder holds the result of a training of the same data and settings."""
    path = folder / STUDENT / SUMMARY
    summary = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    return summary.get("made_of") == made_of(folder, examples, settings)


def _intent_weights(task: Task) -> Any:
    """Let rare intents count more, within limits."""
    counts = torch.bincount(task.labels, minlength=len(task.intents)).float()
    return (counts.mean() / counts).sqrt().clamp(_LEAST_WEIGHT, _MOST_WEIGHT)
