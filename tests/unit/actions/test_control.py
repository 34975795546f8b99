"""Controls, titles, people: what a message means by what the bot said before."""

from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from actions.account.delete_data import AccountDeleteData
from actions.account.set_title import AccountSetTitle
from actions.account.withdraw_consent import AccountWithdrawConsent
from actions.complaint.status import ComplaintStatus
from actions.control.choose import ControlChoose
from actions.control.fallback import ControlFallback
from actions.control.offer_second import ControlOfferSecond
from actions.control.out_of_scope import ControlOutOfScope
from actions.control.repeat import ControlRepeat
from actions.control.restart import ControlRestart
from actions.control.stop import ControlStop
from actions.emergency.answer import EmergencyAnswer
from actions.human.ask import HumanAsk
from actions.human.leave import HumanLeave
from actions.procedure.answer import ProcedureAnswer
from actions.turn import Turn, leave_form, read_turn, tap
from bot.complaints.codes import find_code
from bot.dossiers.codes import find_code as find_dossier_code
from bot.texts import Texts
from knowledge.types import Answer, Hit, Source
from tests.unit.actions.support import NOON, USER, NothingOff, bot_said, run, slots_of, turn

MENU = [
    ("Khai sinh", '/procedure_ask{"procedure_code": "1.001193"}'),
    ("Gọi 1022", "tel:1022"),
    ("Trang", "https://a.vn"),
]


@dataclass
class Book:
    """Knowledge that gives one answer and notes the questions."""

    gives: Answer
    asked: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, text: str, current_code: str | None, off: frozenset[str], **more: Any) -> Answer:
        self.asked.append({"text": text, "current": current_code, "off": off, **more})
        return self.gives


LABELS = {"procedure_ask": "Hỏi thủ tục", "dossier_late": "Hồ sơ trễ hẹn", "human_ask": "Gặp người"}


class Codes:
    """Dossiers of which only the codes are read."""

    def normalise(self, text: str) -> str | None:
        return find_dossier_code(text)

    async def find(self, code: str) -> None:
        return None


BIRTH = Hit("1.001193", "Đăng ký khai sinh", 0.9)
FEE = Answer(
    "answer",
    "Dạ, lệ phí…",
    (("Giấy tờ", "/procedure_ask"),),
    BIRTH,
    "fee",
    (Source("Cổng", "https://a.vn", "2026-07-17"),),
)


async def test_number_taps_the_button_in_the_same_turn() -> None:
    events = [USER, bot_said("Dạ", buttons=MENU), USER]
    _, result = await run(
        ControlChoose(Codes()), turn("số 1", "control_choose", entities={"option_number": "1"}, events=events)
    )
    listen, tap = result
    assert listen == {"event": "action", "name": "action_listen"}
    assert tap["parse_data"]["intent"] == {"name": "procedure_ask", "confidence": 1.0}
    assert tap["parse_data"]["entities"] == [{"entity": "procedure_code", "value": "1.001193"}]
    assert tap["metadata"]["event_id"] == "e1"


@pytest.mark.parametrize(
    ("number", "response"),
    [("2", "utter_control_call"), ("3", "utter_control_open"), ("7", "utter_control_no_such_choice")],
)
async def test_number_of_a_phone_a_page_and_of_nothing(number: str, response: str) -> None:
    events = [USER, bot_said("Dạ", buttons=MENU), USER]
    given = turn(number, "control_choose", entities={"option_number": number}, events=events)
    assert (await run(ControlChoose(Codes()), given))[0].responses == [response]


async def test_yes_follows_an_offer_only() -> None:
    offered = [USER, bot_said("Dạ", buttons=MENU, affirm="/human_ask"), USER]
    _, result = await run(ControlChoose(Codes()), turn("ừ", "control_affirm", events=offered))
    assert result[1]["parse_data"]["intent"]["name"] == "human_ask"
    said, result = await run(
        ControlChoose(Codes()), turn("ừ", "control_affirm", events=[USER, bot_said("Dạ", buttons=MENU), USER])
    )
    assert (said.responses, result) == (["utter_control_affirm"], [])
    said, _ = await run(ControlChoose(Codes()), turn("không", "control_deny", events=offered))
    assert said.responses == ["utter_control_deny"]


async def test_old_choice_button_is_said_to_be_old() -> None:
    said, _ = await run(ControlChoose(Codes()), turn("", "control_choose", entities={"choice": "send"}))
    assert said.responses == ["utter_control_stale_button"]


async def test_repeat_says_the_last_turn_again_with_buttons() -> None:
    events = [USER, bot_said("Câu cũ"), USER, bot_said("Một"), bot_said("Hai", buttons=MENU), USER]
    said, _ = await run(ControlRepeat(), turn("nói lại", "control_repeat", events=events))
    assert said.texts == ["Một", "Hai"]
    assert said.messages[1]["buttons"][0]["title"] == "Khai sinh"
    said, _ = await run(ControlRepeat(), turn("nói lại", "control_repeat", events=[USER]))
    assert said.responses == ["utter_control_nothing_to_repeat"]


async def test_second_failure_in_a_row_offers_a_person() -> None:
    action = ControlFallback(Book(Answer("abstain", "Dạ, em chưa có")), Codes(), NothingOff(), LABELS)
    said, _ = await run(action, turn("asdf", events=[USER, bot_said("Dạ"), USER]))
    assert said.responses == ["utter_control_not_understood"]
    failed = [USER, bot_said(response="utter_control_not_understood"), USER]
    said, _ = await run(action, turn("asdf", events=failed))
    assert said.responses == ["utter_control_not_understood_again"]
    said, _ = await run(action, turn("asdf", form="complaint_form", events=[USER, bot_said("Dạ"), USER]))
    assert said.responses == ["utter_control_not_understood_form"]


async def test_failure_is_answered_from_the_records_when_the_search_is_sure() -> None:
    said, events = await run(ControlFallback(Book(FEE), Codes(), NothingOff(), LABELS), turn("lệ phí khai sanh"))
    assert said.texts == ["Dạ, lệ phí…"]
    assert slots_of(events)["procedure_code"] == "1.001193"


async def test_gibberish_is_not_taken_for_the_procedure_talked_about() -> None:
    overview = Answer("answer", "Dạ, tóm tắt", (), BIRTH, "overview")
    given = turn("hihi", slots={"procedure_code": "1.001193"})
    assert (await run(ControlFallback(Book(overview), Codes(), NothingOff(), LABELS), given))[0].responses == [
        "utter_control_not_understood"
    ]


async def test_procedure_answer_carries_its_facts() -> None:
    book = Book(FEE)
    given = turn("", "procedure_ask", entities={"procedure_code": "1.001193", "procedure_aspect": "fee"})
    said, events = await run(ProcedureAnswer(book, NothingOff("procedure:2.000815")), given)
    custom = said.messages[0]["json_message"]
    assert (custom["decision"], custom["aspect"], custom["procedure"]["code"]) == ("answer", "fee", "1.001193")
    assert custom["sources"] == [{"name": "Cổng", "url": "https://a.vn", "date": "2026-07-17"}]
    assert book.asked[0]["code"] == "1.001193"
    assert book.asked[0]["off"] == {"procedure:2.000815"}
    assert book.asked[0]["today"].isoformat() == "2026-11-21"
    assert slots_of(events) == {"procedure_code": "1.001193", "procedure_aspect": "fee"}


@pytest.mark.parametrize("decision", ["human", "abstain"])
async def test_yes_after_an_answer_that_needs_a_person_asks_for_one(decision: Any) -> None:
    said, _ = await run(ProcedureAnswer(Book(Answer(decision, "Dạ")), NothingOff()), turn("x", "procedure_ask"))
    assert said.messages[0]["json_message"]["affirm"] == "/human_ask"


@pytest.mark.parametrize(
    ("text", "entity", "title"),
    [
        ("gọi tôi là bác", "bác", "bác"),
        ("gọi tôi là bác", "", "bác"),
        ("kêu tui chú Năm nha", "chú Năm", "chú"),
        ("goi toi la ba", "", "bà"),
        ("", "cô/chú", "cô/chú"),
    ],
)
async def test_title_is_remembered_in_both_forms(text: str, entity: str, title: str) -> None:
    entities = {"citizen_title": entity} if entity else {}
    _, events = await run(AccountSetTitle(), turn(text, "account_set_title", entities=entities))
    assert slots_of(events) == {"citizen_title": title, "citizen_title_cap": title[0].upper() + title[1:]}


@pytest.mark.parametrize(
    ("text", "response"),
    [("gọi tui là đại ca", "utter_account_title_refused"), ("đổi cách xưng hô", "utter_account_title_which")],
)
async def test_other_titles_are_refused_or_asked(text: str, response: str) -> None:
    said, events = await run(AccountSetTitle(), turn(text, "account_set_title"))
    assert (said.responses, events) == ([response], [])


@pytest.mark.parametrize("intent", ["emergency_fire", "emergency_self_harm"])
async def test_emergency_ends_every_form(intent: str) -> None:
    said, events = await run(EmergencyAnswer(), turn("", intent, form="complaint_form"))
    assert said.responses == [f"utter_{intent}"]
    assert events == leave_form()


async def test_deleting_asks_first() -> None:
    said, _ = await run(AccountDeleteData(), turn("xóa dữ liệu của tôi", "account_delete_data"))
    assert (said.responses, said.commands) == (["utter_account_delete_confirm"], [])
    said, _ = await run(AccountDeleteData(), turn("", "account_delete_data", entities={"choice": "confirm"}))
    assert said.commands == [{"name": "delete_data", "args": {}}]


class Consents:
    """Says which purposes are agreed to."""

    def __init__(self, *purposes: str) -> None:
        self._purposes = purposes

    async def has_consent(self, conversation_id: str, purpose: str) -> bool:
        return purpose in self._purposes


async def test_withdrawing_takes_one_sentence() -> None:
    said, _ = await run(AccountWithdrawConsent(Consents("callback")), turn("đừng gọi tôi nữa"))
    assert said.commands == [{"name": "withdraw_consent", "args": {"purpose": None}}]
    said, _ = await run(AccountWithdrawConsent(Consents()), turn("đừng gọi tôi nữa"))
    assert (said.responses, said.commands) == (["utter_account_no_consent"], [])


class Queue:
    """Says where the conversation stands."""

    def __init__(self, state: str, *, is_open: bool = True) -> None:
        self._view = SimpleNamespace(state=state, is_office_open=is_open)

    async def status(self, conversation_id: str) -> Any:
        return self._view


async def test_person_is_asked_for_once() -> None:
    said, _ = await run(HumanAsk(Queue("bot")), turn("gặp người", "human_ask"))
    assert said.commands[0]["name"] == "ask_human"
    assert said.responses == ["utter_human_asked"]
    said, _ = await run(HumanAsk(Queue("bot", is_open=False)), turn("gặp người", "human_ask"))
    assert said.responses == ["utter_human_asked_closed"]
    said, _ = await run(HumanAsk(Queue("waiting")), turn("gặp người", "human_ask"))
    assert (said.responses, said.commands) == (["utter_human_waiting"], [])


async def test_asking_for_a_person_keeps_the_complaint() -> None:
    slots = {"complaint_history": ["complaint_description"]}
    said, events = await run(HumanAsk(Queue("bot")), turn("gặp người", "human_ask", form="complaint_form", slots=slots))
    assert said.responses[-1] == "utter_complaint_kept"
    assert events == leave_form()


async def test_leaving_the_queue() -> None:
    said, _ = await run(HumanLeave(Queue("waiting")), turn("thôi", "human_leave"))
    assert said.commands == [{"name": "leave_queue", "args": {}}]
    said, _ = await run(HumanLeave(Queue("bot")), turn("thôi", "human_leave"))
    assert (said.responses, said.commands) == (["utter_human_not_waiting"], [])


async def test_stop_and_restart() -> None:
    slots = {"complaint_history": ["complaint_description"]}
    said, events = await run(ControlStop(), turn("hủy", "control_stop", form="complaint_form", slots=slots))
    assert (said.responses, events) == (["utter_complaint_stopped"], leave_form())
    said, events = await run(ControlStop(), turn("hủy", "control_stop"))
    assert (said.responses, events) == (["utter_control_deny"], [])
    said, events = await run(ControlRestart(), turn("làm lại từ đầu", "control_restart", slots={"procedure_code": "x"}))
    assert slots_of(events)["procedure_code"] is None


class Complaints:
    """Knows one complaint, filed in this conversation."""

    def normalise(self, text: str) -> str | None:
        return find_code(text)

    def guess_category(self, text: str) -> str | None:
        return None

    async def find(self, code: str, conversation_id: str) -> Any:
        return await self.latest(conversation_id) if code == "PA-261120-AAAAAA" else None

    async def latest(self, conversation_id: str) -> Any:
        steps = (
            SimpleNamespace(status_label="Đã tiếp nhận", note="", happened_on="08:00 20/11/2026"),
            SimpleNamespace(status_label="Đang xử lý", note="đội cầu đường nhận", happened_on="09:00 20/11/2026"),
        )
        return SimpleNamespace(
            code="PA-261120-AAAAAA",
            category_label="Đường sá, giao thông",
            status_label="Đang xử lý",
            description="ổ gà",
            place="đường Lê Lợi",
            steps=steps,
        )


async def test_complaint_status_tells_the_history() -> None:
    action = ComplaintStatus(Complaints(), Texts.load())
    said, _ = await run(action, turn("phản ánh của tôi tới đâu", "complaint_status"))
    assert said.messages[0]["summary"].splitlines() == [
        "Dạ phản ánh PA-261120-AAAAAA (Đường sá, giao thông): Đang xử lý.",
        "Việc: ổ gà",
        "Nơi: đường Lê Lợi",
        "• 08:00 20/11/2026: Đã tiếp nhận",
        "• 09:00 20/11/2026: Đang xử lý (đội cầu đường nhận)",
        "Cần hỏi thêm, cô/chú gọi 1022 và đọc mã này ạ.",
    ]
    said, events = await run(action, turn("tui muốn phản ánh", "complaint_status"))
    assert (said.messages, events) == ([], [{"event": "followup", "name": "complaint_form"}])
    _, events = await run(action, turn("tui muốn phản ánh", "complaint_status", form="complaint_form"))
    assert events == []
    said, _ = await run(action, turn("pa 261120 bbbbbb", "complaint_status"))
    assert said.responses == ["utter_complaint_not_found"]


def test_turn_is_read_from_the_tracker() -> None:
    tracker = SimpleNamespace(
        sender_id="c1",
        slots={"requested_slot": "complaint_place"},
        latest_message={
            "text": "đường Lê Lợi",
            "intent": {"name": "nlu_fallback", "confidence": 0.6},
            "intent_ranking": [
                {"name": "nlu_fallback", "confidence": 0.6},
                {"name": "control_affirm", "confidence": 0.12},
            ],
            "entities": [
                {"entity": "complaint_place", "value": "Lê Lợi"},
                {"entity": "complaint_place", "value": "Lợi"},
            ],
            "metadata": {"event_id": "e9", "turn_at": "2026-11-21T18:30:00+00:00"},
        },
        active_loop={"name": "complaint_form"},
        events=[{"event": "action", "name": "action_listen"}, USER, {"event": "action", "name": "complaint_form"}],
    )
    given = read_turn(tracker, "complaint_form")
    assert (given.intent, given.confidence, given.accepted) == ("control_affirm", 0.12, False)
    assert (given.form, given.requested, given.is_fresh) == ("complaint_form", "complaint_place", True)
    assert given.entities == {"complaint_place": "Lê Lợi"}
    assert given.today.isoformat() == "2026-11-22"
    tracker.latest_message = {"text": "/control_menu", "intent": {"name": "control_menu", "confidence": 1.0}}
    given = read_turn(tracker)
    assert (given.text, given.is_fresh, given.turn_at) == ("", False, NOON)


async def test_a_dossier_code_is_read_even_where_the_message_was_not_understood() -> None:
    action = ControlFallback(Book(Answer("abstain", "Dạ, em chưa có")), Codes(), NothingOff(), LABELS)
    unread = turn("h29.12.1-261110-ooo6", events=[USER])
    tapped = tap('/dossier_check{"dossier_code": "H29.12.1-261110-0006"}', unread)
    said, events = await run(action, unread)
    assert (said.responses, events) == ([], tapped)
    given = turn("coi luôn h29 12 1 261110 0006", "control_choose", events=[USER, bot_said("Dạ", buttons=MENU), USER])
    assert (await run(ControlChoose(Codes()), given))[1] == tapped


async def test_an_unsure_report_is_offered_to_be_filed() -> None:
    action = ControlFallback(Book(Answer("abstain", "Dạ, em chưa có")), Codes(), NothingOff(), LABELS)
    given = Turn(turn_at=NOON, text="biển tên đường gãy rồi", intent="complaint_file", confidence=0.3, events=[USER])
    assert (await run(action, given))[0].responses == ["utter_control_offer_report"]
    unlikely = Turn(turn_at=NOON, text="biển tên đường gãy rồi", intent="complaint_file", confidence=0.1, events=[USER])
    assert (await run(action, unlikely))[0].responses == ["utter_control_not_understood"]


def tracker_of(events: list[dict[str, Any]], entities: dict[str, str]) -> Any:
    said = events[-1]
    message = {
        "text": said["text"],
        "intent": {"name": "complaint_file", "confidence": 1.0},
        "entities": [{"entity": name, "value": value} for name, value in entities.items()],
        "metadata": {"turn_at": NOON.isoformat()},
    }
    return SimpleNamespace(
        latest_message=message, events=events, slots={}, sender_id="c1", active_loop={}, latest_action_name=None
    )


def test_the_words_before_the_offer_are_found_again() -> None:
    words = {**USER, "text": "biển tên đường gãy rồi"}
    offer = bot_said(response="utter_control_offer_report")
    tapped = {**USER, "text": '/complaint_file{"offered": "yes"}'}
    events = [{**USER, "text": "chào"}, bot_said("Dạ"), words, offer, {**USER, "text": "ừ"}, tapped]
    assert read_turn(tracker_of(events, {"offered": "yes"})).text == "biển tên đường gãy rồi"
    assert read_turn(tracker_of(events, {})).text == ""


def test_the_words_that_an_offer_names_are_those_meant() -> None:
    offer = bot_said(response="utter_control_second_intent", offered="cho em gặp người")
    events = [{**USER, "text": "hồ sơ em trễ rồi, cho em gặp người"}, offer, {**USER, "text": "/human_ask"}]
    assert read_turn(tracker_of(events, {"offered": "yes"})).text == "cho em gặp người"


async def test_likely_meanings_are_offered_once_then_a_person() -> None:
    action = ControlFallback(Book(Answer("abstain", "Dạ, em chưa có")), Codes(), NothingOff(), LABELS)
    ranking = [("dossier_late", 0.3), ("out_of_scope", 0.2), ("human_ask", 0.15), ("procedure_ask", 0.05)]
    given = {"text": "giấy của em sao rồi", "intent": "dossier_late", "confidence": 0.3, "ranking": ranking}
    said, _ = await run(action, Turn(turn_at=NOON, events=[USER], **given))
    assert said.responses == ["utter_control_did_you_mean"]
    assert [button["title"] for button in said.buttons] == ["Hồ sơ trễ hẹn", "Gặp người"]
    again = [USER, bot_said(response="utter_control_did_you_mean"), USER]
    said, _ = await run(action, Turn(turn_at=NOON, events=again, **given))
    assert said.responses == ["utter_control_not_understood_again"]
    said, _ = await run(action, Turn(turn_at=NOON, events=[USER], form="complaint_form", **given))
    assert said.responses == ["utter_control_not_understood_form"]


async def test_a_second_wish_waits_for_the_form_and_is_then_offered() -> None:
    action, wish = ControlOfferSecond(LABELS), {"intent": "human_ask", "text": "cho em gặp người"}
    slots = {"control_second_intent": wish}
    said, events = await run(action, Turn(turn_at=NOON, slots=slots, form="complaint_form"))
    assert (said.responses, events) == ([], [])
    said, events = await run(action, Turn(turn_at=NOON, slots=slots))
    assert said.responses == ["utter_control_second_intent"]
    assert said.buttons == [{"title": "Gặp người", "payload": '/human_ask{"offered": "yes"}'}]
    assert slots_of(events) == {"control_second_intent": None}


async def test_asking_twice_for_deletion_confirms_it_unless_denied() -> None:
    events = [USER, bot_said(response="utter_account_delete_confirm"), USER]
    said, _ = await run(AccountDeleteData(), turn("ừ xóa đi", "account_delete_data", events=events))
    assert [command["name"] for command in said.commands] == ["delete_data"]
    said, _ = await run(AccountDeleteData(), turn("khoan đừng xóa", "account_delete_data", events=events))
    assert said.responses == ["utter_account_delete_confirm"]


async def test_asking_which_procedures_there_are_gives_the_list() -> None:
    abstains = Book(Answer("abstain", "Dạ, em chưa có"))
    said, _ = await run(ProcedureAnswer(abstains, NothingOff()), turn("ở đây có những thủ tục nào", "procedure_ask"))
    assert said.responses == ["utter_procedure_list"]
    said, _ = await run(ProcedureAnswer(abstains, NothingOff()), turn("thủ tục nuôi voi", "procedure_ask"))
    assert said.responses == []


@pytest.mark.parametrize(
    ("gives", "said"),
    [
        (replace(FEE, inside=0.95), "Dạ, lệ phí…"),
        (Answer("clarify", "Dạ, có phải việc này không ạ?", inside=0.7), "Dạ, có phải việc này không ạ?"),
        (Answer("clarify", "Dạ, có phải việc này không ạ?", inside=0.4), ""),
        (Answer("abstain", "Dạ, em chưa có"), ""),
    ],
)
async def test_out_of_scope_looks_into_the_records_first(gives: Answer, said: str) -> None:
    given = turn("qua Thái chơi, làm hộ chiếu sao em", "out_of_scope")
    voice, _ = await run(ControlOutOfScope(Book(gives), NothingOff()), given)
    assert voice.responses == ([] if said else ["utter_out_of_scope"])
    assert said in "".join(voice.texts)
