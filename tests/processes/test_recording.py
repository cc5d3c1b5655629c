"""What is said is recorded by real processes: the tones of the parties on their tracks, through a kill -9."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile

from messages import events as ev
from messages.ids import AlertId
from tests.support.center import OPERATOR, PSAP, USER, Center, center, simulation
from tests.support.hearing import TONES
from tests.support.tones_heard import all_hear_each_other

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

RATE_HZ = 8000


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


def test_each_tone_is_on_its_track_and_what_a_death_has_cut_short_is_mended(tmp_path: Path) -> None:
    """First the bridge is killed, then the whole center, whose next life finds the file."""
    settings = tmp_path / "center.toml"
    settings.write_text("[recording]\nenabled = true\n")
    with center(tmp_path, simulation(), "--config", str(settings)) as made:
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
        made.kill("ConferenceBridge", alert)
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
