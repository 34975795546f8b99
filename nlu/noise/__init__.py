"""Turns clean authored sentences into what people really type, seeded, for the training data.

Runs in both environments. ``vary`` works on whole sentences and on the pieces between entity marks alike.
"""

from nlu.noise.lists import NoiseLists
from nlu.noise.vary import KINDS, vary

__all__ = ["KINDS", "NoiseLists", "vary"]
