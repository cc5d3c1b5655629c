"""Who only gives back what comes has not been heard: an echo takes no case and presses no key."""

from __future__ import annotations

import numpy as np

from media.conference.core import ConferenceCore
from media.sound.frames import FRAME_BYTES, SILENCE
from tests.media.sound.test_tones import pressed
from tests.media.speech import speech
from tests.support.each import each
from tests.support.signals import frames


def softer(pcm: bytes, by_db: float) -> bytes:
    samples = np.frombuffer(pcm, dtype="<i2") * 10 ** (-by_db / 20)
    return np.rint(samples).astype("<i2").tobytes()


class Line:
    """The user speaks; the operator's line gives back what it is told, after a while and softer."""

    def __init__(self, *, delay_ms: int, down_db: float) -> None:
        self.core = ConferenceCore()
        self.core.keep(["user", "operator"])
        self.waiting = [SILENCE] * (delay_ms // 20)
        self.down_db = down_db

    def carry(self, said: bytes, answer: bytes = b"") -> None:
        spoken = frames(answer)
        for number, frame in enumerate(frames(said)):
            self.waiting.append(softer(frame, self.down_db))
            back = self.waiting.pop(0)
            if number < len(spoken):
                mixed = np.frombuffer(back, "<i2").astype(int) + np.frombuffer(spoken[number], "<i2")
                back = np.clip(mixed, -32768, 32767).astype("<i2").tobytes()
            self.core.tick({"user": frame, "operator": back})
            self.core.analyse_input()

    @property
    def operator_heard(self) -> bool:
        return self.core.ears()["operator"].heard


@each("delay_ms", [0, 100, 300])
@each("who", ["woman", "man"])
def test_an_echo_is_no_person(who: str, delay_ms: int) -> None:
    line = Line(delay_ms=delay_ms, down_db=23)
    line.carry(softer(speech(who), -6))
    assert not line.operator_heard
    assert line.core.ears()["user"].heard


def test_a_digit_that_comes_back_was_not_pressed_there() -> None:
    line = Line(delay_ms=100, down_db=26)
    line.carry(pressed("112#", loud=8000))
    assert line.core.ears()["user"].digits == "112#"
    assert line.core.ears()["operator"].digits == ""


def test_who_answers_while_the_other_speaks_is_heard_though_more_softly() -> None:
    line = Line(delay_ms=100, down_db=26)
    line.carry(speech("man"), answer=softer(speech("woman"), 8))
    assert line.operator_heard


def test_who_speaks_into_silence_is_heard_at_once() -> None:
    line = Line(delay_ms=100, down_db=26)
    said = softer(speech("woman")[: 50 * FRAME_BYTES], 6)
    line.carry(bytes(len(said)), answer=said)
    assert line.operator_heard
