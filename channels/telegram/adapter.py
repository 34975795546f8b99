"""Telegram as a channel: sends within its limits and says what a failure means."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from telegram import BotCommand, MenuButtonCommands
from telegram.constants import ChatAction
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, TelegramError
from telegram.ext import ExtBot

from channels.base import SendError
from channels.telegram.client import FloodError, Request, hide_token, may_have_arrived
from channels.telegram.parse import CHANNEL, MAX_DOWNLOAD
from channels.telegram.render import Part, render
from channels.types import OutboundMessage

PER_CHAT_S = 1.0
OVERALL_S = 1 / 30
RETRY_S = 5.0
# Only an administrator can mend a refused token; the messages wait meanwhile.
BAD_TOKEN_RETRY_S = 120.0
TIMEOUT_S = 10.0
GROUP_TEXT = "Dạ, em chỉ trả lời khi nhắn riêng với em. Xin bấm vào tên em rồi chọn nhắn tin ạ."
MENU = (
    ("start", "Bắt đầu"),
    ("menu", "Danh mục em giúp được"),
    ("gapnguoi", "Gặp nhân viên tổng đài 1022"),
    ("noilai", "Nói lại câu vừa rồi"),
    ("quaylai", "Quay lại bước trước"),
    ("lamlai", "Làm lại từ đầu"),
    ("dung", "Dừng việc đang làm"),
    ("trogiup", "Cách dùng"),
)
_T = TypeVar("_T")


class Pace:
    """Gives each message its moment: so many seconds apart per chat, and overall."""

    def __init__(self, per_chat_s: float = PER_CHAT_S, overall_s: float = OVERALL_S) -> None:
        self._per_chat_s = per_chat_s
        self._overall_s = overall_s
        self._next = 0.0
        self._next_of_chat: dict[str, float] = {}

    async def wait(self, chat: str) -> None:
        """Wait for this message's moment; moments are given in the order of the calls."""
        now = asyncio.get_running_loop().time()
        overall = max(now, self._next)
        self._next = overall + self._overall_s
        moment = max(overall, self._next_of_chat.get(chat, 0.0))
        self._next_of_chat = {c: t for c, t in self._next_of_chat.items() if t > now}
        self._next_of_chat[chat] = moment + self._per_chat_s
        await asyncio.sleep(moment - now)


class TelegramChannel:
    """Implements ``channels.base.Channel``.

    Args:
        token: From BotFather; never shown in logs or errors.
        api_url: Telegram's, or a local Bot API server's.
        pace: Limits of sending.
        timeout_s: For connecting, writing and reading each.
    """

    name = CHANNEL

    def __init__(
        self,
        token: str,
        api_url: str = "https://api.telegram.org",
        *,
        pace: Pace | None = None,
        timeout_s: float = TIMEOUT_S,
    ) -> None:
        token = self._token = token.strip()
        self._pace = pace or Pace()
        self._n_sent: dict[int, int] = {}
        hide_token(token)
        base = api_url.rstrip("/")

        def request(size: int) -> Request:
            return Request(size, timeout_s, timeout_s, timeout_s, pool_timeout=timeout_s)

        self.bot: ExtBot[None] = ExtBot(
            token,
            base_url=f"{base}/bot",
            base_file_url=f"{base}/file/bot",
            request=request(64),
            get_updates_request=request(1),
        )

    async def start(self) -> None:
        """Open connections, check the token and publish the menu of commands.

        Raises:
            TelegramError: If Telegram cannot be reached or refuses.
        """
        await self.bot.initialize()
        await self.bot.set_my_commands([BotCommand(name, text) for name, text in MENU])
        await self.bot.set_chat_menu_button(menu_button=MenuButtonCommands())

    async def close(self) -> None:
        """Close connections."""
        await self.bot.shutdown()

    def hide(self, error: object) -> str:
        """Return an error's text without the token."""
        return str(error).replace(self._token, "***") or type(error).__name__

    async def send(self, user_id: str, message: OutboundMessage, message_id: int) -> str:
        """Send one message, in parts if it is long; a retry goes on with the part that failed."""
        sent_id = ""
        is_plain = False
        parts = render(message)
        n_sent = self._n_sent.pop(message_id, 0)
        while n_sent < len(parts):
            try:
                await self._pace.wait(user_id)
                sent_id = await self._guard(self._send_part, user_id, parts[n_sent])
            except _KeyboardRefusedError as error:
                if is_plain:
                    raise SendError(self.hide(error)) from None
                # The words matter more than the buttons.
                is_plain, parts = True, render(message, is_plain=True)
                n_sent = min(n_sent, len(parts) - 1)
                continue
            except SendError as error:
                if n_sent and (error.retry_after_s is not None or error.uncertain):
                    self._n_sent[message_id] = n_sent
                raise
            n_sent += 1
        return sent_id

    async def typing(self, user_id: str) -> None:
        """Show that an answer is being made; never raises."""
        await self._quietly(self.bot.send_chat_action(int(user_id), ChatAction.TYPING))

    async def answer_tap(self, query_id: str) -> None:
        """Stop the button's spinner; never raises."""
        await self._quietly(self.bot.answer_callback_query(query_id))

    async def decline_group(self, chat_id: int) -> None:
        """Tell a group that we answer in private only; never raises."""
        await self._pace.wait(str(chat_id))
        await self._quietly(self.bot.send_message(chat_id, GROUP_TEXT))

    async def download(self, file_id: str) -> bytes:
        """Return a file's bytes.

        Raises:
            TelegramError: If it cannot be had.
        """
        file = await self.bot.get_file(file_id)
        if (file.file_size or 0) > MAX_DOWNLOAD:
            raise BadRequest("file is too big")
        return bytes(await file.download_as_bytearray())

    async def _send_part(self, user_id: str, part: Part) -> str:
        arguments = {name: getattr(part, name) for name in ("text", "reply_markup", "link_preview_options")}
        return str((await self.bot.send_message(int(user_id), **arguments)).message_id)

    async def _guard(self, call: Callable[[str, Part], Awaitable[_T]], user_id: str, part: Part) -> _T:
        """Turn the library's errors into ours. ``from None``: an exception chain would carry addresses into logs."""
        try:
            return await call(user_id, part)
        except FloodError as error:
            raise SendError(self.hide(error), retry_after_s=error.retry_after_s) from None
        except Forbidden as error:
            raise SendError(f"the citizen blocked the bot or never started it: {self.hide(error)}") from None
        except InvalidToken:
            raise SendError("Telegram refused TELEGRAM_BOT_TOKEN", retry_after_s=BAD_TOKEN_RETRY_S) from None
        except BadRequest as error:
            if part.reply_markup is not None and _is_about_keyboard(error):
                raise _KeyboardRefusedError(self.hide(error)) from None
            raise SendError(self.hide(error)) from None
        except ChatMigrated as error:
            raise SendError(self.hide(error)) from None
        except NetworkError as error:
            if may_have_arrived(error):
                raise SendError(self.hide(error), uncertain=True) from None
            raise SendError(self.hide(error), retry_after_s=RETRY_S) from None
        except TelegramError as error:
            raise SendError(self.hide(error), uncertain=True) from None

    async def _quietly(self, call: Awaitable[object]) -> None:
        try:
            await call
        except (TelegramError, ValueError) as error:
            logging.getLogger(__name__).debug("Telegram: %s", self.hide(error))


class _KeyboardRefusedError(Exception):
    """Telegram did not take a message because of its buttons."""


def _is_about_keyboard(error: BadRequest) -> bool:
    text = str(error).lower()
    return any(word in text for word in ("button", "keyboard", "reply_markup", "reply markup"))
