"""Public codes of complaints."""

import re
from datetime import UTC, datetime

import pytest

from bot.complaints.codes import find_code, public_code

NOW = datetime(2026, 11, 21, 3, tzinfo=UTC)


def test_a_code_is_the_same_for_the_same_event_and_differs_for_another() -> None:
    assert public_code("web:1", NOW) == public_code("web:1", NOW.replace(hour=10))
    assert public_code("web:1", NOW) != public_code("web:2", NOW)


def test_the_day_is_vietnams() -> None:
    assert public_code("web:1", NOW.replace(hour=16)).startswith("PA-261121-")
    assert public_code("web:1", NOW.replace(hour=17)).startswith("PA-261122-")


def test_codes_are_readable_and_rarely_collide() -> None:
    codes = {public_code(f"event {number}", NOW) for number in range(2000)}
    assert len(codes) == 2000
    assert all(re.fullmatch(r"PA-\d{6}-[0-9A-HJKMNP-TV-Z]{6}", code) for code in codes)
    assert all(find_code(code) == code for code in codes)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("phản ánh pa-261121-abc123 tới đâu", "PA-261121-ABC123"),
        ("PA 261121 ABCO1I", "PA-261121-ABC011"),
        ("PA261121ABC123", "PA-261121-ABC123"),
        ("PA–26II2I–ABC123.", "PA-261121-ABC123"),
        ("PA-261121-ABC12", None),
        ("PA-261121-ABC1234", None),
        ("SPA-261121-ABC123", None),
        ("phản ánh của tôi", None),
    ],
)
def test_a_code_is_found_in_text(text: str, code: str | None) -> None:
    assert find_code(text) == code
