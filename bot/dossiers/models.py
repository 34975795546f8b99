"""The table of sample dossiers that the embedded registry reads."""

from datetime import date

from sqlalchemy import JSON, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from bot.db.base import Base


class SampleDossier(Base):
    """One invented dossier, for trying the assistant without a city's service behind it. Never a person's name."""

    __tablename__ = "sample_dossiers"

    code: Mapped[str] = mapped_column(String(40), primary_key=True)
    procedure_name: Mapped[str] = mapped_column(Text)
    agency: Mapped[str] = mapped_column(Text)
    status: Mapped[int]
    received_on: Mapped[date | None]
    appointment_on: Mapped[date | None]
    returned_on: Mapped[date | None]
    missing_documents: Mapped[list[str]] = mapped_column(JSON)
    fee_due: Mapped[int | None]
