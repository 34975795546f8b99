"""Says the last thing again."""

from actions.base import CitizenAction, Voice
from actions.turn import Event, Turn


class ControlRepeat(CitizenAction):
    """Runs on "nói lại"."""

    action = "action_control_repeat"

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Show the bot's last turn once more; inside a form its question is asked again anyway."""
        if turn.form:
            return []
        replies = turn.previous_replies()
        for reply in replies:
            data = reply.get("data") or {}
            buttons = [(button["title"], button["payload"]) for button in data.get("buttons") or []]
            voice.show(reply.get("text") or "", buttons, data.get("custom"))
        if not replies:
            voice.say("utter_control_nothing_to_repeat")
        return []
