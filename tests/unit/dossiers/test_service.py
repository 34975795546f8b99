"""What is told about a dossier."""

from datetime import UTC, date, datetime

import pytest

from bot.clock import FixedClock
from bot.dossiers.service import DossierService, days_late
from bot.dossiers.types import Dossier

APPOINTMENT = date(2026, 11, 16)


def dossier(status: int, appointment: date | None = APPOINTMENT, returned: date | None = None) -> Dossier:
    return Dossier("H29.1-261101-0001", "Đăng ký khai sinh", "Phường", status, None, appointment, returned)


@pytest.mark.parametrize(
    ("given", "days"),
    [
        (dossier(4), 5),
        (dossier(2), 5),
        (dossier(4, date(2026, 11, 21)), 0),
        (dossier(4, date(2026, 11, 30)), 0),
        (dossier(4, None), 0),
        (dossier(5), 0),
        (dossier(6), 0),
        (dossier(7), 0),
        (dossier(8), 0),
        (dossier(9), 0),
        (dossier(10, returned=date(2026, 11, 18)), 2),
        (dossier(10, returned=date(2026, 11, 15)), 0),
        (dossier(10), 0),
    ],
)
def test_days_late(given: Dossier, days: int) -> None:
    assert days_late(given, date(2026, 11, 21)) == days


class OneDossier:
    async def find(self, code: str) -> Dossier | None:
        return dossier(4)


async def test_the_day_changes_at_midnight_in_vietnam() -> None:
    clock = FixedClock(datetime(2026, 11, 16, 16, 59, tzinfo=UTC))
    service = DossierService(OneDossier(), clock)
    before = await service.find("x")
    clock.set(datetime(2026, 11, 16, 17, 0, tzinfo=UTC))
    after = await service.find("x")
    assert before is not None
    assert after is not None
    assert (before.days_late, after.days_late) == (0, 1)
