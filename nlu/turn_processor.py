"""Runs one turn with Rasa's own ``MessageProcessor``, but stops at the first failure and stores all or nothing.

How failed actions are known: Rasa catches whatever an action raises, logs it and goes on
(``MessageProcessor._run_action``; for slot validation also ``ActionExtractSlots._run_custom_action``). Two hooks see it
first: ``_run_action`` here watches the action's ``run``, and ``WatchedEndpoint`` watches every request to the actions.
As the tracker is stored only at the end, a failed turn leaves nothing behind.

A ``TurnProcessor`` lives for one request and takes its parts from the agent, so a reloaded model needs nothing.
"""

import logging
import os
from datetime import datetime, timezone
from typing import Any

from rasa.core.actions.action import Action, ActionExecutionRejection
from rasa.core.agent import Agent
from rasa.core.channels.channel import OutputChannel, UserMessage
from rasa.core.nlg import NaturalLanguageGenerator
from rasa.core.policies.policy import PolicyPrediction
from rasa.core.processor import MessageProcessor
from rasa.shared.core.constants import ACTION_LISTEN_NAME, REQUESTED_SLOT, SESSION_START_METADATA_SLOT
from rasa.shared.core.events import ActionExecuted, ActiveLoop, BotUttered, Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

from nlu import second_intent
from nlu.tracker_store import TurnTrackerStore

logger = logging.getLogger(__name__)

FALLBACK_INTENT = "nlu_fallback"
N_RANKING = 5
SECOND_INTENT = "control_second_intent"
OFFER_SECOND = "action_control_offer_second"
REJECTED = 400
"""Status by which an action says "not me, ask another one" (forms use it); every other error status is a failure."""


class TurnFailed(Exception):
    """The turn was given up and nothing of it stored.

    Attributes:
        code: "action_failed" or "action_limit".
        failed_actions: Names of the actions that failed.
    """

    def __init__(self, code: str, failed_actions: list[str]) -> None:
        """Note the reason."""
        super().__init__(f"{code}: {', '.join(failed_actions)}")
        self.code = code
        self.failed_actions = failed_actions


class WatchedEndpoint(EndpointConfig):
    """The actions' address; notes the name of every action that could not be asked or answered with an error."""

    def __init__(self, real: EndpointConfig, failed_actions: list[str]) -> None:
        """Watch ``real`` and add the names of failing actions to ``failed_actions``."""
        super().__init__(
            real.url,
            real.params,
            real.headers,
            real.basic_auth,
            real.token,
            real.token_name,
            real.cafile,
            **real.kwargs,
        )
        self._failed_actions = failed_actions

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        """Ask the action server; see the parent."""
        kwargs["timeout"] = float(os.environ.get("RASA_ACTION_TIMEOUT_S", "15"))
        try:
            return await super().request(*args, **kwargs)
        except Exception as error:
            if not (isinstance(error, ClientResponseError) and error.status == REJECTED):
                self._failed_actions.append(kwargs["json"]["next_action"])
            raise


class TurnOutput(OutputChannel):
    """Takes part in the turn only by its name, by which responses are chosen; replies are read from the tracker."""

    def __init__(self, channel: str) -> None:
        """Speak for the citizen's real channel ("web", "telegram" …)."""
        self._channel = channel

    def name(self) -> str:
        """Give the real channel's name."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Send nothing."""


class TurnProcessor(MessageProcessor):
    """One turn of one conversation. The caller holds the conversation's lock."""

    def __init__(self, agent: Agent, store: TurnTrackerStore) -> None:
        """Use the agent's loaded model; nothing is loaded again."""
        self.__dict__.update(agent.processor.__dict__)
        self.failed_actions: list[str] = []
        self.tracker_store: TurnTrackerStore = store
        self.on_circuit_break = self._give_up
        if self.action_endpoint is not None:
            self.action_endpoint = WatchedEndpoint(self.action_endpoint, self.failed_actions)

    async def recorded(self, sender: str, event_id: str) -> dict[str, Any] | None:
        """Give the answer of a turn that ran before, None if it did not."""
        found = await self.tracker_store.turn_events(sender, event_id)
        if found is None:
            return None
        tracker, events = found
        return {**answer(event_id, tracker, events), "seen": True}

    async def run(
        self, sender: str, event_id: str, text: str, channel: str, metadata: dict[str, Any], slots: dict[str, Any]
    ) -> dict[str, Any]:
        """Run a message and store the turn; ``slots`` are set before the message is understood.

        Raises:
            TurnFailed: An action failed, or the actions went round in circles; nothing is stored.
        """
        output = TurnOutput(channel)
        metadata = {"turn_at": datetime.now(timezone.utc).isoformat(), **metadata}  # noqa: UP017
        metadata.update(event_id=event_id, channel=channel)
        message = UserMessage(text, output, sender, input_channel=channel, message_id=event_id, metadata=metadata)

        tracker = await self.get_tracker(sender)
        n_stored = len(tracker.events)
        await self._update_tracker_session(tracker, output)
        tracker.update_with_events([SlotSet(name, value) for name, value in slots.items()], self.domain)
        message.parse_data = await self.parse_message(message, tracker)
        second = await self._second_intent(message, tracker)
        await self._handle_message_with_tracker(message, tracker)
        if second:
            tracker.update(SlotSet(SECOND_INTENT, second), self.domain)
        tracker = await self.run_action_extract_slots(output, tracker)
        await self._run_prediction_loop(output, tracker)
        await self._offer_second(output, tracker)
        self._check()
        await self.tracker_store.save_turn(tracker, n_stored, event_id)
        return answer(event_id, tracker, list(tracker.events)[n_stored:])

    async def _second_intent(self, message: UserMessage, tracker: DialogueStateTracker) -> dict[str, str] | None:
        """Find a second wish, outside forms only: there a long answer is an answer."""
        best = (message.parse_data or {}).get("intent_ranking") or []
        first = str(best[0]["name"]) if best else ""
        if message.text.startswith("/") or tracker.active_loop_name:
            return None
        clauses = second_intent.clauses(message.text, first)
        understood = [(clause, (await self.parse_message(UserMessage(clause)))["intent"]) for clause in clauses]
        return second_intent.find(first, understood)

    async def _offer_second(self, output: OutputChannel, tracker: DialogueStateTracker) -> None:
        """Offer the wish that was kept as soon as no form asks anything."""
        if tracker.active_loop_name or not tracker.get_slot(SECOND_INTENT):
            return
        action = self._get_action(OFFER_SECOND)
        await self._run_action(action, tracker, output, self.nlg, PolicyPrediction([], None))
        tracker.update(ActionExecuted(ACTION_LISTEN_NAME), self.domain)

    async def set_slots(self, sender: str, slots: dict[str, Any], *, end_form: bool = False) -> None:
        """Set slots outside a turn; ``end_form`` stops the form that is being filled in."""
        tracker = await self.get_tracker(sender)
        n_stored = len(tracker.events)
        await self._update_tracker_session(tracker, TurnOutput(self.name_of(tracker)))
        events: list[Event] = [SlotSet(name, value) for name, value in slots.items()]
        if end_form:
            events += [ActiveLoop(None), SlotSet(REQUESTED_SLOT, None)]
        tracker.update_with_events(events, self.domain)
        self._check()
        await self.tracker_store.save_turn(tracker, n_stored, None)

    @staticmethod
    def name_of(tracker: DialogueStateTracker) -> str:
        """Give the channel the citizen last wrote on, "web" if none."""
        return tracker.get_latest_input_channel() or "web"

    async def run_action_extract_slots(
        self, output_channel: OutputChannel, tracker: DialogueStateTracker
    ) -> DialogueStateTracker:
        """Fill slots; see the parent, which goes on when the validating action fails."""
        tracker = await super().run_action_extract_slots(output_channel, tracker)
        self._check()
        return tracker

    async def _run_action(
        self,
        action: Action,
        tracker: DialogueStateTracker,
        output_channel: OutputChannel,
        nlg: NaturalLanguageGenerator,
        prediction: PolicyPrediction,
    ) -> bool:
        inner_run = action.run

        async def run(*args: Any, **kwargs: Any) -> Any:
            try:
                return await inner_run(*args, **kwargs)
            except ActionExecutionRejection:
                raise
            except Exception:
                if not self.failed_actions:
                    self.failed_actions.append(action.name())
                raise

        action.run = run
        again: bool = await super()._run_action(action, tracker, output_channel, nlg, prediction)
        self._check()
        return again

    def _check(self) -> None:
        if self.failed_actions:
            raise TurnFailed("action_failed", self.failed_actions)

    def _give_up(self, tracker: DialogueStateTracker, _output: OutputChannel, _nlg: NaturalLanguageGenerator) -> None:
        raise TurnFailed("action_limit", [tracker.latest_action_name or ""])


def answer(event_id: str, tracker: DialogueStateTracker, events: list[Event]) -> dict[str, Any]:
    """Say what a turn led to; the same for a turn that just ran and for a recorded one.

    ``tracker`` is as it was at the end of the turn; ``events`` are the turn's own.
    """
    user = next(event for event in events if isinstance(event, UserUttered))
    hidden = {REQUESTED_SLOT, SESSION_START_METADATA_SLOT}
    slots = {name: value for name, value in tracker.current_slot_values().items() if value is not None}
    return {
        "event_id": event_id,
        "seen": False,
        **understood(user.parse_data),
        "slots": {name: value for name, value in slots.items() if name not in hidden},
        "active_form": tracker.active_loop_name,
        "requested_slot": tracker.get_slot(REQUESTED_SLOT) if REQUESTED_SLOT in tracker.slots else None,
        "replies": [_reply(event) for event in events if isinstance(event, BotUttered)],
        "failed_actions": [],
    }


def understood(parse_data: Any) -> dict[str, Any]:
    """Say what a message was understood as.

    Returns:
        ``intent`` and ``confidence`` of the best intent before the fallback took its place (None and 0.0 for an empty
        text), and ``accepted``: whether it did not.
    """
    intent = parse_data.get("intent") or {}
    ranking = [entry for entry in parse_data.get("intent_ranking") or [intent] if entry.get("name")]
    ranking = [_entry(entry) for entry in ranking if entry["name"] != FALLBACK_INTENT][:N_RANKING]
    best = ranking[0] if ranking else {"name": None, "confidence": 0.0}
    return {
        "intent": best["name"],
        "confidence": best["confidence"],
        "accepted": bool(ranking) and intent.get("name") != FALLBACK_INTENT,
        "ranking": ranking,
        "entities": [_entity(entity) for entity in parse_data.get("entities") or []],
    }


def _entry(entry: dict[str, Any]) -> dict[str, Any]:
    return {"name": entry["name"], "confidence": round(float(entry["confidence"]), 6)}


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    kept = ("entity", "value", "start", "end", "role", "group", "extractor", "confidence_entity")
    return {key: entity[key] for key in kept if entity.get(key) is not None}


def _reply(event: BotUttered) -> dict[str, Any]:
    data = event.data or {}
    buttons = data.get("buttons") or []
    return {
        "response": event.metadata.get("utter_action"),
        "text": event.text or "",
        "buttons": [{"title": button.get("title", ""), "payload": button.get("payload", "")} for button in buttons],
        "image": data.get("image"),
        "custom": data.get("custom") or {},
    }
