"""ALSA's library (libasound.so.2) by ctypes, limited to a voice port's needs: 16 bit, mono, non-blocking.

No other module uses the library, which is loaded when the first sound card is opened. Its own messages on
stderr are suppressed: the errors raised here report them. Reference: alsa-project.org, "PCM (digital audio)
interface".
"""

from __future__ import annotations

import ctypes
import errno
import os
from collections.abc import Callable
from enum import IntEnum
from functools import cache
from typing import Any, Final, Protocol

from media.ports.voice_port import VoicePortMissing, VoicePortUnusable
from media.sound.frames import SAMPLE_BYTES

LIBRARY: Final = "libasound.so.2"
PERIOD_MS: Final = 20
BUFFER_MS: Final = 400
_NONBLOCK: Final = 1
_RW_INTERLEAVED: Final = 3
_S16_LE: Final = 2
_AGAIN: Final = -errno.EAGAIN


class Stream(IntEnum):
    """Values of `snd_pcm_stream_t`."""

    PLAYBACK = 0
    CAPTURE = 1


class PcmError(OSError):
    """Error of a stream, by errno: EPIPE is an xrun, ENODEV a card that was unplugged."""


class Pcm(Protocol):
    """Open stream. All methods but `close` raise PcmError."""

    def read(self, samples: int) -> bytes:
        """Return up to this number of samples; empty if there are none now."""
        ...

    def write(self, pcm: bytes) -> int:
        """Write samples; return the number of bytes accepted."""
        ...

    def delay(self) -> int:
        """Return the number of written samples that are not played yet."""
        ...

    def prepare(self) -> None:
        """Prepare a start or restart; a playback starts with the first sample written."""
        ...

    def start(self) -> None:
        """Start a capture."""
        ...

    def fileno(self) -> int:
        """Return the descriptor to poll."""
        ...

    def close(self) -> None:
        """Close the stream once; samples that wait are dropped."""
        ...


OpenPcm = Callable[[str, Stream, int], Pcm]
"""Function that opens a stream by ALSA's name, direction and rate in samples per second."""


def open_pcm(name: str, stream: Stream, rate_hz: int) -> Pcm:
    """Open a stream. Raises VoicePortUnusable if the library is missing or the card does not support the
    format; VoicePortMissing if the card is absent or in use.
    """
    return _LibraryPcm(_library(), name, stream, rate_hz)


def library_fault() -> str:
    """Return the reason why no sound card can be opened; empty if there is none."""
    try:
        _library()
    except VoicePortUnusable as error:
        return str(error)
    return ""


class _PollFd(ctypes.Structure):
    _fields_ = (("fd", ctypes.c_int), ("events", ctypes.c_short), ("revents", ctypes.c_short))


def _say_nothing(*_: object) -> None:
    """Drop the message; the handler for `snd_lib_error_set_handler`."""


_HANDLER: Final = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)(_say_nothing)


@cache
def _library() -> Any:
    try:
        lib = ctypes.CDLL(LIBRARY)
    except OSError as error:
        raise VoicePortUnusable(
            f"audio by sound card needs ALSA's library: apt-get install libasound2t64, or libasound2 on "
            f"Debian 12 and before ({error})"
        ) from error
    for name in ("snd_pcm_readi", "snd_pcm_writei"):
        function = getattr(lib, name)
        function.restype = ctypes.c_long
        function.argtypes = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_ulong)
    lib.snd_lib_error_set_handler(_HANDLER)
    return lib


class _LibraryPcm:
    """Stream of ALSA's library."""

    def __init__(self, lib: Any, name: str, stream: Stream, rate_hz: int) -> None:
        self._lib = lib
        self._pcm = ctypes.c_void_p()
        result = lib.snd_pcm_open(ctypes.byref(self._pcm), os.fsencode(name), int(stream), _NONBLOCK)
        if result < 0:
            raise VoicePortMissing(f"{name}: {os.strerror(-result)}")
        self._room = rate_hz * BUFFER_MS // 1000
        self._read = ctypes.create_string_buffer(self._room * SAMPLE_BYTES)
        try:
            self._set_up(rate_hz)
        except PcmError as error:
            self.close()
            if error.errno == errno.ENODEV:
                raise VoicePortMissing(f"{name}: {error.strerror}") from error
            raise VoicePortUnusable(
                f"{name}: the sound card does not support 16 bit mono at {rate_hz} Hz: {error.strerror}"
            ) from error

    def read(self, samples: int) -> bytes:
        taken = self._lib.snd_pcm_readi(self._pcm, self._read, min(samples, self._room))
        return b"" if taken == _AGAIN else ctypes.string_at(self._read, _checked(taken) * SAMPLE_BYTES)

    def write(self, pcm: bytes) -> int:
        taken = self._lib.snd_pcm_writei(self._pcm, pcm, len(pcm) // SAMPLE_BYTES)
        return 0 if taken == _AGAIN else _checked(taken) * SAMPLE_BYTES

    def delay(self) -> int:
        samples = ctypes.c_long()
        _checked(self._lib.snd_pcm_delay(self._pcm, ctypes.byref(samples)))
        return samples.value

    def prepare(self) -> None:
        _checked(self._lib.snd_pcm_prepare(self._pcm))

    def start(self) -> None:
        _checked(self._lib.snd_pcm_start(self._pcm))

    def fileno(self) -> int:
        one = _PollFd(-1, 0, 0)
        count = self._lib.snd_pcm_poll_descriptors(self._pcm, ctypes.byref(one), 1) if self._pcm else 0
        return int(one.fd) if count > 0 else -1

    def close(self) -> None:
        pcm, self._pcm = self._pcm, ctypes.c_void_p()
        if pcm:
            self._lib.snd_pcm_close(pcm)

    def _set_up(self, rate_hz: int) -> None:
        lib, pcm = self._lib, self._pcm
        params, direction = ctypes.c_void_p(), ctypes.c_int(0)
        period = ctypes.c_ulong(rate_hz * PERIOD_MS // 1000)
        buffer = ctypes.c_ulong(self._room)
        _checked(lib.snd_pcm_hw_params_malloc(ctypes.byref(params)))
        try:
            _checked(lib.snd_pcm_hw_params_any(pcm, params))
            _checked(lib.snd_pcm_hw_params_set_access(pcm, params, _RW_INTERLEAVED))
            _checked(lib.snd_pcm_hw_params_set_format(pcm, params, _S16_LE))
            _checked(lib.snd_pcm_hw_params_set_channels(pcm, params, 1))
            _checked(lib.snd_pcm_hw_params_set_rate(pcm, params, rate_hz, 0))
            _checked(
                lib.snd_pcm_hw_params_set_period_size_near(
                    pcm, params, ctypes.byref(period), ctypes.byref(direction)
                )
            )
            _checked(lib.snd_pcm_hw_params_set_buffer_size_near(pcm, params, ctypes.byref(buffer)))
            _checked(lib.snd_pcm_hw_params(pcm, params))  # also prepares the stream
        finally:
            lib.snd_pcm_hw_params_free(params)


def _checked(result: int) -> int:
    """Return the result; raises PcmError if negative, as the library reports errors."""
    if result < 0:
        raise PcmError(-result, os.strerror(-result))
    return result
