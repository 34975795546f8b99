"""The JSON of one dossier: the sample file's lines and the answer of a city's service (docs/dossier-api.md)."""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from bot.dossiers.types import Dossier


class DossierRead(BaseModel):
    """One dossier. Fields that we don't know, a person's name among them, are dropped on reading."""

    model_config = ConfigDict(extra="ignore", str_strip_whitespace=True)

    code: str = Field(min_length=8, max_length=40)
    procedure_name: str = Field(min_length=1, max_length=500)
    agency: str = Field(min_length=1, max_length=300)
    status: int = Field(ge=1, le=10)
    received_on: date | None = None
    appointment_on: date | None = None
    returned_on: date | None = None
    missing_documents: list[str] = Field(default_factory=list, max_length=50)
    fee_due: int | None = Field(default=None, ge=0)

    def to_dossier(self, *, is_sample: bool) -> Dossier:
        """Return it as the value that the application uses."""
        values = self.model_dump()
        return Dossier(**(values | {"missing_documents": tuple(self.missing_documents), "is_sample": is_sample}))
