"""Reads and seeds the sample dossiers."""

from sqlalchemy.ext.asyncio import AsyncSession

from bot.dossiers.models import SampleDossier
from bot.dossiers.types import Dossier


async def find(session: AsyncSession, code: str) -> Dossier | None:
    """Return the sample dossier with this code."""
    row = await session.get(SampleDossier, code)
    if row is None:
        return None
    return Dossier(
        code=row.code,
        procedure_name=row.procedure_name,
        agency=row.agency,
        status=row.status,
        received_on=row.received_on,
        appointment_on=row.appointment_on,
        returned_on=row.returned_on,
        missing_documents=tuple(row.missing_documents),
        fee_due=row.fee_due,
        is_sample=True,
    )


async def save(session: AsyncSession, dossier: Dossier) -> None:
    """Insert or overwrite one sample dossier."""
    await session.merge(
        SampleDossier(
            code=dossier.code,
            procedure_name=dossier.procedure_name,
            agency=dossier.agency,
            status=dossier.status,
            received_on=dossier.received_on,
            appointment_on=dossier.appointment_on,
            returned_on=dossier.returned_on,
            missing_documents=list(dossier.missing_documents),
            fee_due=dossier.fee_due,
        )
    )
