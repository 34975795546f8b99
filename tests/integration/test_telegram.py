"""A citizen on Telegram: the real library against an emulated server, through the real message path."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path as Folder

import pytest
from lo_bot_api_emulator import ApiRefusal

from bot.conversations import outbox as outbox_module
from bot.conversations.models import OutboxStatus
from bot.db.engine import Database
from bot.dialogue.types import Answer, Reply, TurnRequest
from bot.media.service import MediaService
from channels.telegram.adapter import GROUP_TEXT, MENU, Pace, TelegramChannel
from channels.telegram.polling import TelegramPoller
from channels.types import InboundEvent
from tests.integration.path import Path, Script, ScriptedDialogue, echo
from tests.support.telegram_fake import TOKEN, TelegramFake, jpeg

GROUP = {"id": -100, "type": "supergroup", "title": "Khu phố"}
NOTICE = "Em là máy"

# What differs between databases is tested in test_message_path.py, on both.
pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture(autouse=True)
def quick_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox_module, "POLL_S", 0.02)


@pytest.fixture
async def fake() -> AsyncIterator[TelegramFake]:
    async with TelegramFake() as server:
        yield server


@dataclass
class Bot:
    """One process of ours: poller, message path and outbox."""

    db: Database
    fake: TelegramFake
    folder: Folder
    script: Script = echo
    pace: Pace = field(default_factory=lambda: Pace(0.0, 0.0))
    photo_error: Exception | None = None
    receive_errors: list[Exception] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.channel = TelegramChannel(TOKEN, self.fake.url, pace=self.pace, timeout_s=1.0)
        self.path = Path(self.db, ScriptedDialogue(self.script), channel=self.channel)  # type: ignore[arg-type]
        self.media = MediaService(self.db, self.folder, self.path.clock, 10 * 2**20)
        self.poller = TelegramPoller(self.channel, self.receive, self.store_photo, poll_s=1, backoff_s=0.01)
        self.received: list[InboundEvent] = []

    async def receive(self, event: InboundEvent) -> bool:
        if self.receive_errors:
            raise self.receive_errors.pop(0)
        is_new = await self.path.inbox.receive(event)
        self.received.append(event)
        return is_new

    async def store_photo(self, user_id: str, data: bytes) -> str:
        if self.photo_error:
            raise self.photo_error
        async with self.db.begin() as session:
            conversation_id = await self.path.conversations.ensure(session, "telegram", user_id)
            return (await self.media.store(session, conversation_id, await self.media.prepare(data))).id

    @asynccontextmanager
    async def running(self) -> AsyncIterator["Bot"]:
        polling = asyncio.create_task(self.poller.run_forever())
        sending = asyncio.create_task(self.path.outbox.run_forever())
        try:
            yield self
        finally:
            self.poller.stop()
            await asyncio.wait_for(polling, 10)
            await asyncio.wait_for(self.path.runner.idle(), 10)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            await self.channel.close()


@pytest.fixture
def bot(db: Database, fake: TelegramFake, tmp_path: Folder) -> Bot:
    return Bot(db, fake, tmp_path)


async def test_a_text_is_answered_and_the_menu_is_published(bot: Bot, fake: TelegramFake) -> None:
    async with bot.running():
        await fake.write(text="khai sinh cần gì")
        await fake.until(lambda: len(fake.texts()) == 2)
    assert fake.texts() == ["Dạ: khai sinh cần gì", NOTICE]
    commands = next(fields["commands"] for method, fields in fake.calls if method == "setMyCommands")
    assert [c["command"] for c in fake.decoded(commands)] == [name for name, _ in MENU]
    assert "setChatMenuButton" in [method for method, _ in fake.calls]


async def test_start_and_gapnguoi_are_commands(bot: Bot, fake: TelegramFake) -> None:
    async with bot.running():
        await fake.command("start")
        await fake.until(lambda: len(fake.texts()) == 2)
        await fake.command("gapnguoi")
        await fake.until(lambda: len(fake.texts()) == 3)
    assert [r.payload for r in bot.path.dialogue.asked] == ["/smalltalk_greet", "/human_ask"]


async def test_a_button_comes_back_as_the_payload_that_it_stands_for(
    db: Database, fake: TelegramFake, tmp_path: Folder
) -> None:
    payload = (
        '/procedure_choose{"code": "1.001193", "aspect": "documents", "from": "a long payload that no button can hold"}'
    )

    async def script(request: TurnRequest) -> Answer:
        buttons = (("Khai sinh", payload), ("Cổng dịch vụ công", "https://dichvucong.gov.vn"), ("Gọi 114", "tel:114"))
        return Answer(replies=(Reply(f"Dạ: {request.text or request.payload}", buttons),))

    async with Bot(db, fake, tmp_path, script).running() as bot:
        await fake.write(text="giấy tờ")
        await fake.until(lambda: len(fake.texts()) == 2)
        choice, link = fake.keys()
        await fake.tap(choice["callback_data"])
        await fake.until(lambda: len(fake.texts()) == 3)
        await fake.tap("b:gone")
        await fake.until(lambda: len(fake.texts()) == 4)
    assert [r.payload for r in bot.path.dialogue.asked] == ["", payload, "/control_stale_button"]
    assert link["url"] == "https://dichvucong.gov.vn"
    assert "☎ Gọi 114" in fake.texts()[0]
    assert [method for method, _ in fake.calls].count("answerCallbackQuery") == 2


async def test_a_photo_is_stored_under_our_id(bot: Bot, fake: TelegramFake) -> None:
    fake.put_file("big", jpeg())
    small = {"file_id": "small", "file_unique_id": "s", "width": 9, "height": 9, "file_size": 100}
    big = {"file_id": "big", "file_unique_id": "b", "width": 64, "height": 48, "file_size": 900}
    async with bot.running():
        await fake.write(photo=[small, big], caption="ổ gà")
        await fake.until(lambda: fake.texts())
    (attachment,) = bot.received[0].attachments
    assert bot.path.dialogue.asked[0].payload == f'/control_photo{{"media_id": "{attachment.ref}", "caption": "ổ gà"}}'
    assert (await bot.media.read(attachment.ref)).startswith(b"\xff\xd8")
    assert (await bot.path.messages("7"))[0].image_id == attachment.ref


@pytest.mark.parametrize("is_there", [True, False])
async def test_a_photo_that_cannot_be_had_is_answered_all_the_same(
    bot: Bot, fake: TelegramFake, is_there: bool
) -> None:
    if is_there:
        fake.put_file("big", b"no picture")
    async with bot.running():
        await fake.write(photo=[{"file_id": "big", "file_unique_id": "b", "width": 64, "height": 48}])
        await fake.until(lambda: fake.texts())
    assert bot.received[0].attachments == ()
    assert bot.path.dialogue.asked[0].payload == '/control_photo{"media_id": "", "caption": ""}'


async def test_a_place_is_asked_for_and_shared(db: Database, fake: TelegramFake, tmp_path: Folder) -> None:
    async def script(request: TurnRequest) -> Answer:
        if request.payload:
            return Answer(replies=(Reply("Dạ em ghi rồi"),))
        return Answer(replies=(Reply("Ở đâu ạ?", ask="location"),))

    async with Bot(db, fake, tmp_path, script).running() as bot:
        await fake.write(text="báo ổ gà")
        await fake.until(lambda: len(fake.texts()) == 2)
        await fake.write(location={"latitude": 10.77, "longitude": 106.7})
        await fake.until(lambda: len(fake.texts()) == 3)
    assert bot.path.dialogue.asked[1].payload == '/control_location{"lat": 10.77, "lon": 106.7}'
    asked = next(m for m in fake.sent if m["text"] == "Ở đâu ạ?")
    assert asked["reply_markup"]["keyboard"] == [[{"text": "📍 Gửi vị trí", "request_location": True}]]
    assert fake.sent[-1]["reply_markup"] == {"remove_keyboard": True}


async def test_a_long_answer_comes_in_parts_that_lose_nothing(
    db: Database, fake: TelegramFake, tmp_path: Folder
) -> None:
    sentences = [f"Bước {n}: cô chú nộp hồ sơ tại phường ạ 😀." for n in range(250)]

    async def script(_: TurnRequest) -> Answer:
        return Answer(replies=(Reply(" ".join(sentences)),))

    async with Bot(db, fake, tmp_path, script).running():
        await fake.write(text="các bước")
        await fake.until(lambda: NOTICE in fake.texts())
    parts = fake.texts()[:-1]
    assert len(parts) >= 3
    assert " ".join(parts) == " ".join(sentences)
    assert all(part.endswith(".") for part in parts)


async def test_a_long_answer_goes_on_after_a_429_where_it_stopped(
    db: Database, fake: TelegramFake, tmp_path: Folder
) -> None:
    text = "Một câu dài vừa phải. " * 300

    async def script(_: TurnRequest) -> Answer:
        return Answer(replies=(Reply(text.strip()),))

    bot = Bot(db, fake, tmp_path, script)
    original = fake.validate

    def validate(method: str, fields: dict[str, object], uploads: dict[str, object]) -> object:
        if method == "sendMessage" and len(fake.texts()) == 1 and not fake.n_refused:
            fake.faults = [flood(1)]
        return original(method, fields, uploads)

    fake.validate = validate  # type: ignore[method-assign]
    async with bot.running():
        await fake.write(text="các bước")
        await fake.until(lambda: NOTICE in fake.texts())
    assert fake.n_refused == 1
    assert " ".join(fake.texts()[:-1]) == text.strip()


def flood(seconds: int) -> ApiRefusal:
    return ApiRefusal(f"Too Many Requests: retry after {seconds}", 429, {"retry_after": seconds})


async def test_a_429_is_waited_out_in_order(bot: Bot, fake: TelegramFake) -> None:
    fake.faults = [flood(1)]
    loop = asyncio.get_running_loop()
    async with bot.running():
        await fake.write(text="alo alo")
        await fake.until(lambda: fake.n_refused)
        refused_at = loop.time()
        await fake.until(lambda: len(fake.texts()) == 2)
        assert loop.time() - refused_at >= 0.9
    assert fake.texts() == ["Dạ: alo alo", NOTICE]


async def test_messages_to_a_citizen_who_blocked_us_are_parked_with_the_reason(bot: Bot, fake: TelegramFake) -> None:
    fake.faults = [ApiRefusal("Forbidden: bot was blocked by the user", 403)] * 2
    async with bot.running():
        await fake.write(text="chào em")
        await fake.until(lambda: fake.n_refused == 2)
        await fake.write(text="chào em", user=8)
        await fake.until(lambda: len(fake.texts(8)) == 2)
    rows = await bot.path.outbox_rows()
    assert [r.status for r in rows[:2]] == [OutboxStatus.PARKED] * 2
    assert "blocked" in (rows[0].reason or "")


async def test_refused_buttons_do_not_cost_the_citizen_the_words(
    db: Database, fake: TelegramFake, tmp_path: Folder
) -> None:
    async def script(_: TurnRequest) -> Answer:
        return Answer(replies=(Reply("Xem ở đây", (("Trang", "https://dichvucong.gov.vn/a"),)),))

    fake.faults = [ApiRefusal("Bad Request: BUTTON_URL_INVALID")]
    async with Bot(db, fake, tmp_path, script).running():
        await fake.write(text="trang nào")
        await fake.until(lambda: len(fake.texts()) == 2)
    assert fake.texts()[0] == "Xem ở đây\n\n• Trang: https://dichvucong.gov.vn/a"


async def test_a_send_without_an_answer_is_sent_again_once(bot: Bot, fake: TelegramFake) -> None:
    fake.faults = ["hang"]
    async with bot.running():
        await fake.write(text="chào em")
        await fake.until(lambda: NOTICE in fake.texts())
    assert fake.texts() == ["Dạ: chào em", "Dạ: chào em", NOTICE]


async def test_a_restart_in_the_middle_loses_nothing_and_answers_once(
    db: Database, fake: TelegramFake, tmp_path: Folder
) -> None:
    first = Bot(db, fake, tmp_path)
    first.receive_errors = [OSError("the database is away")] * 1000
    async with first.running():
        await fake.write(text="khai sinh")
        await fake.until(lambda: len(first.receive_errors) < 998)
    assert fake.texts() == []
    # Stored, but killed before Telegram heard that we have it.
    second = Bot(db, fake, tmp_path)
    polling = asyncio.create_task(second.poller.run_forever())
    await fake.until(lambda: fake.n_polls)
    while not second.received:
        await asyncio.wait({polling}, timeout=0.01)
    polling.cancel()
    await asyncio.gather(polling, return_exceptions=True)
    await second.path.runner.idle()
    await second.channel.close()
    async with Bot(db, fake, tmp_path).running() as third:
        await fake.write(text="còn lệ phí")
        await fake.until(lambda: "Dạ: còn lệ phí" in fake.texts())
    assert [e.text for e in third.received][-1] == "còn lệ phí"
    assert fake.texts() == ["Dạ: khai sinh", NOTICE, "Dạ: còn lệ phí"]


async def test_an_update_that_cannot_be_stored_holds_up_only_its_own_citizen(bot: Bot, fake: TelegramFake) -> None:
    stored = bot.poller._receive
    n_tries = 0

    async def receive(event: InboundEvent) -> bool:
        nonlocal n_tries
        if event.user_id == "7":
            n_tries += 1
            if n_tries < 5:
                raise ValueError("cannot be stored")
        return await stored(event)

    bot.poller._receive = receive
    await fake.write(text="một")
    await fake.write(text="hai", user=8)
    async with bot.running():
        await fake.until(lambda: len(fake.texts(8)) == 2 and len(fake.texts()) == 2)
    assert [e.text for e in bot.received] == ["hai", "một"]


async def test_an_update_that_the_library_cannot_read_does_not_block_the_others(bot: Bot, fake: TelegramFake) -> None:
    await fake.enqueue_update({"message": {"message_id": 1, "text": 5}}, token=TOKEN)
    await fake.write(user=8, poll={"id": "of a future form"})
    await fake.write(text="chào em")
    async with bot.running():
        await fake.until(lambda: len(fake.texts()) == 2 and len(fake.texts(8)) == 2)
    assert sorted((e.kind, e.text) for e in bot.received) == [("text", "chào em"), ("unsupported", "")]


async def test_sticker_and_edited_text_are_answered(bot: Bot, fake: TelegramFake) -> None:
    sticker = {
        "file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1, "height": 1,
        "is_animated": False, "is_video": False,
    }  # fmt: skip
    async with bot.running():
        await fake.write(sticker=sticker)
        await fake.until(lambda: len(fake.texts()) == 2)
        await fake.write(text="khai tử", kind="edited_message", edit_date=1_790_000_009)
        await fake.until(lambda: len(fake.texts()) == 3)
    assert [(r.text, r.payload) for r in bot.path.dialogue.asked] == [("", "/control_sticker"), ("khai tử", "")]


async def test_a_group_is_declined_once(bot: Bot, fake: TelegramFake) -> None:
    async with bot.running():
        await fake.write(text="@bot khai sinh", chat=GROUP)
        await fake.write(text="@bot còn đó không", chat=GROUP)
        await fake.write(text="chào em")
        await fake.until(lambda: len(fake.texts()) == 2)
    assert fake.texts(-100) == [GROUP_TEXT]
    assert [e.user_id for e in bot.received] == ["7"]


@pytest.mark.parametrize("webhook", [True, False])
async def test_a_conflict_is_said_clearly(
    bot: Bot, fake: TelegramFake, webhook: bool, capfd: pytest.CaptureFixture[str]
) -> None:
    if webhook:
        await fake._update_queues.set_webhook(TOKEN, {"url": "https://example.org/hook"})
        word = "webhook"
    else:
        fake._update_queues._state(TOKEN).polling = True
        word = "another process"
    async with bot.running():
        await fake.until(lambda: fake.n_polls >= 2)
    out = capfd.readouterr()
    assert word in out.out + out.err


async def test_the_token_is_never_shown(
    db: Database,
    fake: TelegramFake,
    tmp_path: Folder,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    fake.faults = [ApiRefusal(f"Bad Request: {TOKEN}"), ApiRefusal("Forbidden", 403)]
    bot = Bot(db, fake, tmp_path)
    async with bot.running():
        await fake.write(photo=[{"file_id": "gone", "file_unique_id": "b", "width": 64, "height": 48}])
        await fake.until(lambda: fake.n_refused == 2)
    refused = TelegramFake()
    refused.is_token_wrong = True
    async with refused:
        other = TelegramChannel(TOKEN, refused.url)
        await asyncio.wait_for(TelegramPoller(other, bot.receive, bot.store_photo).run_forever(), 10)
        await other.close()
    rows = await bot.path.outbox_rows()
    out = capfd.readouterr()
    # The emulator's own access log is Telegram's side.
    logged = "".join(r.getMessage() for r in caplog.records if r.name != "aiohttp.access")
    shown = logged + out.out + out.err + "".join(r.reason or "" for r in rows)
    assert "refused TELEGRAM_BOT_TOKEN" in shown
    assert "HTTP Request: POST" in logged
    assert TOKEN not in shown
    assert TOKEN.partition(":")[2] not in shown
