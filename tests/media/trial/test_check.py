"""What a call's figures mean, on sound whose faults are known."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np
import pytest

from center.modems.voice_trial import lines_of
from media.conference.sounds import FOLDER, read_wav
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, SILENCE
from media.sound.gain import Amplifier
from media.trial.carried import Arrival, RecordedCall
from media.trial.check import BROKEN, VoiceReport, with_findings, with_measurements
from messages.base import Gains
from messages.trials import Finding
from tests.support.each import each

SECONDS = 12
VOICE = np.tile(read_wav(FOLDER / "psap_stay.en.wav"), 8)[: SECONDS * RATE_HZ].tobytes()
OURS = np.tile(read_wav(FOLDER / "please_hold.en.wav"), 8)[: SECONDS * RATE_HZ].tobytes()
OPENED = VoiceReport(call=1, answered=True, path="/dev/voice", opened_after_s=0.4, tries=1)


def carried(heard: bytes = VOICE, **others: Any) -> RecordedCall:
    arrivals = [Arrival(100.02 + n * 0.02, FRAME_SAMPLES) for n in range(len(heard) // FRAME_BYTES)]
    frames = [(at // FRAME_BYTES, OURS[at : at + FRAME_BYTES]) for at in range(0, len(OURS), FRAME_BYTES)]
    whole = RecordedCall(
        began_s=100.0,
        ended_s=100.0 + SECONDS,
        arrivals=arrivals,
        heard=heard,
        said=frames,
        read_bytes=len(heard),
        written_frames=len(frames),
    )
    return msgspec.structs.replace(whole, **others)


def hiss(dbfs: float) -> bytes:
    loud = np.random.default_rng(3).normal(0, 32768 * 10 ** (dbfs / 20), SECONDS * RATE_HZ)
    return np.clip(np.rint(loud), -32768, 32767).astype("<i2").tobytes()


def echoing() -> bytes:
    delay = 180 * RATE_HZ // 1000
    ours = np.frombuffer(OURS, dtype="<i2").astype(float)
    back = np.concatenate((np.zeros(delay), ours))[: len(ours)] * 0.1
    both = np.frombuffer(VOICE, dtype="<i2") + back
    return np.clip(np.rint(both), -32768, 32767).astype("<i2").tobytes()


FAST = [Arrival(100.02 + n * 0.01, FRAME_SAMPLES) for n in range(SECONDS * 50)]
ROUGH = [one for number, one in enumerate(carried().arrivals) if number % 100]


@each(
    ("one", "findings"),
    [
        (carried(), []),
        (carried(SILENCE * SECONDS * 50), [Finding.MUTE]),
        (carried(b"", read_bytes=0), [Finding.NOTHING]),
        (carried(hiss(-18.0)), [Finding.NOISE]),
        (carried(hiss(-60.0)), [Finding.NO_VOICE]),
        (carried(Amplifier(-18.0).process(VOICE)), [Finding.QUIET]),
        (carried(echoing()), [Finding.ECHO]),
        (carried(arrivals=FAST), [Finding.RATE]),
        (carried(arrivals=ROUGH), [Finding.LOST]),
        (carried(dropped_frames=100), [Finding.NOT_TAKEN]),
        (carried(ended_s=102.0), [Finding.SHORT]),
    ],
)
def test_each_fault_is_found_and_nothing_else(one: RecordedCall, findings: list[Finding]) -> None:
    report = with_measurements(OPENED, one)
    assert list(report.findings) == findings
    assert report.proved is BROKEN.isdisjoint(findings)


def test_a_quiet_line_is_told_with_the_gain_that_would_help_on_top_of_what_it_has() -> None:
    report = with_measurements(OPENED, carried(Amplifier(-18.0).process(VOICE)), gains=Gains(in_db=4.0))
    assert report.better_gain_in_db == pytest.approx(16, abs=2)
    assert any(f"try gain_in_db = {report.better_gain_in_db:.0f}" in line for line in lines_of(report))


def test_an_echo_is_told_with_its_delay() -> None:
    report = with_measurements(OPENED, carried(echoing()))
    assert report.echo is not None
    assert report.echo.delay_ms == pytest.approx(180, abs=1)
    assert report.echo.level_db == pytest.approx(-20, abs=1.5)


@each(
    "second",
    [
        with_measurements(
            OPENED, carried(SILENCE * SECONDS * 50), before=with_measurements(OPENED, carried())
        ),
        with_findings(
            VoiceReport(call=2, answered=True, path="/dev/voice"), with_measurements(OPENED, carried())
        ),
    ],
)
def test_a_second_call_without_voice_after_a_good_one_is_worn(second: VoiceReport) -> None:
    assert Finding.WORN in second.findings
    assert any(line.startswith("! degraded: ") for line in lines_of(second))


def test_two_bad_calls_are_not_worn_and_neither_is_a_call_that_was_not_answered() -> None:
    bad = with_measurements(OPENED, carried(b"", read_bytes=0))
    assert Finding.WORN not in with_measurements(OPENED, carried(b"", read_bytes=0), before=bad).findings
    missed = with_findings(VoiceReport(call=2, answered=False), with_measurements(OPENED, carried()))
    assert missed.findings == (Finding.NOT_ANSWERED,)


@each(
    ("report", "finding"),
    [
        (VoiceReport(call=1, answered=True), Finding.NO_PORT),
        (VoiceReport(call=1, answered=True, path="/dev/v", trouble="CME 3"), Finding.REFUSED),
        (msgspec.structs.replace(OPENED, trouble="/dev/voice: no such file"), Finding.NO_PORT),
        (VoiceReport(call=1, answered=False), Finding.NOT_ANSWERED),
    ],
)
def test_a_voice_that_was_not_there_is_told_by_the_cause(report: VoiceReport, finding: Finding) -> None:
    found = with_findings(report)
    assert found.findings == (finding,)
    assert not found.proved


def test_every_finding_has_words() -> None:
    report = with_measurements(OPENED, carried(echoing()))
    for finding in Finding:
        assert any(
            line.startswith("! ") for line in lines_of(msgspec.structs.replace(report, findings=(finding,)))
        )
