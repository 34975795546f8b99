"""Sends a confirmed complaint."""

from actions.base import CitizenAction, Voice
from actions.complaint.fill import ALL
from actions.services import Complaints
from actions.turn import Event, Turn, slot_set
from bot.complaints.service import public_code


class ComplaintSubmit(CitizenAction):
    """Runs after ``complaint_form``, also when the citizen stopped it."""

    action = "action_complaint_submit"

    def __init__(self, complaints: Complaints) -> None:
        self._complaints = complaints

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Ask the application to file it and say its code; the same turn always gives the same code."""
        slots = turn.slots
        if slots.get("complaint_confirm") != "send":
            return []
        code = public_code(turn.event_id, turn.turn_at)
        description = str(slots.get("complaint_description"))
        location = slots.get("complaint_location") or {}
        contact = slots.get("complaint_contact")
        voice.command(
            "file_complaint",
            code=code,
            category=self._complaints.guess_category(description),
            description=description,
            place=slots.get("complaint_place"),
            lat=location.get("lat"),
            lon=location.get("lon"),
            media_ids=slots.get("complaint_photos") or [],
            contact=contact if contact and contact != "none" else None,
        )
        voice.say("utter_complaint_filed", code=code)
        return [slot_set(name, None) for name in ALL]
