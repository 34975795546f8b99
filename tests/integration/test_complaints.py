"""Complaints on SQLite and PostgreSQL."""

from typing import Any

import pytest

from bot.complaints.models import Complaint, ComplaintEvent, ComplaintPhoto
from bot.complaints.service import public_code
from bot.errors import InputError, NotFoundError
from tests.integration.people import CCCD, EMAIL, PHONE, SEALED, START, World

CODE = public_code("web:1", START)


def args(**changes: Any) -> dict[str, Any]:
    return {
        "code": CODE,
        "category": "traffic",
        "description": "Ổ gà sâu",
        "place": "12 đường Lê Lợi",
        "lat": 10.77,
        "lon": 106.7,
        "media_ids": [],
        "contact": None,
    } | changes


async def file(world: World, turn_id: str = "t1", index: int = 0, **changes: Any) -> None:
    async with world.turn("c1", turn_id, index, SEALED) as ctx:
        await world.complaints.apply_file_complaint(ctx, args(**changes))


async def test_a_complaint_is_filed_once_however_often_the_command_comes(world: World) -> None:
    await world.meet("c1")
    for _ in range(2):
        await file(world)
    assert await world.count(Complaint) == await world.count(ComplaintEvent) == 1
    view = await world.complaints.find(CODE.lower(), "c1")
    assert view is not None
    assert (view.code, view.status, view.category_label, view.filed_on) == (
        CODE,
        "received",
        "Đường sá, giao thông",
        "23/11/2026",
    )
    assert (view.description, view.place, view.is_own, view.is_anonymous) == ("Ổ gà sâu", "12 đường Lê Lợi", True, True)


async def test_whoever_holds_the_code_sees_the_status_and_nothing_that_was_said(world: World) -> None:
    await world.meet("c1", "c2")
    await file(world, media_ids=[await world.photo("c1")])
    async with world.db.begin() as session:
        await world.complaints.set_status(session, CODE, "in_progress", "Nhà ông A ở số 12", "op1")
    view = await world.complaints.find(CODE, "c2")
    assert view is not None
    assert (view.status, view.is_own) == ("in_progress", False)
    assert (view.description, view.place, view.photos) == ("", "", ())
    assert [step.note for step in view.steps] == ["", ""]


async def test_the_history_is_kept_in_order(world: World) -> None:
    await world.meet("c1")
    await file(world)
    for minutes, status in ((5, "forwarded"), (60, "resolved")):
        world.wait(minutes=minutes)
        async with world.db.begin() as session:
            await world.complaints.set_status(session, CODE, status, f"đã {status}", "op1")
    view = await world.complaints.latest("c1")
    assert view is not None
    assert [(step.status, step.note, step.happened_on) for step in view.steps] == [
        ("received", "", "09:00 23/11/2026"),
        ("forwarded", "đã forwarded", "09:05 23/11/2026"),
        ("resolved", "đã resolved", "10:05 23/11/2026"),
    ]


async def test_the_latest_is_the_newest_of_this_conversation(world: World) -> None:
    await world.meet("c1", "c2")
    assert await world.complaints.latest("c1") is None
    await file(world)
    world.wait(minutes=1)
    newer = public_code("web:2", START)
    await file(world, "t2", code=newer)
    view = await world.complaints.latest("c1")
    assert view is not None
    assert view.code == newer
    assert await world.complaints.latest("c2") is None


async def test_photos_of_another_conversation_are_left_out(world: World) -> None:
    await world.meet("c1", "c2")
    first, second, foreign = await world.photo("c1"), await world.photo("c1"), await world.photo("c2")
    await file(world, media_ids=[second, foreign, first, second, "x"])
    view = await world.complaints.latest("c1")
    assert view is not None
    assert view.photos == (second, first)
    assert await world.count(ComplaintPhoto) == 2


@pytest.mark.parametrize("placeholder", [PHONE, EMAIL])
async def test_a_contact_is_kept_sealed_under_consent(world: World, placeholder: str) -> None:
    await world.meet("c1")
    async with world.turn("c1", "t1", 0) as ctx:
        await world.citizens.apply_give_consent(ctx, {"purpose": "complaint_contact"})
    await file(world, "t1", 1, contact=placeholder)
    assert await world.complaints.contact(CODE) == SEALED[placeholder]
    async with world.db.read() as session:
        row = await session.get(Complaint, 1)
    assert row is not None
    assert row.contact is not None
    assert SEALED[placeholder] not in row.contact
    assert not row.is_anonymous


@pytest.mark.parametrize(("purpose", "placeholder"), [(None, PHONE), ("callback", PHONE), ("complaint_contact", CCCD)])
async def test_without_the_right_consent_nothing_is_kept(world: World, purpose: str | None, placeholder: str) -> None:
    await world.meet("c1")
    if purpose:
        async with world.turn("c1", "t1", 0) as ctx:
            await world.citizens.apply_give_consent(ctx, {"purpose": purpose})
    await file(world, "t1", 1, contact=placeholder)
    assert await world.complaints.contact(CODE) is None
    view = await world.complaints.latest("c1")
    assert view is not None
    assert view.is_anonymous


async def test_a_contact_given_in_an_earlier_turn_is_found(world: World) -> None:
    await world.meet("c1")
    async with world.turn("c1", "t1", 0, SEALED) as ctx:
        await world.citizens.apply_give_consent(ctx, {"purpose": "complaint_contact"})
        await world.citizens.apply_keep_contact(ctx, {"purpose": "complaint_contact", "placeholder": PHONE})
    async with world.turn("c1", "t2") as ctx:
        await world.complaints.apply_file_complaint(ctx, args(contact=PHONE))
    assert await world.complaints.contact(CODE) == SEALED[PHONE]


@pytest.mark.parametrize(
    ("changes", "place"),
    [({"lat": 91, "lon": 0}, (None, None)), ({"lat": None}, (None, None)), ({"lat": 10, "lon": 106.5}, (10.0, 106.5))],
)
async def test_a_position_must_be_on_earth(
    world: World, changes: dict[str, Any], place: tuple[float | None, float | None]
) -> None:
    await world.meet("c1")
    await file(world, category="no such field", **changes)
    async with world.db.read() as session:
        row = await session.get(Complaint, 1)
    assert row is not None
    assert (row.latitude, row.longitude) == place
    assert row.category == "other"


@pytest.mark.parametrize("changes", [{"code": "PA-1"}, {"description": "  "}, {"code": None}])
async def test_a_command_without_its_data_is_refused(world: World, changes: dict[str, Any]) -> None:
    await world.meet("c1")
    with pytest.raises(InputError):
        await file(world, **changes)
    assert await world.count(Complaint) == 0


async def test_unknown_codes_and_statuses_are_said(world: World) -> None:
    await world.meet("c1")
    assert await world.complaints.find(CODE, "c1") is None
    async with world.db.begin() as session:
        with pytest.raises(NotFoundError):
            await world.complaints.set_status(session, CODE, "resolved", "", "op1")
        with pytest.raises(InputError, match="forwarded"):
            await world.complaints.set_status(session, CODE, "lost", "", "op1")
