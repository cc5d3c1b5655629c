"""Voice between hosts and phones: what arrives, when it flows, and what a phone has heard."""

from __future__ import annotations

import math
import random
import struct
import wave
from io import BytesIO

import numpy as np
import pytest

from simulator.modem.vices import Vices
from simulator.network.sound import RATE_HZ, SAMPLE_BYTES, Loop, Once, greeting, ringback, sound, tone
from simulator.network.voice import Recording, VoiceQueue, mix, wav
from tests.simulator.world import ONE, OPERATOR, PSAP, SILENT, USER, VOICEMAIL, Host, World
from tests.support.each import each
from tests.support.there import there

FRAME = 320
ON = {"3gpp": "AT", "huawei": "AT^DDSETEX=2", "simcom7600": "AT+CPCMREG=1", "quectel_ec2x": "AT+QPCMV=1,0"}
each_with_voice = pytest.mark.parametrize("dialect", list(ON))


def level(pcm: bytes, hz: float, rate_hz: int = RATE_HZ) -> float:
    """Amplitude of one frequency in the samples."""
    numbers = np.frombuffer(pcm, dtype="<i2").astype(np.float64)
    if not len(numbers):
        return 0.0
    turns = np.exp(-2j * np.pi * hz * np.arange(len(numbers)) / rate_hz)
    return float(2 * abs(np.dot(numbers, turns)) / len(numbers))


def converse(host: Host, seconds: float, says: float | None = None) -> bytes:
    """Write and read a frame every 20 ms; returns what was heard."""
    heard, said_at = b"", 0
    for _ in range(round(seconds / 0.02)):
        host.world.run(0.02)
        pcm = tone(says).at(said_at, FRAME) if says is not None else bytes(FRAME)
        host.modem.voice_write(pcm, host.world.now_s)
        heard += host.modem.voice_read(FRAME, host.world.now_s)
        said_at += FRAME // SAMPLE_BYTES
    return heard


def heard_by(world: World, number: str) -> bytes:
    return there(world.carrier.phones[number].heard_pcm(world.now_s))


@each_with_voice
def test_a_phones_tone_arrives_unbroken_and_the_hosts_tone_is_recorded(dialect: str) -> None:
    world = World(dialect)
    world.one.call(USER)
    assert world.one.ask(ON[dialect])[-1] == "OK"
    heard = converse(world.one, 1.0, says=700)
    assert len(heard) == RATE_HZ * SAMPLE_BYTES
    assert level(heard, 440) == pytest.approx(8000, rel=0.02)
    steps = np.abs(np.diff(np.frombuffer(heard, dtype="<i2").astype(int)))
    assert steps.max() <= 8000 * 2 * np.pi * 440 / RATE_HZ + 1, "a break in its phase would be a jump"
    world.one.ask("AT+CHUP")
    assert level(heard_by(world, USER)[-RATE_HZ * SAMPLE_BYTES :], 700) == pytest.approx(8000, rel=0.05)


@each_with_voice
def test_a_recording_is_as_long_as_the_call_with_silence_where_nothing_came(dialect: str) -> None:
    world = World(dialect)
    world.one.call(USER)
    world.one.ask(ON[dialect])
    world.run(2.0)
    converse(world.one, 1.0, says=700)
    world.run(3.0)
    converse(world.one, 1.0, says=700)
    world.run(1.5)
    world.one.ask("AT+CHUP")
    answered_at_s, ended_at_s = world.call.answered_at_s, world.call.ended_at_s
    assert answered_at_s is not None
    assert ended_at_s is not None
    heard = heard_by(world, USER)
    assert len(heard) == round((ended_at_s - answered_at_s) * RATE_HZ) * SAMPLE_BYTES
    loud = np.abs(np.frombuffer(heard, dtype="<i2").astype(int)) > 1000
    first = np.argmax(loud) / RATE_HZ
    assert first == pytest.approx(ended_at_s - 1.5 - 1.0 - 3.0 - 1.0 - answered_at_s, abs=0.03)
    gap = heard[round((first + 1.1) * RATE_HZ) * 2 : round((first + 3.9) * RATE_HZ) * 2]
    assert not any(gap)


def test_a_voice_port_may_give_nothing_but_zeros_and_sound_again() -> None:
    world = World("huawei")
    world.one.call(USER)
    world.one.ask("AT^DDSETEX=2")
    world.one.modem.change_vices(Vices(no_voice=True))
    heard = converse(world.one, 1.0, says=700)
    assert len(heard) == RATE_HZ * SAMPLE_BYTES
    assert not any(heard)
    world.one.modem.change_vices(Vices(no_voice=False))
    assert any(converse(world.one, 1.0))


def test_huawei_carries_voice_only_after_ddsetex_in_the_same_call() -> None:
    world = World("huawei")
    world.one.ask("AT^DDSETEX=2")
    world.one.call(USER)
    assert converse(world.one, 0.1) == b""
    world.one.ask("AT^DDSETEX=2")
    assert converse(world.one, 0.1) != b""
    world.one.ask("AT+CHUP")
    assert converse(world.one, 0.1) == b""
    world.one.call(USER)
    assert converse(world.one, 0.1) == b"", "each call needs it again"
    world.one.ask("AT+CHUP")
    world.one.ask(f"ATD{USER};")
    world.one.ask("AT^DDSETEX=2")
    assert converse(world.one, 0.1) == b"", "nothing flows before the answer"
    world.run(5)
    assert converse(world.one, 0.1) != b"", "but it may be asked for from the dial on"


def test_huawei_loses_the_voice_of_the_other_call_when_one_of_two_ends() -> None:
    world = World("huawei")
    world.one.call(USER)
    world.one.call(OPERATOR)
    world.one.ask("AT+CHLD=3")
    world.one.ask("AT^DDSETEX=2")
    assert converse(world.one, 0.1) != b""
    world.one.ask("AT+CHLD=12")
    assert converse(world.one, 0.1) == b""
    world.one.ask("AT^DDSETEX=2")
    assert converse(world.one, 0.1) != b""


def test_simcom_takes_cpcmreg_only_while_a_call_is_active() -> None:
    world = World("simcom7600")
    assert world.one.ask("AT+CPCMREG=1") == ["ERROR"]
    world.one.ask(f"ATD{USER};")
    world.run(3)
    assert world.one.ask("AT+CPCMREG=1") == ["ERROR"]
    world.run(2)
    assert world.one.ask("AT+CPCMREG=1")[-1] == "OK"
    assert converse(world.one, 0.1) != b""
    assert world.one.ask("AT+CPCMREG?") == ["+CPCMREG: 1", "OK"]
    assert world.one.ask("AT+CPCMREG=0,1") == ["OK"]
    assert converse(world.one, 0.1) == b""


def test_simcom_speaks_16_khz_after_cpcmfrm() -> None:
    world = World("simcom7600")
    world.one.ask("AT+CPCMFRM=1")
    world.one.call(USER)
    world.one.ask("AT+CPCMREG=1")
    modem = world.one.modem
    assert (modem.voice.rate_hz, modem.voice.frame_bytes) == (16000, 640)
    turns = np.arange(16000) * 2 * np.pi * 700 / 16000
    spoken = (8000 * np.sin(turns)).astype("<i2").tobytes()
    heard = b""
    for at in range(0, len(spoken), 640):
        world.run(0.02)
        modem.voice_write(spoken[at : at + 640], world.now_s)
        heard += modem.voice_read(640, world.now_s)
    assert level(heard, 440, 16000) == pytest.approx(8000, rel=0.05)
    world.one.ask("AT+CHUP")
    assert level(heard_by(world, USER)[-16000:], 700) == pytest.approx(8000, rel=0.1)


@each_with_voice
def test_a_modem_without_voice_gives_none(dialect: str) -> None:
    world = World(dialect, modem={"voice": False})
    world.one.call(USER)
    if dialect != "3gpp":
        assert "OK" not in world.one.ask(ON[dialect])
    if dialect == "huawei":
        assert "OK" not in world.one.ask("AT^CVOICE?")
    assert converse(world.one, 0.1) == b""


def test_nothing_is_heard_before_the_answer_but_ringback_on_an_early_answer_modem() -> None:
    world = World("simcom7600", modem={"early_answer": True})
    world.one.ask(f"ATD{SILENT};")
    world.run(2.1)
    assert world.one.ask("AT+CPCMREG=1")[-1] == "OK"
    assert level(converse(world.one, 0.8), 425) > 6000
    assert heard_by(world, SILENT) == b""


def test_a_held_party_neither_hears_nor_is_heard() -> None:
    world = World("3gpp")
    world.one.call(USER)
    world.one.ask("AT+CHLD=2")
    assert converse(world.one, 0.2, says=700) == b""
    assert not any(heard_by(world, USER))
    world.one.ask("AT+CHLD=2")
    assert level(converse(world.one, 0.4, says=700), 440) > 7000


def test_in_a_network_conference_all_hear_the_host_and_each_other() -> None:
    world = World("3gpp")
    world.one.call(USER)
    world.one.call(OPERATOR)
    world.one.ask("AT+CHLD=3")
    heard = converse(world.one, 2.0, says=700)
    assert level(heard, 440) > 7000
    assert level(heard, 620) > 7000
    for number, others, own in ((USER, (620, 700), 440), (OPERATOR, (440, 700), 620)):
        tail = heard_by(world, number)[-RATE_HZ:]
        assert all(level(tail, hz) > 7000 for hz in others)
        assert level(tail, own) < 100, "nobody hears herself"
    world.one.ask("AT+CHLD=21")
    world.run(2.0)
    assert not any(heard_by(world, OPERATOR)[-RATE_HZ:]), "on hold again"


@each("apart_s", [0.0, 0.00003, 0.0000625, 0.0001])
def test_a_voice_in_a_network_conference_never_jumps_whenever_it_is_looked_at(apart_s: float) -> None:
    """`apart_s`: parts of a sample by which one has answered later than the other."""
    world = World("3gpp")
    world.one.call(USER)
    world.run(apart_s)
    world.one.call(OPERATOR)
    world.one.ask("AT+CHLD=3")
    draw = random.Random(1)
    for _ in range(200):
        world.run(draw.uniform(0.003, 0.02))
        heard_by(world, USER)
    for number, hz in ((USER, 620), (OPERATOR, 440)):
        heard = np.frombuffer(heard_by(world, number)[-2 * RATE_HZ :], dtype="<i2").astype(float)
        turned = heard[:-2] + heard[2:] - 2 * math.cos(2 * math.pi * hz / RATE_HZ) * heard[1:-1]
        assert np.abs(turned).max() < 3, "one sine, but for the rounding of its samples"


def test_phones_that_talk_directly_or_after_a_transfer_hear_each_other() -> None:
    world = World("3gpp")
    world.carrier.phone_call(USER, OPERATOR, world.now_s)
    world.run(10)
    world.carrier.phone_hang_up(USER, world.now_s)
    assert level(heard_by(world, USER), 620) > 7900
    assert level(heard_by(world, OPERATOR), 440) > 7900
    world.one.call(USER)
    world.one.call(PSAP)
    world.one.ask("AT+CHLD=4")
    world.run(5)
    assert level(heard_by(world, USER)[-RATE_HZ:], 880) > 7900
    assert level(heard_by(world, PSAP)[-RATE_HZ:], 440) > 7900


def test_two_lines_of_the_center_hear_each_other() -> None:
    world = World("3gpp")
    world.one.ask(f"ATD{world.two.modem.config.number};")
    world.run(1.5)
    world.two.ask("ATA")
    heard, at = b"", 0
    for _ in range(50):
        world.run(0.02)
        world.one.modem.voice_write(tone(700).at(at, FRAME), world.now_s)
        heard += world.two.modem.voice_read(FRAME, world.now_s)
        at += FRAME // SAMPLE_BYTES
    assert level(heard, 700) > 7500


def test_what_a_phone_says_can_be_changed_in_the_call() -> None:
    world = World("3gpp")
    world.one.call(USER)
    phone = world.carrier.phones[USER]
    phone.change(type(phone.profile)(number=USER, says="tone:1200"))
    assert level(converse(world.one, 0.5), 1200) > 7900


def test_a_voicemail_greets_beeps_and_is_silent() -> None:
    world = World("3gpp")
    world.one.call(VOICEMAIL)
    heard = converse(world.one, 6.0)
    assert np.abs(np.frombuffer(heard[: RATE_HZ * 2], dtype="<i2").astype(int)).mean() > 500
    assert max(level(heard[at : at + 8000], 1000) for at in range(RATE_HZ * 5, RATE_HZ * 9, 1600)) > 7000
    assert not any(heard[-RATE_HZ:])


def test_a_call_that_never_was_answered_was_heard_as_nothing() -> None:
    world = World("3gpp")
    assert world.carrier.phones[SILENT].heard_pcm(world.now_s) is None
    world.one.ask(f"ATD{SILENT};")
    world.run(3)
    assert heard_by(world, SILENT) == b""


def test_the_last_call_can_be_heard_until_the_next_one() -> None:
    world = World("3gpp")
    world.carrier.phone_call(USER, ONE, world.now_s)
    world.run(1.5)
    world.one.ask("ATA")
    converse(world.one, 1.0, says=700)
    world.one.ask("AT+CHUP")
    world.run(100)
    assert len(heard_by(world, USER)) == pytest.approx(RATE_HZ * SAMPLE_BYTES, abs=1000)
    world.carrier.phone_call(USER, ONE, world.now_s)
    assert heard_by(world, USER) == b""


# ---------------------------------------------------------------------------------------------- the parts


def test_a_recording_keeps_a_writer_together_that_is_late_by_less_than_a_frame() -> None:
    recording = Recording(100.0, cap_s=60.0)
    frame = b"\x01\x00" * 160
    recording.add("a", frame, 100.02)
    recording.add("a", frame, 100.059)
    recording.add("a", frame, 100.06)
    recording.add("a", frame * 2, 100.119)  # nobody has looked for 40 ms, and nobody has been late
    assert recording.pcm() == frame * 5


@each("late_s", [0.021, 0.05, 0.099, 0.9])
def test_a_recording_shows_every_stall_of_more_than_a_frame_as_long_as_it_was(late_s: float) -> None:
    recording = Recording(100.0, cap_s=60.0)
    frame = b"\x01\x00" * 160
    recording.add("a", frame, 100.02)
    recording.add("a", frame, 100.04 + late_s)
    assert recording.pcm() == frame + bytes(round(late_s * 8000) * 2) + frame


def test_a_recording_is_bounded_and_ignores_a_writer_far_ahead() -> None:
    recording = Recording(0.0, cap_s=1.0)
    for n in range(100):
        recording.add("a", b"\x01\x00" * 160, 0.02 * (n + 1))
    assert len(recording.pcm()) == 16000
    recording.finish(90.0)
    assert len(recording.pcm()) == 16000
    flooded = Recording(0.0, cap_s=100.0)
    for _ in range(1000):
        flooded.add("a", b"\x01\x00" * 160, 0.02)
    assert len(flooded.pcm()) <= 1.1 * 16000
    assert len(flooded.pcm(until_s=0.5)) == 8000


def test_two_voices_add_up_and_never_wrap_around() -> None:
    assert mix([struct.pack("<2h", 30000, -30000), struct.pack("<2h", 30000, -30000)], 4) == struct.pack(
        "<2h", 32767, -32768
    )
    assert mix([b"", b"ab"], 2) == b"ab"
    assert mix([], 4) == bytes(4)


def test_an_inbox_keeps_the_newest_and_gives_whole_frames() -> None:
    inbox = VoiceQueue()
    inbox.put(b"\0" * 10_000 + b"ab")
    assert inbox.take(7000) == b""
    assert inbox.take(VoiceQueue.LIMIT)[-2:] == b"ab"


@each("hz", [440.0, 1333.3])
def test_a_tone_has_the_asked_frequency_for_ever(hz: float) -> None:
    pcm = tone(hz).at(79_990, 32_000)
    assert level(pcm, hz) == pytest.approx(8000, rel=0.01)


def test_sounds_from_any_sample_on() -> None:
    assert Loop(b"abcd").at(1, 8) == b"cdabcdab"
    assert Once(b"abcd").at(1, 4) == b"cd\0\0"
    assert Once(b"abcd").at(9, 4) == bytes(4)
    assert sound("").at(0, 4) == bytes(4)
    assert sound("", "voicemail") is greeting()
    assert not any(ringback().at(RATE_HZ, 1600))


def test_a_wav_can_be_read_by_others() -> None:
    with wave.open(BytesIO(wav(b"\x01\x00" * 8000))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (
            1, 2, 8000, 8000,
        )  # fmt: skip


def _voiced(world: World) -> Host:
    world.one.call(USER)
    assert world.one.ask("AT+CPCMREG=1")[-1] == "OK"
    return world.one


def test_one_that_takes_its_time_refuses_the_voice_until_then() -> None:
    world = World("simcom7600", modem={"cpcmreg_refused_s": 5.0})
    world.one.call(USER)
    assert world.one.ask("AT+CPCMREG=1")[-1] != "OK"
    world.run(5)
    assert world.one.ask("AT+CPCMREG=1")[-1] == "OK"


def test_it_takes_no_more_sound_once_writing_and_reading_have_drifted_apart() -> None:
    world = World("simcom7600", modem={"stops_on_imbalance": 5})
    host = _voiced(world)
    converse(host, 0.5, says=700)
    for _ in range(7):
        world.run(0.02)
        host.modem.voice_read(FRAME, world.now_s)
    converse(host, 0.5, says=700)
    assert level(heard_by(world, USER)[-FRAME:], 700) == 0
    host.ask("AT+CPCMREG=0,1")
    assert host.ask("AT+CPCMREG=1")[-1] == "OK"
    converse(host, 0.5, says=700)
    assert level(heard_by(world, USER)[-FRAME:], 700) > 4000
