"""What goes in comes out: three voices apart from each other, speech as it was spoken, for hours on end."""

from __future__ import annotations

import numpy as np
import pytest

from tests.media.speech import speech
from tests.media.wires import wires
from tests.support.each import each
from tests.support.signals import level_db, tone

HZ = {"operator": 440, "user": 620, "psap": 880}
DOWN_DB = 60.0


@each("user_hz", [8000, 16000, 48000])
def test_each_hears_the_other_two_as_loud_as_they_are_and_no_echo(user_hz: int) -> None:
    rates = {"operator": 8000, "user": user_hz, "psap": 8000}
    with wires(**rates) as room:
        room.say({leg: tone(HZ[leg], 3 * rate, rate_hz=rate) for leg, rate in rates.items()})
    said_db = level_db(tone(1000, 8000), 1000)
    for leg, rate in rates.items():
        heard = room.heard[leg][-2 * rate :]
        others = [level_db(heard, hz, rate_hz=rate) for other, hz in HZ.items() if other != leg]
        assert others == pytest.approx([said_db] * 2, abs=1.0)
        assert level_db(heard, HZ[leg], rate_hz=rate) < min(others) - DOWN_DB


@each("who", ["woman", "man"])
def test_speech_is_heard_sample_for_sample_as_it_was_spoken(who: str) -> None:
    said = speech(who)
    with wires(operator=8000, user=8000, psap=8000) as room:
        room.say({"user": said, "psap": bytes(len(said)), "operator": bytes(len(said))})
    heard = room.heard["psap"]
    begins = heard.index(said[32_000:33_000]) - 32_000
    assert 0 <= begins <= 2 * 320
    # But for the first 10 ms, which are faded in.
    assert heard[begins + 320 :] == said[320 : len(heard) - begins]


def test_speech_over_a_headset_at_16_khz_loses_only_what_a_telephone_does_not_carry() -> None:
    said = speech("woman")
    narrow = np.frombuffer(said, dtype="<i2").astype(float)
    spectrum = np.fft.rfft(narrow)
    wide = np.fft.irfft(spectrum, 2 * len(narrow)) * 2
    with wires(operator=16000, user=8000) as room:
        room.say({"operator": np.rint(wide).astype("<i2").tobytes(), "user": bytes(len(said))})
    heard = np.frombuffer(room.heard["user"], dtype="<i2").astype(float)
    band = np.fft.rfftfreq(len(narrow), 1 / 8000) < 3300
    expected = np.fft.irfft(spectrum * band, len(narrow))
    got = np.fft.irfft(np.fft.rfft(heard[: len(narrow)]) * band, len(narrow))
    delay = int(np.argmax(np.fft.irfft(np.fft.rfft(got) * np.conj(np.fft.rfft(expected)))))
    assert delay <= 2 * 160 + 12
    difference = got[delay + 400 : -400] - expected[400 : -400 - delay]
    assert 10 * np.log10((expected**2).mean() / (difference**2).mean()) > 30
