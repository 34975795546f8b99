"""The only caller of Rasa: its door is ``nlu/turn_channel.py``."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import httpx

from bot.dialogue.types import TurnRequest
from bot.errors import DialogueError, UnavailableError

DOOR = "/webhooks/turn"
# Connecting to loopback takes a millisecond; if it takes longer Rasa is not there, and nobody should wait for it.
CONNECT_TIMEOUT_S = 1.0


class RasaClient:
    """Asks Rasa over HTTP.

    Args:
        base_url: Rasa's address.
        secret: What opens the door.
        timeout_s: How long one turn may take.
    """

    def __init__(self, base_url: str, secret: str, timeout_s: float) -> None:
        self._http = httpx.AsyncClient(
            base_url=base_url + DOOR,
            headers={"Authorization": f"Bearer {secret}"},
            timeout=httpx.Timeout(timeout_s, connect=CONNECT_TIMEOUT_S),
        )

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def is_ready(self) -> bool:
        """Tell whether Rasa answers and has a model."""
        try:
            answer = await self._http.get("/", timeout=2.0)
            return answer.status_code == httpx.codes.OK and bool(answer.json().get("model"))
        except (httpx.HTTPError, ValueError):
            return False

    async def turn(self, request: TurnRequest, slots: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Run one turn, or get its recorded answer if it ran before.

        Raises:
            UnavailableError: If Rasa cannot be reached.
            DialogueError: If it, or one of its actions, failed; the tracker is as before.
        """
        body = {
            "sender": request.conversation_id,
            "event_id": request.turn_id,
            "message": request.payload or request.text,
            "channel": request.channel,
            "metadata": {
                "event_id": request.turn_id,
                "channel": request.channel,
                "turn_at": request.at.isoformat(),
            },
            "slots": dict(slots or {}),
        }
        return await self._post("/webhook", body)

    async def cut(self, conversation_id: str, event_id: str) -> None:
        """Take the tracker back to before an event."""
        await self._post("/cut", {"sender": conversation_id, "event_id": event_id})

    async def delete(self, conversation_id: str) -> None:
        """Delete everything that Rasa remembers of a conversation."""
        await self._post("/delete", {"sender": conversation_id})

    async def set_slots(self, conversation_id: str, slots: Mapping[str, Any], *, end_form: bool = False) -> None:
        """Tell the tracker what happened outside, e.g. while an operator spoke; ``end_form`` stops an open form."""
        await self._post("/slots", {"sender": conversation_id, "slots": dict(slots), "end_form": end_form})

    async def purge(self, before: datetime) -> int:
        """Forget what was said before a moment, in all conversations; returns how many had such."""
        return int((await self._post("/purge", {"before": before.timestamp()}))["purged"])

    async def parse(self, texts: Sequence[str]) -> list[dict[str, Any]]:
        """Understand texts without a conversation; one result per text, in order."""
        results: list[dict[str, Any]] = (await self._post("/parse", {"texts": list(texts)}))["results"]
        return results

    async def _post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer = await self._http.post(path, json=body)
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise UnavailableError(f"Rasa does not answer: {error!r}") from error
        except httpx.HTTPError as error:
            raise DialogueError(f"Rasa broke off: {error!r}") from error
        if answer.status_code in (httpx.codes.SERVICE_UNAVAILABLE, httpx.codes.UNAUTHORIZED):
            raise UnavailableError(f"Rasa is not ready for us: {answer.status_code} {answer.text[:200]}")
        if answer.status_code != httpx.codes.OK:
            raise DialogueError(f"Rasa answered {answer.status_code}: {answer.text[:200]}")
        try:
            result = answer.json()
        except ValueError as error:
            raise DialogueError("Rasa's answer is not JSON") from error
        if not isinstance(result, dict):
            raise DialogueError("Rasa's answer is not an object")
        return result
