"""Tells how far a complaint is."""

from typing import Any

from actions.base import CitizenAction, Voice
from actions.complaint.reading import wants_to_report
from actions.services import Complaints, Texts
from actions.turn import Event, Turn, go_on_with


class ComplaintStatus(CitizenAction):
    """Finds it by its code, else takes the newest of this conversation."""

    action = "action_complaint_status"

    def __init__(self, complaints: Complaints, texts: Texts) -> None:
        self._complaints = complaints
        self._texts = texts

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Show the complaint with its history, or say that there is none."""
        code = self._complaints.normalise(turn.text) or self._complaints.normalise(turn.entity("complaint_code"))
        if not code and wants_to_report(turn):
            # Only a form may be gone on with: after any other action no rule would know what is next.
            return [] if turn.form == "complaint_form" else [go_on_with("complaint_form")]
        if code:
            complaint = await self._complaints.find(code, turn.conversation_id)
        else:
            complaint = await self._complaints.latest(turn.conversation_id)
        if complaint:
            voice.say("utter_complaint_shown", summary="\n".join(self._lines(complaint, turn)))
        elif code:
            voice.say("utter_complaint_not_found", code=code)
        else:
            voice.say("utter_complaint_none")
        return []

    def _lines(self, complaint: Any, turn: Turn) -> list[str]:
        def line(key: str, **values: object) -> str:
            return self._texts.get(
                f"utter_complaint_line_{key}", citizen_title=turn.slots.get("citizen_title"), **values
            )

        status, category = complaint.status_label, complaint.category_label
        lines = [line("code", code=complaint.code, category=category, status=status)]
        if complaint.description:
            lines.append(line("description", description=complaint.description))
        if complaint.place:
            lines.append(line("place", place=complaint.place))
        for step in complaint.steps:
            note = f" ({step.note})" if step.note else ""
            lines.append(line("event", date=step.happened_on, status=step.status_label, note=note))
        lines.append(line("next"))
        return lines
