"""What is said is recorded by real processes, through a kill -9; who is erased is in no file any more."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import msgpack
import numpy as np
import pytest
import soundfile

from messages import events as ev
from messages.ids import AlertId
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.hearing import TONES
from tests.support.tones_heard import all_hear_each_other
from tests.waiting import comes_true

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]

RATE_HZ = 8000
ERASED, NAME, NOTE = "+393331112229", "Ermenegilda", "He has taken the kitchen knife"
LAT, LON = 45.123456789, 9.987654321
ILLNESS, FRIEND, NUMBER = "porphyria variegata", "Adalgisa Verdi", "+393471239876"
RECORD = (ILLNESS, FRIEND, NUMBER)
"""Sealed from the first moment on."""
WORDS = (ERASED, ERASED[1:], NAME, NOTE, str(LAT), str(LON), *RECORD)
WHAT = (*(word.encode() for word in WORDS), *map(msgpack.packb, (LAT, LON)))
OF_THE_CARRIER = ("simulation", "carrier", "phones")
"""Files of the simulated network, which knows its phones."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    folder = tmp_path_factory.mktemp("recording")
    settings = folder / "center.toml"
    settings.write_text("[recording]\nenabled = true\n[operator]\nwrap_up_s = 0\n")
    world = simulation(phones={ERASED: {"says": "tone:440"}})
    with center(folder, world, "--config", str(settings)) as running:
        yield running


def files(made: Center, alert: AlertId) -> list[str]:
    return [one.event.file for one in made.recorded(alert) if isinstance(one.event, ev.RecordingStarted)]


def read(path: Path) -> np.ndarray:  # type: ignore[type-arg]
    with_it = soundfile.SoundFile(str(path))
    try:
        return with_it.read(dtype="int16", always_2d=True)
    finally:
        with_it.close()


def loudest_hz(sound: np.ndarray) -> float:  # type: ignore[type-arg]
    return float(np.argmax(np.abs(np.fft.rfft(sound.astype(float)))) * RATE_HZ / len(sound))


def goes_on(made: Center, part: Path) -> None:
    """Wait until two seconds more of it are on the disk: 14 kB each, of three tones."""
    until = part.stat().st_size + 28_000
    made.until("two seconds more", lambda: part.stat().st_size >= until)


def test_each_tone_is_on_its_track_and_what_a_death_has_cut_short_is_mended(made: Center) -> None:
    """First the bridge is killed, then the whole center, whose next life finds the file."""
    folder = made.state.recordings
    alert = made.send()
    paths = [folder / f"{alert}.{n}.flac" for n in (1, 2, 3)]
    names = [path.name for path in paths]
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    assert made.order(alert, "call_psap").status_code == 202
    made.until("112 is joined", lambda: len(made.joined(alert)) == 3)
    made.until("all three", lambda: all_hear_each_other(made, (USER, OPERATOR, PSAP)))
    goes_on(made, folder / f"{names[0]}.part")
    assert files(made, alert) == names[:1]
    assert (folder / f"{names[0]}.part").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700
    made.kill("Mixer")
    made.until("another file", lambda: files(made, alert) == names[:2])
    made.until("the first is mended", paths[0].exists, within_s=30)
    made.until("all three again", lambda: all_hear_each_other(made, (USER, OPERATOR, PSAP)))
    goes_on(made, folder / f"{names[1]}.part")
    made.kill_node()
    made.start_again()
    made.until("the second is mended", paths[1].exists)
    made.until("a third file", lambda: files(made, alert) == names)
    made.until("all three again", lambda: all_hear_each_other(made, (USER, OPERATOR, PSAP)))
    goes_on(made, folder / f"{names[2]}.part")
    assert f"recorded in {names[1]}" in made.cli("alert", "timeline", alert).stdout
    assert "on, user, operator, psap, flac" in made.cli("doctor").stdout
    assert made.order(alert, "leave").status_code == 202
    made.until("user and 112 alone", lambda: made.joined(alert) == {"user", "psap"})
    for number in (PSAP, USER):
        made.carrier.post(f"/phones/{number}/hang_up")
    made.until("it is closed", lambda: made.case(alert).closed_at)
    made.until("the third is ended", paths[2].exists, within_s=10)
    assert sorted(path.name for path in folder.iterdir()) == names
    for path, tracks in zip(paths, ([0, 1, 2], [0, 1, 2], [0, 2]), strict=True):
        sound = read(path)
        assert sound.shape[1] == 3
        # The last second in which all three were there: not the very end, where one after the other left.
        there = np.flatnonzero(np.abs(sound[:, 2]) > 1000)
        end = int(there[-1]) - RATE_HZ // 2
        piece = sound[end - RATE_HZ // 2 : end]
        wanted = [TONES[USER], TONES[OPERATOR], TONES[PSAP]]
        for track in tracks:
            assert abs(loudest_hz(piece[:, track]) - wanted[track]) <= 2 * RATE_HZ / len(piece), path


def standing(*folders: Path) -> set[tuple[str, bytes]]:
    found = set()
    for file in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        # What is made and taken away while we look is nowhere.
        with suppress(FileNotFoundError):
            if not any(part.startswith(OF_THE_CARRIER) for part in file.parts):
                held = file.read_bytes()
                found |= {(str(file), one) for one in WHAT if one in held}
    return found


def test_an_erased_person_is_in_no_file_of_a_running_center(made: Center) -> None:
    """The last test of this file: the center has ended."""
    made.cli("user", "add", "--phone", ERASED, "--first-name", NAME, "--notes", NOTE)
    fields = ("--set", f"medical={ILLNESS}", "--set", f"contact={FRIEND}, {NUMBER}, tell")
    assert ILLNESS in made.cli("user", "record", ERASED, *fields).stdout
    places = (made.state.path, made.state.run.resolve())
    assert {what for _, what in standing(*places)}.isdisjoint(one.encode() for one in RECORD)
    alert = made.send(ERASED, position={"lat": LAT, "lon": LON})
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    made.order(alert, "note", NOTE)
    assert made.sheet(alert).notes[0].text == NOTE
    assert made.cli("user", "erase", ERASED, "--yes").returncode == 1, "it goes on"
    made.order(alert, "declare_false_alarm", NOTE)
    made.until("it is closed", lambda: made.case(alert).closed_at)
    made.until("it is recorded", lambda: list(made.state.recordings.glob(f"{alert}.*.flac")))
    said = made.cli("user", "erase", ERASED, "--yes")
    assert "is erased, with 1 alerts and 1 recordings" in said.stdout, said.stdout + said.stderr
    assert not list(made.state.recordings.glob(f"{alert}.*"))
    comes_true(lambda: not standing(*places), within_s=15)
    assert standing(*places) == set()
    assert "ERASED" in made.cli("alert", "timeline", alert).stdout
    made.end_in_order()
    assert standing(*places) == set()
