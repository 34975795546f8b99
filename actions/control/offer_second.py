"""Offers the second of two wishes that one message held ("hồ sơ em trễ rồi, cho em gặp người")."""

from collections.abc import Mapping

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, slot_set

SLOT = "control_second_intent"
OFFER = "utter_control_second_intent"


class ControlOfferSecond(CitizenAction):
    """The door runs this after the answer; see ``nlu/turn_processor.py``. While a form asks, the wish is kept."""

    action = "action_control_offer_second"

    def __init__(self, labels: Mapping[str, str]) -> None:
        """``labels`` are the names of intents as citizens know them."""
        self._labels = labels

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Offer what the slot holds ({intent, text}) and forget it, unless a form is being filled in."""
        second = turn.slots.get(SLOT)
        if turn.form or not second or second["intent"] not in self._labels:
            return []
        payload = f'/{second["intent"]}{{"offered": "yes"}}'
        buttons = [(self._labels[second["intent"]], payload)]
        voice.offer(OFFER, buttons, {"affirm": payload, "offered": second["text"]})
        return [slot_set(SLOT, None)]
