"""Sealing and tagging personal values."""

import re

import pytest

from bot.citizens.vault import Vault
from bot.errors import ConfigError

VAULT = Vault("a secret of at least thirty-two characters")


def test_what_is_sealed_opens_again_and_does_not_show() -> None:
    sealed = VAULT.seal("0901234567")
    assert VAULT.open(sealed) == "0901234567"
    assert "0901234567" not in sealed
    assert VAULT.seal("0901234567") != sealed


def test_another_secret_does_not_open_it() -> None:
    other = Vault("another secret of thirty-two characters")
    with pytest.raises(ConfigError, match="BOT_SECRET_KEY"):
        other.open(VAULT.seal("0901234567"))
    assert other.tag("phone", "0901234567") != VAULT.tag("phone", "0901234567")


@pytest.mark.parametrize("written", ["0901234567", "090 123 4567", "+84901234567", "84 901.234.567"])
def test_a_phone_number_has_one_tag_however_it_is_written(written: str) -> None:
    assert VAULT.tag("phone", written) == VAULT.tag("phone", "0901234567")


def test_a_tag_is_six_characters_that_fit_a_placeholder() -> None:
    assert re.fullmatch(r"[a-z2-7]{6}", VAULT.tag("email", "A@b.vn "))
    assert VAULT.tag("email", "A@b.vn ") == VAULT.tag("email", "a@B.vn")
    assert VAULT.tag("phone", "0901234567") != VAULT.tag("phone", "0901234568")
    assert VAULT.tag("cccd", "079012345678") != VAULT.tag("phone", "079012345678")
