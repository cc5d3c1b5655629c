"""Opus decoder by libopus: decodes, repairs from the following packet, and conceals (RFC 6716).

The library belongs to the system (Debian: libopus0); `OpusMissing` says so.
"""

from __future__ import annotations

import ctypes
from ctypes import POINTER, byref, c_char_p, c_int, c_int16, c_int32, c_void_p
from functools import cache
from typing import Final

RATE_HZ: Final = 16_000
"""Rate of the decoded sound: wide band."""
FRAME_SAMPLES: Final = RATE_HZ // 50
"""Samples of a frame of 20 ms."""
MAX_PACKET: Final = 400
"""Longest accepted packet in bytes: 24 kbit/s need 60."""
_MAX_SAMPLES: Final = RATE_HZ * 120 // 1000
_LIBRARY: Final = "libopus.so.0"


class OpusMissing(Exception):
    """The library is not installed. The text names the package."""


class OpusError(ValueError):
    """The packet cannot be decoded, or is no frame of 20 ms."""


@cache
def library() -> ctypes.CDLL:
    """Return libopus. Raises OpusMissing."""
    try:
        found = ctypes.CDLL(_LIBRARY)
    except OSError as error:
        raise OpusMissing(f"{_LIBRARY} cannot be loaded ({error}): install the package libopus0") from None
    found.opus_decoder_create.restype = c_void_p
    found.opus_decoder_create.argtypes = [c_int32, c_int, POINTER(c_int)]
    found.opus_decoder_destroy.argtypes = [c_void_p]
    found.opus_decode.argtypes = [c_void_p, c_char_p, c_int32, c_void_p, c_int, c_int]
    found.opus_packet_get_nb_samples.argtypes = [c_char_p, c_int32, c_int32]
    found.opus_strerror.restype = c_char_p
    return found


class OpusDecoder:
    """Decoder of one voice: mono, RATE_HZ, 16 bits, frames of 20 ms."""

    def __init__(self) -> None:
        self._library: Final = library()
        error = c_int()
        self._state = self._library.opus_decoder_create(RATE_HZ, 1, byref(error))
        self._require(error.value)
        self._samples = (c_int16 * _MAX_SAMPLES)()

    def decode(self, packet: bytes) -> bytes:
        """Return the frame of the packet. Raises OpusError."""
        if not 0 < len(packet) <= MAX_PACKET:
            raise OpusError(f"an Opus packet has {len(packet)} bytes: 1 to {MAX_PACKET} are accepted")
        samples = self._require(self._library.opus_packet_get_nb_samples(packet, len(packet), RATE_HZ))
        if samples != FRAME_SAMPLES:
            raise OpusError(f"an Opus packet has {samples} samples: a frame of 20 ms is required")
        return self._decoded(packet, repair=False)

    def repair(self, following: bytes) -> bytes:
        """Return a lost frame from the packet that follows the frame; concealed where that packet has no
        redundancy. Raises OpusError.
        """
        return self._decoded(following, repair=True)

    def conceal(self) -> bytes:
        """Return a frame that continues the sound before a loss."""
        return self._decoded(None, repair=False)

    def close(self) -> None:
        """Free the decoder."""
        if self._state:
            self._library.opus_decoder_destroy(self._state)
            self._state = None

    def _decoded(self, packet: bytes | None, *, repair: bool) -> bytes:
        size = 0 if packet is None else len(packet)
        # libopus writes at most FRAME_SAMPLES here, and needs to know how much is lost when it repairs.
        room = FRAME_SAMPLES
        count = self._library.opus_decode(self._state, packet, size, self._samples, room, int(repair))
        return ctypes.string_at(self._samples, 2 * self._require(count))

    def _require(self, result: int) -> int:
        """Return the result of a call. Raises OpusError for an error code."""
        if result < 0:
            raise OpusError(f"libopus: {self._library.opus_strerror(result).decode()}")
        return result
