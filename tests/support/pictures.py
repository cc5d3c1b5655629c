"""Pictures that are as small as their formats allow, and the beginnings of such as are not taken."""

import struct
import zlib
from typing import Final


def png(width: int = 2, height: int = 2, shade: int = 200) -> bytes:
    """A grey PNG."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def png_that_says(width: int, height: int) -> bytes:
    """The beginning of a PNG."""
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I4sII", 13, b"IHDR", width, height)


def jpeg(width: int, height: int) -> bytes:
    """A JPEG up to its frame header, behind a comment and a filling byte."""
    comment = b"\xff\xfe\x00\x04ab\xff"
    return b"\xff\xd8" + comment + b"\xff\xc2\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(8)


def webp(kind: bytes, start: bytes) -> bytes:
    """A WebP up to the beginning of its first chunk."""
    return b"RIFF" + bytes(4) + b"WEBP" + kind + bytes(4) + start.ljust(10, b"\0")


GREY: Final = png()
