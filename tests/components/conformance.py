"""What every component of ours must do, whatever it adds. Each component's tests apply the checks of its kind."""

import inspect
import itertools
import typing
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.constants import FEATURE_TYPE_SEQUENCE, INTENT, TEXT, TEXT_TOKENS
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

TEXTS = (
    "Cho em hỏi làm giấy khai sinh cần gì?",
    "cho em hoi lam giay khai sinh can gi",
    "Hồ sơ H29.12-240101-0001 tới đâu rồi, gọi <phone:x1y2> giùm",
    "ĐƯỜNG LÊ LỢI",
    "12/5A Nguyễn Huệ, phường Bến Nghé",
    "🙂",
    "...",
    "a" * 4000,
)


def build(component: type[GraphComponent], folder: Path, **config: Any) -> Any:
    """Make a component as Rasa's graph does."""
    return component.create(
        {**component.get_default_config(), **config},
        LocalModelStorage.create(folder),
        Resource(component.__name__),
        ExecutionContext(GraphSchema({}), node_name=component.__name__),
    )


def messages(texts: tuple[str, ...] = TEXTS) -> list[Message]:
    """Give fresh messages."""
    return [Message({TEXT: text}) for text in texts]


def training_data(texts: tuple[str, ...] = TEXTS) -> TrainingData:
    """Give fresh examples of two intents."""
    return TrainingData([Message({TEXT: text, INTENT: f"intent_{i % 2}"}) for i, text in enumerate(texts)])


def check_component(component: type[GraphComponent]) -> None:
    """It is registered, documented, typed as Rasa's graph demands, and knows when it has changed."""
    assert component in {entry.clazz for entry in DefaultV1Recipe._registered_components.values()}
    assert component.__doc__
    assert isinstance(component.get_default_config(), dict)
    for method in ("process", "process_training_data", "create"):
        hints = typing.get_type_hints(getattr(component, method))
        assert "return" in hints, method
        parameters = [name for name in inspect.signature(getattr(component, method)).parameters if name != "self"]
        assert set(parameters) <= set(hints), method
    addon = component.fingerprint_addon(component.get_default_config())
    assert addon
    assert addon == component.fingerprint_addon(component.get_default_config())


def check_tokenizer(component: Any) -> None:
    """Tokens lie in the text where they say, in order, without overlap, at least one for a text that is not blank."""
    for message in component.process(messages()):
        text, tokens = message.get(TEXT), message.get(TEXT_TOKENS)
        assert tokens, text
        assert all(text[token.start : token.end] == token.text for token in tokens)
        assert all(left.end <= right.start for left, right in itertools.pairwise(tokens))
        assert all(token.lemma and token.lemma == token.lemma.lower() for token in tokens)
    (blank,) = component.process([Message({TEXT: ""})])
    assert blank.get(TEXT_TOKENS) == []


def check_dense_sentence_featurizer(component: Any, tokenize: Callable[[list[Message]], list[Message]]) -> None:
    """One finite vector of one length per message with tokens; adds to others' features; training and use agree."""
    processed = component.process(tokenize(messages()))
    vectors = [message.get_dense_features(TEXT)[1].features for message in processed]
    assert {vector.shape for vector in vectors} == {vectors[0].shape}
    assert vectors[0].shape[0] == 1
    assert all(np.isfinite(vector).all() and np.linalg.norm(vector) > 0 for vector in vectors)

    without_tokens = component.process([Message({TEXT: "không có token"}), Message({TEXT: ""})])
    assert all(message.get_dense_features(TEXT) == (None, None) for message in without_tokens)
    assert component.process([]) == []

    twice = component.process(processed)
    assert [message.get_dense_features(TEXT)[1].features.shape[1] for message in twice] == [
        2 * vector.shape[1] for vector in vectors
    ]

    data = training_data()
    tokenize(data.training_examples)
    component.process_training_data(data)
    trained = [message.get_dense_features(TEXT)[1].features for message in data.training_examples]
    assert all(np.allclose(a, b, atol=1e-3) for a, b in zip(trained, vectors, strict=True))


def check_sparse_featurizer(component: Any, tokenize: Callable[[list[Message]], list[Message]]) -> None:
    """One row per token and one for the sentence, of the trained width, also for texts never seen."""
    data = training_data()
    tokenize(data.training_examples)
    component.train(data)
    unseen = messages(("chưa từng thấy câu này", "🙂🙂", *TEXTS))
    widths = set()
    for message in component.process(tokenize(unseen)):
        sequence, sentence = message.get_sparse_features(TEXT)
        assert sequence.type == FEATURE_TYPE_SEQUENCE
        assert sequence.features.shape[0] == len(message.get(TEXT_TOKENS))
        assert sentence.features.shape[0] == 1
        widths |= {sequence.features.shape[1], sentence.features.shape[1]}
    assert len(widths) == 1
