"""Turns whatever picture a phone sends into a plain JPEG of bounded size, without position or camera data."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from bot.errors import InputError, TooLargeError

FORMATS = ("JPEG", "PNG", "WEBP")
MAX_SIDE = 2000
THUMBNAIL_SIDE = 320
# The largest phone cameras give 200 megapixels, but send 12 to 50. 50 megapixels are 150 MB decoded.
MAX_PIXELS = 50_000_000
QUALITY = 85
TOO_MANY_PIXELS = f"Dạ, ảnh này lớn quá (trên {MAX_PIXELS // 1_000_000} triệu điểm ảnh). Xin gửi ảnh nhỏ hơn ạ."
HEIC = "Dạ, em chưa đọc được ảnh kiểu HEIC của iPhone. Xin gửi ảnh kiểu JPEG, hoặc ảnh chụp màn hình ạ."


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture and its thumbnail, both JPEG."""

    data: bytes
    thumbnail: bytes


def convert(data: bytes) -> Picture:
    """Decode, turn upright, shrink and encode again, which leaves EXIF (position, camera, time) behind.

    Raises:
        InputError: If it is no JPEG, PNG or WebP, or is damaged.
        TooLargeError: If it has too many pixels.
    """
    if data[4:12] in (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftyphevc"):
        raise InputError(HEIC)
    try:
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
        if opened.width * opened.height > MAX_PIXELS:
            raise TooLargeError(TOO_MANY_PIXELS)
        opened.draft("RGB", (MAX_SIDE, MAX_SIDE))
        image = _flatten(ImageOps.exif_transpose(opened))
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise TooLargeError(TOO_MANY_PIXELS) from None
    except UnidentifiedImageError:
        raise InputError("Dạ, tệp này không phải ảnh em đọc được. Em nhận ảnh kiểu JPEG, PNG hoặc WebP ạ.") from None
    except (OSError, SyntaxError, ValueError, EOFError):
        raise InputError("Dạ, ảnh này bị hỏng nên em không mở được. Xin gửi lại ảnh khác ạ.") from None
    image.thumbnail((MAX_SIDE, MAX_SIDE))
    small = image.copy()
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    return Picture(_encode(image), _encode(small))


def _flatten(image: Image.Image) -> Image.Image:
    """Return RGB pixels, transparent parts on white."""
    if image.mode in ("RGBA", "LA", "P", "PA"):
        layer = image.convert("RGBA")
        white = Image.new("RGB", layer.size, "white")
        white.paste(layer, mask=layer.getchannel("A"))
        return white
    return image.convert("RGB")


def _encode(image: Image.Image) -> bytes:
    out = io.BytesIO()
    # A new image carries nothing over from the old file's header.
    clean = Image.new("RGB", image.size)
    clean.paste(image)
    clean.save(out, "JPEG", quality=QUALITY, optimize=True)
    return out.getvalue()
