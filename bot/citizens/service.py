"""Citizens' personal data: consent per purpose, values kept under it, deletion on request and by age."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.citizens import consents, repository
from bot.citizens.consents import CALLBACK, COMPLAINT_CONTACT, KEPT_KINDS, PURPOSES
from bot.citizens.models import Consent, Deletion
from bot.citizens.vault import Vault
from bot.clock import Clock
from bot.complaints import service as complaints
from bot.conversations.commands import CommandContext
from bot.db.engine import Database
from bot.errors import InputError
from bot.handoff import service as handoff
from bot.media import service as media

__all__ = [
    "CALLBACK",
    "COMPLAINT_CONTACT",
    "DELETE_TRACKER_JOB",
    "PURPOSES",
    "CitizenService",
    "purge_expired",
]

DELETE_TRACKER_JOB = "delete_tracker"
"""Kind of the job that deletes a conversation's tracker in Rasa; the key is the conversation's id."""
# Change it with the wording of utter_account_consent_*: it says what a citizen agreed to.
CONSENT_TEXT_VERSION = "2026-11"


class CitizenService:
    """Keeps what a citizen agreed to, and nothing else."""

    def __init__(self, db: Database, clock: Clock, vault: Vault) -> None:
        self._db = db
        self._clock = clock
        self._vault = vault

    async def has_consent(self, conversation_id: str, purpose: str) -> bool:
        """Tell whether ``purpose`` is agreed to now."""
        async with self._db.read() as session:
            return purpose in await repository.active_purposes(session, conversation_id)

    async def active_purposes(self, conversation_id: str) -> frozenset[str]:
        """Return all purposes that are agreed to now."""
        async with self._db.read() as session:
            return frozenset(await repository.active_purposes(session, conversation_id))

    async def kept_values(self, conversation_id: str, purpose: str) -> list[str]:
        """Return the values kept for ``purpose``, newest first: for who carries the purpose out."""
        async with self._db.read() as session:
            return [
                self._vault.open(row.ciphertext) for row in await repository.sealed(session, conversation_id, purpose)
            ]

    async def apply_give_consent(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """Note that the citizen agreed to a purpose; nothing changes if they had.

        Raises:
            InputError: If there is no such purpose: our action is wrong.
        """
        purpose = _purpose(args.get("purpose"))
        if await consents.is_given(ctx, purpose):
            return
        consent = Consent(
            conversation_id=ctx.conversation_id,
            purpose=purpose,
            text_version=CONSENT_TEXT_VERSION,
            turn_id=ctx.turn_id,
            given_at=ctx.now,
        )
        repository.add_consent(ctx.session, consent)
        await ctx.session.flush()

    async def apply_withdraw_consent(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """End one consent, or all if no purpose is named, and delete what was kept for it.

        Raises:
            InputError: If there is no such purpose.
        """
        named = args.get("purpose")
        purposes = {_purpose(named)} if named else set(PURPOSES)
        await repository.withdraw(ctx.session, ctx.conversation_id, purposes, ctx.now)
        if COMPLAINT_CONTACT in purposes:
            await complaints.forget_contact(ctx.session, ctx.conversation_id, detach=False)

    async def apply_keep_contact(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """Keep the one phone number or e-mail address that was given for a purpose; without consent nothing.

        Args:
            ctx: The turn in which it was written.
            args: ``placeholder`` of the value and ``purpose``.
        """
        purpose, placeholder = _purpose(args.get("purpose")), str(args.get("placeholder"))
        kind = consents.kind_of(placeholder)
        value = ctx.sealed.get(placeholder)
        active = await repository.active_purposes(ctx.session, ctx.conversation_id)
        if value is None or kind not in KEPT_KINDS or purpose not in active:
            return
        values = {
            "conversation_id": ctx.conversation_id,
            "placeholder": placeholder,
            "kind": kind,
            "purpose": purpose,
            "ciphertext": self._vault.seal(value),
            "created_at": ctx.now,
        }
        await repository.add_sealed(ctx.session, values)

    async def apply_delete_data(self, ctx: CommandContext, args: Mapping[str, Any]) -> None:
        """Delete what the citizen said and what was kept about them, all but this turn; once per turn.

        Complaints that were filed stay with the city, without contact and without a link to the citizen. Files and
        Rasa's tracker go by jobs, after the commit: until then nothing is lost if the transaction fails.
        """
        if await repository.is_deleted(ctx.session, ctx.turn_id):
            return
        conversation_id = ctx.conversation_id
        counts = await repository.delete_content(ctx.session, conversation_id, ctx.turn_id, ctx.now)
        counts["complaints_detached"] = await complaints.forget_contact(ctx.session, conversation_id, detach=True)
        await handoff.forget_reasons(ctx.session, conversation_id)
        media_ids = await media.forget(ctx.session, conversation_id)
        counts["media"] = len(media_ids)
        if media_ids:
            key = f"{conversation_id}:{ctx.now:%Y%m%dT%H%M%S.%f}"
            await repository.add_job(ctx.session, media.DELETE_JOB, key, ctx.now, {"ids": media_ids})
        await repository.add_job(ctx.session, DELETE_TRACKER_JOB, conversation_id, ctx.now, {})
        deletion = Deletion(turn_id=ctx.turn_id, conversation_id=conversation_id, deleted_at=ctx.now, counts=counts)
        repository.add_deletion(ctx.session, deletion)
        await ctx.session.flush()


async def purge_expired(session: AsyncSession, now: datetime, days: int) -> dict[str, int]:
    """Delete transcripts, sealed values, unfiled pictures and hand-off reasons older than ``days``, daily.

    Consents, complaints and notes of deletions stay. Returns how many rows of what were deleted.
    """
    before = now - timedelta(days=days)
    counts = await repository.purge(session, before)
    await handoff.forget_old_reasons(session, before)
    media_ids = await media.forget_older(session, before)
    if media_ids:
        await repository.add_job(session, media.DELETE_JOB, f"purge:{now:%Y%m%dT%H%M%S.%f}", now, {"ids": media_ids})
    return counts | {"media": len(media_ids)}


def _purpose(name: object) -> str:
    if not isinstance(name, str) or name not in PURPOSES:
        raise InputError(f"no such purpose of consent: {name!r}")
    return name
