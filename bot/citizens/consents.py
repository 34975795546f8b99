"""Who agreed to what, for features that may keep a value only then. Knows nothing of complaints or transcripts."""

from bot.citizens import repository
from bot.citizens.vault import Vault
from bot.conversations.commands import CommandContext

COMPLAINT_CONTACT = "complaint_contact"
"""Keep a phone number or e-mail address to report what became of a complaint."""
CALLBACK = "callback"
"""1022 calls back."""
PURPOSES = frozenset({COMPLAINT_CONTACT, CALLBACK})
KEPT_KINDS = frozenset({"phone", "email"})
"""No purpose needs an identity number, so none is ever kept."""


async def is_given(ctx: CommandContext, purpose: str) -> bool:
    """Tell whether ``purpose`` is agreed to, as this transaction sees it."""
    return purpose in await repository.active_purposes(ctx.session, ctx.conversation_id)


async def kept_value(ctx: CommandContext, vault: Vault, purpose: str, placeholder: str) -> str | None:
    """Return the value behind ``placeholder`` that was kept for ``purpose``, or None."""
    for row in await repository.sealed(ctx.session, ctx.conversation_id, purpose):
        if row.placeholder == placeholder:
            return vault.open(row.ciphertext)
    return None


def kind_of(placeholder: str) -> str:
    """Return "phone" for "<phone:x1y2z3>"."""
    return placeholder.strip("<>").split(":", 1)[0]
