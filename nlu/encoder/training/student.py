"""The network to be trained: the base model's weights in floats, with only the kept pieces."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from nlu.encoder.runtime import pad
from nlu.encoder.training.teacher import Array, PackedModel
from nlu.encoder.training.vocabulary import build_tokenizer, pieces_to_keep, texts_to_cover

TOKENIZER, SUMMARY = "tokenizer.json", "training.json"
# Name in the packed file → name in Hugging Face's BERT.
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def prepare(folder: Path) -> int:
    """Write the pruned base model and its tokenizer into ``folder``; give the number of pieces kept."""
    packed = PackedModel.shipped()
    full = build_tokenizer(packed.pieces, packed.scores, packed.marks)
    kept = pieces_to_keep(full, packed.pieces, texts_to_cover())
    build_network(packed, kept).save_pretrained(folder)
    pieces, scores = [packed.pieces[rank] for rank in kept], [packed.scores[rank] for rank in kept]
    build_tokenizer(pieces, scores, packed.marks).save(str(folder / TOKENIZER))
    return len(kept)


def build_network(packed: PackedModel, kept: Sequence[int]) -> Any:
    """Build the network with the base model's weights."""
    sizes = packed.sizes
    config = BertConfig(
        vocab_size=len(kept),
        hidden_size=sizes.hidden,
        num_hidden_layers=sizes.layers,
        num_attention_heads=sizes.heads,
        intermediate_size=sizes.feed_forward,
        max_position_embeddings=sizes.positions,
        type_vocab_size=sizes.types,
        layer_norm_eps=packed.epsilon,
        pad_token_id=packed.marks.pad,
    )
    network = BertModel(config, add_pooling_layer=False)
    weights = {name: torch.from_numpy(values) for name, values in _weights(packed, kept).items()}
    missing, unexpected = network.load_state_dict(weights, strict=False)
    unknown = [name for name in missing if not name.endswith(("position_ids", "token_type_ids"))]
    if unknown or unexpected:
        raise ValueError(f"weights do not fit Hugging Face's BERT: {unknown or unexpected}")
    return network.eval()


def _weights(packed: PackedModel, kept: Sequence[int]) -> dict[str, Array]:
    hidden = packed.sizes.hidden
    weights = {
        "embeddings.word_embeddings.weight": packed.tensor("emb.word", (-1, hidden), kept),
        "embeddings.position_embeddings.weight": packed.tensor("emb.pos", (-1, hidden)),
        "embeddings.token_type_embeddings.weight": packed.tensor("emb.type", (-1, hidden)),
        "embeddings.LayerNorm.weight": packed.tensor("emb.ln.w", (-1,)),
        "embeddings.LayerNorm.bias": packed.tensor("emb.ln.b", (-1,)),
    }
    for layer in range(packed.sizes.layers):
        for short, long in _MATRICES.items():
            width = packed.sizes.feed_forward if short == "fo" else hidden
            name = f"encoder.layer.{layer}.{long}"
            weights[f"{name}.weight"] = packed.tensor(f"l{layer}.{short}.w", (-1, width))
            weights[f"{name}.bias"] = packed.tensor(f"l{layer}.{short}.b", (-1,))
        for short, long in _NORMS.items():
            name = f"encoder.layer.{layer}.{long}"
            weights[f"{name}.weight"] = packed.tensor(f"l{layer}.{short}.w", (-1,))
            weights[f"{name}.bias"] = packed.tensor(f"l{layer}.{short}.b", (-1,))
    return weights


@dataclass(frozen=True, slots=True)
class Student:
    """A network with its tokenizer and the device it runs on."""

    network: Any
    tokenizer: Any
    device: Any

    @classmethod
    def load(cls, folder: Path, tokenizer: Path, max_tokens: int) -> "Student":
        """Load what :func:`prepare` or a training wrote.

        Args:
            folder: Holds the network.
            tokenizer: The tokenizer's file.
            max_tokens: What is longer is cut off.
        """
        loaded = Tokenizer.from_file(str(tokenizer))
        loaded.enable_truncation(max_tokens)
        device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        return cls(BertModel.from_pretrained(folder, add_pooling_layer=False).to(device), loaded, device)

    def means(self, texts: Sequence[str]) -> Any:
        """Give the mean of each text's token vectors: (n, 384) float32 tensor with gradients."""
        rows = pad([encoding.ids for encoding in self.tokenizer.encode_batch(list(texts))])
        ids = torch.from_numpy(rows["input_ids"]).to(self.device)
        mask = torch.from_numpy(rows["attention_mask"]).to(self.device)
        with self.precision():
            states = self.network(input_ids=ids, attention_mask=mask).last_hidden_state
        counted = mask.unsqueeze(-1)
        return (states.float() * counted).sum(1) / counted.sum(1)

    def precision(self) -> Any:
        """Give the context that lets matrices be multiplied in bfloat16 where the processor can."""
        if self.device.type == "cuda":
            can = torch.cuda.is_bf16_supported()
        else:
            can = bool(torch.cpu.get_capabilities().get("avx512_bf16"))
        return torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=can)
