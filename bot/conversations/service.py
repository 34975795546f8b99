"""Reading conversations, and what operators say in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.conversations.models import Author, Conversation, Message, OutboxItem
from bot.conversations.repository import ConversationRepository, JobRepository
from bot.conversations.views import MessageView, as_view
from bot.db.engine import Database
from bot.errors import NotFoundError


@dataclass(frozen=True, slots=True)
class ConversationView:
    """A conversation as other features see it."""

    id: str
    channel: str
    user_id: str
    state: str
    holder: str | None


class ConversationService:
    """Gives conversations and their messages; adds operators' words."""

    def __init__(self, db: Database, clock: Clock) -> None:
        self._db = db
        self._clock = clock

    async def ensure(self, session: AsyncSession, channel: str, user_id: str) -> str:
        """Return the id of a citizen's conversation, made if it is the first time."""
        return (await ConversationRepository(session).ensure(channel, user_id, self._clock.now())).id

    async def find(self, channel: str, user_id: str) -> ConversationView | None:
        """Return a citizen's conversation."""
        async with self._db.read() as session:
            found = await ConversationRepository(session).find(channel, user_id)
            return _view(found) if found else None

    async def get(self, conversation_id: str) -> ConversationView:
        """Return a conversation.

        Raises:
            NotFoundError: If there is none with this id.
        """
        async with self._db.read() as session:
            found = await ConversationRepository(session).get(conversation_id)
        if found is None:
            raise NotFoundError(conversation_id)
        return _view(found)

    async def messages_after(self, conversation_id: str, after_id: int, limit: int = 100) -> Sequence[MessageView]:
        """Return what the citizen may see after a message id, oldest first."""
        async with self._db.read() as session:
            return [
                as_view(m)
                for m in await ConversationRepository(session).messages_after(conversation_id, after_id, limit)
            ]

    async def last_messages(self, conversation_id: str, limit: int = 100) -> Sequence[MessageView]:
        """Return the newest messages that the citizen may see, oldest first."""
        async with self._db.read() as session:
            return [as_view(m) for m in await ConversationRepository(session).last_messages(conversation_id, limit)]

    async def whole(self, conversation_id: str) -> Sequence[MessageView]:
        """Return everything, oldest first, with what only operators may see: drafts and alarms."""
        async with self._db.read() as session:
            return [as_view(message) for message in await ConversationRepository(session).all_messages(conversation_id)]

    async def add_operator_message(
        self, session: AsyncSession, conversation_id: str, operator: str, text: str
    ) -> MessageView:
        """Store what an operator says and put it in the outbox."""
        now = self._clock.now()
        message = Message(
            conversation_id=conversation_id, author=Author.OPERATOR, operator=operator, text=text, created_at=now
        )
        session.add(message)
        await session.flush()
        session.add(OutboxItem(message_id=message.id, conversation_id=conversation_id, due_at=now, updated_at=now))
        return as_view(message)

    async def add_system_message(
        self, session: AsyncSession, conversation_id: str, text: str, *, to_citizen: bool
    ) -> MessageView:
        """Store a line of our own, e.g. that an operator joined; sent to the citizen if asked."""
        now = self._clock.now()
        author = Author.BOT if to_citizen else Author.SYSTEM
        message = Message(conversation_id=conversation_id, author=author, text=text, created_at=now)
        session.add(message)
        await session.flush()
        if to_citizen:
            session.add(OutboxItem(message_id=message.id, conversation_id=conversation_id, due_at=now, updated_at=now))
        return as_view(message)

    async def add_job(
        self, session: AsyncSession, kind: str, key: str, due_at: datetime, payload: dict[str, object] | None = None
    ) -> None:
        """Plan something for later; planning the same thing twice changes nothing."""
        await JobRepository(session).add(kind, key, due_at, payload)


def _view(conversation: Conversation) -> ConversationView:
    return ConversationView(
        conversation.id, conversation.channel, conversation.user_id, conversation.state, conversation.holder
    )
