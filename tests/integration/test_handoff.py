"""Handing over to people, on SQLite and PostgreSQL."""

import asyncio

import pytest
from sqlalchemy import select

from bot.conversations.models import Author, Conversation, Job, Message, OutboxItem
from bot.errors import ConflictError, InputError, NotFoundError
from bot.handoff.models import Handoff
from tests.integration.people import World


async def ask(world: World, conversation_id: str, turn_id: str = "") -> None:
    async with world.turn(conversation_id, turn_id or f"ask {conversation_id}") as ctx:
        await world.handoff.apply_ask_human(ctx, {"reason": "asked"})


async def claim(world: World, conversation_id: str, operator: str) -> None:
    async with world.db.begin() as session:
        await world.handoff.claim(session, conversation_id, operator)


async def test_who_asks_waits_in_order_and_asking_again_keeps_the_place(world: World) -> None:
    await world.meet("c1", "c2", "c3")
    for conversation_id in ("c2", "c1"):
        await ask(world, conversation_id)
        world.wait(minutes=1)
    await ask(world, "c2", "again")
    places = [(await world.handoff.status(name)).position for name in ("c2", "c1", "c3")]
    assert places == [1, 2, 0]
    view = await world.handoff.status("c1")
    assert (view.state, view.n_waiting, view.operator, view.is_office_open) == ("waiting", 2, None, True)
    assert await world.count(Handoff) == 2


async def test_an_unknown_conversation_is_with_the_bot(world: World) -> None:
    assert (await world.handoff.status("new")).state == "bot"


async def test_leaving_the_queue_gives_it_back_to_the_bot(world: World) -> None:
    await world.meet("c1")
    await ask(world, "c1")
    for turn_id in ("leave", "leave again"):
        async with world.turn("c1", turn_id) as ctx:
            await world.handoff.apply_leave_queue(ctx, {})
    view = await world.handoff.status("c1")
    assert (view.state, view.position) == ("bot", 0)
    await ask(world, "c1", "once more")
    assert (await world.handoff.status("c1")).position == 1
    assert await world.count(Handoff) == 2


async def test_of_many_operators_exactly_one_wins(world: World) -> None:
    await world.meet("c1")
    await ask(world, "c1")
    operators = [f"op{number}" for number in range(6)]
    results = await asyncio.gather(*(claim(world, "c1", name) for name in operators), return_exceptions=True)
    winners = [name for name, result in zip(operators, results, strict=True) if result is None]
    assert len(winners) == 1
    assert all(isinstance(result, ConflictError) for result in results if result is not None)
    async with world.db.read() as session:
        conversation = await session.get(Conversation, "c1")
        assert conversation is not None
        assert (conversation.state, conversation.holder, conversation.n_claims) == ("held", winners[0], 1)
        assert (await session.scalars(select(Handoff.claimed_by))).all() == winners


async def test_claiming_twice_changes_nothing_and_one_may_step_in_unasked(world: World) -> None:
    await world.meet("c1")
    for _ in range(2):
        await claim(world, "c1", "op1")
    async with world.db.read() as session:
        conversation = await session.get(Conversation, "c1")
        assert conversation is not None
        assert conversation.n_claims == 1
    assert await world.count(Handoff) == 1


async def test_only_the_holder_speaks_and_the_words_go_out(world: World) -> None:
    await world.meet("c1")
    await ask(world, "c1")
    await claim(world, "c1", "op1")
    async with world.db.begin() as session:
        await world.handoff.say(session, "c1", "op1", " Chào cô, em là Lan ")
    for operator, text, error in (("op2", "Tôi nè", ConflictError), ("op1", "  ", InputError)):
        with pytest.raises(error):
            async with world.db.begin() as session:
                await world.handoff.say(session, "c1", operator, text)
    async with world.db.read() as session:
        messages = (await session.scalars(select(Message).where(Message.author == Author.OPERATOR))).all()
    assert [(m.author, m.operator, m.text) for m in messages] == [(Author.OPERATOR, "op1", "Chào cô, em là Lan")]
    assert await world.count(OutboxItem) == 2  # the words, and before them that somebody came


@pytest.mark.parametrize(("to_bot", "state"), [(True, "bot"), (False, "closed")])
async def test_releasing_ends_it(world: World, to_bot: bool, state: str) -> None:
    await world.meet("c1")
    await ask(world, "c1")
    await claim(world, "c1", "op1")
    async with world.db.begin() as session:
        await world.handoff.release(session, "c1", "op1", to_bot=to_bot)
    view = await world.handoff.status("c1")
    assert (view.state, view.operator) == (state, None)
    assert await world.handoff.queue() == []
    with pytest.raises(ConflictError):
        async with world.db.begin() as session:
            await world.handoff.say(session, "c1", "op1", "còn đó không cô")


async def test_another_operator_releases_only_by_force(world: World) -> None:
    await world.meet("c1")
    await claim(world, "c1", "op1")
    with pytest.raises(ConflictError, match="op1 đang giữ"):
        async with world.db.begin() as session:
            await world.handoff.release(session, "c1", "op2")
    async with world.db.begin() as session:
        await world.handoff.release(session, "c1", "op2", is_forced=True)
    assert (await world.handoff.status("c1")).state == "bot"
    with pytest.raises(ConflictError):
        async with world.db.begin() as session:
            await world.handoff.release(session, "c1", "op2", is_forced=True)


async def test_asking_while_held_changes_nothing(world: World) -> None:
    await world.meet("c1")
    await claim(world, "c1", "op1")
    await ask(world, "c1")
    assert (await world.handoff.status("c1")).operator == "op1"


async def test_what_does_not_exist_is_said(world: World) -> None:
    for action in (
        lambda session: world.handoff.claim(session, "none", "op1"),
        lambda session: world.handoff.say(session, "none", "op1", "a"),
        lambda session: world.handoff.release(session, "none", "op1"),
        lambda session: world.handoff.release(session, "none", "op1", is_forced=True),
    ):
        with pytest.raises(NotFoundError):
            async with world.db.begin() as session:
                await action(session)


async def test_the_queue_shows_wait_and_last_words(world: World) -> None:
    await world.meet("c1", "c2")
    await ask(world, "c1")
    async with world.db.begin() as session:
        for text, author in (("alo", Author.CITIZEN), ("cho tôi gặp người", Author.CITIZEN), ("Dạ", Author.BOT)):
            session.add(Message(conversation_id="c1", author=author, text=text, created_at=world.clock.now()))
            await session.flush()
    world.wait(minutes=7)
    await claim(world, "c2", "op1")
    world.wait(minutes=3)
    waiting, held = await world.handoff.queue()
    assert (waiting.conversation_id, waiting.waited.total_seconds(), waiting.last_text) == (
        "c1",
        600,
        "cho tôi gặp người",
    )
    assert (held.state, held.operator, held.waited.total_seconds(), held.last_text) == ("held", "op1", 0, "")


async def test_a_prefix_names_one_conversation(world: World) -> None:
    await world.meet("ab12", "ab34", "c%56")
    assert await world.handoff.resolve("AB1") == "ab12"
    for prefix in ("ab", "zz", "", "%"):
        with pytest.raises(InputError):
            await world.handoff.resolve(prefix)


async def test_the_citizen_is_told_when_a_person_comes_and_goes_and_rasa_stops_asking(world: World) -> None:
    await world.meet("c1")
    await ask(world, "c1")
    await claim(world, "c1", "Lan")
    await claim(world, "c1", "Lan")
    async with world.db.begin() as session:
        await world.handoff.release(session, "c1", "Lan")
    async with world.db.read() as session:
        said = (await session.scalars(select(Message).where(Message.author == Author.BOT).order_by(Message.id))).all()
        unsent = (await session.scalars(select(OutboxItem.message_id).order_by(OutboxItem.message_id))).all()
        jobs = [(job.kind, job.key) for job in (await session.scalars(select(Job))).all()]
    assert len(said) == 2
    assert "Lan" in said[0].text
    assert [message.id for message in said] == list(unsent)
    assert jobs == [("handed_back", "c1")]
