"""Switching off and on."""

from bot.clock import FixedClock
from bot.db.engine import Database
from bot.switches.service import SwitchService
from tests.integration.people import START, World


async def switch_off(db: Database, service: SwitchService, topic: str, reason: str = "") -> None:
    async with db.begin() as session:
        await service.set_off(session, topic, reason, "lan")


async def test_a_switch_acts_at_once_here_and_within_two_seconds_elsewhere(world: World) -> None:
    mine, other = SwitchService(world.db, world.clock), SwitchService(world.db, world.clock)
    assert await mine.off_topics() == await other.off_topics() == frozenset()
    await switch_off(world.db, mine, "procedure:1.001193")
    assert await mine.off_topics() == {"procedure:1.001193"}
    world.wait(seconds=2)
    assert await other.off_topics() == {"procedure:1.001193"}
    async with world.db.begin() as session:
        assert await mine.set_on(session, "procedure:1.001193") is True
        assert await mine.set_on(session, "procedure:1.001193") is False
    assert await mine.off_topics() == frozenset()


async def test_switching_off_again_changes_the_reason(db: Database) -> None:
    service = SwitchService(db, FixedClock(START))
    await switch_off(db, service, "bot", "thử")
    await switch_off(db, service, "BOT", "sự cố")
    assert [(s.topic, s.reason, s.actor, s.off_at) for s in await service.list_off()] == [
        ("bot", "sự cố", "lan", START)
    ]


async def test_the_cache_spares_the_database(world: World) -> None:
    service = SwitchService(world.db, world.clock)
    await service.off_topics()
    await switch_off(world.db, SwitchService(world.db, world.clock), "bot")
    assert await service.off_topics() == frozenset()
    world.wait(seconds=1, milliseconds=999)
    assert await service.off_topics() == frozenset()
    world.wait(milliseconds=1)
    assert await service.off_topics() == {"bot"}
