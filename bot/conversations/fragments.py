"""Which of a citizen's messages belong together: people write "alo", "cho em hỏi", "khai sinh cần gì" as three."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.conversations.models import InboxEvent
from channels.types import EventKind
from nlu.vietnamese.fold import fold

# Design §5.2: fragments sent within this time of each other are one turn.
JOIN_WITHIN = timedelta(seconds=1.5)
# Words that announce a question rather than ask one. What is complete is answered at once: nobody waits for nothing.
_CALLS = frozenset("alo lo hello hi chao oi hoi ad admin shop bot".split())  # noqa: SIM905
_AROUND = frozenset(
    """a ah da vang xin cho phep em ban toi tui minh anh chi co chu bac con mk t e muon can voi nha nhe nghe di chut xiu
    ti ty cai dum giup""".split()  # noqa: SIM905
)
_MAX_WORDS = 12


def is_fragment(text: str) -> bool:
    """Tell whether a text only opens a question, so that more is to be expected."""
    folded = fold(text).strip()
    words = re.findall(r"\w+", folded[:100])
    is_opener = len(words) <= _MAX_WORDS and not _CALLS.isdisjoint(words) and set(words) <= _CALLS | _AROUND
    return not folded or is_opener or folded.endswith((",", ":", "…", "..."))


def take_first_turn(events: Sequence[InboxEvent], now: datetime) -> tuple[list[InboxEvent], datetime | None]:
    """Choose the events of the next turn.

    Args:
        events: Unanswered events of one conversation, oldest first, at least one.
        now: The current moment.

    Returns:
        The events to answer together, and None; or no events and the moment to look again, while a fragment may still
        be followed by the rest.
    """
    turn = [events[0]]
    for event in events[1:]:
        is_near = event.received_at - turn[-1].received_at <= JOIN_WITHIN
        if not (is_near and event.kind == turn[-1].kind and event.kind in (EventKind.TEXT, EventKind.IMAGE)):
            break
        turn.append(event)
    last = turn[-1]
    # An album arrives as single pictures.
    may_go_on = last.kind == EventKind.IMAGE or (last.kind == EventKind.TEXT and is_fragment(last.body["text"]))
    until = last.received_at + JOIN_WITHIN
    if len(turn) == len(events) and may_go_on and now < until:
        return [], until
    return turn, None
