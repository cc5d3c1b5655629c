"""A recording: what was said when, by whom, whatever was late, lost or cut short."""

from __future__ import annotations

import errno
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from media.conference import recording
from media.conference.beat import Tick
from media.conference.recording import MOST_WAITING, Recorder
from media.sound.frames import FRAME_BYTES, FRAME_SAMPLES, RATE_HZ, SAMPLE_TYPE, Samples
from media.sound.sound_file import SoundFormat, SoundName, SoundWriter, mend
from media.sound.tracks import Tracks, TrackTick
from tests.support.each import each
from tests.waiting import wait_until

PLENTY = 10**12


def frame(value: int) -> bytes:
    return np.full(FRAME_SAMPLES, value, dtype=SAMPLE_TYPE).tobytes()


def tone(hz: int, tick: int) -> bytes:
    at = np.arange(tick * FRAME_SAMPLES, (tick + 1) * FRAME_SAMPLES) / RATE_HZ
    return (8000 * np.sin(2 * np.pi * hz * at)).astype(SAMPLE_TYPE).tobytes()


def read(path: Path) -> Samples:
    with_it = soundfile.SoundFile(str(path))
    try:
        return with_it.read(dtype="int16", always_2d=True)
    finally:
        with_it.close()


# ---------------------------------------------------------------- where everything belongs


@st.composite
def ticks(draw: st.DrawFn) -> list[TrackTick]:
    numbers = sorted(draw(st.sets(st.integers(0, 2000), min_size=1, max_size=40)))
    first = draw(st.integers(0, 10**6))
    frames = st.dictionaries(st.integers(0, 2), st.integers(-9000, 9000), max_size=3)
    return [
        TrackTick(first + n, tuple((track, frame(value)) for track, value in draw(frames).items()))
        for n in numbers
    ]


@given(heard=ticks(), cuts=st.lists(st.integers(0, 40), max_size=5))
def test_each_frame_is_where_its_tick_says_amid_silence(heard: list[TrackTick], cuts: list[int]) -> None:
    tracks = Tracks(3)
    edges = [0, *sorted(cuts), len(heard)]
    pieces = [piece for a, b in pairwise(edges) for piece in tracks.lay(heard[a:b])]
    assert max(len(piece) for piece in pieces) <= 10 * RATE_HZ, "memory is bounded whatever the gap"
    sound = np.concatenate(pieces)
    first = heard[0].tick
    expected = np.zeros(((heard[-1].tick - first + 1) * FRAME_SAMPLES, 3), dtype=np.int16)
    for one in heard:
        at = (one.tick - first) * FRAME_SAMPLES
        for track, said in one.frames:
            expected[at : at + FRAME_SAMPLES, track] = np.frombuffer(said, dtype=SAMPLE_TYPE)
    assert np.array_equal(sound, expected)


def test_two_on_one_track_are_added_up_and_not_wrapped_around() -> None:
    (piece,) = Tracks(1).lay([TrackTick(7, ((0, frame(30000)), (0, frame(30000))))])
    assert piece.shape == (FRAME_SAMPLES, 1)
    assert set(piece.ravel()) == {32767}


# ---------------------------------------------------------------- the file


@pytest.mark.parametrize("kind", list(SoundFormat))
def test_each_party_is_on_its_track_and_late_ones_shift_nothing(tmp_path: Path, kind: SoundFormat) -> None:
    recorder = Recorder(tmp_path, "a1", kind, 3, free_bytes=lambda _: PLENTY)
    recorder.record({"a1:user": 0, "a1:op1": 1})
    for n in range(100, 250):
        if n == 150:
            recorder.record({"a1:user": 0, "a1:op1": 1, "a1:psap": 2})
        if n in (120, 121, 122):
            continue  # left-out ticks
        said = {"a1:user": tone(440, n), "a1:op1": tone(700, n), "a1:psap": tone(1000, n), "a1:op2": frame(9)}
        recorder.tap(Tick(n), said)
    assert recorder.stop(10)
    (path,) = tmp_path.iterdir()
    assert path.name == f"a1.1.{kind}"
    assert path.stat().st_mode & 0o777 == 0o600
    sound = read(path).astype(float)
    assert sound.shape == (150 * FRAME_SAMPLES, 3)
    for track, hz in enumerate((440, 700, 1000)):
        second = sound[2 * RATE_HZ : 3 * RATE_HZ, track]
        assert np.argmax(np.abs(np.fft.rfft(second))) == hz
    assert np.abs(sound[: 48 * FRAME_SAMPLES, 2]).max() < 300, "112 was not there yet"
    if kind is SoundFormat.FLAC:
        assert not sound[20 * FRAME_SAMPLES : 23 * FRAME_SAMPLES].any()
        wanted = np.frombuffer(tone(440, 123), dtype=SAMPLE_TYPE)
        assert np.array_equal(sound[23 * FRAME_SAMPLES : 24 * FRAME_SAMPLES, 0], wanted)


def test_the_next_file_of_an_alert_has_the_next_number(tmp_path: Path) -> None:
    for _ in range(2):
        recorder = Recorder(tmp_path, "a.1", SoundFormat.FLAC, 1, free_bytes=lambda _: PLENTY)
        recorder.record({"u": 0})
        recorder.tap(Tick(0), {"u": frame(1)})
        assert recorder.stop(10)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.1.1.flac", "a.1.2.flac"]


def test_with_nothing_said_there_is_no_file(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, "a", SoundFormat.FLAC, 1)
    assert recorder.stop(10)
    assert list(tmp_path.iterdir()) == []


@given(
    st.text("ab.1-_", min_size=1, max_size=12),
    st.integers(1, 99),
    st.sampled_from(SoundFormat),
    st.booleans(),
)
def test_a_name_is_read_as_it_was_written(alert: str, number: int, kind: SoundFormat, part: bool) -> None:
    name = SoundName(alert, number, kind, part)
    assert SoundName.of(str(name)) == name


@each("name", ["", "a.flac", "a.x.flac", "a.1.wav", "a.1.flac.mended", ".1.flac", "lost+found"])
def test_what_is_no_recording_has_no_name(name: str) -> None:
    assert SoundName.of(name) is None


# ---------------------------------------------------------------- a writer that is slow, or cannot


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    goes_on = threading.Event()
    write = SoundWriter.write

    def waits(self: SoundWriter, sound: Samples) -> None:
        assert goes_on.wait(30)
        write(self, sound)

    monkeypatch.setattr(SoundWriter, "write", waits)
    yield goes_on
    goes_on.set()


def test_a_disk_that_stands_still_costs_a_gap_and_no_memory(tmp_path: Path, slow: threading.Event) -> None:
    recorder = Recorder(tmp_path, "a", SoundFormat.FLAC, 1, free_bytes=lambda _: PLENTY)
    recorder.record({"u": 0})
    recorder.tap(Tick(0), {"u": frame(1)})
    wait_until(lambda: recorder.status().file != "")
    for n in range(1, 3 * MOST_WAITING):
        recorder.tap(Tick(n), {"u": frame(1)})
    assert recorder.status().dropped_ms == (2 * MOST_WAITING - 1) * 20
    slow.set()
    wait_until(lambda: not recorder._waiting)
    recorder.tap(Tick(3 * MOST_WAITING), {"u": frame(1)})
    assert recorder.stop(10)
    sound = read(tmp_path / "a.1.flac").ravel()
    assert len(sound) == (3 * MOST_WAITING + 1) * FRAME_SAMPLES
    assert sound[: (MOST_WAITING + 1) * FRAME_SAMPLES].all()
    assert not sound[(MOST_WAITING + 1) * FRAME_SAMPLES : 3 * MOST_WAITING * FRAME_SAMPLES].any()
    assert sound[3 * MOST_WAITING * FRAME_SAMPLES :].all(), "what comes after the gap is in its place"


def test_a_full_disk_ends_the_recording_says_why_and_keeps_what_there_is(tmp_path: Path) -> None:
    free = [PLENTY]
    told = threading.Event()
    recorder = Recorder(tmp_path, "a", SoundFormat.FLAC, 1, free_bytes=lambda _: free[0], on_change=told.set)
    recorder.record({"u": 0})
    recorder.tap(Tick(0), {"u": frame(1)})
    wait_until(lambda: recorder.status().file == "a.1.flac")
    told.clear()
    free[0] = recording.KEEP_FREE_BYTES - 1
    recorder.tap(Tick(1), {"u": frame(1)})
    assert told.wait(10)
    assert "kept for the journal" in recorder.status().fault
    recorder.tap(Tick(2), {"u": frame(1)})
    assert recorder.status().dropped_ms == 20
    assert len(read(tmp_path / "a.1.flac")) == FRAME_SAMPLES


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path / "none", "a", SoundFormat.FLAC, 1)
    recorder.record({"u": 0})
    recorder.tap(Tick(0), {"u": frame(1)})
    assert recorder.stop(10)
    assert os.strerror(errno.ENOENT) in recorder.status().fault


LIMITED = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from media.sound.sound_file import SoundFileFailed, SoundWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (30_000, 30_000))
writer = SoundWriter(Path(sys.argv[1]), 3)
noise = np.random.default_rng(1).integers(-9000, 9000, (8000, 3)).astype(np.int16)
try:
    for _ in range(60):
        writer.write(noise)
except SoundFileFailed as error:
    print("failed", error)
"""


@pytest.mark.parametrize("kind", list(SoundFormat))
def test_a_disk_that_refuses_is_an_error_and_no_silence(tmp_path: Path, kind: SoundFormat) -> None:
    path = tmp_path / f"a.1.{kind}"
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, check=True, timeout=50
    )
    assert done.stdout.startswith("failed")
    assert mend(path.with_name(path.name + ".part")) == path
    assert len(read(path)) > 0


# ---------------------------------------------------------------- a writer that is killed


KILLED = """
import sys, time
from pathlib import Path
import numpy as np
from media.conference.beat import Tick
from media.conference.recording import Recorder
from media.sound.sound_file import SoundFormat
recorder = Recorder(Path(sys.argv[1]), "a1", SoundFormat(sys.argv[2]), 2, free_bytes=lambda _: 10**12)
recorder.record({"u": 0, "o": 1})
began = time.monotonic()
n = 0
while True:
    while n * 0.02 < time.monotonic() - began:
        at = np.arange(n * 160, (n + 1) * 160) / 8000
        tones = {leg: 8000 * np.sin(2 * np.pi * hz * at) for leg, hz in (("u", 440), ("o", 700))}
        recorder.tap(Tick(n), {leg: tone.astype("<i2").tobytes() for leg, tone in tones.items()})
        n += 1
    print(n, flush=True)
    time.sleep(0.02)
"""


@pytest.mark.process
@pytest.mark.parametrize("kind", list(SoundFormat))
def test_kill_9_costs_little_more_than_a_second_and_the_rest_is_mended(
    tmp_path: Path, kind: SoundFormat
) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", KILLED, str(tmp_path), kind], stdout=subprocess.PIPE, text=True
    )
    try:
        assert child.stdout is not None
        said = 0
        part = tmp_path / f"a1.1.{kind}.part"
        for line in child.stdout:
            said = int(line)
            if said == 150:
                assert mend(part) is None, "whoever writes it is left alone"
            if said > 260:
                break
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait(10)
    assert child.stdout is not None
    said = max([said, *(int(line) for line in child.stdout.read().split())])
    child.stdout.close()
    path = mend(part)
    assert path == tmp_path / f"a1.1.{kind}"
    assert path.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in tmp_path.iterdir()] == [path.name]
    sound = read(path)
    assert said * FRAME_SAMPLES - len(sound) < 1.5 * RATE_HZ
    for track, hz in enumerate((440, 700)):
        second = sound[RATE_HZ : 2 * RATE_HZ, track].astype(float)
        assert np.argmax(np.abs(np.fft.rfft(second))) == hz


def test_what_was_cut_before_its_first_block_is_nothing(tmp_path: Path) -> None:
    for name, content in (("a.1.flac.part", b""), ("a.2.flac.part", b"fLaC"), ("a.3.opus.part", b"OggS")):
        (tmp_path / name).write_bytes(content)
        assert mend(tmp_path / name) is None
    assert list(tmp_path.iterdir()) == []
    assert mend(tmp_path / "a.9.flac.part") is None


def test_what_a_tap_costs_is_no_matter(tmp_path: Path) -> None:
    recorder = Recorder(tmp_path, "a", SoundFormat.FLAC, 3, free_bytes=lambda _: PLENTY)
    recorder.record({"u": 0, "o": 1, "p": 2})
    said = dict.fromkeys("uop", bytes(FRAME_BYTES))
    began = resource.getrusage(resource.RUSAGE_THREAD).ru_utime
    for n in range(MOST_WAITING):
        recorder.tap(Tick(n), said)
    took_s = resource.getrusage(resource.RUSAGE_THREAD).ru_utime - began
    assert recorder.stop(10)
    assert took_s / MOST_WAITING < 0.001
