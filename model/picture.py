"""Pictures of a record, checked by their bytes alone: kind and size. Pure.

Names and media types from a sender are not trusted, and no picture is decoded here: a browser receives the
kind found here. Data without a picture, or a picture that would fill a browser's memory, is refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

PICTURE_MAX: Final = 512 * 1024
"""Greatest size in bytes: a portrait of 1200 pixels takes half, and 112's line may be slow."""
PIXELS_MAX: Final = 16_000_000
"""Greatest number of pixels: a few kilobytes can declare gigabytes of pixels."""


class PictureKind(StrEnum):
    """Media type of a picture."""

    JPEG = "image/jpeg"
    PNG = "image/png"
    WEBP = "image/webp"

    @property
    def ending(self) -> str:
        """Extension of the file's name."""
        return f".{self.value.removeprefix('image/')}"


class PictureRefused(ValueError):
    """The data is no acceptable picture; the reason in words."""


def kind_of(data: bytes) -> PictureKind:
    """Return the kind of the picture. Raises PictureRefused."""
    if len(data) > PICTURE_MAX:
        raise PictureRefused(f"a picture has {PICTURE_MAX // 1024} KiB at most")
    kind, size = _look(data)
    if size is None or 0 in size:
        raise PictureRefused("the picture is damaged")
    if size[0] * size[1] > PIXELS_MAX:
        raise PictureRefused(f"a picture has {PIXELS_MAX // 1_000_000} million pixels at most")
    return kind


def _look(data: bytes) -> tuple[PictureKind, tuple[int, int] | None]:
    if data.startswith(b"\xff\xd8\xff"):
        return PictureKind.JPEG, _jpeg(data)
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return PictureKind.PNG, _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return PictureKind.WEBP, _webp(data)
    raise PictureRefused("the picture is not a JPEG, PNG or WebP")


def _png(data: bytes) -> tuple[int, int] | None:
    """Return width and height from the IHDR chunk, which comes first (ISO/IEC 15948, 11.2.2)."""
    if data[12:16] != b"IHDR" or len(data) < 24:
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def _jpeg(data: bytes) -> tuple[int, int] | None:
    """Return width and height from the frame header, SOF0 to SOF15 except DHT, JPG and DAC (ISO/IEC 10918-1,
    B.1.1.3, B.2.2).
    """
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker = data[at + 1]
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7])
        # A fill byte before a marker (B.1.1.2), or a segment with its length.
        at += 1 if marker == 0xFF else 2 + int.from_bytes(data[at + 2 : at + 4])
    return None


def _webp(data: bytes) -> tuple[int, int] | None:
    """Return width and height from the first chunk (RFC 9649, 2.5 to 2.7)."""
    chunk, start = data[12:16], data[20:30]
    if len(start) < 10:
        return None
    if chunk == b"VP8X":
        return 1 + int.from_bytes(start[4:7], "little"), 1 + int.from_bytes(start[7:10], "little")
    if chunk == b"VP8L" and start[0] == 0x2F:
        bits = int.from_bytes(start[1:5], "little")
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    if chunk == b"VP8 " and start[3:6] == b"\x9d\x01\x2a":
        width, height = int.from_bytes(start[6:8], "little"), int.from_bytes(start[8:10], "little")
        return width & 0x3FFF, height & 0x3FFF
    return None
