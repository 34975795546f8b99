"""Pictures are decoded by content, cleaned and bounded."""

import io
import struct
import zlib

import pytest
from PIL import Image

from bot.errors import InputError, TooLargeError
from bot.media.pictures import MAX_SIDE, THUMBNAIL_SIDE, convert


def encoded(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_becomes_a_jpeg_with_a_thumbnail(kind: str) -> None:
    picture = convert(encoded(Image.new("RGB", (3000, 1500), "red"), kind))
    assert (opened(picture.data).format, opened(picture.data).size) == ("JPEG", (MAX_SIDE, MAX_SIDE // 2))
    assert opened(picture.thumbnail).size == (THUMBNAIL_SIDE, THUMBNAIL_SIDE // 2)


def test_a_small_picture_keeps_its_size() -> None:
    assert opened(convert(encoded(Image.new("RGB", (40, 30)), "PNG")).data).size == (40, 30)


def test_position_and_camera_data_go_and_the_picture_stands_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # turned by 90 degrees
    exif[0x010F] = "Camera of Nguyen Van A"
    exif.get_ifd(0x8825)[2] = (10.0, 46.0, 30.0)  # GPS latitude
    data = encoded(Image.new("RGB", (40, 20), "blue"), "JPEG", exif=exif, comment=b"secret")
    assert b"Camera of" in data
    picture = convert(data)
    for result in (picture.data, picture.thumbnail):
        assert opened(result).size == (20, 40)
        assert not dict(opened(result).getexif())
        assert b"Camera of" not in result
        assert b"secret" not in result


def test_transparent_parts_become_white() -> None:
    assert opened(convert(encoded(Image.new("RGBA", (8, 8), (0, 0, 0, 0)), "PNG")).data).getpixel((4, 4)) == (
        255,
        255,
        255,
    )


@pytest.mark.parametrize("mode", ["1", "L", "P", "LA", "I;16", "CMYK"])
def test_every_colour_mode_is_read(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    assert opened(convert(encoded(Image.new(mode, (8, 8)), kind)).data).mode == "RGB"


@pytest.mark.parametrize(
    "data",
    [
        b"x",
        b"MZ\x90\x00" * 100,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"\xff\xd8\xff\xe0" + b"\0" * 50,
        encoded(Image.new("RGB", (8, 8)), "GIF"),
        encoded(Image.effect_noise((200, 200), 50), "JPEG")[:600],
        encoded(Image.effect_noise((200, 200), 50), "PNG")[:600],
    ],
    ids=["byte", "program", "svg", "jpeg head", "gif", "cut jpeg", "cut png"],
)
def test_what_is_no_picture_is_refused_politely(data: bytes) -> None:
    with pytest.raises(InputError, match=r"^Dạ"):
        convert(data)


def test_heic_is_named() -> None:
    with pytest.raises(InputError, match="HEIC"):
        convert(b"\0\0\0\x18ftypheic" + b"\0" * 100)


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_picture_that_would_fill_the_memory_is_refused_unread(side: int) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    bomb = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")
    with pytest.raises(TooLargeError, match=r"^Dạ"):
        convert(bomb)
