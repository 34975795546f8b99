"""What a dossier is to us: status and dates, never a person."""

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from bot.errors import UnavailableError

# Keys and official names of the portal's ten statuses (domain.md §2).
STATUSES: dict[int, tuple[str, str]] = {
    1: ("registered", "Mới đăng ký"),
    2: ("received", "Được tiếp nhận"),
    3: ("not_accepted", "Không được tiếp nhận"),
    4: ("processing", "Đang xử lý"),
    5: ("needs_documents", "Yêu cầu bổ sung giấy tờ"),
    6: ("needs_payment", "Yêu cầu thực hiện nghĩa vụ tài chính"),
    7: ("withdrawn", "Công dân yêu cầu rút hồ sơ"),
    8: ("stopped", "Dừng xử lý"),
    9: ("done", "Đã xử lý xong"),
    10: ("returned", "Đã trả kết quả"),
}


class DossierUnavailable(UnavailableError):
    """The registry did not answer, or answered what cannot be trusted; trying again later may help."""

    code = "dossier_unavailable"


@dataclass(frozen=True, slots=True)
class Dossier:
    """A dossier as a registry gives it.

    Attributes:
        status: 1 to 10, see ``STATUSES``.
        received_on: Dates are days in Vietnam.
        fee_due: VND, None if nothing is said about a fee.
        is_sample: True for invented data, which must be labelled wherever a citizen sees it.
    """

    code: str
    procedure_name: str
    agency: str
    status: int
    received_on: date | None = None
    appointment_on: date | None = None
    returned_on: date | None = None
    missing_documents: tuple[str, ...] = ()
    fee_due: int | None = None
    is_sample: bool = False


@dataclass(frozen=True, slots=True)
class DossierView:
    """A dossier ready to be told: dates as "dd/mm/yyyy" or None.

    Attributes:
        status: 1 to 10.
        status_key: Stem for the text that explains the status ("needs_documents").
        status_label: The portal's official name of the status.
        days_late: Calendar days after the appointment; 0 if not late, or not the agency's turn.
        fee_due: VND or None.
    """

    code: str
    procedure_name: str
    agency: str
    status: int
    status_key: str
    status_label: str
    received_on: str | None
    appointment_on: str | None
    returned_on: str | None
    days_late: int
    missing_documents: tuple[str, ...]
    fee_due: int | None
    is_sample: bool


class DossierRegistry(Protocol):
    """Where dossiers are looked up."""

    async def find(self, code: str) -> Dossier | None:
        """Return the dossier with this normalised code, or None if there is none.

        Raises:
            DossierUnavailable: If the registry cannot say.
        """
        ...

    async def close(self) -> None:
        """Close connections, if there are any."""
        ...
