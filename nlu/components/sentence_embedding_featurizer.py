"""Adds the meaning of the whole message as one vector from our sentence encoder (``nlu/encoder``).

What is embedded are the lemmas of the tokens (lower case, repaired when the tokenizer repairs), no personal values.
While training, vectors are kept in ``var/cache/``, one file per encoder, so that only new sentences cost.
"""

import hashlib
import inspect
import os
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.nlu.tokenizers.tokenizer import Token, Tokenizer
from rasa.shared.nlu.constants import TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu.components.fingerprint import source_hash
from nlu.encoder.base import Embedder
from nlu.encoder.runtime import CivicEncoder

CACHE_DIR = Path(__file__).resolve().parent.parent.parent / "var" / "cache"
Vectors = NDArray[np.float32]


@cache
def encoder() -> Embedder:
    """Give the process's one encoder; its model is loaded at first use."""
    return CivicEncoder()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEmbeddingFeaturizer(DenseFeaturizer, GraphComponent):
    """Dense sentence features; no sequence features."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for a tokenizer: a message without tokens gets no features."""
        return [Tokenizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["onnxruntime", "tokenizers"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change."""
        return {
            **DenseFeaturizer.get_default_config(),
            # keep vectors of training sentences in var/cache
            "cache": True,
        }

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept what Rasa has merged with the defaults."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa train again when the encoder or the preparation of texts changes."""
        sources = source_hash(inspect.getfile(cls), "encoder/base.py", "encoder/runtime.py")
        return f"{encoder().name}:{sources}"

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEmbeddingFeaturizer":
        """Build the component; the model is not loaded yet."""
        return cls(execution_context.node_name, config)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add features to all examples, from the cache where it has them."""
        messages = [message for message in training_data.training_examples if message.get(TEXT_TOKENS)]
        texts = sorted({prepare(message.get(TEXT_TOKENS)) for message in messages})
        path = CACHE_DIR / f"embeddings-{encoder().name}.npz"
        vectors = embed_cached(texts, path) if self._config["cache"] else dict(zip(texts, _embed(texts), strict=True))
        for message in messages:
            self._add(message, vectors[prepare(message.get(TEXT_TOKENS))])
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add features to messages that have tokens."""
        with_tokens = [message for message in messages if message.get(TEXT_TOKENS)]
        vectors = _embed([prepare(message.get(TEXT_TOKENS)) for message in with_tokens])
        for message, vector in zip(with_tokens, vectors, strict=True):
            self._add(message, vector)
        return messages

    def _add(self, message: Message, vector: Vectors) -> None:
        self.add_features_to_message(sequence=None, sentence=vector.reshape(1, -1), attribute=TEXT, message=message)


def prepare(tokens: list[Token]) -> str:
    """Bring a message into the form that is embedded."""
    return " ".join(token.lemma for token in tokens if not token.lemma.startswith("<")) or "."


def embed_cached(texts: list[str], path: Path) -> dict[str, Vectors]:
    """Embed texts, reading and extending the file at ``path`` (hashes as keys: no sentence is kept readable)."""
    keys = {text: hashlib.sha256(text.encode()).hexdigest()[:32] for text in texts}
    known: dict[str, Vectors] = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as stored:
            known = dict(zip(stored["keys"].tolist(), stored["vectors"], strict=True))
    missing = [text for text in texts if keys[text] not in known]
    if missing:
        known.update(zip((keys[text] for text in missing), _embed(missing), strict=True))
        path.parent.mkdir(parents=True, exist_ok=True)
        partial = path.with_suffix(f".{os.getpid()}.npz")
        np.savez(partial, keys=np.array(list(known)), vectors=np.stack(list(known.values())))
        partial.replace(path)
    return {text: known[keys[text]] for text in texts}


def _embed(texts: list[str]) -> Vectors:
    if not texts:
        return np.zeros((0, encoder().dimensions), dtype=np.float32)
    return encoder().embed_queries(texts)
