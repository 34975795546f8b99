"""Counts character and word n-grams of the text without diacritics, so that "khai sinh" and "khai sanh ko dau" meet.

Rasa's ``strip_accents: unicode`` is not enough: it leaves đ as it is.
"""

import inspect
from typing import Any

from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer import CountVectorsFeaturizer
from rasa.shared.nlu.constants import TEXT

from nlu.components.fingerprint import source_hash
from nlu.vietnamese.fold import fold


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class FoldedCountVectorsFeaturizer(CountVectorsFeaturizer):
    """``CountVectorsFeaturizer`` (same settings) over the folded tokens."""

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """Make Rasa train again when folding changes."""
        return source_hash(inspect.getfile(cls), "vietnamese/fold.py")

    def _process_tokens(self, tokens: list[str], attribute: str = TEXT) -> list[str]:
        processed = super()._process_tokens(tokens, attribute)
        return [fold(token) for token in processed] if attribute == TEXT else processed
