"""How the score sources become one score and one decision. The one home of weights and thresholds; pure functions."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from knowledge.lexical import NameMatch
from knowledge.types import Decision, Hit

# Tuned on tests/search/cases.yml: names carry colloquial wording best, the dense model bridges synonyms,
# full text only breaks ties. Dense weighs less for questions without diacritics: the model was not trained for them.
WEIGHTS = {"dense": 0.40, "names": 0.45, "texts": 0.15}
WEIGHTS_FOLDED = {"dense": 0.25, "names": 0.55, "texts": 0.20}
# Cosines of multilingual-e5 crowd together; below the first a passage is unrelated, above the second it says the same.
DENSE_RANGE = (0.80, 0.95)
# The question is exactly one of the names: longer names that contain it stay behind.
EXACT_NAME_BONUS = 0.10
ABSTAIN_BELOW = 0.40
# Between the two the best guess is offered, not told.
SURE_FROM = 0.42
CLEAR_MARGIN = 0.025


def fuse(
    titles: Sequence[tuple[str, str]],
    dense: NDArray[np.float32],
    names: Sequence[NameMatch],
    texts: NDArray[np.float32],
    *,
    is_folded: bool,
) -> list[Hit]:
    """Return all records, given as (code, name), as hits, best first.

    Scores are 0..1, and ``why`` shows where a score comes from.
    """
    weights = WEIGHTS_FOLDED if is_folded else WEIGHTS
    low, high = DENSE_RANGE
    near = np.clip((dense - low) / (high - low), 0.0, 1.0)
    hits = []
    for place, (code, name) in enumerate(titles):
        match = names[place]
        score = weights["dense"] * near[place] + weights["names"] * match.score + weights["texts"] * texts[place]
        score += EXACT_NAME_BONUS if match.is_exact else 0.0
        why = f"nghĩa {near[place]:.2f}, tên {match.score:.2f}, nội dung {texts[place]:.2f}"
        if match.name:
            why += f", gần nhất: “{match.name}”"
        hits.append(Hit(code, name, round(min(float(score), 1.0), 4), why))
    return sorted(hits, key=lambda hit: (-hit.score, hit.code))


def decide(hits: Sequence[Hit]) -> Decision:
    """Answer when the first is clear, clarify when the second is close, abstain when nothing is near enough."""
    if not hits or hits[0].score < ABSTAIN_BELOW:
        return "abstain"
    if hits[0].score < SURE_FROM:
        return "clarify"
    if len(hits) > 1 and hits[0].score - hits[1].score < CLEAR_MARGIN:
        return "clarify"
    return "answer"
