"""Dossiers by code: what citizens may know about one, with the lateness worked out."""

from datetime import date

from bot.clock import VIETNAM, Clock
from bot.dossiers.codes import find_code
from bot.dossiers.types import STATUSES, Dossier, DossierRegistry, DossierUnavailable, DossierView

__all__ = ["DossierService", "DossierUnavailable", "DossierView", "days_late"]

# Registered, received, processing: the agency is to act. In 5 and 6 the citizen is; 3, 7 and 8 have ended.
AGENCY_ACTS = frozenset({1, 2, 4})


class DossierService:
    """Answers questions about one dossier."""

    def __init__(self, registry: DossierRegistry, clock: Clock) -> None:
        self._registry = registry
        self._clock = clock

    def normalise(self, text: str) -> str | None:
        """Find a dossier code in free text; None if there is none, or more than one reading."""
        return find_code(text)

    async def find(self, code: str) -> DossierView | None:
        """Return the dossier with this normalised code; None if there is no such dossier.

        Raises:
            DossierUnavailable: If the registry cannot say; the citizen should try again later.
        """
        dossier = await self._registry.find(code)
        if dossier is None:
            return None
        today = self._clock.now().astimezone(VIETNAM).date()
        key, label = STATUSES[dossier.status]
        return DossierView(
            code=dossier.code,
            procedure_name=dossier.procedure_name,
            agency=dossier.agency,
            status=dossier.status,
            status_key=key,
            status_label=label,
            received_on=_vietnamese(dossier.received_on),
            appointment_on=_vietnamese(dossier.appointment_on),
            returned_on=_vietnamese(dossier.returned_on),
            days_late=days_late(dossier, today),
            missing_documents=dossier.missing_documents,
            fee_due=dossier.fee_due,
            is_sample=dossier.is_sample,
        )


def days_late(dossier: Dossier, today: date) -> int:
    """Return the calendar days by which the agency missed the appointment; 0 if it did not, or is not to act."""
    if dossier.appointment_on is None:
        return 0
    if dossier.returned_on is not None:
        until = dossier.returned_on
    elif dossier.status in AGENCY_ACTS:
        until = today
    else:
        return 0
    return max(0, (until - dossier.appointment_on).days)


def _vietnamese(day: date | None) -> str | None:
    return day.strftime("%d/%m/%Y") if day else None
