"""The composition root: builds every part once and ties them together. Only process starters import it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import FastAPI

from actions import build_actions
from bot import health
from bot.citizens.service import CitizenService, purge_expired
from bot.citizens.vault import Vault
from bot.clock import Clock, SystemClock
from bot.complaints.service import ComplaintService
from bot.conversations.commands import CommandHandler
from bot.conversations.inbox import Inbox
from bot.conversations.jobs import JobHandler, JobRunner
from bot.conversations.outbox import OutboxSender
from bot.conversations.repository import ConversationRepository, OutboxRepository
from bot.conversations.service import ConversationService
from bot.conversations.turn import LEASE, TurnRunner, no_checkpoint
from bot.conversations.writer import TurnWriter
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.dialogue import actions_endpoint
from bot.dialogue.client import RasaClient
from bot.dialogue.degraded import DegradedMode
from bot.dialogue.dialogue import RasaDialogue
from bot.dialogue.intents import Intents
from bot.dialogue.process import door_secret
from bot.dialogue.replies import reply_of
from bot.dossiers.registry import EmbeddedRegistry, HttpRegistry
from bot.dossiers.service import DossierService
from bot.dossiers.types import DossierRegistry
from bot.handoff.service import HandoffService
from bot.media.service import MediaService
from bot.realtime.hub import Hub, MemoryHub
from bot.settings import ROOT, Settings, load_settings
from bot.switches.service import SwitchService
from bot.texts import Texts
from bot.webchat import endpoints as webchat
from channels.base import Channel
from channels.web.adapter import WebChannel
from knowledge.live import LiveKnowledge
from knowledge.reading import QuestionReader
from nlu.encoder.select import embedder
from nlu.vietnamese.emergency import EmergencyList

if TYPE_CHECKING:
    from channels.telegram.adapter import TelegramChannel
    from channels.telegram.polling import TelegramPoller

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Services:
    """Every part of the application, built once."""

    settings: Settings
    clock: Clock
    db: Database
    hub: Hub
    texts: Texts
    intents: Intents
    knowledge: LiveKnowledge
    registry: DossierRegistry
    dossiers: DossierService
    complaints: ComplaintService
    citizens: CitizenService
    handoff: HandoffService
    switches: SwitchService
    media: MediaService
    conversations: ConversationService
    rasa: RasaClient
    runner: TurnRunner
    inbox: Inbox
    outbox: OutboxSender
    jobs: JobRunner
    channels: dict[str, Channel]
    telegram: "TelegramChannel | None"
    telegram_poller: "TelegramPoller | None"

    dialogue: RasaDialogue


RETENTION_EVERY = timedelta(days=1)


def build(settings: Settings, checkpoint: Callable[[str], None] = no_checkpoint, lease: timedelta = LEASE) -> Services:
    """Build the parts and read the files they need; opens no connection and starts nothing.

    Args:
        settings: Where everything is.
        checkpoint: Called between the steps of the message path; for crash tests.
        lease: How long a worker that died keeps a conversation from the others.
    """
    clock = SystemClock()
    secret = settings.secret()
    db = Database(settings.db_url)
    hub = _hub(settings)
    texts = Texts.load()
    intents = Intents.load(ROOT / "nlu" / "intents.yml")
    vault = Vault(secret)
    knowledge = LiveKnowledge(
        settings.data_dir / "procedures", settings.var_dir / "index", embedder(settings.embedder), QuestionReader.load()
    )
    switches = SwitchService(db, clock)
    media = MediaService(db, settings.var_dir / "media", clock, settings.max_upload_mb * 1024 * 1024)
    registry = _registry(settings, db)
    dossiers = DossierService(registry, clock)
    complaints = ComplaintService(db, clock, vault, media)
    citizens = CitizenService(db, clock, vault)
    handoff = HandoffService(db, clock, texts)
    rasa = RasaClient(settings.rasa_base_url, door_secret(settings), settings.rasa_timeout_s)

    async def queue_note(conversation_id: str) -> str:
        position = (await handoff.status(conversation_id)).position
        return texts.get("utter_handoff_position", position=position) if position else ""

    job_handlers: dict[str, JobHandler] = {
        "delete_tracker": lambda key, _payload: _done(rasa.delete(key)),
        "cut_tracker": lambda key, payload: _done(rasa.cut(key, payload["turn_id"])),
        "handed_back": lambda key, _payload: _done(rasa.set_slots(key, {}, end_form=True)),
        "delete_media": media.delete_files,
        "retention": lambda _key, _payload: _purge(db, clock, rasa, timedelta(days=settings.transcript_days)),
    }
    jobs = JobRunner(db, clock, job_handlers)
    dialogue = RasaDialogue(
        rasa,
        knowledge,
        DegradedMode(knowledge, dossiers, switches, texts),
        EmergencyList(ROOT / "nlu" / "lists" / "emergency.yml"),
        intents,
        switches,
        texts,
        queue_note,
        jobs.settle,
    )
    channels: dict[str, Channel] = {"web": WebChannel(hub)}
    if telegram := _telegram(settings):
        channels["telegram"] = telegram
    outbox = OutboxSender(db, clock, channels, checkpoint, dead_after=2 * lease)
    handlers: dict[str, CommandHandler] = {
        "file_complaint": complaints.apply_file_complaint,
        "give_consent": citizens.apply_give_consent,
        "withdraw_consent": citizens.apply_withdraw_consent,
        "delete_data": citizens.apply_delete_data,
        "keep_contact": citizens.apply_keep_contact,
        "ask_human": handoff.apply_ask_human,
        "leave_queue": handoff.apply_leave_queue,
    }

    def on_written() -> None:
        outbox.wake()
        jobs.wake()

    writer = TurnWriter(
        db,
        clock,
        vault,
        handlers,
        lambda: reply_of(texts, "utter_shared_notice", days=settings.transcript_days),
        on_written,
    )
    runner = TurnRunner(db, clock, dialogue, writer, channels, checkpoint, lease)
    conversations = ConversationService(db, clock)
    inbox = Inbox(db, clock, vault, runner, checkpoint)

    async def store_photo(user_id: str, data: bytes) -> str:
        picture = await media.prepare(data)
        async with db.begin() as session:
            conversation_id = await conversations.ensure(session, "telegram", user_id)
            return (await media.store(session, conversation_id, picture)).id

    poller = _poller(telegram, inbox, store_photo) if telegram else None
    return Services(
        settings=settings,
        clock=clock,
        db=db,
        hub=hub,
        texts=texts,
        intents=intents,
        knowledge=knowledge,
        registry=registry,
        dossiers=dossiers,
        complaints=complaints,
        citizens=citizens,
        handoff=handoff,
        switches=switches,
        media=media,
        conversations=conversations,
        rasa=rasa,
        runner=runner,
        inbox=inbox,
        outbox=outbox,
        jobs=jobs,
        channels=channels,
        telegram=telegram,
        telegram_poller=poller,
        dialogue=dialogue,
    )


def create_app(
    settings: Settings | None = None,
    checkpoint: Callable[[str], None] = no_checkpoint,
    lease: timedelta = LEASE,
) -> FastAPI:
    """Build the web application; everything that runs in the background starts and stops with it."""
    services = build(settings or load_settings(), checkpoint, lease)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await start(services)
        tasks = [asyncio.create_task(task) for task in background(services)]
        try:
            yield
        finally:
            await services.runner.stop()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            await close(services)

    app = FastAPI(
        title="Trợ lý Công dân số",
        version="0.1.0",
        description="Trang trò chuyện, sức khỏe hệ thống và cửa nhận sự kiện của các kênh.",
        lifespan=lifespan,
        redoc_url=None,
    )
    app.state.services = services
    checks = (
        health.database_check(services.db),
        health.rasa_check(services.rasa.is_ready),
        health.index_check(
            lambda: len(services.knowledge.records),
            lambda: services.knowledge.problems,
            lambda: services.knowledge.has_vectors,
        ),
    )
    app.include_router(health.router(checks))
    app.include_router(webchat.router(services))
    actions = build_actions(
        knowledge=services.knowledge,
        dossiers=services.dossiers,
        complaints=services.complaints,
        handoff=services.handoff,
        citizens=services.citizens,
        switches=services.switches,
        texts=services.texts,
        labels=services.intents.labels(),
    )
    executor = actions_endpoint.make_executor(actions)
    app.state.executor = executor
    app.include_router(actions_endpoint.router(executor, door_secret(services.settings)))
    return app


async def start(services: Services) -> None:
    """Bring the database up to date and pick up what the last process left."""
    await upgrade(services.db)
    async with services.db.begin() as session:
        if isinstance(services.registry, EmbeddedRegistry):
            await services.registry.seed(session)
        first_purge = services.clock.now() + timedelta(minutes=5)
        await services.conversations.add_job(session, "retention", "daily", first_purge)
        if services.db.is_sqlite:
            # Nobody else uses this file: whoever held leases or was sending is dead.
            await ConversationRepository(session).release_all()
            await OutboxRepository(session).suspect(services.clock.now(), timedelta(0))


def background(services: Services) -> list[Coroutine[Any, Any, None]]:
    """Give what runs until the application stops."""
    parts = [services.runner.run_forever(), services.outbox.run_forever(), services.jobs.run_forever()]
    parts.append(services.knowledge.follow())
    return [*parts, services.telegram_poller.run_forever()] if services.telegram_poller else parts


async def close(services: Services) -> None:
    """Close every connection."""
    if services.telegram:
        await services.telegram.close()
    await services.rasa.close()
    await services.registry.close()
    await services.hub.close()
    await services.db.close()


def _hub(settings: Settings) -> Hub:
    if not settings.redis_url:
        return MemoryHub()
    # Only who uses Redis waits for its client to load.
    from bot.realtime.redis_hub import RedisHub

    return RedisHub(settings.redis_url)


def _telegram(settings: Settings) -> "TelegramChannel | None":
    token = settings.telegram_bot_token.get_secret_value().strip()
    if not token:
        return None
    # Only who uses Telegram waits for its library to load.
    from channels.telegram.adapter import TelegramChannel

    return TelegramChannel(token, settings.telegram_api_url)


def _poller(
    channel: "TelegramChannel", inbox: Inbox, store_photo: Callable[[str, bytes], Awaitable[str]]
) -> "TelegramPoller":
    from channels.telegram.polling import TelegramPoller

    return TelegramPoller(channel, receive=inbox.receive, store_photo=store_photo)


def _registry(settings: Settings, db: Database) -> DossierRegistry:
    if not settings.dossier_api_url:
        return EmbeddedRegistry(db)
    key = settings.dossier_api_key.get_secret_value()
    return HttpRegistry(settings.dossier_api_url, key, settings.dossier_api_timeout_s)


async def _done(call: Coroutine[Any, Any, None]) -> timedelta | None:
    await call
    return None


async def _purge(db: Database, clock: Clock, rasa: RasaClient, age: timedelta) -> timedelta | None:
    async with db.begin() as session:
        removed = await purge_expired(session, clock.now(), age.days)
    n_trackers = await rasa.purge(clock.now() - age)
    log.info("expired data removed", trackers=n_trackers, **removed)
    return RETENTION_EVERY
