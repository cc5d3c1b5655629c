"""Sound cards that are none: on a clock that a test moves, with whatever a card can do wrong."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

from media.ports.asound import Pcm, PcmError, Stream
from media.ports.voice_port import VoicePortMissing
from media.sound.frames import RATE_HZ, SAMPLE_BYTES

BUFFER_S = 0.4


def silence(first: int, samples: int) -> bytes:
    return bytes(samples * SAMPLE_BYTES)


class VirtualCard:
    """A card, plugged in. `says` gives samples by their number on the card's own clock."""

    def __init__(
        self, now_s: Callable[[], float], *, ppm: float = 0.0, says: Callable[[int, int], bytes] = silence
    ) -> None:
        self.now_s = now_s
        self.says = says
        self.rate_hz = RATE_HZ * (1 + ppm / 1e6)
        self.gone = 0
        """Not 0: the errno of everything."""
        self.most = 1 << 20
        """Samples that one read or write gives or takes at most."""
        self.plays = True
        """False: nothing of what is written is ever played."""
        self.opened: list[tuple[str, Stream, int]] = []
        self.prepared: list[Stream] = []
        self.closed: list[Stream] = []
        self.played: list[tuple[float, bytearray]] = []
        """When a playback began, and what it has played without a break."""

    def open_pcm(self, name: str, stream: Stream, rate_hz: int) -> Pcm:
        if self.gone:
            raise VoicePortMissing(f"{name}: {os.strerror(self.gone)}")
        self.opened.append((name, stream, rate_hz))
        return _Capture(self) if stream is Stream.CAPTURE else _Playback(self)

    def check(self) -> None:
        if self.gone:
            raise PcmError(self.gone, os.strerror(self.gone))


class _Stream:
    kind: Stream

    def __init__(self, card: VirtualCard) -> None:
        self.card = card
        self.began_s: float | None = None
        self.done = 0

    def due(self) -> int:
        """Samples of its time since it began."""
        return (
            0 if self.began_s is None else int((self.card.now_s() - self.began_s) * self.card.rate_hz + 1e-6)
        )

    def prepare(self) -> None:
        self.card.check()
        self.card.prepared.append(self.kind)
        self.began_s, self.done = None, 0

    def fileno(self) -> int:
        return -1

    def close(self) -> None:
        self.card.closed.append(self.kind)

    def xrun(self) -> PcmError:
        return PcmError(errno.EPIPE, os.strerror(errno.EPIPE))


class _Capture(_Stream):
    kind = Stream.CAPTURE

    def start(self) -> None:
        self.card.check()
        self.began_s = self.card.now_s()

    def read(self, samples: int) -> bytes:
        self.card.check()
        ready = self.due() - self.done
        if ready > BUFFER_S * self.card.rate_hz:
            raise self.xrun()
        count = min(samples, ready, self.card.most)
        first = round((self.began_s or 0.0) * self.card.rate_hz) + self.done
        self.done += count
        return self.card.says(first, count) if count else b""

    def write(self, pcm: bytes) -> int:
        raise PcmError(errno.EINVAL, "a capture")

    def delay(self) -> int:
        raise PcmError(errno.EINVAL, "a capture")


class _Playback(_Stream):
    kind = Stream.PLAYBACK
    queue = b""

    def start(self) -> None:
        raise PcmError(errno.EINVAL, "begins with the first sample")

    def read(self, samples: int) -> bytes:
        raise PcmError(errno.EINVAL, "a playback")

    def prepare(self) -> None:
        super().prepare()
        self.queue = b""

    def write(self, pcm: bytes) -> int:
        self._play()
        taken = pcm[: self.card.most * SAMPLE_BYTES]
        if self.began_s is None:
            self.began_s = self.card.now_s()
            self.card.played.append((self.began_s, bytearray()))
        self.queue += taken
        return len(taken)

    def delay(self) -> int:
        self._play()
        return len(self.queue) // SAMPLE_BYTES

    def _play(self) -> None:
        self.card.check()
        wanted = (self.due() - self.done) * SAMPLE_BYTES if self.card.plays else 0
        if self.began_s is None or not wanted:
            return
        self.card.played[-1][1].extend(self.queue[:wanted])
        self.done += wanted // SAMPLE_BYTES
        if wanted > len(self.queue):
            raise self.xrun()
        self.queue = self.queue[wanted:]


def plugged(sys: Path, device: str, card: int, name: str) -> None:
    """In a /sys of the test's own: the USB device at this socket has this card, and no other any more."""
    unplugged(sys, device)
    interface = sys / "bus/usb/devices" / f"{device}:1.5"
    (interface / "sound" / f"card{card}").mkdir(parents=True)
    shown = sys / "class/sound" / f"card{card}"
    shown.mkdir(parents=True, exist_ok=True)
    (shown / "id").write_text(f"{name}\n")


def unplugged(sys: Path, device: str) -> None:
    for card in (sys / "bus/usb/devices").glob(f"{device}:*/sound/card*"):
        (sys / "class/sound" / card.name / "id").unlink()
        (sys / "class/sound" / card.name).rmdir()
        card.rmdir()
