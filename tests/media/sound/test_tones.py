"""Digits are found as Q.24 wants them, tones of the network by their rhythm, and speech is neither."""

from __future__ import annotations

import numpy as np

from media.conference.ear import LegAnalyser, analyse_legs
from media.sound.frames import stack
from tests.media.speech import speech
from tests.support.each import each
from tests.support.signals import RATE_HZ, frames, noise, tone

KEYS = ("123A", "456B", "789C", "*0#D")
LOW_HZ, HIGH_HZ = (697, 770, 852, 941), (1209, 1336, 1477, 1633)
ALL = "1234567890*#ABCD"


def pause(ms: int) -> bytes:
    return bytes(RATE_HZ * ms // 1000 * 2)


def together(*parts: bytes) -> bytes:
    total = sum(np.frombuffer(part, dtype="<i2").astype(int) for part in parts)
    return np.clip(total, -32768, 32767).astype("<i2").tobytes()


def pressed(
    digits: str,
    *,
    ms: int = 60,
    pause_ms: int = 60,
    off: float = 1.0,
    twist_db: float = 0.0,
    loud: int = 4000,
) -> bytes:
    """The digits; `twist_db` is how much louder their high tones are."""
    sound = pause(100)
    samples = RATE_HZ * ms // 1000
    for digit in digits:
        row = next(at for at, keys in enumerate(KEYS) if digit in keys)
        low = tone(LOW_HZ[row] * off, samples, amplitude=loud)
        high_hz = HIGH_HZ[KEYS[row].index(digit)] * off
        high = tone(high_hz, samples, amplitude=round(loud * 10 ** (twist_db / 20)))
        sound += together(low, high) + pause(pause_ms)
    return sound + pause(100)


def heard(sound: bytes, ear: LegAnalyser | None = None) -> LegAnalyser:
    ear = ear or LegAnalyser()
    for frame in frames(sound):
        rows = stack([frame])
        analyse_legs([ear], rows, rows.astype(np.float32))
    return ear


@each("shift", range(0, 160, 23))
def test_every_digit_of_40_ms_is_found_wherever_in_a_frame_it_begins(shift: int) -> None:
    assert heard(bytes(2 * shift) + pressed(ALL, ms=40, pause_ms=40)).digits == ALL


@each("twist_db", [-8.0, -4.0, 4.0])
def test_one_tone_may_be_louder_than_the_other(twist_db: float) -> None:
    assert heard(pressed(ALL, twist_db=twist_db)).digits == ALL


@each("off", [0.985, 1.015])
def test_a_digit_that_is_off_by_one_and_a_half_percent_is_one(off: float) -> None:
    assert heard(pressed(ALL, ms=70, off=off)).digits == ALL


@each("off", [0.965, 1.035])
def test_a_digit_that_is_off_by_three_and_a_half_percent_is_none(off: float) -> None:
    assert heard(pressed(ALL, ms=70, off=off)).digits == ""


def test_soft_and_loud_digits_are_found_and_noise_does_not_hide_them() -> None:
    assert heard(pressed(ALL, loud=400)).digits == ALL
    assert heard(pressed(ALL, loud=16000)).digits == ALL
    sound = pressed(ALL)
    assert heard(together(sound, noise(len(sound) // 2, rms=500))).digits == ALL


def test_a_blip_of_20_ms_and_one_tone_alone_are_no_digits() -> None:
    assert heard(pressed(ALL, ms=20)).digits == ""
    assert heard(tone(770, 8000) + tone(1336, 8000)).digits == ""


def test_the_same_key_twice_is_two_digits_and_a_drop_out_makes_no_second_one() -> None:
    assert heard(pressed("77", ms=50, pause_ms=40)).digits == "77"
    assert (
        heard(pressed("7", ms=80, pause_ms=0)[:-1600] + pause(10) + pressed("7", ms=80)[1600:]).digits == "7"
    )


def test_two_tones_with_harmonics_are_a_voice() -> None:
    samples = 8000
    rich = [tone(hz, samples, amplitude=3000) for hz in (770, 1336, 2 * 770, 2 * 1336)]
    assert heard(together(*rich)).digits == ""


@each("who", ["woman", "man"])
def test_speech_is_neither_digits_nor_tones_and_is_heard(who: str) -> None:
    ear = LegAnalyser()
    for frame in frames(speech(who)):
        heard(frame, ear)
        assert ear.tone == ""
    assert ear.digits == ""
    assert ear.heard


def test_a_digit_is_a_person_though_it_is_no_voice() -> None:
    ear = heard(pressed("5", ms=500))
    assert ear.heard
    assert not ear.meter.spoken


def cadence(hz: float, *on_off_s: tuple[float, float]) -> bytes:
    return b"".join(tone(hz, round(on * RATE_HZ)) + bytes(2 * round(off * RATE_HZ)) for on, off in on_off_s)


@each(
    ("sound", "word"),
    [
        (cadence(425, *[(0.5, 0.5)] * 3), "busy"),
        (cadence(425, *[(0.2, 0.2)] * 4), "congestion"),
        (cadence(425, (1.0, 4.0), (1.0, 3.0)), "ringing"),
        (cadence(425, (3.0, 0.0)), "dial"),
        (cadence(1100, (0.5, 3.0)), "fax"),
        (cadence(2100, (2.0, 0.0)), "fax"),
        (cadence(425, (0.3, 0.9), (0.6, 0.2), (0.3, 0.5)), ""),
        (cadence(440, *[(0.5, 0.5)] * 3), ""),
    ],
)
def test_a_tone_is_known_by_its_rhythm(sound: bytes, word: str) -> None:
    assert heard(sound).tone == word


@each("shift", [0, 50, 100])
def test_the_networks_tones_are_nobodys_voice(shift: int) -> None:
    sound = bytes(2 * shift) + cadence(425, *[(1.0, 4.0)] * 3, *[(0.5, 0.5)] * 6, *[(0.2, 0.2)] * 10)
    sound = together(sound, noise(len(sound) // 2, rms=30))
    assert not heard(sound).heard


def test_a_tone_is_forgotten_once_it_is_over() -> None:
    ear = heard(cadence(425, *[(0.5, 0.5)] * 3))
    assert ear.tone == "busy"
    assert heard(pause(1500), ear).tone == ""


def test_a_person_is_heard_after_300_ms_of_voice_and_not_by_crackling() -> None:
    crackling = b"".join(noise(160, rms=3000, seed=at) + pause(480) for at in range(40))
    assert not heard(crackling).heard
    assert not heard(pause(200) + tone(300, 8000 * 28 // 100)).heard
    assert heard(pause(200) + tone(300, 8000 * 30 // 100)).heard


def test_no_sound_is_three_seconds_of_digital_silence_and_ends_with_any_noise() -> None:
    ear = heard(tone(300, 800) + pause(2980))
    assert not ear.no_sound
    assert heard(pause(20), ear).no_sound
    assert not heard(noise(160, rms=2), ear).no_sound
    ear = heard(pause(4000))
    ear.restart_silence()
    assert not heard(pause(2980), ear).no_sound
