"""The composition root: builds every part once and ties them together. Nothing imports this but the process starters."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass

import structlog
from fastapi import FastAPI

from actions import build_actions
from bot import health, logs
from bot.citizens.service import CitizenService
from bot.citizens.vault import Vault
from bot.clock import Clock, SystemClock
from bot.complaints.service import ComplaintService
from bot.conversations.inbox import Inbox
from bot.conversations.jobs import JobRunner
from bot.conversations.outbox import OutboxSender
from bot.conversations.service import ConversationService
from bot.conversations.turn import TurnRunner, no_checkpoint
from bot.conversations.writer import TurnWriter
from bot.db.engine import Database
from bot.db.migrate import upgrade
from bot.dialogue import actions_endpoint
from bot.dialogue.client import RasaClient
from bot.dialogue.degraded import DegradedMode
from bot.dialogue.dialogue import RasaDialogue
from bot.dialogue.emergency import EmergencyList
from bot.dialogue.intents import Intents
from bot.dossiers.service import DossierService
from bot.handoff.service import HandoffService
from bot.media.service import MediaService
from bot.realtime.hub import Hub, make_hub
from bot.settings import ROOT, Settings, load_settings
from bot.switches.service import SwitchService
from bot.texts import Texts
from bot.webchat import endpoints as webchat
from channels.base import Channel
from channels.web.adapter import WebChannel
from knowledge.base import KnowledgeBase

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
    knowledge: KnowledgeBase
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
