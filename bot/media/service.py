"""Pictures that citizens send: checked, cleaned and kept under ``var/media``."""

import asyncio
import hashlib
import os
import re
import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncSession

from bot.clock import Clock
from bot.db.engine import Database
from bot.errors import InputError, NotFoundError, TooLargeError
from bot.media import repository
from bot.media.models import Media
from bot.media.pictures import Picture, convert

__all__ = ["DELETE_JOB", "Media", "MediaService", "forget", "forget_older"]

DELETE_JOB = "delete_media"
"""Kind of the job that removes files once their rows are gone; payload ``{"ids": [...]}``, handler ``delete_files``."""
_ID = re.compile(r"[0-9a-f]{32}")


class MediaService:
    """Stores and finds pictures.

    Args:
        folder: ``var/media``; made when first needed.
        max_bytes: Largest upload.
    """

    def __init__(self, db: Database, folder: Path, clock: Clock, max_bytes: int) -> None:
        self._db = db
        self._folder = folder
        self._clock = clock
        self.max_bytes = max_bytes
        # A decoded picture takes up to 350 MB; several at once would not fit beside Rasa.
        self._decoding = asyncio.Lock()

    async def prepare(self, data: bytes) -> Picture:
        """Check a picture by its content and clean it; call it before the transaction, it takes up to a second.

        Raises:
            InputError: If it is no picture that we read; the message is for the citizen.
            TooLargeError: If it has too many bytes or pixels; the message is for the citizen.
        """
        if not data:
            raise InputError("Dạ, tệp này trống. Xin gửi lại ảnh ạ.")
        if len(data) > self.max_bytes:
            raise TooLargeError(f"Dạ, ảnh này nặng quá. Em nhận ảnh tới {self.max_bytes // 2**20} MB ạ.")
        async with self._decoding:
            return await asyncio.to_thread(convert, data)

    async def store(self, session: AsyncSession, conversation_id: str, picture: Picture) -> Media:
        """Write a prepared picture and add its row.

        The file is written before the row is committed: a rollback leaves a file without a row, never the reverse.
        """
        # Whoever knows the id may see the picture, so it must not be guessable.
        media_id = secrets.token_hex(16)
        media = Media(
            id=media_id,
            conversation_id=conversation_id,
            mime="image/jpeg",
            size=len(picture.data),
            sha256=hashlib.sha256(picture.data).hexdigest(),
            path=_relative(media_id),
            is_kept=False,
            created_at=self._clock.now(),
        )
        await asyncio.to_thread(_write, self._folder / _relative(media_id), picture.data)
        await asyncio.to_thread(_write, self._folder / _relative(media_id, is_thumbnail=True), picture.thumbnail)
        session.add(media)
        await session.flush()
        return media

    async def find(self, media_id: str) -> Media | None:
        """Return the picture's row, which says whose it is."""
        async with self._db.read() as session:
            return await repository.get(session, media_id)

    def path(self, media_id: str, *, is_thumbnail: bool = False) -> Path:
        """Return where the JPEG lies.

        Raises:
            NotFoundError: If there is no such picture.
        """
        path = self._folder / _relative(media_id, is_thumbnail=is_thumbnail) if _ID.fullmatch(media_id) else None
        if path is None or not path.is_file():
            raise NotFoundError(f"no picture {media_id!r}")
        return path

    async def read(self, media_id: str, *, is_thumbnail: bool = False) -> bytes:
        """Return the JPEG.

        Raises:
            NotFoundError: If there is no such picture.
        """
        path = await asyncio.to_thread(self.path, media_id, is_thumbnail=is_thumbnail)
        return await asyncio.to_thread(path.read_bytes)

    async def keep(self, session: AsyncSession, conversation_id: str, media_ids: Sequence[str]) -> list[str]:
        """Mark pictures as part of a complaint; ids that are not this conversation's are left out. Keeps the order."""
        wanted = list(dict.fromkeys(media_ids))
        found = await repository.keep(session, conversation_id, wanted)
        return [media_id for media_id in wanted if media_id in found]

    async def delete_files(self, key: str, payload: Mapping[str, Any]) -> timedelta | None:
        """Remove files whose rows are gone: the handler of ``DELETE_JOB``. Files that are gone already are fine."""
        for media_id in payload["ids"]:
            for is_thumbnail in (False, True):
                path = self._folder / _relative(media_id, is_thumbnail=is_thumbnail)
                await asyncio.to_thread(path.unlink, missing_ok=True)
        return None


async def forget(session: AsyncSession, conversation_id: str) -> list[str]:
    """Drop a conversation's pictures, but detach those that a complaint needs; returns ids for ``DELETE_JOB``."""
    return await repository.forget(session, conversation_id)


async def forget_older(session: AsyncSession, before: datetime) -> list[str]:
    """Drop pictures older than ``before`` that no complaint needs; returns ids for ``DELETE_JOB``."""
    return await repository.forget_older(session, before)


def _relative(media_id: str, *, is_thumbnail: bool = False) -> str:
    return f"{media_id[:2]}/{media_id}{'_small' if is_thumbnail else ''}.jpg"


def _write(path: Path, data: bytes) -> None:
    """Write so that the file is either there and whole, or not there, even after a power cut."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
