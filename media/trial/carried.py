"""What has passed at a voice port in one call, kept to be looked at when it is over. Data."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from media.sound.flow import Arrival
from media.sound.frames import FRAME_BYTES, RATE_HZ, SILENCE


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """What has passed at a voice port in one call. Times by one clock, in seconds."""

    began_s: float
    """When listening began; the first frame was said then."""
    ended_s: float
    arrivals: Sequence[Arrival] = ()
    heard: bytes = b""
    """At 8 kHz."""
    said: Sequence[tuple[int, bytes]] = ()
    """Frames, by how many frames after the beginning they were said."""
    rate_hz: int = RATE_HZ
    """The modem's."""
    read_bytes: int = 0
    """In the modem's own format."""
    written_frames: int = 0
    dropped_frames: int = 0
    realigned: int = 0


def laid_out(said: Sequence[tuple[int, bytes]]) -> bytes:
    """What was said, on one line of time."""
    frames = [SILENCE] * (said[-1][0] + 1) if said else []
    for number, frame in said:
        frames[number] = frame
    return b"".join(frames)


def frames_of(pcm: bytes, pause_s: float) -> list[bytes]:
    """A sound as whole frames, and a pause after it."""
    whole = pcm.ljust(-(-len(pcm) // FRAME_BYTES) * FRAME_BYTES, b"\0")
    frames = [whole[at : at + FRAME_BYTES] for at in range(0, len(whole), FRAME_BYTES)]
    return frames + [SILENCE] * round(pause_s * 50)
