"""Gives the number to call, before and instead of everything else."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn, leave_form


class EmergencyAnswer(CitizenAction):
    """Runs on every ``emergency_…`` intent."""

    action = "action_emergency_answer"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say the number and end any form, so that nothing is asked."""
        voice.say(f"utter_{turn.intent}")
        return leave_form()
