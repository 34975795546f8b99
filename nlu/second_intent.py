"""Finds a second wish in one message ("hồ sơ em trễ rồi, cho em gặp người"): its clauses are understood one by one.

Only clauses that are understood surely and want something done count; a story told in many clauses has one wish.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from nlu.vietnamese.fold import fold

MIN_SYLLABLES = 6
MIN_CLAUSE_SYLLABLES = 3
MAX_CLAUSES = 4
SURE = 0.85
"""Probability from which a clause is believed; chosen on the development half of two wishes (`make eval`)."""

# Skills that do something; thanks beside a question want no answer of their own.
WISHES = (
    *("procedure_", "dossier_", "complaint_", "directory_", "notice_", "account_", "human_", "emergency_"),
    "smalltalk_scam",
)
_SIGNS = r"[.!?;,\n]+"
_WORDS = (
    "với lại|sẵn tiện|sẵn|tiện thể|luôn tiện|nhân tiện|by the way|à mà|ờ rồi|ờ với|ờ|ngoài ra|thêm nữa|còn nữa|rồi cho|"
    "và|còn|mà"
)
# Without diacritics "còn" is "con", "mà" is "má", "ờ" is "o".
_PLAIN_WORDS = "|".join(fold(word) for word in _WORDS.split("|") if word not in ("còn", "mà", "sẵn", "ờ"))
_BREAK = re.compile(rf"{_SIGNS}|\b(?:{_WORDS})\b")
_PLAIN_BREAK = re.compile(rf"{_SIGNS}|\b(?:{_PLAIN_WORDS})\b")


def clauses(text: str, first: str) -> list[str]:
    """Split a message into at most ``MAX_CLAUSES`` clauses.

    Returns:
        [] when the message is too short, has but one clause, or is itself (intent ``first``) no wish: beside a wish
        alone a second is offered, and every clause costs a parse.
    """
    if len(text.split()) < MIN_SYLLABLES or not first.startswith(WISHES):
        return []
    lower = text.lower()
    breaks = _PLAIN_BREAK if fold(lower) == lower else _BREAK
    parts: list[str] = []
    start = 0
    for cut in [match.start() for match in breaks.finditer(lower)] + [len(text)]:
        part = text[start:cut]
        if len(part.split()) < MIN_CLAUSE_SYLLABLES:
            continue
        parts.append(part.strip(" ,.;!?\n"))
        start = cut
    if start < len(text) and parts:
        parts[-1] = f"{parts[-1]} {text[start:].strip()}"
    return parts if 2 <= len(parts) <= MAX_CLAUSES else []


def find(first: str, understood: Sequence[tuple[str, Mapping[str, Any]]]) -> dict[str, str] | None:
    """Give the wish beside ``first``: {intent, text}, None if there is none.

    Args:
        first: Intent of the whole message.
        understood: Each clause with its best intent ({name, confidence}), in order.
    """
    sure = [
        (text, str(intent["name"]))
        for text, intent in understood
        if float(intent["confidence"]) >= SURE and str(intent["name"]).startswith(WISHES)
    ]
    names = dict.fromkeys(name for _, name in sure)
    if first not in names or len(names) != 2:
        return None
    text, name = next((text, name) for text, name in sure if name != first)
    return {"intent": name, "text": text}
