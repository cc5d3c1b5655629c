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


def talking(made: Center) -> AlertId:
    """An alert, as far as the conversation."""
    alert = made.send()
    made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
    made.until("they hear each other", lambda: all_hear_each_other(made, (USER, OPERATOR)))
    return alert


@pytest.fixture
def settings(tmp_path: Path) -> tuple[str, str]:
    """That switch it on."""
    file = tmp_path / "center.toml"
    file.write_text("[recording]\nenabled = true\n")
    return ("--config", str(file))


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


def test_each_tone_is_on_its_track_and_a_killed_bridge_s_file_is_mended(
    tmp_path: Path, settings: tuple[str, str]
) -> None:
    with center(tmp_path, simulation(), *settings) as made:
        folder = made.state.recordings
        alert = talking(made)
        assert made.order(alert, "call_psap").status_code == 202
        made.until("112 is joined", lambda: len(made.joined(alert)) == 3)
        made.until("all three", lambda: all_hear_each_other(made, (USER, OPERATOR, PSAP)))
        first, second = folder / f"{alert}.1.flac", folder / f"{alert}.2.flac"
        assert files(made, alert) == [first.name]
        assert first.with_name(first.name + ".part").stat().st_mode & 0o777 == 0o600
        assert folder.stat().st_mode & 0o777 == 0o700
        made.kill("ConferenceBridge", alert)
        made.until("another file", lambda: files(made, alert) == [first.name, second.name])
        made.until("the first is mended", first.exists, within_s=30)
        made.until("all three again", lambda: all_hear_each_other(made, (USER, OPERATOR, PSAP)))
        assert f"recorded in {second.name}" in made.cli("alert", "timeline", alert).stdout
        assert "on, user, operator, psap, flac" in made.cli("doctor").stdout
        assert made.order(alert, "leave").status_code == 202
        made.until("user and 112 alone", lambda: made.joined(alert) == {"user", "psap"})
        for number in (PSAP, USER):
            made.carrier.post(f"/phones/{number}/hang_up")
        made.until("it is closed", lambda: made.case(alert).closed_at)
        made.until("the second is ended", second.exists, within_s=10)
        assert sorted(path.name for path in folder.iterdir()) == [first.name, second.name]
        for path in (first, second):
            sound = read(path)
            assert sound.shape[1] == 3
            # The last second in which all three were there: not the very end, where one after the other left.
            there = np.flatnonzero(np.abs(sound[:, 2]) > 1000)
            end = int(there[-1]) - RATE_HZ // 2
            piece = sound[end - RATE_HZ // 2 : end]
            wanted = [TONES[USER], TONES[OPERATOR], TONES[PSAP]]
            tracks = [0, 1, 2] if path == first else [0, 2]
            for track in tracks:
                assert abs(loudest_hz(piece[:, track]) - wanted[track]) <= 2 * RATE_HZ / len(piece), path


def test_a_center_that_is_killed_leaves_files_that_its_next_life_mends(
    tmp_path: Path, settings: tuple[str, str]
) -> None:
    with center(tmp_path, simulation(), *settings) as made:
        alert = talking(made)
        first = made.state.recordings / f"{alert}.1.flac"
        made.until("it is recorded", lambda: files(made, alert) == [first.name])
        made.kill_node()
        made.start_again()
        made.until("it is mended", first.exists, within_s=40)
        assert len(read(first)) > RATE_HZ
        made.until("they hear each other again", lambda: all_hear_each_other(made, (USER, OPERATOR)))
        made.until("another file", lambda: len(files(made, alert)) == 2)
