"""Leads through a complaint: begins, goes back, corrects, keeps photos and places that are sent at any moment."""

from typing import Any

from actions.base import CitizenAction, Voice
from actions.complaint import reading
from actions.complaint.fill import (
    ALL,
    CONFIRM,
    DESCRIPTION,
    EDIT,
    FIELDS,
    HISTORY,
    LOCATION,
    MAX_PHOTOS,
    PHOTO,
    PHOTOS,
    PLACE,
    QUESTIONS,
    ask,
    attach_photos,
    clear,
    fill,
    names_choice,
    note,
)
from actions.services import Texts
from actions.turn import Event, Turn, slot_set


class ValidateComplaintForm(CitizenAction):
    """Decides by the question asked what the message is. Returns nothing for what other rules answer better."""

    action = "validate_complaint_form"
    form = "complaint_form"

    def __init__(self, texts: Texts) -> None:
        self._texts = texts

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Return slots and, where needed, the next question; an empty list lets Rasa ask the rules."""
        if not turn.requested:
            return self._start(turn, voice)
        if not turn.is_fresh:
            return ask(EDIT) if turn.requested == EDIT else []
        if turn.is_intent("emergency_") and not names_choice(turn):
            return []
        for read in (self._steer, self._attach, fill):
            events = read(turn, voice)
            if events:
                return events
        return []

    def _start(self, turn: Turn, voice: Voice) -> list[Event]:
        """Begin: take what the first message says; go on with a stopped one when asked to."""
        if turn.entity("complaint_resume"):
            return [slot_set(CONFIRM, None)]
        values: dict[str, Any] = dict.fromkeys(ALL)
        if turn.entity("media_id"):
            voice.say("utter_complaint_photo_first")
            values |= {PHOTOS: turn.entity("media_id").split(",")[:MAX_PHOTOS], PHOTO: "done"}
            caption = turn.entity("caption")
            if reading.has_content(caption):
                values |= {DESCRIPTION: caption, PLACE: reading.find_place(caption) or None}
        location = self._location(turn)
        values |= location
        if turn.text and turn.is_intent("complaint_file") and reading.has_content(turn.text):
            values[DESCRIPTION] = None if reading.is_only_place(turn) else turn.text
            values[PLACE] = reading.place_in(turn) or values[PLACE]
        values[HISTORY] = [name for name in QUESTIONS if values[name]]
        return [slot_set(name, value) for name, value in values.items()]

    def _steer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Go back, correct, begin again."""
        if turn.requested == PLACE and reading.looks_like_place(turn.text):
            return []
        if turn.is_intent("control_back") and turn.text.count(" ") < reading.MAX_CONTROL_WORDS:
            history = [name for name in turn.slots.get(HISTORY) or [] if turn.slots.get(name)]
            if turn.requested == EDIT:
                return clear(CONFIRM)
            if not history:
                voice.say("utter_control_first_question")
                return clear(turn.requested)
            return [*clear(history[-1]), slot_set(HISTORY, history[:-1]), slot_set("requested_slot", history[-1])]
        if turn.is_intent("control_restart"):
            voice.say("utter_complaint_restarted")
            return [slot_set(name, None) for name in ALL]
        if turn.is_intent("control_edit") or turn.requested == EDIT:
            field = reading.named_field(turn, FIELDS)
            if field and (turn.slots.get(field) is not None or turn.requested == EDIT):
                return [*clear(field), slot_set("requested_slot", field)]
            if turn.is_intent("control_edit"):
                return ask(EDIT)
            return clear(CONFIRM) if turn.is_intent("control_deny", "control_skip") else []
        return clear(turn.requested) if turn.is_intent("complaint_file") and not turn.text else []

    def _attach(self, turn: Turn, voice: Voice) -> list[Event]:
        """Keep a photo or a place that is sent, whatever was asked."""
        if turn.entity("media_id"):
            return attach_photos(turn, voice)
        location = self._location(turn)
        if not location:
            return []
        voice.say("utter_complaint_location_kept")
        if turn.slots.get(PLACE) and turn.requested != PLACE:
            return [slot_set(LOCATION, location[LOCATION])]
        return [*(slot_set(name, value) for name, value in location.items()), *note(turn, PLACE)]

    def _location(self, turn: Turn) -> dict[str, Any]:
        try:
            lat, lon = float(turn.entity("lat")), float(turn.entity("lon"))
        except ValueError:
            return {}
        place = self._texts.get("utter_complaint_word_location", lat=f"{lat:.5f}", lon=f"{lon:.5f}")
        return {PLACE: place, LOCATION: {"lat": lat, "lon": lon}}
