"""What a phone has heard: whether just now exactly the tones of the others, and how long nothing at all."""

from __future__ import annotations

import io
import wave

import httpx
import numpy as np

from messages.ids import Party
from tests.chaos.harness.served import TONES
from tests.chaos.harness.view import People
from tests.support.signals import RATE_HZ, level_db

LAST_S = 0.4
LOUD_DB, APART_DB = -25, 30
FRAME = RATE_HZ // 50
QUIET_RMS = 60.0


def recording(carrier: httpx.Client, number: str, place: int = 0) -> bytes:
    """The phone's current or last call, s16le; nothing where it had none. `place`: of an exchange."""
    told = carrier.get(f"/phones/{number}/heard.wav", params={"place": place})
    if told.status_code != 200:
        return b""
    with wave.open(io.BytesIO(told.content)) as file:
        pcm: bytes = file.readframes(file.getnframes())
    return pcm


def hears(pcm: bytes, expected: set[float], forbidden: set[float]) -> bool:
    """Whether the end of it had these tones and not those."""
    last = pcm[-int(LAST_S * RATE_HZ) * 2 :]
    if len(last) < int(LAST_S * RATE_HZ) * 2:
        return False
    wanted = min(level_db(last, hz) for hz in expected)
    others = max((level_db(last, hz) for hz in forbidden), default=-120.0)
    return wanted > LOUD_DB and others < wanted - APART_DB


def taken_places(carrier: httpx.Client, number: str) -> list[int]:
    """Where a call of this number's is: a telephone has one place, 112 as many as it has call-takers."""
    calls = carrier.get(f"/phones/{number}").json()["calls"]
    return [place for place, call in enumerate(calls) if call is not None]


def all_hear(carrier: httpx.Client, people: People, parties: frozenset[Party]) -> bool:
    """Whether each hears exactly the others; of several call-takers of 112 one."""
    everybody = set(TONES.values())
    for party in parties:
        number = people.number(party)
        expected = {TONES[other] for other in parties if other is not party}
        heard = (recording(carrier, number, place) for place in taken_places(carrier, number))
        if not any(hears(pcm, expected, everybody - expected) for pcm in heard):
            return False
    return True


def longest_silence_s(pcm: bytes) -> float:
    """The longest stretch of nothing between the first and the last sound."""
    samples = np.frombuffer(pcm, dtype="<i2").astype(float)
    frames = len(samples) // FRAME
    if not frames:
        return 0.0
    rms = np.sqrt((samples[: frames * FRAME].reshape(frames, FRAME) ** 2).mean(axis=1))
    loud = np.flatnonzero(rms > QUIET_RMS)
    if len(loud) < 2:
        return 0.0
    return float((np.diff(loud).max() - 1) * FRAME / RATE_HZ)
