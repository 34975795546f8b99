"""What can be switched off."""

import pytest
import yaml

from bot.errors import InputError
from bot.settings import ROOT
from bot.switches.service import SKILLS, check_topic

NEVER_OFF = {"emergency", "human", "control"}


@pytest.mark.parametrize(
    ("topic", "stored"),
    [
        ("bot", "bot"),
        (" Dossier ", "dossier"),
        ("procedure:1.001193", "procedure:1.001193"),
        ("procedure:1.001193:fee", "procedure:1.001193:fee"),
        ("procedure:ho_tich", "procedure:ho_tich"),
        ("source:plo.vn", "source:plo.vn"),
    ],
)
def test_a_topic_is_known(topic: str, stored: str) -> None:
    assert check_topic(topic) == stored


@pytest.mark.parametrize(
    "topic", ["", "hồ sơ", "procedure:", "procedure:x", "procedure:1.001193:price", "source:", "source:plo", *NEVER_OFF]
)
def test_an_unknown_or_vital_topic_is_refused(topic: str) -> None:
    with pytest.raises(InputError, match="Không có chủ đề"):
        check_topic(topic)


def test_every_skill_of_the_intents_can_be_switched_off_except_the_vital_ones() -> None:
    intents = yaml.safe_load((ROOT / "nlu" / "intents.yml").read_text(encoding="utf-8"))
    assert {intent["skill"] for intent in intents.values()} == set(SKILLS) | NEVER_OFF
