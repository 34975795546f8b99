"""Multinomial logistic regression over all sentence features, each featurizer's part brought to length 1.

Parts of length 1: else a long message has long features and so a confidence near 1 whatever it says, and one
featurizer drowns the others. It is fitted by Adam (scikit-learn's perceptron without a hidden layer): 12,000 examples
with 24,000 features take 13 s instead of minutes with L-BFGS, for the same accuracy. The temperature of the
probabilities is chosen on the development half of the test set (Guo et al. 2017, "On calibration of modern neural
networks"). What is learnt is stored as npz: no pickle, and it loads in milliseconds.
"""

import inspect
import logging
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier as RasaIntentClassifier
from rasa.nlu.featurizers.featurizer import Featurizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, INTENT, INTENT_RANKING_KEY, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack, vstack
from sklearn.neural_network import MLPClassifier
from sklearn.preprocessing import normalize

from nlu.components.fingerprint import source_hash

logger = logging.getLogger(__name__)

FILE_NAME = "intents.npz"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent, RasaIntentClassifier):
    """Classifier of the pipeline in config.yml; a message without features gets no intent."""

    @classmethod
    def required_components(cls) -> list[type]:
        """Ask for features."""
        return [Featurizer]

    @staticmethod
    def required_packages() -> list[str]:
        """Name what must be installed."""
        return ["sklearn"]

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Give the settings that config.yml may change."""
        return {
            "epochs": 12,
            "learning_rate": 0.005,
            # pull of the weights to 0
            "alpha": 1e-6,
            # above 1 = less sure
            "temperature": 1.0,
            # 0 = intents with many examples are likelier, 1 = all intents are equally likely beforehand
            "balance": 0.0,
            "seed": 1,
        }

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa train again when this file changes."""
        return source_hash(inspect.getfile(cls))

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "IntentClassifier":
        """Build the component; it knows nothing yet."""
        return cls(config, model_storage, resource)

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        """Take settings and the place to store what is learnt."""
        self._config = config
        self._model_storage = model_storage
        self._resource = resource
        self._classes: list[str] = []
        self._weights: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._bias: NDArray[np.float32] = np.zeros(0, np.float32)
        self._shares: NDArray[np.float32] = np.zeros(0, np.float32)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit to the examples that have an intent; keep nothing when there are none, or only one intent."""
        examples = [e for e in training_data.intent_examples if e.get(INTENT) and e.get(TEXT) and _has_features(e)]
        if len({example.get(INTENT) for example in examples}) < 2:
            return self._resource
        fitted = MLPClassifier(
            hidden_layer_sizes=(),
            learning_rate_init=self._config["learning_rate"],
            alpha=self._config["alpha"],
            batch_size=min(128, len(examples)),
            random_state=self._config["seed"],
        )
        features = vstack([_features(example) for example in examples], format="csr")
        intents = [example.get(INTENT) for example in examples]
        for _ in range(self._config["epochs"]):
            fitted.partial_fit(features, intents, classes=sorted(set(intents)))
        self._learn(fitted)
        self._shares = np.array([intents.count(name) / len(intents) for name in self._classes], np.float32)
        with self._model_storage.write_to(self._resource) as folder:
            np.savez_compressed(
                folder / FILE_NAME,
                classes=np.array(self._classes),
                weights=self._weights,
                bias=self._bias,
                shares=self._shares,
            )
        return self._resource

    def _learn(self, fitted: MLPClassifier) -> None:
        self._classes = [str(name) for name in fitted.classes_]
        weights, bias = fitted.coefs_[0].astype(np.float32), fitted.intercepts_[0].astype(np.float32)
        if len(self._classes) == 2:
            # scikit-learn keeps one column for two classes.
            weights, bias = np.hstack([np.zeros_like(weights), weights]), np.concatenate([np.zeros_like(bias), bias])
        self._weights, self._bias = weights, bias

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "IntentClassifier":
        """Load what was learnt; nothing when there were no examples."""
        component = cls(config, model_storage, resource)
        try:
            with model_storage.read_from(resource) as folder, np.load(folder / FILE_NAME, allow_pickle=False) as learnt:
                component._classes = learnt["classes"].tolist()
                component._weights, component._bias = learnt["weights"], learnt["bias"]
                component._shares = learnt["shares"]
        except ValueError:
            logger.debug("No intent classifier in the model: there were no examples.")
        return component

    def process(self, messages: list[Message]) -> list[Message]:
        """Rank the intents of each message that has features."""
        for message in messages:
            if not self._classes or not _has_features(message):
                continue
            probabilities = self._probabilities(_features(message))
            ranking = [
                {"name": self._classes[index], "confidence": float(probabilities[index])}
                for index in np.argsort(-probabilities)
            ]
            message.set(INTENT, dict(ranking[0]), add_to_output=True)
            message.set(INTENT_RANKING_KEY, ranking, add_to_output=True)
        return messages

    def _probabilities(self, features: csr_matrix) -> NDArray[np.float64]:
        prior = self._config["balance"] * np.log(self._shares)
        logits = (np.asarray(features @ self._weights)[0] + self._bias - prior) / self._config["temperature"]
        shares = np.exp(logits - logits.max())
        return np.asarray(shares / shares.sum(), dtype=np.float64)

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Leave the examples as they are: nothing after this one learns from predictions."""
        return training_data


def _has_features(message: Message) -> bool:
    return any(part.type == FEATURE_TYPE_SENTENCE and part.attribute == TEXT for part in message.features)


def _features(message: Message) -> csr_matrix:
    parts = [part for part in message.features if part.type == FEATURE_TYPE_SENTENCE and part.attribute == TEXT]
    return hstack([normalize(csr_matrix(part.features, dtype=np.float32)) for part in parts], format="csr")
