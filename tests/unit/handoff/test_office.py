"""Office hours."""

from datetime import datetime

import pytest

from bot.clock import VIETNAM
from bot.handoff.service import is_office_open


@pytest.mark.parametrize(
    ("day", "hour", "minute", "is_open"),
    [
        (23, 7, 29, False),
        (23, 7, 30, True),
        (23, 16, 59, True),
        (23, 17, 0, False),
        (21, 10, 0, False),
        (22, 10, 0, False),
    ],
)
def test_offices_work_on_weekdays_in_vietnam(day: int, hour: int, minute: int, is_open: bool) -> None:
    assert is_office_open(datetime(2026, 11, day, hour, minute, tzinfo=VIETNAM)) is is_open
