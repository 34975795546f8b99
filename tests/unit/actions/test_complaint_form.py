"""The complaint form, message by message. Whole conversations through Rasa are in tests/e2e."""

from typing import Any

import pytest

from actions.complaint.form import ValidateComplaintForm
from actions.complaint.readback import ComplaintReadback
from actions.complaint.start import ComplaintStart
from actions.complaint.submit import ComplaintSubmit
from actions.turn import Turn
from bot.complaints.service import public_code
from bot.texts import Texts
from tests.unit.actions.support import NOON, NothingOff, run, slots_of, turn

TEXTS = Texts.load()
FORM = ValidateComplaintForm(TEXTS)
FILLED = {
    "complaint_description": "ổ gà",
    "complaint_place": "đường Lê Lợi",
    "complaint_photo": "skipped",
    "complaint_contact_choice": "contact",
    "complaint_contact": "<phone:a1>",
    "complaint_history": [
        "complaint_description",
        "complaint_place",
        "complaint_photo",
        "complaint_contact_choice",
        "complaint_contact",
    ],
}


def asked(name: str, text: str = "", intent: str = "", slots: dict[str, Any] | None = None, **more: Any) -> Turn:
    return turn(text, intent, form="complaint_form", requested=f"complaint_{name}", slots=slots or {}, **more)


async def test_first_message_gives_description_and_place() -> None:
    given = turn("ổ gà trước hẻm 12 Lê Văn Sỹ", "complaint_file", form="complaint_form")
    slots = slots_of((await run(FORM, given))[1])
    assert slots["complaint_description"] == "ổ gà trước hẻm 12 Lê Văn Sỹ"
    assert slots["complaint_place"] == "trước hẻm 12 Lê Văn Sỹ"
    assert slots["complaint_history"] == ["complaint_description", "complaint_place"]


async def test_new_complaint_forgets_an_old_one_but_a_resumed_one_goes_on() -> None:
    begun = slots_of((await run(FORM, turn("", "complaint_file", form="complaint_form", slots=FILLED)))[1])
    assert begun["complaint_description"] is None
    resume = turn("", "complaint_file", form="complaint_form", slots=FILLED, entities={"complaint_resume": "yes"})
    assert slots_of((await run(FORM, resume))[1]) == {"complaint_confirm": None}


@pytest.mark.parametrize("intent", ["emergency_fire", "emergency_child"])
@pytest.mark.parametrize("question", ["description", "place", "photo", "contact_choice", "contact", "confirm", "edit"])
async def test_emergency_is_never_taken_as_an_answer(intent: str, question: str) -> None:
    said, events = await run(FORM, asked(question, "cháy nhà số 5 Lê Lợi cứu với", intent))
    assert not events
    assert not said.messages


@pytest.mark.parametrize(
    "intent", ["procedure_ask", "smalltalk_greet", "dossier_check", "control_repeat", "control_stop"]
)
@pytest.mark.parametrize("question", ["description", "place", "photo", "contact_choice", "contact", "confirm"])
async def test_digressions_are_left_to_the_rules(intent: str, question: str) -> None:
    said, events = await run(FORM, asked(question, "em ơi cho hỏi", intent))
    assert not events
    assert not said.messages


async def test_after_a_digression_the_same_question_is_asked() -> None:
    _, events = await run(FORM, asked("place", "đường Lê Lợi", is_fresh=False))
    assert events == []
    _, events = await run(FORM, asked("edit", "chào em", is_fresh=False))
    assert slots_of(events)["requested_slot"] == "complaint_edit"


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("", "control_choose", {"choice": "contact"}),
        ("đồng ý", "control_affirm", {}),
        ("1", "control_choose", {"option_number": "1"}),
    ],
)
async def test_contact_is_kept_only_with_consent(text: str, intent: str, entities: dict[str, str]) -> None:
    said, events = await run(FORM, asked("contact_choice", text, intent, entities=entities))
    assert said.commands == [{"name": "give_consent", "args": {"purpose": "complaint_contact"}}]
    assert slots_of(events)["complaint_contact_choice"] == "contact"
    assert slots_of(events)["complaint_contact"] is None


@pytest.mark.parametrize(
    ("text", "intent", "entities"),
    [
        ("", "control_choose", {"choice": "anonymous"}),
        ("không", "control_deny", {}),
        ("bỏ qua", "control_skip", {}),
        ("gửi ẩn danh", "control_affirm", {}),
        ("số 2", "control_choose", {"option_number": "2"}),
    ],
)
async def test_anonymous_gives_no_consent(text: str, intent: str, entities: dict[str, str]) -> None:
    said, events = await run(FORM, asked("contact_choice", text, intent, entities=entities))
    assert said.commands == []
    assert slots_of(events)["complaint_contact"] == "none"


async def test_number_given_at_the_consent_question_is_consent_and_contact() -> None:
    said, events = await run(FORM, asked("contact_choice", "<phone:a1> nha em"))
    keep = {"placeholder": "<phone:a1>", "purpose": "complaint_contact"}
    assert [(c["name"], c["args"]) for c in said.commands] == [
        ("give_consent", {"purpose": "complaint_contact"}),
        ("keep_contact", keep),
    ]
    assert slots_of(events)["complaint_contact"] == "<phone:a1>"


async def test_contact_without_a_number_is_asked_again() -> None:
    said, events = await run(FORM, asked("contact", "09"))
    assert said.responses == ["utter_complaint_contact_unclear"]
    assert slots_of(events) == {"complaint_contact": None}
    said, events = await run(FORM, asked("contact", "<cccd:a1>"))
    assert said.responses == ["utter_complaint_contact_unclear"]


async def test_back_goes_through_the_history() -> None:
    _, events = await run(FORM, asked("confirm", "quay lại", "control_back", FILLED))
    slots = slots_of(events)
    assert slots["requested_slot"] == "complaint_contact"
    assert slots["complaint_contact"] is None
    assert "complaint_contact_choice" not in slots
    said, events = await run(FORM, asked("description", "quay lại", "control_back"))
    assert said.responses == ["utter_control_first_question"]


async def test_restart_empties_everything() -> None:
    said, events = await run(FORM, asked("confirm", "làm lại từ đầu", "control_restart", FILLED))
    assert said.responses == ["utter_complaint_restarted"]
    assert all(slots_of(events)[name] is None for name in FILLED)


async def test_edit_names_a_field_or_asks_which() -> None:
    _, events = await run(FORM, asked("confirm", "sửa địa chỉ", "control_edit", FILLED))
    assert slots_of(events) == {
        "complaint_place": None,
        "complaint_location": None,
        "requested_slot": "complaint_place",
    }
    _, events = await run(FORM, asked("confirm", "sai rồi", "control_deny", FILLED))
    assert slots_of(events)["requested_slot"] == "complaint_edit"
    _, events = await run(FORM, asked("edit", "số điện thoại", "", FILLED))
    assert slots_of(events)["requested_slot"] == "complaint_contact_choice"


async def test_photo_and_location_are_kept_at_any_question() -> None:
    said, events = await run(
        FORM, asked("contact", "", "control_photo", entities={"media_id": "m2"}, slots={"complaint_photos": ["m1"]})
    )
    assert said.responses == ["utter_complaint_photo_kept"]
    assert slots_of(events)["complaint_photos"] == ["m1", "m2"]
    many = {"complaint_photos": [f"m{n}" for n in range(5)]}
    said, events = await run(FORM, asked("photo", "", "control_photo", many, entities={"media_id": "m9"}))
    assert said.responses == ["utter_complaint_many_photos"]
    assert len(slots_of(events)["complaint_photos"]) == 5
    shared = {"lat": 10.77, "lon": 106.7}
    _, events = await run(FORM, asked("place", "", "control_location", entities=shared))
    assert slots_of(events)["complaint_location"] == shared
    assert slots_of(events)["complaint_place"].startswith("vị trí đã chia sẻ")


async def test_a_place_said_later_corrects_the_place() -> None:
    said, events = await run(FORM, asked("photo", "số 5 Nguyễn Trãi", "human_ask", {"complaint_place": "đường Lê Lợi"}))
    assert said.responses == ["utter_complaint_place_changed"]
    assert slots_of(events)["complaint_place"] == "số 5 Nguyễn Trãi"


@pytest.mark.parametrize("question", ["description", "place", "confirm"])
async def test_what_cannot_be_skipped_is_said(question: str) -> None:
    said, events = await run(FORM, asked(question, "bỏ qua", "control_skip"))
    assert said.responses in (["utter_complaint_cannot_skip"], ["utter_complaint_place_needed"])
    assert slots_of(events)[f"complaint_{question}"] is None


async def test_readback_shows_no_placeholder() -> None:
    slots = {**FILLED, "complaint_description": "chủ quán <phone:b2> mở nhạc [lớn]", "complaint_photos": ["m1"]}
    said, _ = await run(ComplaintReadback(TEXTS), asked("confirm", slots=slots))
    (message,) = said.messages
    assert message["description"] == "chủ quán số điện thoại mở nhạc (lớn)"
    assert message["contact"] == "số điện thoại cô/chú vừa nhắn"
    assert message["photos"] == "1 hình"


class Guess:
    """Knows one category."""

    def guess_category(self, text: str) -> str:
        return "traffic"


async def test_submit_names_the_code_that_the_command_carries() -> None:
    action = ComplaintSubmit(Guess())  # type: ignore[arg-type]
    slots = {**FILLED, "complaint_confirm": "send", "complaint_location": {"lat": 1.0, "lon": 2.0}}
    said, events = await run(action, turn("", "control_choose", slots=slots))
    (command,) = said.commands
    assert command["args"]["code"] == public_code("e1", NOON) == said.messages[-1]["code"]
    assert command["args"]["contact"] == "<phone:a1>"
    assert (command["args"]["lat"], command["args"]["category"]) == (1.0, "traffic")
    assert all(value is None for value in slots_of(events).values())
    assert await run(action, turn("", "control_choose", slots=slots)) == (said, events)


async def test_stopped_complaint_is_not_sent() -> None:
    said, events = await run(ComplaintSubmit(Guess()), turn("", "control_choose", slots=FILLED))  # type: ignore[arg-type]
    assert (said.messages, events) == ([], [])


async def test_complaints_that_are_off_are_not_started() -> None:
    said, events = await run(ComplaintStart(NothingOff("complaint")), turn("", "complaint_file"))
    assert (said.responses, events) == (["utter_shared_topic_off"], [])


@pytest.mark.parametrize("text", ["an danh", "ẩn danh", "gửi ẩn danh"])
async def test_a_choice_is_a_choice_even_if_it_sounds_like_a_crime(text: str) -> None:
    _, events = await run(FORM, asked("contact_choice", text, "emergency_crime"))
    assert slots_of(events)["complaint_contact_choice"] == "anonymous"


@pytest.mark.parametrize("text", ["gửi", "gui di", "ok gửi đi em", "gửi luôn nha", "đúng rồi", "xác nhận"])
async def test_yes_sends(text: str) -> None:
    _, events = await run(FORM, asked("confirm", text, "control_stop", FILLED, confidence=0.41))
    assert slots_of(events) == {"complaint_confirm": "send"}


@pytest.mark.parametrize("text", ["đừng gửi", "khoan gửi em ơi", "không gửi nữa", "chưa gửi được đâu", "gửi sai rồi"])
@pytest.mark.parametrize(("intent", "confidence"), [("control_affirm", 0.5), ("", 0.1), ("control_deny", 0.8)])
async def test_anything_but_a_plain_yes_does_not_send(text: str, intent: str, confidence: float) -> None:
    _, events = await run(FORM, asked("confirm", text, intent, FILLED, confidence=confidence))
    assert slots_of(events).get("complaint_confirm") is None


async def test_an_album_gives_every_photo_and_its_caption_the_description() -> None:
    entities = {"media_id": "a1,b2,c3", "caption": "ổ gà to trước hẻm 12 Lê Văn Sỹ"}
    _, events = await run(FORM, asked("description", "", "control_photo", entities=entities))
    slots = slots_of(events)
    assert slots["complaint_photos"] == ["a1", "b2", "c3"]
    assert slots["complaint_description"] == "ổ gà to trước hẻm 12 Lê Văn Sỹ"
