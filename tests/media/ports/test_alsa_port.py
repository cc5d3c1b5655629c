"""A sound card as a voice port: bounded, honest about xruns, and found again under another name."""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import subprocess
import sys
import time
import tty
from contextlib import closing
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from media.conference.jitter import JitterBuffer
from media.ports import asound
from media.ports.alsa_port import AlsaVoicePort
from media.ports.asound import Stream
from media.ports.cards import cards_at, name_of, pcm_of
from media.ports.claim import claim
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortLost, VoicePortMissing, VoicePortSpec, VoicePortUnusable
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, SAMPLE_BYTES, SILENCE, samples_of
from tests.media.cards import VirtualCard, plugged, unplugged
from tests.support.depth import every
from tests.support.signals import tone
from tests.waiting import wait_until

FRAME_S = 0.02
SAID = b"\x01\x02" * FRAME_SAMPLES


class Clock:
    now_s = 0.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def card(clock: Clock) -> VirtualCard:
    return VirtualCard(clock, says=lambda first, samples: tone(440, samples, at=first))


@pytest.fixture
def port(card: VirtualCard) -> AlsaVoicePort:
    return AlsaVoicePort("modem", open_pcm=card.open_pcm)


def test_both_ways_are_opened_at_8_khz_and_the_capture_is_started(
    card: VirtualCard, clock: Clock, port: AlsaVoicePort
) -> None:
    assert card.opened == [("modem", Stream.CAPTURE, RATE_HZ), ("modem", Stream.PLAYBACK, RATE_HZ)]
    assert port.read() == b""
    clock.now_s += FRAME_S
    assert port.read() == tone(440, FRAME_SAMPLES)
    assert port.counters().read_bytes == FRAME_BYTES


def test_short_reads_lose_nothing(card: VirtualCard, clock: Clock, port: AlsaVoicePort) -> None:
    card.most = 7
    clock.now_s += FRAME_S
    said = b"".join(port.read() for _ in range(30))
    assert said == tone(440, FRAME_SAMPLES)


def test_a_wide_card_is_spoken_to_at_16_khz_and_gives_8(card: VirtualCard, clock: Clock) -> None:
    card.rate_hz = 2 * RATE_HZ
    port = AlsaVoicePort("modem", 2 * RATE_HZ, open_pcm=card.open_pcm)
    assert {rate for _, _, rate in card.opened} == {16000}
    clock.now_s += FRAME_S
    assert len(port.read()) == FRAME_BYTES
    port.write(SAID)
    clock.now_s += FRAME_S
    port.write(SAID)
    assert sum(len(pcm) for _, pcm in card.played) == 2 * FRAME_BYTES


def test_what_is_written_is_played_behind_one_frame_of_silence(
    card: VirtualCard, clock: Clock, port: AlsaVoicePort
) -> None:
    for _ in range(10):
        port.write(SAID)
        clock.now_s += FRAME_S
    port.write(SAID)
    ((began_s, played),) = card.played
    assert began_s == 0.0
    assert bytes(played) == SILENCE + 9 * SAID
    assert port.counters().written_frames == 11
    assert port.counters().xruns == 0


def test_no_more_than_60_ms_wait_in_a_card_that_plays_nothing(card: VirtualCard, port: AlsaVoicePort) -> None:
    card.plays = False
    for _ in range(10):
        port.write(SAID)
    # The silence ahead is one of the three.
    assert (port.counters().written_frames, port.counters().dropped_frames) == (2, 8)


def test_a_card_run_dry_is_prepared_again(card: VirtualCard, clock: Clock, port: AlsaVoicePort) -> None:
    port.write(SAID)
    clock.now_s += 5 * FRAME_S
    port.write(SAID)
    assert card.prepared == [Stream.PLAYBACK]
    assert port.counters().xruns == 1
    clock.now_s += 2 * FRAME_S
    port.write(SAID)
    assert [bytes(played) for _, played in card.played[:2]] == [SILENCE + SAID, SILENCE + SAID]
    assert port.counters().dropped_frames == 0


def test_a_card_that_was_not_read_in_time_is_prepared_and_started_again(
    card: VirtualCard, clock: Clock, port: AlsaVoicePort
) -> None:
    clock.now_s += 1.0
    assert port.read() == b""
    assert card.prepared == [Stream.CAPTURE]
    clock.now_s += FRAME_S
    assert len(port.read()) == FRAME_BYTES
    assert port.counters().xruns == 1


@pytest.mark.parametrize("way", ["read", "write"])
@pytest.mark.parametrize("error", [errno.ENODEV, errno.EBADFD, errno.EIO])
def test_a_card_that_is_gone_is_lost(card: VirtualCard, port: AlsaVoicePort, way: str, error: int) -> None:
    port.write(SAID)
    card.gone = error
    with pytest.raises(VoicePortLost, match=os.strerror(error)):
        _ = port.read() if way == "read" else port.write(SAID)
    port.close()
    port.close()
    assert card.closed == [Stream.PLAYBACK, Stream.CAPTURE]


def test_a_card_that_goes_while_it_is_prepared_is_lost_too(
    card: VirtualCard, clock: Clock, port: AlsaVoicePort, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone() -> None:
        raise asound.PcmError(errno.ENODEV, "No such device")

    monkeypatch.setattr(port._capture, "prepare", gone)
    clock.now_s += 1.0
    with pytest.raises(VoicePortLost):
        port.read()


def test_a_card_of_which_only_one_way_can_be_had_is_given_back(card: VirtualCard) -> None:
    def half(name: str, stream: Stream, rate_hz: int) -> asound.Pcm:
        if stream is Stream.PLAYBACK:
            raise VoicePortMissing("busy")
        return card.open_pcm(name, stream, rate_hz)

    with pytest.raises(VoicePortMissing, match="busy"):
        AlsaVoicePort("modem", open_pcm=half)
    assert card.closed == [Stream.CAPTURE]


def test_after_a_replug_the_card_is_found_anew(card: VirtualCard, clock: Clock, tmp_path: Path) -> None:
    plugged(tmp_path, "1-2.3", 2, "Android")
    assert name_of(cards_at("1-2.3", sys=tmp_path)[0], sys=tmp_path) == "Android"

    def opened() -> AlsaVoicePort:
        return AlsaVoicePort("usb:1-2.3", open_pcm=card.open_pcm, sys=tmp_path)

    port = opened()
    card.gone = errno.ENODEV
    with pytest.raises(VoicePortLost):
        port.read()
    port.close()
    unplugged(tmp_path, "1-2.3")
    with pytest.raises(VoicePortMissing, match=r"usb:1-2\.3: the USB device there has no sound card"):
        opened()
    plugged(tmp_path, "1-2.3", 5, "EC25EUX")
    card.gone = 0
    opened()
    assert [name for name, _, _ in card.opened] == ["hw:2", "hw:2", "hw:5", "hw:5"]


def test_a_path_is_a_socket_a_card_or_a_name_of_alsas_own(tmp_path: Path) -> None:
    plugged(tmp_path, "1-2", 1, "Device")
    plugged(tmp_path, "1-2.3", 2, "EC25EUX")
    meant = {path: pcm_of(path, sys=tmp_path) for path in
             ("usb:1-2", "usb:1-2.3", "Device", "2", "plughw:CARD=Device,DEV=1", "own")}  # fmt: skip
    assert meant == {
        "usb:1-2": "hw:1",
        "usb:1-2.3": "hw:2",
        "Device": "plughw:Device",
        "2": "plughw:2",
        "plughw:CARD=Device,DEV=1": "plughw:CARD=Device,DEV=1",
        "own": "own",
    }


def test_a_card_is_claimed_by_its_own_file_before_it_is_opened(card: VirtualCard, tmp_path: Path) -> None:
    claimed: list[str] = []

    def look(fd: int) -> None:
        assert not card.opened
        claimed.append(os.readlink(f"/proc/self/fd/{fd}"))

    port = AlsaVoicePort("hw:CARD=x/y", open_pcm=card.open_pcm, claim=look, locks=tmp_path)
    assert claimed == [str(tmp_path / "sound-hw_CARD=x_y")]
    before = len(os.listdir("/proc/self/fd"))
    port.close()
    assert len(os.listdir("/proc/self/fd")) == before - 1


HOLDS = """
import os, signal, sys
from pathlib import Path
from media.ports.alsa_port import AlsaVoicePort
from media.ports.claim import claim
from tests.support.pty_card import open_pcm
ask = lambda fd: claim(fd, signal.SIGUSR2)
hold = lambda: AlsaVoicePort(sys.argv[1], claim=ask, locks=Path(sys.argv[2]), open_pcm=open_pcm)
ports = [hold(), hold()]
ports.pop(0).close()
# Written at once: a print that is interrupted by another is an error.
signal.signal(signal.SIGUSR2, lambda *_: (ports[0].close(), os.write(1, b"asked\\n")))
os.write(1, b"has it\\n")
while True:
    signal.pause()
"""


def test_whoever_has_a_card_is_asked_though_it_closed_one_before(card: VirtualCard, tmp_path: Path) -> None:
    master, slave = os.openpty()
    tty.setraw(slave)
    path = os.ttyname(slave)
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDS, path, tmp_path], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "has it\n"
        ask = partial(claim, asks_by=signal.SIGUSR2, patience_s=5.0)
        AlsaVoicePort(path, open_pcm=card.open_pcm, claim=ask, locks=tmp_path).close()
        assert holder.stdout.readline() == "asked\n"
        assert holder.poll() is None
    finally:
        holder.kill()
        holder.communicate(timeout=10)
        os.close(master)
        os.close(slave)


def test_without_alsas_library_it_says_which_package_has_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asound, "LIBRARY", "libasound-that-is-not-there.so")
    asound._library.cache_clear()
    try:
        with pytest.raises(VoicePortUnusable, match=r"libasound2t64, or libasound2 on Debian 12"):
            open_port(VoicePortSpec(path="hw:0", kind="alsa"))
    finally:
        asound._library.cache_clear()


def test_a_rate_that_no_modem_has_is_refused(card: VirtualCard) -> None:
    with pytest.raises(VoicePortUnusable, match="48000 Hz"):
        AlsaVoicePort("modem", 48000, open_pcm=card.open_pcm)


# ---------------------------------------------------------------------------- a clock that is off

WORD_S, LOUD = 1.0, 5000


def words(first: int, samples: int) -> bytes:
    """Half a second loud, half a second nearly silent."""
    at = np.arange(first, first + samples)
    loud = (at % int(WORD_S * RATE_HZ)) < int(WORD_S * RATE_HZ) // 2
    return np.where(loud, 10_000, 3).astype("<i2").tobytes()


def begins(pcm: bytes) -> list[int]:
    loud = samples_of(pcm) > LOUD
    return [int(at) + 1 for at in np.flatnonzero(~loud[:-1] & loud[1:])]


@pytest.mark.parametrize("ppm", every(2, (-200.0, 200.0)))
def test_ten_minutes_with_another_clock_move_neither_way_by_over_a_frame(clock: Clock, ppm: float) -> None:
    card = VirtualCard(clock, ppm=ppm, says=words)
    port = AlsaVoicePort("modem", open_pcm=card.open_pcm)
    buffer = JitterBuffer()
    heard = bytearray()
    for tick in range(600 * 50):
        clock.now_s = tick * FRAME_S
        buffer.push(port.read())
        heard += buffer.pop()
        port.write(words(tick * FRAME_SAMPLES, FRAME_SAMPLES))
    # From the modem: a word that begins at a second of the card's own clock.
    from_modem = []
    for at in begins(bytes(heard)):
        begun_s = at / RATE_HZ
        before = round((begun_s - 0.06) * card.rate_hz / RATE_HZ / WORD_S)
        from_modem.append(begun_s - before * WORD_S * RATE_HZ / card.rate_hz)
    # To the modem: a word that was said at a whole second, and is played when the card has come so far.
    to_modem = []
    for began_s, played in card.played:
        starts = [began_s + at / card.rate_hz for at in begins(bytes(played))]
        delays = [start_s - round(start_s - 0.03) for start_s in starts]
        to_modem += [delay for delay in delays if delay < 0.1]  # else it was broken off by an xrun
    for delays in (from_modem, to_modem):
        assert len(delays) > 590
        lasting = [float(np.median(delays[at : at + 5])) for at in range(len(delays) - 5)]
        assert max(lasting) - min(lasting) <= FRAME_S
        assert max(delays) <= 0.065
    counters = port.counters()
    made_up_for = 600 * abs(ppm) / 1e6 / FRAME_S
    assert counters.xruns + counters.dropped_frames <= made_up_for + 1


# ---------------------------------------------------------------------------- ALSA's own library


def has_library() -> bool:
    try:
        ctypes.CDLL(asound.LIBRARY)
    except OSError:
        return False
    return True


needs_library = pytest.mark.skipif(not has_library(), reason="NOT TESTED: libasound2t64 is not installed")


@needs_library
def test_alsas_own_library_plays_and_captures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its plug-in `file` over `null` needs no sound in the kernel; it keeps no pace."""
    (tmp_path / "said").write_bytes(tone(440, RATE_HZ))
    (tmp_path / "asound.conf").write_text(
        f"""
        pcm.modem {{
            type asym
            playback.pcm {{ type file slave.pcm {{ type null }} file "{tmp_path}/played" format raw }}
            capture.pcm {{
                type file slave.pcm {{ type null }} file "/dev/null" infile "{tmp_path}/said" format raw
            }}
        }}
        """
    )
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    with closing(open_port(VoicePortSpec(path="modem", kind="alsa"))) as port:
        assert port.fileno() >= 0
        heard = b"".join(port.read() for _ in range(3))
        assert heard[: RATE_HZ * SAMPLE_BYTES] == tone(440, RATE_HZ)
        frames = [tone(620, FRAME_SAMPLES, at=tick * FRAME_SAMPLES) for tick in range(50)]
        for frame in frames:
            port.write(frame)
        assert port.counters().written_frames == 50
    assert (tmp_path / "played").read_bytes() == SILENCE + b"".join(frames)


@needs_library
def test_a_card_that_is_not_there_is_missing_and_stderr_is_empty(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(VoicePortMissing, match="hw:31: "):
        open_port(VoicePortSpec(path="hw:31", kind="alsa"))
    assert capfd.readouterr().err == ""


def loopback() -> str:
    """The card of snd-aloop, where the kernel has one."""
    for card in Path("/sys/class/sound").glob("card*"):
        if (card / "id").read_text().strip() == "Loopback":
            return card.name.removeprefix("card")
    return ""


@pytest.mark.timed
@pytest.mark.skipif(not loopback(), reason="NOT TESTED: no snd-aloop (modprobe snd-aloop)")
def test_what_one_port_says_another_hears_through_the_kernels_loopback() -> None:
    one = AlsaVoicePort(f"plughw:{loopback()},0,0")
    other = AlsaVoicePort(f"plughw:{loopback()},1,0")
    try:
        heard = b""
        began_s = time.monotonic()
        for tick in range(150):
            one.write(tone(440, FRAME_SAMPLES, at=tick * FRAME_SAMPLES))
            other.write(SILENCE)
            one.read()
            heard += other.read()
            due_s = began_s + tick * FRAME_S
            wait_until(lambda due_s=due_s: time.monotonic() >= due_s, what="the next frame's turn")
        assert np.abs(samples_of(heard)).max() > 5000
        assert len(heard) // SAMPLE_BYTES >= 100 * FRAME_SAMPLES
    finally:
        one.close()
        other.close()
