"""Fetches Telegram's updates by long polling: no public address is needed."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

import structlog
from telegram import Update
from telegram.error import Conflict, InvalidToken, TelegramError, TimedOut

from channels.telegram.adapter import TelegramChannel
from channels.telegram.client import FloodError
from channels.telegram.parse import group_of, parse
from channels.types import Attachment, EventKind, InboundEvent

log = structlog.get_logger(__name__)

POLL_S = 25
ALLOWED = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY]
MAX_BACKOFF_S = 30.0
MAX_GROUPS = 1000
CONFLICT = {
    True: "a webhook is set for this bot, so Telegram gives us nothing: remove it (deleteWebhook) or use another bot",
    False: "another process polls with the same TELEGRAM_BOT_TOKEN: stop it, or give each its own bot",
}

Receive = Callable[[InboundEvent], Awaitable[bool]]
StorePhoto = Callable[[str, bytes], Awaitable[str]]


class TelegramPoller:
    """Hands every update to the inbox; Telegram keeps it until the inbox has it.

    Args:
        receive: Stores an event; when it returns, the event is safe.
        store_photo: Keeps a picture of a citizen (user id, bytes) and returns our media id.
        poll_s: How long Telegram may hold a request open.
        backoff_s: First pause after a failure; doubled up to 30 s.
    """

    def __init__(
        self,
        channel: TelegramChannel,
        receive: Receive,
        store_photo: StorePhoto,
        *,
        poll_s: int = POLL_S,
        backoff_s: float = 1.0,
    ) -> None:
        self._channel = channel
        self._receive = receive
        self._store_photo = store_photo
        self._poll_s = poll_s
        self._first_backoff_s = self._backoff_s = backoff_s
        self._offset = 0
        # Handled, but not yet confirmed to Telegram because an earlier one is not.
        self._handled: set[int] = set()
        self._groups: set[int] = set()
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Let ``run_forever`` return once what was fetched is stored."""
        self._stopping.set()

    async def run_forever(self) -> None:
        """Start the bot, then fetch until stopped, cancelled or told that the token is wrong.

        The channel stays open: the outbox may still be sending.
        """
        is_started = False
        while not self._stopping.is_set():
            try:
                if not is_started:
                    await self._channel.start()
                    is_started = True
                    log.info("telegram is connected", bot=self._channel.bot.username)
                is_good = await self._fetch()
            except TimedOut:
                is_good = is_started
            except InvalidToken:
                log.error("telegram refused TELEGRAM_BOT_TOKEN; put the right one into .env and start again")
                return
            except FloodError as error:
                is_good = await self._pause(error.retry_after_s)
            except Conflict as error:
                log.error(CONFLICT["webhook" in str(error).lower()], status=409)
                is_good = False
            except TelegramError as error:
                log.warning("telegram is not reachable", error=self._channel.hide(error))
                is_good = False
            if is_good:
                self._backoff_s = self._first_backoff_s
            else:
                await self._pause(self._backoff_s)
                self._backoff_s = min(2 * self._backoff_s, MAX_BACKOFF_S)

    async def _fetch(self) -> bool:
        """Fetch and handle one batch; tells whether all of it was handled."""
        fetching = asyncio.ensure_future(
            self._channel.bot.get_updates(offset=self._offset, timeout=self._poll_s, allowed_updates=ALLOWED)
        )
        stopping = asyncio.ensure_future(self._stopping.wait())
        try:
            await asyncio.wait({fetching, stopping}, return_when=asyncio.FIRST_COMPLETED)
            if not fetching.done():
                return True
            updates = fetching.result()
        finally:
            stopping.cancel()
            fetching.cancel()
            await asyncio.gather(stopping, fetching, return_exceptions=True)
        return await self._handle_batch(updates)

    async def _handle_batch(self, updates: Sequence[Update]) -> bool:
        """Handle citizens side by side, each one's updates in order; one that fails holds up only its own citizen."""
        by_citizen: dict[int, list[Update]] = defaultdict(list)
        for update in updates:
            if update.update_id not in self._handled:
                by_citizen[update.effective_chat.id if update.effective_chat else 0].append(update)
        await asyncio.gather(*(self._handle_in_order(group) for group in by_citizen.values()))
        for update in updates:
            if update.update_id not in self._handled:
                break
            # The next request confirms everything below its offset.
            self._offset = update.update_id + 1
        self._handled = {i for i in self._handled if i >= self._offset}
        return all(u.update_id < self._offset or u.update_id in self._handled for u in updates)

    async def _handle_in_order(self, updates: Sequence[Update]) -> None:
        for update in updates:
            try:
                await self._handle(update)
            except Exception as error:  # noqa: BLE001 - most likely the database is away; Telegram keeps the update
                log.error(
                    "update not stored, will be fetched again",
                    update=update.update_id,
                    error=self._channel.hide(repr(error))[:300],
                )
                return
            self._handled.add(update.update_id)

    async def _handle(self, update: Update) -> None:
        event = parse(update, datetime.now(UTC))
        if event is None:
            await self._decline(update)
            return
        if event.kind == EventKind.IMAGE:
            event = replace(event, attachments=await self._stored(event))
        await self._receive(event)
        if update.callback_query:
            await self._channel.answer_tap(update.callback_query.id)

    async def _stored(self, event: InboundEvent) -> tuple[Attachment, ...]:
        """Return pictures under our media ids; those that cannot be had are left out, the event still counts."""
        stored = []
        for attachment in event.attachments:
            try:
                data = await self._channel.download(attachment.ref)
                stored.append(replace(attachment, ref=await self._store_photo(event.user_id, data)))
            except Exception as error:  # noqa: BLE001 - whatever it is, the citizen must get an answer
                log.warning("picture not kept", event_id=event.event_id, error=self._channel.hide(error))
        return tuple(stored)

    async def _decline(self, update: Update) -> None:
        group = group_of(update)
        if group is None or group in self._groups or len(self._groups) >= MAX_GROUPS:
            return
        self._groups.add(group)
        await self._channel.decline_group(group)

    async def _pause(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._stopping.wait(), seconds)
        return True
