"""Dossiers: the ten statuses in plain words, wrong codes, a registry that is away. Over the real service."""

from datetime import date

import pytest

from actions.dossier.check import DossierCheck
from actions.dossier.form import ValidateDossierForm
from actions.dossier.show import DossierShow
from bot.clock import FixedClock
from bot.dossiers.service import DossierService
from bot.dossiers.types import STATUSES, Dossier, DossierUnavailable
from bot.texts import Texts
from tests.unit.actions.support import NOON, NothingOff, run, slots_of, turn

TEXTS = Texts.load()
CODE = "H29.12-260901-0001"


class Registry:
    """Knows one dossier of a given status; is away for codes ending in 0500."""

    def __init__(self, status: int = 4, *, is_sample: bool = False) -> None:
        self._status, self._is_sample = status, is_sample

    async def find(self, code: str) -> Dossier | None:
        if code.endswith("0500"):
            raise DossierUnavailable("no answer")
        if code != CODE:
            return None
        return Dossier(
            code=code,
            procedure_name="Đăng ký khai sinh",
            agency="Ủy ban nhân dân phường Bến Thành",
            status=self._status,
            appointment_on=date(2026, 11, 18),
            missing_documents=("Giấy chứng sinh",) if self._status == 5 else (),
            fee_due=1_250_000 if self._status == 6 else None,
            is_sample=self._is_sample,
        )


def service(status: int = 4, *, is_sample: bool = False) -> DossierService:
    return DossierService(Registry(status, is_sample=is_sample), FixedClock(NOON))


def check(status: int = 4, *off: str, is_sample: bool = False) -> DossierCheck:
    return DossierCheck(service(status, is_sample=is_sample), NothingOff(*off), TEXTS)


@pytest.mark.parametrize("status", STATUSES)
async def test_every_status_is_told_in_plain_words(status: int) -> None:
    said, _ = await run(check(status), turn(f"hồ sơ {CODE}", "dossier_check"))
    (message,) = said.messages
    assert message["response"] == "utter_dossier_shown"
    lines = message["summary"].splitlines()
    # The appointment is past: nobody is told to wait for it.
    key = "overdue" if status in (2, 4) else STATUSES[status][0]
    assert lines[1] == TEXTS.get(f"utter_dossier_status_{key}")
    assert "Ngày hẹn trả: 18/11/2026." in lines
    assert ("Đã trễ hẹn 3 ngày" in message["summary"]) == (status in (1, 2, 4))
    assert ("Giấy chứng sinh" in message["summary"]) == (status == 5)
    assert ("1.250.000 đồng" in message["summary"]) == (status == 6)
    assert "dữ liệu mẫu" not in message["summary"].lower()


async def test_sample_data_is_labelled_first() -> None:
    said, _ = await run(check(is_sample=True), turn(CODE, "dossier_check"))
    assert said.messages[0]["summary"].startswith("(Dữ liệu mẫu")


async def test_unknown_code_and_silent_registry_are_said() -> None:
    said, _ = await run(check(), turn("H29.12-260901-0002", "dossier_check"))
    assert said.responses == ["utter_dossier_not_found"]
    said, _ = await run(check(), turn("H29.12-260901-0500", "dossier_check"))
    assert said.responses == ["utter_dossier_unavailable"]


async def test_without_a_code_the_form_asks_but_not_inside_another_form() -> None:
    _, events = await run(check(), turn("hồ sơ của tôi tới đâu", "dossier_check"))
    assert events == [{"event": "followup", "name": "dossier_form"}]
    said, events = await run(check(), turn("hồ sơ tới đâu", "dossier_check", form="complaint_form"))
    assert (said.responses, events) == (["utter_dossier_ask_first"], [])


async def test_dossiers_that_are_off_are_not_shown() -> None:
    said, _ = await run(check(4, "dossier"), turn(CODE, "dossier_check"))
    assert said.responses == ["utter_shared_topic_off"]


@pytest.mark.parametrize(
    ("text", "intent", "responses", "code"),
    [
        ("h29 12 260901 0001", "control_choose", [], CODE),
        ("H29.12-26O9O1-OOO1", "", [], CODE),
        ("H29.12-26-1", "dossier_check", ["utter_dossier_bad_code"], None),
        ("123456", "", ["utter_dossier_bad_code"], None),
        ("mất giấy rồi", "", ["utter_dossier_no_code"], None),
        ("không có", "control_deny", ["utter_dossier_no_code"], None),
        ("quay lại", "control_back", ["utter_control_first_question"], None),
    ],
)
async def test_answers_to_the_code(text: str, intent: str, responses: list[str], code: str | None) -> None:
    form = ValidateDossierForm(service())
    given = turn(text, intent, form="dossier_form", requested="dossier_code")
    said, events = await run(form, given)
    assert said.responses == responses
    assert slots_of(events)["dossier_code"] == code


@pytest.mark.parametrize("intent", ["emergency_fire", "procedure_ask", "smalltalk_greet", "control_stop", "human_ask"])
async def test_other_matters_are_left_to_the_rules(intent: str) -> None:
    given = turn("em ơi cho hỏi", intent, form="dossier_form", requested="dossier_code")
    assert (await run(ValidateDossierForm(service()), given))[1] == []


async def test_code_is_forgotten_once_shown_and_nothing_is_shown_without() -> None:
    said, events = await run(DossierShow(service(), TEXTS), turn(slots={"dossier_code": CODE}))
    assert (said.responses, slots_of(events)) == (["utter_dossier_shown"], {"dossier_code": None})
    said, _ = await run(DossierShow(service(), TEXTS), turn())
    assert not said.messages
