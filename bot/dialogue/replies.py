"""Turns responses of ``nlu/domain`` into replies where Rasa does not."""

from typing import Any

from bot.dialogue.types import Reply
from bot.texts import Texts


def reply_of(texts: Texts, key: str, **slots: object) -> Reply:
    """Return a response, filled."""
    return Reply(
        texts.get(key, **slots), tuple(texts.buttons(key, **slots)), ask=texts.custom(key).get("ask", ""), response=key
    )


class Collector:
    """Stands where Rasa's dispatcher stands, for actions that run without Rasa."""

    def __init__(self, texts: Texts) -> None:
        self._texts = texts
        self.replies: list[Reply] = []
        self.custom: dict[str, Any] = {}

    def utter_message(
        self,
        text: str | None = None,
        response: str | None = None,
        buttons: list[dict[str, str]] | None = None,
        json_message: dict[str, Any] | None = None,
        **slots: Any,
    ) -> None:
        """Collect one message, as rasa_sdk's ``CollectingDispatcher`` would send it."""
        self.custom |= json_message or {}
        if response:
            self.replies.append(reply_of(self._texts, response, **slots))
        elif text:
            choices = tuple((button["title"], button["payload"]) for button in buttons or ())
            self.replies.append(Reply(text, choices))
