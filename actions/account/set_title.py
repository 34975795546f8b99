"""Remembers how the citizen wants to be addressed."""

import unicodedata

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, slot_set
from nlu.vietnamese.fold import fold

TITLES = (
    "cô/chú",
    "anh/chị",
    "ông",
    "bà",
    "bác",
    "cô",
    "chú",
    "dì",
    "cậu",
    "mợ",
    "thím",
    "dượng",
    "anh",
    "chị",
    "em",
    "bạn",
    "con",
    "cháu",
)
_BY_FOLDED = {fold(title): title for title in reversed(TITLES)} | {"co chu": "cô/chú", "anh chi": "anh/chị"}


class AccountSetTitle(CitizenAction):
    """Runs on "gọi tôi là bác"."""

    action = "action_account_set_title"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Take an allowed title ("chú Năm" gives "chú"), ask when none was named, refuse others politely."""
        wanted = unicodedata.normalize("NFC", turn.entity("citizen_title")).lower().strip()
        if not wanted:
            voice.say("utter_account_title_which")
            return []
        title = find_title(wanted)
        if not title:
            voice.say("utter_account_title_refused")
            return []
        cap = title[0].upper() + title[1:]
        voice.say("utter_account_title_set", new_title=title, new_title_cap=cap)
        return [slot_set("citizen_title", title), slot_set("citizen_title_cap", cap)]


def find_title(wanted: str) -> str:
    """Give the allowed title in what was said, "" if there is none."""
    for said in (wanted, *wanted.split()[:1]):
        if said in TITLES:
            return said
        if fold(said) == said and said in _BY_FOLDED:
            return _BY_FOLDED[said]
    return _BY_FOLDED.get(fold(wanted), "") if " " in wanted else ""
