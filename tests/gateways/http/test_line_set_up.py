"""How lines are set up by HTTP: what is written to the settings' file, the switch for 112, a SIM's PIN."""

from __future__ import annotations

import dataclasses
import stat
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from litestar.testing import TestClient
from msgspec.structs import replace

from application.state.state_dir import StateDir
from center.checks.table import of_lines
from gateways.http.app import build
from gateways.http.parts.context import Web
from messages.ids import LineId
from runtime.published.line_files import pin_typed
from store.audit.entry import Action
from tests.gateways.http.askers import Api, Asker, is_now
from tests.gateways.http.place import Place, entered
from tests.support.each import each

LINES, LIVE = "/v1/admin/lines", "/v1/admin/psap-live"
FILE = """# ours
[psap]
number = "112"
live = false   # the first switch

[[trunk]]
name = "public"

[[trunk]]
name = "emergency"
emergency = true

[[modem]]
name = "L1"   # the first
trunk = "public"
port = "/dev/ttyUSB0"
number = "+390200000001"

[[modem]]
name = "E1"
trunk = "emergency"
port = "/dev/ttyUSB1"
"""


@pytest.fixture(autouse=True)
def named(place: Place, tmp_path: Path) -> None:
    """The settings name a file for the PIN of E1."""
    *others, last = place.settings().center.lines
    place.changes["modem"] = (*others, replace(last, pin_file=str(tmp_path / "pin"), inbound=False))


@pytest.fixture
def file(place: Place) -> Path:
    """The settings, with two of the place's lines."""
    place.settings_file()
    file = place.state / "center.toml"
    file.write_text(FILE)
    return file


def row(admin: Asker, line: str) -> dict[str, Any]:
    rows = admin.get(LINES).json()["lines"]
    found: dict[str, Any] = next(one for one in rows if one["line"] == line)
    return found


def change(admin: Asker, was: dict[str, Any], now: dict[str, Any]) -> Any:
    return admin.change(f"{LINES}/L1", was, now)


def test_gain_number_and_trunk_are_written_with_comments_kept_and_count_after_a_restart(
    web: Web, admin: Asker, file: Path
) -> None:
    assert (row(admin, "L1")["pending"], row(admin, "E1")["pending"]) == (False, False)
    assert row(admin, "L2")["set"] is None
    was, now = {"gain_in_db": 0, "number": "+390200000001"}, {"gain_in_db": 4.5, "number": "02 0000 0008"}
    said = change(admin, was, now)
    assert (said.status_code, said.json()["gain_in_db"], said.json()["number"]) == (200, 4.5, "+390200000008")
    text = file.read_text()
    assert 'name = "L1"   # the first' in text
    assert "gain_in_db = 4.5" in text
    found = row(admin, "L1")
    assert (found["pending"], found["gains"]["in_db"], found["set"]["gain_in_db"]) == (True, 0.0, 4.5)
    made = entered(web, Action.CHANGE_SETTINGS)
    assert [one.detail for one in made] == ["center.toml: line L1, gain_in_db, number"]
    # Somebody else was first; and the change is taken back by what it has answered.
    assert is_now(change(admin, {"gain_in_db": 0}, {"gain_in_db": 2})) == "4.5"
    back = {"gain_in_db": said.json()["gain_in_db"], "number": said.json()["number"]}
    assert change(admin, back, was).status_code == 200
    assert row(admin, "L1")["pending"] is False


@each(
    ("now", "status", "code"),
    [
        ({"gain_in_db": 90}, 400, "settings_faulty"),
        ({"trunk": "nobody's"}, 400, "settings_faulty"),
        ({"number": "112"}, 400, "number_refused"),
        ({"gain_out_db": "loud"}, 400, ""),
    ],
)
def test_what_the_center_could_not_start_with_is_not_written(
    admin: Asker, file: Path, now: dict[str, Any], status: int, code: str
) -> None:
    known = row(admin, "L1")["set"]
    said = change(admin, {name: known[name] for name in now}, now)
    assert (said.status_code, said.json().get("code", "")) == (status, code)
    assert file.read_text() == FILE


def test_a_line_that_the_file_does_not_have_is_not_changed(admin: Asker, file: Path) -> None:
    body = {"was": {"agc": False}, "now": {"agc": True}}
    assert admin.patch(f"{LINES}/L2", json=body).status_code == 404
    assert admin.patch(f"{LINES}/L9", json=body).status_code == 404


def test_the_real_112_is_turned_on_by_a_sentence_alone_and_off_without(
    web: Web, admin: Asker, file: Path
) -> None:
    for typed in ("", "112", "CHIAMA IL 112"):
        said = admin.put(LIVE, json={"was": False, "now": True, "typed": typed})
        assert (said.status_code, said.json()["code"], said.json()["path"]) == (
            400,
            "not_typed_live",
            "$.typed",
        )
    assert file.read_text() == FILE
    on = {"was": False, "now": True, "typed": "chiama il  112 vero"}
    assert admin.put(LIVE, json=on).status_code == 204
    assert "live = true" in file.read_text()
    switches = admin.get(LINES).json()["switches"]
    assert (switches["live"], switches["live_set"]) == (web.settings.center.psap.live, True)
    assert admin.put(LIVE, json=on).status_code == 204  # it is so already
    assert admin.put(LIVE, json={"was": True, "now": False}).status_code == 204
    assert file.read_text() == FILE
    details = [one.detail for one in entered(web, Action.CHANGE_SETTINGS)]
    assert details == ["center.toml: psap.live on"] * 2 + ["center.toml: psap.live off"]


def test_a_pin_is_written_for_the_center_alone_and_told_nobody(api: Api, admin: Asker) -> None:
    path = f"{LINES}/L1/pin"
    for bad in ("12", "123456789", "12a4", ""):
        assert admin.put(path, json={"pin": bad}).status_code == 400
    assert admin.put(path, json={"pin": "2468"}).status_code == 204
    file = pin_typed(api.place.state, LineId("L1"))
    assert (file.read_text(), stat.S_IMODE(file.stat().st_mode)) == ("2468\n", 0o600)
    assert "2468" not in admin.get(LINES).text
    assert all("2468" not in one.detail for one in entered(api.web))


def test_where_the_settings_name_a_pin_file_it_is_that_one_that_is_written(
    admin: Asker, place: Place, tmp_path: Path
) -> None:
    path = f"{LINES}/E1/pin"
    assert admin.put(path, json={"pin": "2468"}).status_code == 204
    assert (tmp_path / "pin").read_text() == "2468\n"
    assert not pin_typed(place.state, LineId("E1")).exists()


def test_a_check_says_what_the_doctor_finds_of_the_lines_the_worst_first(
    api: Api, admin: Asker, file: Path
) -> None:
    whole = dataclasses.replace(api.web, check_lines=partial(of_lines, StateDir(api.place.state)))
    found = Asker(TestClient(build(whole)), admin.headers).get(f"{LINES}/check").json()["found"]
    (dead,) = [one for one in found if one["text"].startswith("no actor of a modem runs")]
    assert (dead["verdict"], dead["do"]["it"]) == ("fail", "Guardare modem, SIM e rete")
    assert all(bool(one["do"]["en"]) is (one["verdict"] != "ok") for one in found)
    assert any(one["verdict"] == "fail" and "/dev/ttyUSB0" in one["text"] for one in found)
    verdicts = [one["verdict"] for one in found]
    assert verdicts == sorted(verdicts, key=["fail", "warn", "ok"].index)
