"""Reads a complaint back before it is sent."""

import re

from actions.base import CitizenAction, Voice
from actions.services import Texts
from actions.turn import Event, Turn

_MASKED = re.compile(r"<(phone|email|cccd|cmnd):[\w\-]{1,64}>")


class ComplaintReadback(CitizenAction):
    """Asks the last question of the form."""

    action = "action_ask_complaint_confirm"

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say every answer, with the buttons send, change, cancel."""
        slots = turn.slots
        voice.say(
            "utter_complaint_readback",
            description=self._shown(slots.get("complaint_description")),
            place=self._shown(slots.get("complaint_place")),
            photos=self._photos(len(slots.get("complaint_photos") or [])),
            contact=self._contact(str(slots.get("complaint_contact") or ""), slots.get("citizen_title")),
        )
        return []

    def _shown(self, value: object) -> str:
        """Put words in place of masked values; Rasa cannot fill texts with square brackets."""
        text = _MASKED.sub(lambda match: self._texts.get(f"utter_shared_word_{match[1]}"), str(value or ""))
        return text.replace("[", "(").replace("]", ")")

    def _photos(self, n_photos: int) -> str:
        if not n_photos:
            return self._texts.get("utter_complaint_word_no_photo")
        return self._texts.get("utter_complaint_word_photos", n=n_photos)

    def _contact(self, contact: str, title: object) -> str:
        match = _MASKED.match(contact)
        return self._texts.get(f"utter_complaint_word_{match[1] if match else 'anonymous'}", citizen_title=title)
