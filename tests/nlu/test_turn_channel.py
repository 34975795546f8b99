"""The door, over a real Rasa process, a trained model and a real action server."""

import signal
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from rasa.shared.exceptions import RasaException

from nlu.turn_channel import TurnInput
from tests.nlu.rasa_server import SECRET, ActionServer, RasaServer, wait_for


@pytest.fixture
def sender(request: pytest.FixtureRequest) -> str:
    """A conversation of the test's own."""
    return f"web:{request.node.name}"


def without_seen(answer: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in answer.items() if key != "seen"}


def events_of(rasa: RasaServer, sender: str) -> list[tuple[int, str]]:
    path = rasa.tracker_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        rows = connection.execute("SELECT id, type_name FROM events WHERE sender_id = ? ORDER BY id", (sender,))
        return [(row[0], row[1]) for row in rows]


def test_state_needs_no_secret_and_names_the_model(rasa: RasaServer) -> None:
    state = rasa.get().json()
    assert state["status"] == "ok"
    assert state["model"]


def test_turn_tells_what_was_understood_and_replied(rasa: RasaServer, sender: str) -> None:
    answer = rasa.say(sender, "e1", "xin chào")
    assert answer["event_id"] == "e1"
    assert answer["seen"] is False
    assert answer["intent"] == "greet"
    assert answer["accepted"] is True
    assert 0 < answer["confidence"] <= 1
    assert answer["ranking"][0] == {"name": "greet", "confidence": answer["confidence"]}
    assert len(answer["ranking"]) == 5
    assert answer["active_form"] is None
    assert answer["slots"] == {"citizen_title": "cô/chú"}
    assert answer["failed_actions"] == []
    assert answer["replies"] == [
        {
            "response": "utter_greet",
            "text": "Dạ em chào cô/chú.",
            "buttons": [{"title": "Gặp người", "payload": "/ask_thing"}],
            "image": None,
            "custom": {},
        }
    ]


def test_response_for_the_channel_is_chosen(rasa: RasaServer, sender: str) -> None:
    answer = rasa.say(sender, "e1", "/greet", channel="telegram")
    assert answer["replies"][0]["text"] == "Dạ em chào cô/chú trên Telegram."


def test_action_gets_metadata_and_token_and_its_custom_part_comes_back(
    rasa: RasaServer, actions: ActionServer, sender: str
) -> None:
    answer = rasa.say(sender, "e1", "/ask_thing", metadata={"turn_at": "2026-11-21T08:00:00+00:00"})
    assert [reply["text"] for reply in answer["replies"]] == ["Cần giấy chứng sinh.\n\nNộp ở phường.", ""]
    assert answer["replies"][1]["custom"] == {"command": {"name": "ask_human", "args": {"reason": "asked"}}}
    assert answer["slots"]["checked"] == "yes"
    metadata = actions.calls[0]["tracker"]["latest_message"]["metadata"]
    expected = {"event_id": "e1", "channel": "web", "turn_at": "2026-11-21T08:00:00+00:00"}
    assert {key: metadata.get(key) for key in expected} == expected
    assert actions.paths == [f"/rasa/actions?token={SECRET}"]


def test_slots_are_set_before_the_message(rasa: RasaServer, sender: str) -> None:
    answer = rasa.say(sender, "e1", "/greet", slots={"citizen_title": "bác"})
    assert answer["replies"][0]["text"] == "Dạ em chào bác."


def test_unknown_slot_is_refused(rasa: RasaServer, sender: str) -> None:
    response = rasa.post("slots", {"sender": sender, "slots": {"no_such_slot": 1}})
    assert response.status_code == 400
    assert "no_such_slot" in response.text


def test_nonsense_is_not_accepted_but_the_best_guess_is_named(rasa: RasaServer, sender: str) -> None:
    answer = rasa.say(sender, "e1", "qwrtp zxcvb 🙂")
    assert answer["accepted"] is False
    assert answer["intent"] != "nlu_fallback"
    assert answer["confidence"] == answer["ranking"][0]["confidence"]
    assert answer["replies"][0]["response"] == "utter_fallback"


@pytest.mark.parametrize("text", ["🙂", "???", "...", "ẫ", "<phone:x1y2z3>"])
def test_any_text_gets_an_answer(rasa: RasaServer, sender: str, text: str) -> None:
    assert rasa.say(sender, "e1", text)["replies"]


def test_same_event_again_is_answered_from_the_record(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    first = rasa.say(sender, "e1", "/ask_thing")
    rasa.say(sender, "e2", "/greet", slots={"checked": "later"})
    n_events = len(events_of(rasa, sender))
    again = rasa.say(sender, "e1", "/ask_thing")
    assert again["seen"] is True
    assert without_seen(again) == without_seen(first)
    assert len(actions.calls) == 1
    assert len(events_of(rasa, sender)) == n_events


def test_same_event_again_in_a_form_gives_the_same_state(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    first = rasa.say(sender, "e1", "/file_report")
    assert (first["active_form"], first["requested_slot"]) == ("report_form", "report_what")
    assert without_seen(rasa.say(sender, "e1", "/file_report")) == without_seen(first)


@pytest.mark.parametrize("status", [500, 404, 503])
def test_failed_action_leaves_the_tracker_as_it_was(
    rasa: RasaServer, actions: ActionServer, sender: str, status: int
) -> None:
    rasa.say(sender, "e1", "/greet")
    before = events_of(rasa, sender)
    actions.behaviour["action_thing"] = lambda _: (status, {"error": "boom", "action_name": "action_thing"})
    response = rasa.post("webhook", {"sender": sender, "event_id": "e2", "message": "/ask_thing", "channel": "web"})
    assert response.status_code == 500
    assert response.json() == {"error": "action_failed", "failed_actions": ["action_thing"]}
    assert events_of(rasa, sender) == before
    actions.behaviour.clear()
    assert rasa.say(sender, "e2", "/ask_thing")["seen"] is False


def test_answer_that_breaks_rasas_protocol_is_a_failure(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    actions.behaviour["action_thing"] = lambda _: (200, {"events": "none", "responses": []})
    response = rasa.post("webhook", {"sender": sender, "event_id": "e1", "message": "/ask_thing", "channel": "web"})
    assert response.status_code == 500
    assert response.json()["failed_actions"] == ["action_thing"]
    assert events_of(rasa, sender) == []


def test_failed_validation_in_a_form_is_a_failure(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    rasa.say(sender, "e1", "/file_report")
    before = events_of(rasa, sender)
    actions.behaviour["validate_report_form"] = lambda _: (500, {"error": "boom", "action_name": "x"})
    response = rasa.post("webhook", {"sender": sender, "event_id": "e2", "message": "ổ gà", "channel": "web"})
    assert response.status_code == 500
    assert response.json()["failed_actions"] == ["validate_report_form"]
    assert events_of(rasa, sender) == before


def test_dead_action_server_is_a_failure_and_the_next_try_works(
    rasa: RasaServer, actions: ActionServer, sender: str
) -> None:
    body = {"sender": sender, "event_id": "e1", "message": "/ask_thing", "channel": "web"}
    actions.close()
    try:
        response = rasa.post("webhook", body)
    finally:
        actions.open()
    assert response.status_code == 500
    assert response.json() == {"error": "action_failed", "failed_actions": ["action_thing"]}
    assert events_of(rasa, sender) == []
    assert rasa.say(sender, "e1", "/ask_thing")["seen"] is False


def test_actions_going_in_circles_are_given_up(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    response = rasa.post("webhook", {"sender": sender, "event_id": "e1", "message": "/spin", "channel": "web"})
    assert response.status_code == 500
    assert response.json()["error"] == "action_limit"
    assert events_of(rasa, sender) == []


def test_cut_takes_the_conversation_back(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    rasa.say(sender, "e1", "/file_report")
    before = events_of(rasa, sender)
    filled = rasa.say(sender, "e2", "ổ gà to")
    assert filled["requested_slot"] == "report_place"
    assert rasa.post("cut", {"sender": sender, "event_id": "e2"}).json() == {"cut": True}
    assert events_of(rasa, sender) == before
    assert rasa.post("cut", {"sender": sender, "event_id": "e2"}).json() == {"cut": False}
    again = rasa.say(sender, "e2", "ổ gà nhỏ")
    assert again["seen"] is False
    assert again["slots"]["report_what"] == "ổ gà nhỏ"


def test_cut_of_the_first_turn_leaves_nothing(rasa: RasaServer, sender: str) -> None:
    rasa.say(sender, "e1", "/greet")
    assert rasa.post("cut", {"sender": sender, "event_id": "e1"}).json() == {"cut": True}
    assert events_of(rasa, sender) == []


def test_delete_removes_everything_of_one_conversation_only(rasa: RasaServer, sender: str) -> None:
    rasa.say(sender, "e1", "/greet")
    rasa.say(f"{sender}-other", "e1", "/greet")
    n_events = len(events_of(rasa, sender))
    assert rasa.post("delete", {"sender": sender}).json() == {"deleted": n_events}
    assert events_of(rasa, sender) == []
    assert events_of(rasa, f"{sender}-other")
    assert rasa.say(sender, "e1", "/greet")["seen"] is False


def test_slots_outside_a_turn(rasa: RasaServer, sender: str) -> None:
    assert rasa.post("slots", {"sender": sender, "slots": {"citizen_title": "bà"}}).status_code == 200
    assert rasa.say(sender, "e1", "/greet")["replies"][0]["text"] == "Dạ em chào bà."


def test_a_form_can_be_ended_from_outside(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    assert rasa.say(sender, "e1", "/file_report")["active_form"] == "report_form"
    assert rasa.post("slots", {"sender": sender, "slots": {}, "end_form": True}).status_code == 200
    answer = rasa.say(sender, "e2", "/greet")
    assert (answer["active_form"], answer["requested_slot"]) == (None, None)


def test_purge_forgets_what_is_older_than_a_moment(rasa: RasaServer, sender: str) -> None:
    rasa.say(sender, "e1", "/greet", slots={"citizen_title": "bà"})
    between = time.time()
    rasa.say(sender, "e2", "/greet")
    assert rasa.post("purge", {"before": between}).json()["purged"] >= 1
    assert rasa.say(sender, "e2", "/greet")["seen"] is True
    assert rasa.say(sender, "e1", "/greet")["seen"] is False
    assert rasa.say(sender, "e3", "/greet")["replies"][0]["text"] == "Dạ em chào bà."
    rasa.post("purge", {"before": time.time()})
    assert events_of(rasa, sender) == []


def test_slots_outside_a_turn_can_end_the_form(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    rasa.say(sender, "e1", "/file_report")
    response = rasa.post("slots", {"sender": sender, "slots": {"report_what": "cây đổ"}, "end_form": True})
    assert response.status_code == 200
    answer = rasa.say(sender, "e2", "/greet")
    assert (answer["active_form"], answer["requested_slot"]) == (None, None)
    assert answer["slots"]["report_what"] == "cây đổ"


def test_form_takes_a_street_named_like_an_intent_as_the_answer(
    rasa: RasaServer, actions: ActionServer, sender: str
) -> None:
    rasa.say(sender, "e1", "/file_report")
    rasa.say(sender, "e2", "ổ gà")
    answer = rasa.say(sender, "e3", "đường Lê Lợi")
    assert answer["intent"] == "street_ask"
    assert answer["slots"]["report_place"] == "đường Lê Lợi"
    assert [reply["response"] for reply in answer["replies"]] == ["utter_report_done"]
    assert answer["active_form"] is None


def test_two_hours_of_silence_in_a_form_change_nothing(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    rasa.say(sender, "e1", "/file_report")
    path = rasa.tracker_url.removeprefix("sqlite:///")
    with sqlite3.connect(path) as connection:
        connection.execute(
            "UPDATE events SET timestamp = timestamp - 7200,"
            " data = json_set(data, '$.timestamp', json_extract(data, '$.timestamp') - 7200) WHERE sender_id = ?",
            (sender,),
        )
    answer = rasa.say(sender, "e2", "ổ gà trước nhà")
    assert answer["active_form"] == "report_form"
    assert answer["requested_slot"] == "report_place"
    assert answer["slots"]["report_what"] == "ổ gà trước nhà"
    assert [kind for _, kind in events_of(rasa, sender)].count("session_started") == 1


def test_kill_in_a_form_then_it_goes_on_and_knows_what_it_answered(
    rasa: RasaServer, actions: ActionServer, sender: str
) -> None:
    rasa.say(sender, "e1", "/file_report")
    first = rasa.say(sender, "e2", "ổ gà")
    rasa.stop(signal.SIGKILL)
    rasa.start()
    assert without_seen(rasa.say(sender, "e2", "ổ gà")) == without_seen(first)
    answer = rasa.say(sender, "e3", "trước nhà số 5")
    assert answer["replies"][0]["text"] == "Dạ em ghi nhận: ổ gà tại trước nhà số 5."


def test_two_messages_of_one_citizen_run_one_after_the_other(
    rasa: RasaServer, actions: ActionServer, sender: str
) -> None:
    entered, release, running = threading.Event(), threading.Event(), []

    def slow(_: dict[str, Any]) -> tuple[int, Any]:
        running.append(1)
        entered.set()
        assert release.wait(20)
        return 200, {"events": [], "responses": [{"text": f"{len(running)}"}]}

    actions.behaviour["action_thing"] = slow
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(rasa.say, sender, "e1", "/ask_thing")
        assert entered.wait(20)
        second = pool.submit(rasa.say, sender, "e2", "/ask_thing")
        same = pool.submit(rasa.say, sender, "e1", "/ask_thing")
        assert rasa.say(f"{sender}-other", "e1", "/greet")["replies"]
        assert len(running) == 1
        assert not second.done()
        release.set()
        assert first.result()["replies"][0]["text"] == "1"
        assert second.result()["replies"][0]["text"] == "2"
        assert same.result()["seen"] is True
    wait_for(lambda: len(running) == 2)


@pytest.mark.parametrize("path", ["webhook", "cut", "delete", "slots", "purge", "parse"])
def test_wrong_secret_is_refused(rasa: RasaServer, path: str) -> None:
    assert rasa.post(path, {"sender": "s", "texts": []}, secret="wrong").status_code == 401


@pytest.mark.parametrize(
    "raw",
    [
        b"{",
        b"[]",
        b"\xff",
        b"{}",
        b'{"sender": "s", "event_id": "e", "message": "", "channel": "web"}',
        b'{"sender": "s", "event_id": 5, "message": "x", "channel": "web"}',
        b'{"sender": "s", "event_id": "e", "message": "x", "channel": "web", "slots": [1]}',
    ],
)
def test_bad_request_is_refused(rasa: RasaServer, raw: bytes) -> None:
    response = rasa.post("webhook", raw=raw)
    assert response.status_code == 400
    assert response.json()["error"] == "bad_request"


def test_parse_understands_without_a_conversation(rasa: RasaServer) -> None:
    texts = ["xin chào", "", "rac day duong o phuong tan dinh", "🙂"]
    results = rasa.post("parse", {"texts": texts}).json()["results"]
    assert [result["intent"] for result in results[:3]] == ["greet", None, "file_report"]
    assert set(results[0]) == {"intent", "confidence", "accepted", "ranking", "entities"}
    assert results[3]["intent"]


def test_entities_come_with_their_place(rasa: RasaServer) -> None:
    text = "rác đầy đường ở phường Bến Nghé"
    (result,) = rasa.post("parse", {"texts": [text]}).json()["results"]
    (entity,) = result["entities"]
    assert (entity["entity"], text[entity["start"] : entity["end"]]) == ("ward", "phường Bến Nghé")


def test_cost_of_a_turn_stays_flat(rasa: RasaServer, actions: ActionServer, sender: str) -> None:
    rasa.say(sender, "e-start", "/file_report")
    rasa.say(sender, "e-what", "ổ gà")
    for number in range(60):
        rasa.say(sender, f"e{number}", "/control_stop" if number == 30 else "/file_report")
    assert len(actions.calls[-1]["tracker"]["events"]) < 450
    assert len(events_of(rasa, sender)) < 450
    assert rasa.say(sender, "e-more", "/greet")["slots"]["report_what"] == "ổ gà"


def test_without_a_secret_rasa_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("RASA_DOOR_SECRET", raising=False)
    with pytest.raises(RasaException, match="RASA_DOOR_SECRET"):
        TurnInput.from_credentials({})


def test_without_its_database_rasa_does_not_start(model: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    url = f"sqlite:///{tmp_path / 'file' / 'tracker.db'}"
    server = RasaServer(model, url, "http://127.0.0.1:9/", tmp_path / "log")
    assert server.spawn().wait(timeout=120) != 0
    assert "RASA_TRACKER_URL" in server.log.read_text()
