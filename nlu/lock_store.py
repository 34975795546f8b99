"""Which message of a conversation may run: locks in memory, or in Redis when ``RASA_REDIS_URL`` is set."""

import os
from typing import Any
from urllib.parse import unquote, urlsplit

from rasa.core.lock import TicketLock
from rasa.core.lock_store import InMemoryLockStore, LockStore, RedisLockStore
from rasa.shared.exceptions import RasaException


class TurnLockStore(LockStore):
    """The lock store that the environment asks for. Named in endpoints.yml."""

    def __init__(self, endpoint_config: Any = None) -> None:
        """Choose the store.

        Raises:
            RasaException: Redis is wanted and does not answer; Rasa does not start.
        """
        url = os.environ.get("RASA_REDIS_URL", "")
        self._store: LockStore = _redis(url) if url else InMemoryLockStore()

    def get_lock(self, conversation_id: str) -> TicketLock | None:
        """Give the conversation's lock, None if nothing runs."""
        return self._store.get_lock(conversation_id)

    def delete_lock(self, conversation_id: str) -> None:
        """Forget the conversation's lock."""
        self._store.delete_lock(conversation_id)

    def save_lock(self, lock: TicketLock) -> None:
        """Keep a lock."""
        self._store.save_lock(lock)


def _redis(url: str) -> RedisLockStore:
    parts = urlsplit(url)
    store = RedisLockStore(
        host=parts.hostname or "localhost",
        port=parts.port or 6379,
        db=int(parts.path.strip("/") or 0),
        username=unquote(parts.username) if parts.username else None,
        password=unquote(parts.password) if parts.password else None,
        use_ssl=parts.scheme == "rediss",
        key_prefix="rasa",
    )
    try:
        store.red.ping()
    except Exception as error:
        shown = f"{parts.hostname}:{parts.port or 6379}"
        raise RasaException(f"Không nối được Redis ({shown}): {error}. Kiểm tra RASA_REDIS_URL.") from error
    return store
