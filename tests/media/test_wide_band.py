"""16 kHz through the mixer, where both ends have it, and what those hear who have not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media.conference.core import ConferenceCore
from media.ports.rates import Rates
from media.sound.resampling import Bands
from tests.media.wires import wires
from tests.support.each import each
from tests.support.signals import level_db, tone

WIDE_HZ = 16000
FRAME, WIDE_FRAME = 320, 640


def cut(pcm: bytes, size: int) -> list[bytes]:
    return [pcm[at : at + size] for at in range(0, len(pcm), size)]


def told(core: ConferenceCore, said: dict[str, bytes], wide: set[str]) -> dict[str, bytes]:
    frames = {leg: cut(pcm, WIDE_FRAME if leg in wide else FRAME) for leg, pcm in said.items()}
    heard = dict.fromkeys(said, b"")
    for number in range(min(map(len, frames.values()))):
        now = core.tick({leg: parts[number] for leg, parts in frames.items()}, wide=wide)
        core.analyse_input()
        for leg, frame in now.items():
            assert len(frame) == (WIDE_FRAME if leg in wide else FRAME)
            heard[leg] += frame
    return heard


def steps(pcm: bytes) -> int:
    return int(np.abs(np.diff(np.frombuffer(pcm, dtype="<i2").astype(int))).max())


@each("hz", [300, 1000, 3400, 4000, 6000, 7000])
def test_a_tone_of_a_wide_leg_reaches_a_wide_one_as_it_was(hz: int) -> None:
    core = ConferenceCore()
    core.keep(["user", "operator"])
    said = tone(hz, WIDE_HZ, rate_hz=WIDE_HZ)
    silence = bytes(len(said))
    heard = told(core, {"user": said, "operator": silence}, {"user", "operator"})["operator"][-WIDE_HZ:]
    assert level_db(heard, hz, rate_hz=WIDE_HZ) == pytest.approx(
        level_db(said[-WIDE_HZ:], hz, rate_hz=WIDE_HZ), abs=0.1
    )


def test_a_tone_of_6_khz_reaches_the_wide_leg_and_does_not_alias_on_a_narrow_one() -> None:
    core = ConferenceCore()
    core.keep(["user", "operator", "psap"])
    said = tone(6000, WIDE_HZ, rate_hz=WIDE_HZ)
    all_said = {"user": said, "operator": bytes(len(said)), "psap": bytes(len(said) // 2)}
    heard = told(core, all_said, {"user", "operator"})
    loud = level_db(said[-WIDE_HZ:], 6000, rate_hz=WIDE_HZ)
    assert level_db(heard["operator"][-WIDE_HZ:], 6000, rate_hz=WIDE_HZ) == pytest.approx(loud, abs=0.1)
    assert level_db(heard["psap"][-8000:], 2000) < loud - 50


def test_a_wide_leg_hears_a_narrow_one_and_itself_never() -> None:
    core = ConferenceCore()
    core.keep(["user", "operator"])
    said = {"user": tone(5000, WIDE_HZ, rate_hz=WIDE_HZ), "operator": tone(1000, 8000)}
    heard = told(core, said, {"user"})
    loud = level_db(said["operator"], 1000)
    assert level_db(heard["user"][-WIDE_HZ:], 1000, rate_hz=WIDE_HZ) == pytest.approx(loud, abs=0.3)
    assert level_db(heard["user"][-WIDE_HZ:], 5000, rate_hz=WIDE_HZ) < loud - 50


def test_who_is_heard_by_nobody_is_not_heard_in_the_upper_band_either() -> None:
    core = ConferenceCore()
    core.keep(["user", "operator"], {"user": frozenset()})
    said = {"user": tone(6000, WIDE_HZ, rate_hz=WIDE_HZ), "operator": bytes(2 * WIDE_HZ)}
    heard = told(core, said, {"user", "operator"})
    assert level_db(heard["operator"][-WIDE_HZ:], 6000, rate_hz=WIDE_HZ) < -60


def test_a_leg_that_comes_and_goes_does_so_without_a_click_in_the_upper_band() -> None:
    core = ConferenceCore()
    core.keep(["user", "operator"])
    silence = bytes(WIDE_HZ)
    heard = told(core, {"user": silence, "operator": silence}, {"user", "operator"})["operator"]
    core.keep(["user", "operator", "psap"])
    said = tone(700, WIDE_HZ // 2, rate_hz=WIDE_HZ)
    everybody = {"user": silence, "operator": silence, "psap": said}
    heard += told(core, everybody, {"user", "operator", "psap"})["operator"]
    core.keep(["user", "operator"])
    heard += told(core, {"user": silence, "operator": silence}, {"user", "operator"})["operator"]
    assert steps(heard) <= 1.5 * steps(said)


@given(st.integers(0, 2**32 - 1))
def test_the_two_parts_of_any_sound_are_that_sound_again_3_ms_later(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(-16000, 16000, 3200).astype("<i2").tobytes()
    bands, whole = Bands(), b""
    for frame in cut(noise, WIDE_FRAME):
        whole += bands.join(*bands.split(frame))
    delay = 2 * 48
    difference = np.frombuffer(whole[delay:], dtype="<i2").astype(int) - np.frombuffer(
        noise[:-delay], dtype="<i2"
    ).astype(int)
    assert np.abs(difference).max() <= 1


@each("first", [8000, WIDE_HZ])
@each("keeps_wide", [True, False])
def test_a_leg_whose_rate_changes_is_heard_and_hears_on_without_a_click(first: int, keeps_wide: bool) -> None:
    """It says and is told a low tone all the time: a step of its waveform would be the only steep one."""
    core, rates = ConferenceCore(), Rates(first, keeps_wide=keeps_wide)
    core.keep(["user", "operator"])
    by_user = {"user": b"", "operator": b""}
    to_port: list[bytes] = []
    at = {8000: tone(210, 24000), WIDE_HZ: tone(210, 48000, rate_hz=WIDE_HZ)}
    other = cut(tone(330, 24000), FRAME)
    for number in range(100):
        if number == 50:
            rates.change(24000 - first)
            core.refill("user")
        size = FRAME * rates.rate_hz // 8000
        said = rates.from_port(at[rates.rate_hz][number * size : (number + 1) * size])
        wide = {"user"} if rates.wide else set[str]()
        heard = core.tick({"user": said, "operator": other[number]}, wide=wide)
        to_port.append(rates.to_port(heard["user"]))
        assert len(to_port[-1]) == size
        by_user["operator"] += heard["operator"]
    assert steps(by_user["operator"]) <= 1.5 * steps(tone(210, 8000))
    # The two frames about the change, the first brought to the rate of the second.
    before, after = (np.frombuffer(frame, dtype="<i2").astype(int) for frame in to_port[49:51])
    assert abs(int(after[0]) - int(before[-1])) <= 1.5 * steps(tone(330, 8000))
    assert steps(to_port[50]) <= 1.5 * steps(tone(330, 8000))


@each("keeps_wide", [True, False])
def test_a_modem_that_speaks_16_khz_against_its_dialect_is_understood_soon(keeps_wide: bool) -> None:
    with wires(keeps_wide=keeps_wide, user=8000, operator=8000) as line:
        said = {"user": tone(1000, 3 * WIDE_HZ, rate_hz=WIDE_HZ), "operator": tone(440, 3 * 8000)}
        line.say(said, {"user": WIDE_HZ})
        assert level_db(line.heard["operator"][-8000:], 1000) == pytest.approx(
            level_db(tone(1000, 4000), 1000), abs=0.3
        )
        assert level_db(line.heard["user"][-WIDE_HZ:], 440, rate_hz=WIDE_HZ) == pytest.approx(
            level_db(tone(440, 4000), 440), abs=0.3
        )
        assert len(line.heard["user"]) >= 53 * FRAME + 97 * WIDE_FRAME, "it is spoken to at its rate"
        assert line.conference.status().joined == ("user", "operator")
