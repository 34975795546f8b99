"""Complaints: filed once per command, found by public code, and followed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens import consents
from bot.citizens.vault import Vault
from bot.clock import VIETNAM, Clock
from bot.complaints import repository
from bot.complaints.categories import OTHER, Category, guess, load_categories
from bot.complaints.codes import find_code, public_code
from bot.complaints.models import Complaint, ComplaintEvent
from bot.conversations.commands import CommandContext
from bot.db.engine import Database
from bot.errors import InputError, NotFoundError
from bot.media.service import MediaService

__all__ = ["STATUSES", "Category", "ComplaintService", "ComplaintView", "forget_contact", "public_code"]

STATUSES = {
    "received": "Đã tiếp nhận",
    "forwarded": "Đã chuyển đơn vị xử lý",
    "in_progress": "Đang xử lý",
    "resolved": "Đã xử lý xong",
    "rejected": "Không tiếp nhận",
}
MAX_DESCRIPTION = 4000
MAX_PLACE = 500
MAX_PHOTOS = 5


@dataclass(frozen=True, slots=True)
class ComplaintStep:
    """A step of a complaint; ``happened_on`` is "HH:MM dd/mm/yyyy" in Vietnam."""

    status: str
    status_label: str
    note: str
    happened_on: str


@dataclass(frozen=True, slots=True)
class ComplaintView:
    """A complaint as its reader may see it.

    Attributes:
        filed_on: "dd/mm/yyyy" in Vietnam.
        changed_on: Day of the last step, the same form.
        is_own: Whether the reader's conversation filed it; only then are description, place, notes and photos filled.
        photos: Media ids.
    """

    code: str
    status: str
    status_label: str
    category: str
    category_label: str
    filed_on: str
    changed_on: str
    is_own: bool
    is_anonymous: bool
    description: str
    place: str
    photos: tuple[str, ...]
    steps: tuple[ComplaintStep, ...]


class ComplaintService:
    """Files and finds complaints."""

    def __init__(self, db: Database, clock: Clock, vault: Vault, media: MediaService) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault
        self._media = media
        self._categories = {category.key: category for category in load_categories()}

    def categories(self) -> tuple[Category, ...]:
        """Return the fields that a citizen may choose from, in menu order."""
        return tuple(self._categories.values())

    def category_label(self, key: str) -> str:
        """Return what citizens call a field; "Việc khác" if the key is unknown."""
        return self._categories.get(key, self._categories[OTHER]).label

    def guess_category(self, text: str) -> str | None:
        """Return the key of the field that the text is surely about, else None."""
        return guess(self.categories(), text)

    def normalise(self, text: str) -> str | None:
        """Find a public code in free text."""
        return find_code(text)

    async def apply_file_complaint(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """Store a complaint; doing the same command again changes nothing.

        A contact is kept only if the citizen agreed to ``complaint_contact``; without that the complaint is anonymous.

        Raises:
            InputError: If the command has no code or no description: our action is wrong.
        """
        if await repository.by_turn(ctx.session, ctx.turn_id, ctx.index):
            return
        code = find_code(str(args.get("code") or ""))
        description = str(args.get("description") or "").strip()
        if code is None or not description:
            raise InputError("file_complaint needs a code and a description")
        category = str(args.get("category") or OTHER)
        contact = await self._contact(ctx, args.get("contact"))
        latitude, longitude = _position(args.get("lat"), args.get("lon"))
        complaint = Complaint(
            public_code=code,
            conversation_id=ctx.conversation_id,
            turn_id=ctx.turn_id,
            turn_index=ctx.index,
            category=category if category in self._categories else OTHER,
            description=description[:MAX_DESCRIPTION],
            place=str(args.get("place") or "").strip()[:MAX_PLACE],
            latitude=latitude,
            longitude=longitude,
            is_anonymous=contact is None,
            contact=self._vault.seal(contact) if contact else None,
            status="received",
            created_at=ctx.now,
        )
        wanted = [str(media_id) for media_id in args.get("media_ids") or []]
        photos = await self._media.keep(ctx.session, ctx.conversation_id, wanted[:MAX_PHOTOS])
        await repository.add(ctx.session, complaint, photos)
        repository.add_event(
            ctx.session,
            ComplaintEvent(complaint_id=complaint.id, status="received", note="", actor="citizen", happened_at=ctx.now),
        )
        await ctx.session.flush()

    async def _contact(self, ctx: CommandContext, placeholder: object) -> str | None:
        if not isinstance(placeholder, str) or consents.kind_of(placeholder) not in consents.KEPT_KINDS:
            return None
        if not await consents.is_given(ctx, consents.COMPLAINT_CONTACT):
            return None
        if placeholder in ctx.sealed:
            return ctx.sealed[placeholder]
        return await consents.kept_value(ctx, self._vault, consents.COMPLAINT_CONTACT, placeholder)

    async def find(self, code: str, conversation_id: str) -> ComplaintView | None:
        """Return the complaint with this code: its status for whoever holds the code, the rest for who filed it."""
        async with self._db.read() as session:
            complaint = await repository.by_code(session, find_code(code) or code)
            return await self._view(session, complaint, conversation_id) if complaint else None

    async def latest(self, conversation_id: str) -> ComplaintView | None:
        """Return the newest complaint of this conversation."""
        async with self._db.read() as session:
            complaint = await repository.latest(session, conversation_id)
            return await self._view(session, complaint, conversation_id) if complaint else None

    async def set_status(self, session: AsyncSession, code: str, status: str, note: str, actor: str) -> None:
        """Move a complaint on; ``note`` is shown to who filed it.

        Raises:
            InputError: If there is no such status.
            NotFoundError: If there is no such complaint.
        """
        if status not in STATUSES:
            raise InputError(f"Không có trạng thái “{status}”. Dùng: {', '.join(STATUSES)}.")
        complaint = await repository.by_code(session, find_code(code) or code)
        if complaint is None:
            raise NotFoundError(f"Không có phản ánh mã {code}.")
        complaint.status = status
        now = self._clock.now()
        repository.add_event(
            session,
            ComplaintEvent(complaint_id=complaint.id, status=status, note=note, actor=actor[:64], happened_at=now),
        )
        await session.flush()

    async def contact(self, code: str) -> str | None:
        """Return the phone number or e-mail address to report to: for the officer who handles the complaint."""
        async with self._db.read() as session:
            complaint = await repository.by_code(session, find_code(code) or code)
        return self._vault.open(complaint.contact) if complaint and complaint.contact else None

    async def _view(self, session: AsyncSession, complaint: Complaint, conversation_id: str) -> ComplaintView:
        is_own = complaint.conversation_id is not None and complaint.conversation_id == conversation_id
        steps = await repository.events(session, complaint.id)
        return ComplaintView(
            code=complaint.public_code,
            status=complaint.status,
            status_label=STATUSES[complaint.status],
            category=complaint.category,
            category_label=self.category_label(complaint.category),
            filed_on=f"{complaint.created_at.astimezone(VIETNAM):%d/%m/%Y}",
            changed_on=f"{steps[-1].happened_at.astimezone(VIETNAM):%d/%m/%Y}",
            is_own=is_own,
            is_anonymous=complaint.is_anonymous,
            description=complaint.description if is_own else "",
            place=complaint.place if is_own else "",
            photos=tuple(await repository.photos(session, complaint.id)) if is_own else (),
            steps=tuple(_step(event, is_own) for event in steps),
        )


async def forget_contact(session: AsyncSession, conversation_id: str, *, detach: bool) -> int:
    """Remove the contact from a conversation's complaints; with ``detach`` nobody's conversation owns them any more.

    Returns:
        How many complaints there were.
    """
    return await repository.drop_contact(session, conversation_id, detach=detach)


def _step(event: ComplaintEvent, is_own: bool) -> ComplaintStep:
    when = f"{event.happened_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}"
    return ComplaintStep(event.status, STATUSES[event.status], event.note if is_own else "", when)


def _position(latitude: object, longitude: object) -> tuple[float, float] | tuple[None, None]:
    """Return WGS 84 degrees, or two None if they are no place on earth."""
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None, None
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        return None, None
    return float(latitude), float(longitude)
