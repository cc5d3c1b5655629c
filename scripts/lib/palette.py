"""Writer of screenshots as PNG with a palette of 256 colours: half the bytes, without visible difference.

A console has few colours, and steps between them at the edges of letters. The most frequent colours stay
exact; the others take the nearest colour of the rest of the palette.
"""

from __future__ import annotations

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

COLOURS = 256
EXACT = 128
CELL_BITS = 3  # bits of each channel that are dropped to merge near colours

Pixels = NDArray[np.uint8]


def palette_of(colours: NDArray[np.int64], counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return a palette (n × 3) of at most 256 colours: the most frequent exactly, and means of the rest."""
    order = np.argsort(-counts, kind="stable")
    colours, counts = colours[order], counts[order]
    if len(colours) <= COLOURS:
        return colours
    rest, weights = colours[EXACT:], counts[EXACT:]
    cells = rest >> CELL_BITS
    keys = (cells[:, 0] << 16) | (cells[:, 1] << 8) | cells[:, 2]
    _, which = np.unique(keys, return_inverse=True)
    total = np.bincount(which, weights)
    means = np.stack([np.bincount(which, weights * rest[:, c]) / total for c in range(3)], axis=1)
    chosen = means[np.argsort(-total, kind="stable")[: COLOURS - EXACT]]
    return np.concatenate([colours[:EXACT], np.rint(chosen).astype(np.int64)])


def indexed(pixels: Pixels) -> tuple[Pixels, Pixels]:
    """Return the picture (height × width × 3) as indices (height × width) into a palette (n × 3)."""
    packed = pixels.astype(np.int64)
    packed = (packed[..., 0] << 16) | (packed[..., 1] << 8) | packed[..., 2]
    found, where, counts = np.unique(packed, return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, (found >> 8) & 255, found & 255], axis=1)
    palette = palette_of(colours, counts)
    nearest = np.empty(len(colours), np.uint8)
    for first in range(0, len(colours), 4096):
        part = colours[first : first + 4096]
        distance = ((part[:, None, :] - palette[None, :, :]) ** 2).sum(axis=2)
        nearest[first : first + 4096] = distance.argmin(axis=1)
    return nearest[where].reshape(packed.shape), palette.astype(np.uint8)


def png(pixels: Pixels) -> bytes:
    """Return the picture (height × width × 3, 8 bits each) as the bytes of a PNG, colour type 3 (ISO/IEC
    15948).
    """
    rows, palette = indexed(pixels)
    height, width = rows.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    unfiltered = np.concatenate([np.zeros((height, 1), np.uint8), rows], axis=1).tobytes()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0))
        + chunk(b"PLTE", palette.tobytes())
        + chunk(b"IDAT", zlib.compress(unfiltered, 9))
        + chunk(b"IEND", b"")
    )
