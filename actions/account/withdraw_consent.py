"""Takes a consent back."""

from actions.base import CitizenAction, Voice
from actions.services import Citizens
from actions.turn import Event, Turn

PURPOSES = ("complaint_contact", "callback")


class AccountWithdrawConsent(CitizenAction):
    """Runs on "đừng liên lạc với tôi nữa"; one sentence is enough (Luật 91/2025/QH15, Điều 10)."""

    action = "action_account_withdraw_consent"

    def __init__(self, citizens: Citizens) -> None:
        self._citizens = citizens

    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Withdraw all consents, or say that none was given."""
        given = [purpose for purpose in PURPOSES if await self._citizens.has_consent(turn.conversation_id, purpose)]
        if not given:
            voice.say("utter_account_no_consent")
            return []
        voice.command("withdraw_consent", purpose=None)
        voice.say("utter_account_consent_withdrawn")
        return []
