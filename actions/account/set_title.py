"""Remembers how the citizen wants to be addressed."""

import re
import unicodedata

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, slot_set
from nlu.vietnamese.fold import fold

TITLES = tuple("cô/chú anh/chị ông bà bác cô chú dì cậu mợ thím dượng anh chị em bạn con cháu".split())  # noqa: SIM905
_NAMING = re.compile(r".*\b(?:là|la|bằng|bang|thành|thanh)\s+(\w.*)$")
_BY_FOLDED = {fold(title): title for title in reversed(TITLES)} | {"co chu": "cô/chú", "anh chi": "anh/chị"}


class AccountSetTitle(CitizenAction):
    """Runs on "gọi tôi là bác"."""

    action = "action_account_set_title"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Take an allowed title ("chú Năm" gives "chú"), ask when none was named, refuse others politely."""
        said = unicodedata.normalize("NFC", turn.entity("citizen_title")).lower().strip() or named_in(turn.text)
        if not said:
            voice.say("utter_account_title_which")
            return []
        title = find_title(said)
        if not title:
            voice.say("utter_account_title_refused")
            return []
        cap = title[0].upper() + title[1:]
        voice.say("utter_account_title_set", new_title=title, new_title_cap=cap)
        return [slot_set("citizen_title", title), slot_set("citizen_title_cap", cap)]


def named_in(text: str) -> str:
    """Give what follows "gọi tôi là", "kêu bằng" …, "" if nothing does or it is a question."""
    match = _NAMING.search(unicodedata.normalize("NFC", text).lower())
    return match[1].strip() if match and fold(match[1]).split()[0] not in ("gi", "sao") else ""


def find_title(wanted: str) -> str:
    """Give the allowed title in what was said, "" if there is none."""
    for said in (wanted, *wanted.split()[:1]):
        if said in TITLES:
            return said
        if fold(said) == said and said in _BY_FOLDED:
            return _BY_FOLDED[said]
    return _BY_FOLDED.get(fold(wanted), "") if " " in wanted else ""
