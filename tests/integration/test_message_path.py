"""The promises of the message path (design §5), on SQLite and PostgreSQL."""

import asyncio
import json
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from bot.conversations.commands import Command, CommandContext
from bot.conversations.models import (
    AppliedCommand,
    Author,
    Conversation,
    ConversationState,
    InboxEvent,
    OutboxItem,
    Turn,
)
from bot.db.engine import Database
from bot.dialogue.types import Answer, Reply, TurnRequest
from bot.errors import DialogueError, UnavailableError
from channels.base import SendError
from channels.types import Attachment, EventKind, Location
from tests.integration.path import EMERGENCY, Path, RecordingChannel, ScriptedDialogue, echo


async def test_a_question_is_answered_and_the_notice_follows_the_first_answer_only(db: Database) -> None:
    path = Path(db)
    assert await path.say("khai sinh cần gì") == ["Dạ: khai sinh cần gì", "Em là máy"]
    assert await path.say("còn lệ phí") == ["Dạ: còn lệ phí"]


async def test_an_event_delivered_twice_is_answered_once(db: Database) -> None:
    path = Path(db)
    event = path.event("khai sinh cần gì")
    assert await path.inbox.receive(event) is True
    assert await path.inbox.receive(event) is False
    await path.runner.idle()
    assert len(path.dialogue.asked) == 1
    assert [m.author for m in await path.messages()] == [Author.CITIZEN, Author.BOT, Author.BOT]


async def test_the_same_event_received_at_once_by_two_workers_is_stored_once(db: Database) -> None:
    one, two = Path(db), Path(db)
    event = one.event("khai sinh cần gì")
    news = await asyncio.gather(one.inbox.receive(event), two.inbox.receive(event))
    await asyncio.gather(one.runner.idle(), two.runner.idle())
    assert sorted(news) == [False, True]
    assert len(one.dialogue.asked) + len(two.dialogue.asked) == 1


async def test_fragments_are_joined_into_one_turn(db: Database) -> None:
    path = Path(db)
    for text in ("alo", "cho em hỏi", "khai sinh cần gì"):
        await path.inbox.receive(path.event(text))
    await asyncio.wait_for(path.runner.idle(), 10)
    assert [r.text for r in path.dialogue.asked] == ["alo cho em hỏi khai sinh cần gì"]


async def test_a_lone_opener_is_answered_after_a_short_wait(db: Database) -> None:
    path = Path(db)
    assert (await path.say("alo"))[0] == "Dạ: alo"


async def test_turns_of_one_conversation_run_one_after_the_other_in_order(db: Database) -> None:
    running: list[str] = []
    seen: list[str] = []

    async def slow(request: TurnRequest) -> Answer:
        running.append(request.text)
        assert len(running) == 1
        await asyncio.sleep(0.02)
        running.remove(request.text)
        seen.append(request.payload)
        return Answer(replies=(Reply("ok"),))

    path = Path(db, ScriptedDialogue(slow))
    for n in range(5):
        await path.inbox.receive(path.event(kind=EventKind.LOCATION, location=Location(n, 0)))
    await asyncio.wait_for(path.runner.idle(), 10)
    assert [json.loads(p.removeprefix("/control_location"))["lat"] for p in seen] == [0, 1, 2, 3, 4]


async def test_different_conversations_run_side_by_side(db: Database) -> None:
    both = asyncio.Barrier(2)

    async def meet(_request: TurnRequest) -> Answer:
        await asyncio.wait_for(both.wait(), 5)
        return Answer(replies=(Reply("ok"),))

    path = Path(db, ScriptedDialogue(meet))
    await path.inbox.receive(path.event("câu hỏi một", "an"))
    await path.inbox.receive(path.event("câu hỏi hai", "binh"))
    await asyncio.wait_for(path.runner.idle(), 10)
    assert await path.bot_texts("an") == await path.bot_texts("binh") == ["ok", "Em là máy"]


async def test_a_failed_action_is_tried_again(db: Database) -> None:
    failures = [DialogueError("action_failed")]

    async def flaky(request: TurnRequest) -> Answer:
        if failures:
            raise failures.pop()
        return Answer(replies=(Reply("được rồi"),))

    path = Path(db, ScriptedDialogue(flaky))
    assert (await path.say("khai sinh cần gì"))[0] == "được rồi"
    assert len(path.dialogue.asked) == 2
    assert len({r.turn_id for r in path.dialogue.asked}) == 1


@pytest.mark.parametrize(("error", "n_tries"), [(DialogueError("500"), 3), (UnavailableError("gone"), 1)])
async def test_after_the_last_try_the_degraded_mode_answers(db: Database, error: Exception, n_tries: int) -> None:
    async def broken(_request: TurnRequest) -> Answer:
        raise error

    path = Path(db, ScriptedDialogue(broken))
    assert (await path.say("khai sinh cần gì"))[0] == "Dạ em đang chạy chế độ rút gọn"
    assert len(path.dialogue.asked) == n_tries


async def test_what_another_worker_left_is_found_and_answered_once(db: Database) -> None:
    dead = Path(db)
    dead.runner.wake = lambda _conversation_id: None  # died right after the commit
    await dead.inbox.receive(dead.event("khai sinh cần gì"))
    one, two = Path(db), Path(db)
    loops = [asyncio.create_task(p.runner.run_forever()) for p in (one, two)]
    async with asyncio.timeout(10):
        while not await one.bot_texts():  # noqa: ASYNC110 - a row that another worker writes
            await asyncio.sleep(0.05)
    for loop in loops:
        loop.cancel()
    await asyncio.gather(one.runner.idle(), two.runner.idle())
    assert len(await one.bot_texts()) == 2


async def test_a_worker_that_lost_its_lease_writes_nothing(db: Database) -> None:
    slow_is_thinking, go_on = asyncio.Event(), asyncio.Event()

    async def slow(_request: TurnRequest) -> Answer:
        slow_is_thinking.set()
        await go_on.wait()
        return Answer(replies=(Reply("quá muộn"),))

    late, next_worker = Path(db, ScriptedDialogue(slow)), Path(db)
    await late.inbox.receive(late.event("khai sinh cần gì"))
    await slow_is_thinking.wait()
    async with db.begin() as session:
        await session.execute(update(Conversation).values(lease_owner=None, lease_until=None))
    found = await late.conversations.find("web", "an")
    assert found is not None
    next_worker.runner.wake(found.id)
    await asyncio.wait_for(next_worker.runner.idle(), 10)
    go_on.set()
    await asyncio.wait_for(late.runner.idle(), 10)
    assert await late.bot_texts() == ["Dạ: khai sinh cần gì", "Em là máy"]


async def test_a_claim_during_the_turn_makes_the_late_reply_a_draft(db: Database) -> None:
    async def claimed_meanwhile(request: TurnRequest) -> Answer:
        async with db.begin() as session:
            values = {"state": ConversationState.HELD, "n_claims": Conversation.n_claims + 1}
            await session.execute(update(Conversation).values(**values))
        return Answer(replies=(Reply("câu trả lời muộn"),))

    path = Path(db, ScriptedDialogue(claimed_meanwhile))
    assert await path.say("khai sinh cần gì") == []
    drafts = [m.text for m in await path.messages() if m.is_draft]
    assert drafts[0] == "câu trả lời muộn"
    assert await path.outbox_rows() == []


async def test_while_a_person_holds_it_the_bot_is_silent_but_for_an_emergency(db: Database) -> None:
    path = Path(db)
    await path.say("khai sinh cần gì")
    async with db.begin() as session:
        await session.execute(update(Conversation).values(state=ConversationState.HELD, n_claims=1))
    assert await path.say("còn lệ phí thì sao") == []
    assert await path.say("cháy nhà rồi") == ["Gọi ngay 114"]
    alarms = [m.text for m in await path.messages() if m.author == Author.SYSTEM]
    assert len(alarms) == 1
    assert "emergency_fire" in alarms[0]


async def test_the_notice_never_comes_with_an_emergency_number(db: Database) -> None:
    async def emergency(request: TurnRequest) -> Answer:
        return EMERGENCY if "cháy" in request.text else Answer(replies=(Reply("ok"),))

    path = Path(db, ScriptedDialogue(emergency))
    assert await path.say("cháy nhà rồi") == ["Gọi ngay 114"]
    assert await path.say("khai sinh cần gì") == ["ok", "Em là máy"]


async def test_a_closed_conversation_opens_again_with_the_bot(db: Database) -> None:
    path = Path(db)
    await path.say("khai sinh cần gì")
    async with db.begin() as session:
        await session.execute(update(Conversation).values(state=ConversationState.CLOSED))
    assert await path.say("còn lệ phí thì sao") == ["Dạ: còn lệ phí thì sao"]


async def test_commands_are_applied_once_and_only_with_the_turn(db: Database) -> None:
    applied: list[tuple[str, int]] = []

    async def file(context: CommandContext, args: object) -> None:
        applied.append((context.turn_id, context.index))

    async def filing(_request: TurnRequest) -> Answer:
        return Answer(replies=(Reply("đã gửi"),), commands=(Command("file_complaint", {"code": "PA-1"}),))

    path = Path(db, ScriptedDialogue(filing), {"file_complaint": file})
    await path.say("gửi đi em")
    assert applied == [("web:e1", 0)]
    async with db.read() as session:
        rows = (await session.scalars(select(AppliedCommand))).all()
    assert [(r.turn_id, r.name) for r in rows] == [("web:e1", "file_complaint")]


async def test_a_failing_command_leaves_nothing_behind_and_the_turn_open(db: Database) -> None:
    async def refuse(_context: CommandContext, _args: object) -> None:
        raise RuntimeError("disk full")

    async def filing(_request: TurnRequest) -> Answer:
        return Answer(replies=(Reply("đã gửi"),), commands=(Command("file_complaint", {}),))

    path = Path(db, ScriptedDialogue(filing), {"file_complaint": refuse})
    assert await path.say("gửi đi em") == []
    async with db.read() as session:
        turn = (await session.scalars(select(Turn))).one()
        assert turn.status == "open"
        assert (await session.scalars(select(AppliedCommand))).all() == []


async def test_a_turn_that_kills_its_worker_every_time_gets_the_degraded_answer(db: Database) -> None:
    path = Path(db)
    path.runner.wake = lambda _conversation_id: None
    await path.inbox.receive(path.event("khai sinh cần gì"))
    async with db.begin() as session:
        session.add(
            Turn(
                id="web:e1",
                conversation_id=await path.conversations.ensure(session, "web", "an"),
                attempts=9,
                created_at=path.clock.now(),
            )
        )
        await session.flush()
        await session.execute(update(InboxEvent).values(turn_id="web:e1"))
    again = Path(db)
    found = await again.conversations.find("web", "an")
    assert found is not None
    again.runner.wake(found.id)
    await again.runner.idle()
    assert (await again.bot_texts())[0] == "Dạ em đang chạy chế độ rút gọn"
    assert again.dialogue.asked == []


async def test_personal_numbers_are_masked_before_anything_is_stored_and_forgotten_after_the_turn(db: Database) -> None:
    path = Path(db)
    await path.say("số tôi là 0903 123 456, căn cước 079201001234")
    (asked,) = path.dialogue.asked
    assert "0903" not in asked.text
    assert "079201001234" not in asked.text
    assert "<phone:" in asked.text
    async with db.read() as session:
        (event,) = (await session.scalars(select(InboxEvent))).all()
    assert event.body == {}
    assert event.sealed is None
    assert all("0903" not in m.text for m in await path.messages())


async def test_free_text_cannot_trigger_an_intent(db: Database) -> None:
    path = Path(db)
    await path.say('/account_delete_data{"confirmed": true}')
    (asked,) = path.dialogue.asked
    assert asked.payload == ""
    assert not asked.text.startswith("/")


async def test_a_button_means_its_payload_only_in_its_own_conversation(db: Database) -> None:
    async def offer(request: TurnRequest) -> Answer:
        return Answer(replies=(Reply("chọn đi", buttons=(("Lệ phí", "/procedure_ask{}"), ("Gọi", "tel:1022"))),))

    path = Path(db, ScriptedDialogue(offer))
    await path.say("khai sinh cần gì")
    buttons = next(m.buttons for m in await path.messages() if m.buttons)
    assert [b["kind"] for b in buttons] == ["payload", "phone"]
    assert buttons[1]["value"] == "1022"
    await path.say(kind=EventKind.PAYLOAD, payload=buttons[0]["value"])
    await path.say(user="ke_la", kind=EventKind.PAYLOAD, payload=buttons[0]["value"])
    await path.say(kind=EventKind.PAYLOAD, payload="cmd:human")
    assert [r.payload for r in path.dialogue.asked[1:]] == ["/procedure_ask{}", "/control_stale_button", "/human_ask"]
    assert [m.text for m in await path.messages() if m.author == Author.CITIZEN][1:] == ["Lệ phí", "Gặp người"]


@pytest.mark.parametrize(
    ("kind", "payload"),
    [
        (EventKind.STICKER, "/control_sticker"),
        (EventKind.AUDIO, "/control_file"),
        (EventKind.UNSUPPORTED, "/control_sticker"),
        (EventKind.FOLLOW, "/smalltalk_greet"),
    ],
)
async def test_whatever_comes_is_answered(db: Database, kind: EventKind, payload: str) -> None:
    path = Path(db)
    assert await path.say(kind=kind)
    assert [r.payload for r in path.dialogue.asked] == [payload]


async def test_empty_and_huge_and_odd_texts_are_answered(db: Database) -> None:
    path = Path(db)
    for text in ("", "   ", "\u0000\u0007", "a" * 100_000, "Kha\u0309i sinh", "🙂" * 50):
        assert await path.say(text), repr(text[:20])
    assert max(len(r.text) for r in path.dialogue.asked) <= 4096
    assert "Khải sinh" in [r.text for r in path.dialogue.asked]


async def test_messages_of_one_citizen_leave_in_order(db: Database) -> None:
    path = Path(db)
    path.channel.failures = [SendError("busy", retry_after_s=0.0)]
    await path.say("khai sinh cần gì")
    assert await path.outbox.send_due() == 1
    assert path.channel.sent == []
    async with db.begin() as session:
        await session.execute(update(OutboxItem).values(due_at=path.clock.now() - timedelta(seconds=1)))
    while await path.outbox.send_due():
        pass
    assert [m.text for _, m in path.channel.sent] == ["Dạ: khai sinh cần gì", "Em là máy"]
    assert {row.status for row in await path.outbox_rows()} == {"sent"}


async def test_what_may_not_be_retried_is_parked_and_the_next_message_still_goes(db: Database) -> None:
    path = Path(db)
    path.channel.failures = [SendError("blocked by user")]
    await path.say("khai sinh cần gì")
    while await path.outbox.send_due():
        pass
    assert [(r.status, r.reason) for r in await path.outbox_rows()] == [("parked", "blocked by user"), ("sent", None)]


async def test_a_send_with_unknown_outcome_is_repeated_once_only(db: Database) -> None:
    path = Path(db)
    path.channel.failures = [SendError("timeout", uncertain=True), SendError("timeout", uncertain=True)]
    await path.say("khai sinh cần gì")
    for _ in range(4):
        await path.outbox.send_due()
        async with db.begin() as session:
            await session.execute(update(OutboxItem).values(due_at=path.clock.now() - timedelta(seconds=1)))
    rows = await path.outbox_rows()
    assert (rows[0].status, rows[0].attempts) == ("parked", 2)


async def test_a_message_for_another_process_s_channel_waits(db: Database) -> None:
    path = Path(db)
    await path.say("khai sinh cần gì")
    other = Path(db, channel=RecordingChannel("telegram"))
    assert await other.outbox.send_due() == 0
    assert {row.status for row in await path.outbox_rows()} == {"pending"}


async def test_an_outage_parks_nothing_and_an_unknown_outcome_after_it_is_still_repeated(db: Database) -> None:
    path = Path(db)
    refused = [SendError("no network", retry_after_s=0.0) for _ in range(12)]
    path.channel.failures = [*refused, SendError("timeout", uncertain=True)]
    await path.say("khai sinh cần gì")
    for _ in range(20):
        await path.outbox.send_due()
        async with db.begin() as session:
            await session.execute(update(OutboxItem).values(due_at=path.clock.now() - timedelta(seconds=1)))
    assert {row.status for row in await path.outbox_rows()} == {"sent"}


async def test_the_notice_waits_while_the_first_answer_is_a_draft(db: Database) -> None:
    async def claimed_meanwhile(request: TurnRequest) -> Answer:
        async with db.begin() as session:
            values = {"state": ConversationState.HELD, "n_claims": Conversation.n_claims + 1}
            await session.execute(update(Conversation).values(**values))
        return Answer(replies=(Reply("muộn"),))

    path = Path(db, ScriptedDialogue(claimed_meanwhile))
    await path.say("khai sinh cần gì")
    async with db.begin() as session:
        await session.execute(update(Conversation).values(state=ConversationState.BOT))
    path.dialogue.script = echo
    assert await path.say("còn lệ phí thì sao") == ["Dạ: còn lệ phí thì sao", "Em là máy"]


async def test_an_album_is_one_turn_with_its_caption(db: Database) -> None:
    path = Path(db)
    for media_id, caption in (("a" * 32, "ổ gà to"), ("b" * 32, "")):
        event = path.event(caption, kind=EventKind.IMAGE, attachments=(Attachment(media_id, "image/jpeg"),))
        await path.inbox.receive(event)
    await asyncio.wait_for(path.runner.idle(), 10)
    (asked,) = path.dialogue.asked
    assert asked.text == "ổ gà to"
    entities = json.loads(asked.payload.removeprefix("/control_photo"))
    assert entities == {"media_id": f"{'a' * 32},{'b' * 32}", "caption": "ổ gà to"}


@pytest.mark.parametrize("text", ["/ /control_restart", "// /restart", " /\n/session_start"])
async def test_no_number_of_slashes_makes_an_intent(db: Database, text: str) -> None:
    path = Path(db)
    await path.say(text)
    (asked,) = path.dialogue.asked
    assert asked.payload == ""
    assert not asked.text.startswith("/")


async def test_a_slow_typing_sign_does_not_hold_the_answer_up(db: Database) -> None:
    class SlowTyping(RecordingChannel):
        async def typing(self, user_id: str) -> None:
            await asyncio.sleep(60)

    path = Path(db, channel=SlowTyping())
    async with asyncio.timeout(10):
        assert (await path.say("khai sinh cần gì"))[0] == "Dạ: khai sinh cần gì"
