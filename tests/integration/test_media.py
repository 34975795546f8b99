"""Pictures on disk and in the database."""

import hashlib
from io import BytesIO

import pytest
from PIL import Image

from bot.errors import InputError, NotFoundError, TooLargeError
from bot.media.models import Media
from tests.integration.people import World


async def test_a_picture_is_stored_whole_with_its_row(world: World) -> None:
    await world.meet("c1")
    media_id = await world.photo("c1")
    row = await world.media.find(media_id)
    assert row is not None
    data = await world.media.read(media_id)
    assert (row.conversation_id, row.mime, row.size, row.sha256) == (
        "c1",
        "image/jpeg",
        len(data),
        hashlib.sha256(data).hexdigest(),
    )
    assert world.media.path(media_id) == world.folder / "media" / row.path
    assert Image.open(BytesIO(await world.media.read(media_id, is_thumbnail=True))).format == "JPEG"
    assert not list(world.folder.rglob("*.part"))


@pytest.mark.parametrize(("data", "error"), [(b"", InputError), (b"x", InputError), (b"x" * 100_001, TooLargeError)])
async def test_what_is_refused_leaves_nothing(world: World, data: bytes, error: type[Exception]) -> None:
    await world.meet("c1")
    with pytest.raises(error, match=r"^Dạ"):
        async with world.db.begin() as session:
            await world.media.store(session, "c1", await world.media.prepare(data))
    assert await world.count(Media) == 0
    assert not list(world.folder.rglob("*.jpg"))


@pytest.mark.parametrize("media_id", ["", "x", "../../etc/passwd", "0" * 32, "0" * 31 + "/"])
async def test_an_unknown_id_is_not_found_and_never_leaves_the_folder(world: World, media_id: str) -> None:
    assert await world.media.find(media_id) is None
    with pytest.raises(NotFoundError):
        world.media.path(media_id)
    with pytest.raises(NotFoundError):
        await world.media.read(media_id)
