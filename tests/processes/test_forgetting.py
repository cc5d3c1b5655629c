"""A person is erased from a running center: from its database, its logs, its memory and its recordings."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import msgpack
import pytest

from tests.support.center import USER, center, simulation
from tests.waiting import comes_true

pytestmark = [pytest.mark.process, pytest.mark.timeout(180)]

NAME, NOTE = "Ermenegilda", "He has taken the kitchen knife"
LAT, LON = 45.123456789, 9.987654321
ILLNESS, FRIEND, NUMBER = "porphyria variegata", "Adalgisa Verdi", "+393471239876"
RECORD = (ILLNESS, FRIEND, NUMBER)
"""Sealed from the first moment on."""
WORDS = (USER, USER[1:], NAME, NOTE, str(LAT), str(LON), *RECORD)
WHAT = (*(word.encode() for word in WORDS), *map(msgpack.packb, (LAT, LON)))
OF_THE_CARRIER = ("simulation", "carrier", "phones")
"""Files of the simulated network, which knows its phones."""


def standing(*folders: Path) -> set[tuple[str, bytes]]:
    found = set()
    for file in (one for folder in folders for one in folder.rglob("*") if one.is_file()):
        # What is made and taken away while we look is nowhere.
        with suppress(FileNotFoundError):
            if not any(part.startswith(OF_THE_CARRIER) for part in file.parts):
                held = file.read_bytes()
                found |= {(str(file), one) for one in WHAT if one in held}
    return found


def test_an_erased_person_is_in_no_file_of_a_running_center(tmp_path: Path) -> None:
    settings = tmp_path / "center.toml"
    # Else the phone of the simulated user is that of drills.
    settings.write_text('[recording]\nenabled = true\n[drill]\nphone = "+390200000999"\n')
    with center(tmp_path, simulation(), "--config", str(settings)) as made:
        made.cli("user", "add", "--phone", USER, "--first-name", NAME, "--notes", NOTE)
        fields = ("--set", f"medical={ILLNESS}", "--set", f"contact={FRIEND}, {NUMBER}, tell")
        assert ILLNESS in made.cli("user", "record", USER, *fields).stdout
        places = (made.state.path, made.state.run.resolve())
        assert {what for _, what in standing(*places)}.isdisjoint(one.encode() for one in RECORD)
        alert = made.send(position={"lat": LAT, "lon": LON})
        made.until("operator and user are joined", lambda: made.joined(alert) == {"operator", "user"})
        made.order(alert, "note", NOTE)
        assert made.sheet(alert).notes[0].text == NOTE
        assert made.cli("user", "erase", USER, "--yes").returncode == 1, "it goes on"
        made.order(alert, "declare_false_alarm", NOTE)
        made.until("it is closed", lambda: made.case(alert).closed_at)
        made.until("it is recorded", lambda: list(made.state.recordings.glob("*.flac")))
        said = made.cli("user", "erase", USER, "--yes")
        assert "is erased, with 1 alerts and 1 recordings" in said.stdout, said.stdout + said.stderr
        assert not list(made.state.recordings.iterdir())
        comes_true(lambda: not standing(*places), within_s=15)
        assert standing(*places) == set()
        assert "ERASED" in made.cli("alert", "timeline", alert).stdout
        made.end_in_order()
        assert standing(*places) == set()
