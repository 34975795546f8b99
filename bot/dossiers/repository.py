"""The registry of sample dossiers in our own database."""

import asyncio
from pathlib import Path

from pydantic import ValidationError
from sqlalchemy.ext.asyncio import AsyncSession

from bot.db.engine import Database
from bot.dossiers.models import SampleDossier
from bot.dossiers.schemas import DossierRead
from bot.dossiers.types import Dossier
from bot.errors import InputError
from bot.settings import ROOT

SAMPLE_FILE = ROOT / "data" / "sample" / "dossiers.jsonl"


async def _find(session: AsyncSession, code: str) -> Dossier | None:
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


async def _save(session: AsyncSession, dossier: Dossier) -> None:
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


class EmbeddedRegistry:
    """Sample dossiers in our own database."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def find(self, code: str) -> Dossier | None:
        """Return the sample dossier with this code, or None."""
        async with self._db.read() as session:
            return await _find(session, code)

    async def close(self) -> None:
        """Nothing to close: the database is the application's."""

    async def seed(self, session: AsyncSession, path: Path = SAMPLE_FILE) -> int:
        """Write the sample file into the table; doing it again changes nothing. Returns how many dossiers it has.

        Raises:
            InputError: If a line of the file is wrong.
        """
        dossiers = await asyncio.to_thread(read_samples, path)
        for dossier in dossiers:
            await _save(session, dossier)
        return len(dossiers)


def read_samples(path: Path) -> list[Dossier]:
    """Read dossiers from a JSON lines file.

    Raises:
        InputError: Naming file, line and what is wrong.
    """
    dossiers = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            dossiers.append(DossierRead.model_validate_json(line).to_dossier(is_sample=True))
        except ValidationError as error:
            first = error.errors()[0]
            raise InputError(f"{path}:{number}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
    return dossiers
