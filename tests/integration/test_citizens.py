"""Consent, sealed values and deletion, on SQLite and PostgreSQL."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.citizens.models import Consent, Deletion, SealedValue
from bot.citizens.service import purge_expired
from bot.complaints.models import Complaint
from bot.complaints.service import public_code
from bot.conversations.models import Button, InboxEvent, Job, Message, OutboxItem, Turn
from bot.errors import InputError, NotFoundError
from bot.handoff.models import Handoff
from bot.media.models import Media
from tests.integration.people import EMAIL, PHONE, SEALED, START, World

CONTACT = {"purpose": "complaint_contact"}
CALLBACK = {"purpose": "callback"}


async def consent(world: World, turn_id: str, args: dict[str, str], sealed: dict[str, str] | None = None) -> None:
    async with world.turn("c1", turn_id, 0, sealed) as ctx:
        await world.citizens.apply_give_consent(ctx, args)
        for placeholder in sealed or {}:
            await world.citizens.apply_keep_contact(ctx, {**args, "placeholder": placeholder})


async def test_consent_is_per_purpose_and_given_once(world: World) -> None:
    await world.meet("c1", "c2")
    for turn_id in ("t1", "t2"):
        await consent(world, turn_id, CONTACT)
    assert await world.citizens.has_consent("c1", "complaint_contact")
    assert not await world.citizens.has_consent("c1", "callback")
    assert not await world.citizens.has_consent("c2", "complaint_contact")
    assert await world.count(Consent) == 1


async def test_a_consent_keeps_its_evidence(world: World) -> None:
    await world.meet("c1")
    await consent(world, "t1", CONTACT)
    async with world.db.read() as session:
        row = (await session.scalars(select(Consent))).one()
    assert (row.turn_id, row.given_at, row.withdrawn_at) == ("t1", START, None)
    assert row.text_version


@pytest.mark.parametrize("args", [{}, {"purpose": None}, {"purpose": "marketing"}])
async def test_an_unknown_purpose_is_refused(world: World, args: dict[str, Any]) -> None:
    await world.meet("c1")
    with pytest.raises(InputError):
        async with world.turn("c1", "t1") as ctx:
            await world.citizens.apply_give_consent(ctx, args)


async def test_values_are_kept_only_under_consent_and_identity_numbers_never(world: World) -> None:
    await world.meet("c1")
    async with world.turn("c1", "t1", 0, SEALED) as ctx:
        await world.citizens.apply_keep_contact(ctx, {**CALLBACK, "placeholder": PHONE})
    assert await world.count(SealedValue) == 0
    for turn_id in ("t2", "t3"):
        await consent(world, turn_id, CALLBACK, SEALED)
    async with world.db.read() as session:
        rows = (await session.scalars(select(SealedValue).order_by(SealedValue.placeholder))).all()
    assert [row.placeholder for row in rows] == [EMAIL, PHONE]
    assert all(value not in row.ciphertext for row in rows for value in SEALED.values())
    assert set(await world.citizens.kept_values("c1", "callback")) == {SEALED[PHONE], SEALED[EMAIL]}
    assert await world.citizens.kept_values("c1", "complaint_contact") == []


async def file_complaint(world: World, turn_id: str, media_ids: list[str]) -> str:
    code = public_code(turn_id, START)
    async with world.turn("c1", turn_id, 1, SEALED) as ctx:
        command = {"code": code, "category": "noise", "description": "Ồn", "media_ids": media_ids, "contact": PHONE}
        await world.complaints.apply_file_complaint(ctx, command)
    return code


async def test_withdrawing_one_consent_deletes_what_was_kept_for_it(world: World) -> None:
    await world.meet("c1")
    await consent(world, "t1", CONTACT, SEALED)
    await consent(world, "t2", CALLBACK, SEALED)
    code = await file_complaint(world, "t3", [])
    async with world.turn("c1", "t4") as ctx:
        await world.citizens.apply_withdraw_consent(ctx, CONTACT)
    assert await world.citizens.active_purposes("c1") == {"callback"}
    assert await world.citizens.kept_values("c1", "complaint_contact") == []
    assert len(await world.citizens.kept_values("c1", "callback")) == 2
    assert await world.complaints.contact(code) is None
    assert await world.count(Consent) == 2
    await consent(world, "t5", CONTACT)
    assert await world.citizens.has_consent("c1", "complaint_contact")


async def test_withdrawing_without_a_purpose_ends_all(world: World) -> None:
    await world.meet("c1")
    await consent(world, "t1", CONTACT, SEALED)
    await consent(world, "t2", CALLBACK, SEALED)
    async with world.turn("c1", "t3") as ctx:
        await world.citizens.apply_withdraw_consent(ctx, {"purpose": None})
    assert await world.citizens.active_purposes("c1") == frozenset()
    assert await world.count(SealedValue) == 0


async def talk(world: World, conversation_id: str, turn_id: str, *, status: str | None = "sent") -> None:
    """Write a question and its answer as the message path does; ``status`` of the answer's outbox row."""
    now = world.clock.now()
    async with world.turn(conversation_id, turn_id) as ctx:
        event = InboxEvent(
            channel="web", event_id=turn_id, conversation_id=conversation_id, kind="text", turn_id=turn_id
        )
        event.body, event.sealed, event.received_at = {"text": "bí mật"}, "x", now
        answer = Message(conversation_id=conversation_id, turn_id=turn_id, author="bot", text="Dạ", created_at=now)
        question = Message(conversation_id=conversation_id, author="citizen", text="bí mật", created_at=now)
        button = Button(key=turn_id[:12], conversation_id=conversation_id, title="A", payload="/a", created_at=now)
        ctx.session.add_all([event, question, answer, button])
        await ctx.session.flush()
        if status:
            ctx.session.add(
                OutboxItem(
                    message_id=answer.id, conversation_id=conversation_id, status=status, due_at=now, updated_at=now
                )
            )


async def delete(world: World, turn_id: str = "delete") -> None:
    async with world.turn("c1", turn_id) as ctx:
        await world.citizens.apply_delete_data(ctx, {})


async def texts(world: World, conversation_id: str) -> list[str]:
    async with world.db.read() as session:
        query = select(Message.text).where(Message.conversation_id == conversation_id).order_by(Message.id)
        return list((await session.scalars(query)).all())


async def test_deleting_leaves_only_this_turn_and_a_note_without_content(world: World) -> None:
    await world.meet("c1", "c2")
    for conversation_id in ("c1", "c2"):
        await talk(world, conversation_id, f"old {conversation_id}")
    await consent(world, "t1", CONTACT, SEALED)
    world.wait(minutes=1)
    await talk(world, "c1", "delete", status=None)
    world.wait(seconds=1)
    await delete(world)
    assert await texts(world, "c1") == ["bí mật", "Dạ"]  # of this turn
    assert await texts(world, "c2") == ["bí mật", "Dạ"]
    assert await world.count(OutboxItem) == 1
    assert await world.count(Consent) == await world.count(SealedValue) == 0
    async with world.db.read() as session:
        bodies = dict(map(tuple, (await session.execute(select(InboxEvent.event_id, InboxEvent.body))).all()))
        buttons = (await session.scalars(select(Button.conversation_id).order_by(Button.conversation_id))).all()
        note = await session.get(Deletion, "delete")
        jobs = (await session.execute(select(Job.kind, Job.key))).all()
    assert bodies["old c1"] == {}
    assert bodies["old c2"] == bodies["delete"] == {"text": "bí mật"}
    assert buttons == ["c1", "c2"]
    assert note is not None
    assert note.counts["messages"] == 2
    assert "bí mật" not in str(note.counts)
    assert jobs == [("delete_tracker", "c1")]


async def test_deleting_twice_for_one_turn_is_once(world: World) -> None:
    await world.meet("c1")
    await delete(world)
    await consent(world, "later", CONTACT)
    await delete(world)
    assert await world.citizens.has_consent("c1", "complaint_contact")
    assert await world.count(Deletion) == 1
    assert await world.count(Job) == 1


async def test_an_answer_on_its_way_and_a_later_question_survive_deletion(world: World) -> None:
    await world.meet("c1")
    await talk(world, "c1", "old", status="pending")
    world.wait(minutes=1)
    await talk(world, "c1", "delete", status=None)
    world.wait(seconds=1)
    async with world.db.begin() as session:
        later = InboxEvent(channel="web", event_id="later", conversation_id="c1", kind="text")
        later.body, later.received_at = {"text": "còn đây"}, world.clock.now()
        message = Message(conversation_id="c1", author="citizen", text="còn đây", created_at=world.clock.now())
        session.add_all([later, message])
    world.wait(seconds=1)
    await delete(world)
    assert await texts(world, "c1") == ["Dạ", "bí mật", "Dạ", "còn đây"]
    async with world.db.read() as session:
        query = select(InboxEvent.body).where(InboxEvent.event_id == "later")
        assert await session.scalar(query) == {"text": "còn đây"}


async def test_deleting_detaches_complaints_and_removes_other_pictures_after_the_commit(world: World) -> None:
    await world.meet("c1")
    await consent(world, "t1", CONTACT, SEALED)
    kept, loose = await world.photo("c1"), await world.photo("c1")
    code = await file_complaint(world, "t2", [kept])
    await delete(world)
    assert await world.complaints.latest("c1") is None
    assert await world.complaints.contact(code) is None
    view = await world.complaints.find(code, "c1")
    assert view is not None
    assert (view.is_own, view.description) == (False, "")
    async with world.db.read() as session:
        media = (await session.scalars(select(Media))).all()
        complaint = (await session.scalars(select(Complaint))).one()
        job = (await session.scalars(select(Job).where(Job.kind == "delete_media"))).one()
    assert [(row.id, row.conversation_id) for row in media] == [(kept, None)]
    assert complaint.conversation_id is None
    assert world.media.path(loose).exists()
    for _ in range(2):
        assert await world.media.delete_files(job.key, job.payload) is None
    for is_thumbnail in (False, True):
        with pytest.raises(NotFoundError):
            world.media.path(loose, is_thumbnail=is_thumbnail)
    assert await world.media.read(kept)


async def test_a_deletion_that_rolls_back_deletes_nothing(world: World) -> None:
    await world.meet("c1")
    await talk(world, "c1", "old")
    world.wait(minutes=1)
    with suppress(ZeroDivisionError):
        async with world.turn("c1", "delete") as ctx:
            await world.citizens.apply_delete_data(ctx, {})
            raise ZeroDivisionError
    assert await texts(world, "c1") == ["bí mật", "Dạ"]
    assert await world.count(Job) == 0


async def test_old_things_expire_and_young_and_unsent_ones_stay(world: World) -> None:
    await world.meet("c1")
    await talk(world, "c1", "old")
    await talk(world, "c1", "unsent", status="pending")
    await consent(world, "t1", CONTACT, SEALED)
    old = await world.photo("c1")
    kept = await world.photo("c1")
    await file_complaint(world, "t2", [kept])
    world.wait(days=29)
    await talk(world, "c1", "young")
    world.wait(days=2)
    async with world.db.begin() as session:
        counts = await purge_expired(session, world.clock.now(), days=30)
    assert counts == {"messages": 3, "events": 2, "buttons": 2, "sealed_values": 2, "media": 1}
    assert await texts(world, "c1") == ["Dạ", "bí mật", "Dạ"]
    assert await world.count(Consent) == await world.count(Complaint) == 1
    async with world.db.read() as session:
        assert (await session.scalars(select(Media.id))).all() == [kept]
        job = (await session.scalars(select(Job))).one()
    assert (job.kind, job.payload) == ("delete_media", {"ids": [old]})


async def test_purging_leaves_unanswered_events(world: World) -> None:
    await world.meet("c1")
    async with world.db.begin() as session:
        now = world.clock.now()
        session.add(Turn(id="open", conversation_id="c1", status="open", created_at=now))
        await session.flush()
        for event_id, turn_id in (("a", None), ("b", "open")):
            event = InboxEvent(
                channel="web", event_id=event_id, conversation_id="c1", kind="text", turn_id=turn_id, received_at=now
            )
            event.body = {"text": "chờ"}
            session.add(event)
    async with world.db.begin() as session:
        await purge_expired(session, START + timedelta(days=31), days=30)
    async with world.db.read() as session:
        assert (await session.scalars(select(InboxEvent.body))).all() == [{"text": "chờ"}] * 2


async def reasons(world: World) -> list[str]:
    async with world.db.read() as session:
        return list((await session.scalars(select(Handoff.reason).order_by(Handoff.conversation_id))).all())


async def test_why_somebody_asked_for_a_person_is_deleted_but_not_the_place_in_the_queue(world: World) -> None:
    await world.meet("c1", "c2")
    for name in ("c1", "c2"):
        async with world.turn(name, f"ask {name}") as ctx:
            await world.handoff.apply_ask_human(ctx, {"reason": "chuyện riêng"})
    await delete(world)
    assert await reasons(world) == ["", "chuyện riêng"]
    assert (await world.handoff.status("c1")).position == 1
    world.wait(days=31)
    async with world.db.begin() as session:
        await purge_expired(session, world.clock.now(), days=30)
    assert await reasons(world) == ["", ""]
