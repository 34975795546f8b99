"""What all actions share: a name, and a voice that knows responses and commands but no sentences."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

from rasa_sdk import Action

from actions.turn import Event, Turn, read_turn


class Voice:
    """Collects what the bot says in this turn. Texts are named by their response in ``nlu/domain``."""

    def __init__(self, dispatcher: Any) -> None:
        self._dispatcher = dispatcher

    def say(self, response: str, **slots: Any) -> None:
        """Say a response; ``slots`` fill those of its ``{places}`` that are no slots of Rasa."""
        self._dispatcher.utter_message(response=response, **slots)

    def offer(self, response: str, buttons: Sequence[tuple[str, str]], custom: dict[str, Any] | None = None) -> None:
        """Say a response with buttons that are known only now."""
        self._dispatcher.utter_message(response=response, buttons=_choices(buttons), json_message=custom or {})

    def show(self, text: str, buttons: Sequence[tuple[str, str]] = (), custom: dict[str, Any] | None = None) -> None:
        """Show a text that was made elsewhere (an answer of ``knowledge``, an earlier message)."""
        self._dispatcher.utter_message(text=text, buttons=_choices(buttons), json_message=custom or {})

    def command(self, command: str, **args: Any) -> None:
        """Ask the application for a change; it is made when the turn is stored."""
        self._dispatcher.utter_message(json_message={"command": {"name": command, "args": args}})


def _choices(buttons: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"title": title, "payload": payload} for title, payload in buttons]


class CitizenAction(Action):  # type: ignore[misc]
    """Base of all actions. Subclasses set ``action`` and write ``answer``; they only read."""

    action = ""
    form = ""
    """For an action that validates a form: the form's name."""

    def name(self) -> str:
        """Return the name in the domain."""
        return self.action

    async def run(self, dispatcher: Any, tracker: Any, domain: Any) -> list[Event]:
        """Answer the current message; Rasa calls this."""
        return await self.answer(read_turn(tracker, self.form), Voice(dispatcher))

    @abstractmethod
    async def answer(self, turn: Turn, voice: Voice) -> list[Event]:
        """Say what is to be said and return Rasa's events."""
