"""Settings by HTTP: what is set and whence, and what a change writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gateways.http.parts.context import Web
from model.settings_edits import Add, Row, Set
from store.audit.entry import Action
from tests.gateways.http.askers import MARTA, Api, Asker, is_now, verdict
from tests.gateways.http.place import ROOT, Place, entered
from tests.support.each import each

PATH, NODE = "/v1/admin/settings", "/v1/admin/nodes/n1"


@pytest.fixture
def file(place: Place) -> Path:
    return place.state / "center.toml"


def told(admin: Asker) -> dict[str, Any]:
    said: dict[str, Any] = admin.get(PATH).json()["file"]
    return said


def row(admin: Asker, path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told(admin)["rows"] if one["path"] == path)
    return found


def put(admin: Asker, path: str, was: object, now: object) -> Any:
    body = {"was": {"value": was}, "now": {"value": now}}
    return admin.patch(f"{PATH}/{path}", json=body)


def test_each_key_says_what_holds_whence_and_what_it_may_be(admin: Asker, place: Place) -> None:
    place.simulated()
    place.run_as(port=9000)
    silent = row(admin, "operator.silent_after_s")
    assert (silent["kind"], silent["unit"], silent["least"], silent["most"]) == ("number", "s", 0, 3600)
    assert (silent["value"], silent["default"], silent["next"], silent["line"]) == (None, 25, 25, None)
    said = {one["path"]: one["source"] for one in told(admin)["rows"]}
    assert (said["operator.silent_after_s"], said["deadline.seconds"]) == ("default", "file")
    assert (said["http.port"], said["psap.number"]) == ("command_line", "simulation")
    seconds = row(admin, "deadline.seconds")
    line = (place.state / "center.toml").read_text().splitlines()[seconds["line"] - 1]
    assert line.startswith("seconds = 50")
    assert row(admin, "psap.shares")["choices"][0] == "addresses"


def test_a_change_is_written_and_waits_for_the_next_start(web: Web, admin: Asker, file: Path) -> None:
    said = put(admin, "psap.pause_s", None, 3.5).json()
    assert (said["value"], said["next"], said["in_use"]) == (3.5, 3.5, 2)
    assert "\npause_s = 3.5  " in file.read_text()
    assert told(admin)["pending"] == ["psap.pause_s"]
    (made,) = entered(web)
    assert (made.action, made.detail) == (Action.CHANGE_SETTINGS, "center.toml: psap.pause_s")
    assert put(admin, "psap.pause_s", 3.5, None).status_code == 200
    assert told(admin)["pending"] == []
    assert file.read_text() == (ROOT / "config" / "center.toml").read_text()


def test_a_table_that_comes_or_goes_waits_as_one(admin: Asker, place: Place) -> None:
    modem: Row = {"name": "m.1", "trunk": "public", "port": "/dev/ttyUSB2"}
    place.settings_file().change([Add("modem", modem), Set("user.attempts", 3)])
    assert told(admin)["pending"] == ["user.attempts", "modem[m.1]"]


def test_two_who_change_one_key_lose_nothing_silently(admin: Asker) -> None:
    assert put(admin, "user.attempts", None, 3).status_code == 200
    assert is_now(put(admin, "user.attempts", None, 4)) == "3"
    assert put(admin, "user.attempts", 3, 4).status_code == 200


@each(
    ("path", "now", "status", "code"),
    [
        ("user.attempts", 30, 400, "settings_faulty"),
        ("user.attempts", "many", 400, "settings_faulty"),
        ("operator.all_after_s", 1, 400, "settings_faulty"),
        ("protocols.folder", "no-such-folder", 400, "settings_faulty"),
        ("psap.live", True, 409, "elsewhere"),
        ("journal.url", "sqlite:////tmp/other.db", 409, "elsewhere"),
        ("cluster.address", "10.0.0.7", 409, "elsewhere"),
        ("psap.test_number", "+39112", 400, "settings_faulty"),
        ("drill.phone", "+39118", 400, "settings_faulty"),
        ("no.such", 1, 404, ""),
    ],
)
def test_what_is_not_written_is_said(
    admin: Asker, file: Path, path: str, now: object, status: int, code: str
) -> None:
    before = admin.get(PATH) and file.read_text()
    was = next((one["value"] for one in told(admin)["rows"] if one["path"] == path), None)
    said = put(admin, path, was, now)
    assert (said.status_code, said.json().get("code", "")) == (status, code)
    assert said.json()["path"] == path
    assert file.read_text() == before


def test_no_page_names_a_file_that_is_read_aloud_to_an_address(
    admin: Asker, file: Path, place: Place
) -> None:
    place.settings_file()
    file.write_text('[[psap.data]]\nname = "q"\nformat = "cap"\nto = "https://psap.example.org/"\n')
    refused = put(admin, "psap.data[q].token_file", None, str(place.state / "keys" / "app.key"))
    assert verdict(refused) == (409, "elsewhere")


def test_a_secret_is_a_sign_that_is_changed_and_not_read(admin: Asker, file: Path, place: Place) -> None:
    secret = "https://tiles.example.org/{z}/{x}/{y}.png?key=s3cr3t"
    place.settings_file()
    file.write_text(f'[map]\ntiles = "{secret}"\n')
    text = admin.get(PATH).text
    assert "s3cr3t" not in text
    seen = row(admin, "map.tiles")
    assert (seen["hidden"], seen["value"][0]) == (True, "•")
    assert put(admin, "map.tiles", "•guessed", "").status_code == 409
    assert put(admin, "map.tiles", seen["value"], seen["value"]).status_code == 400
    other = secret.replace("s3cr3t", "another")
    assert put(admin, "map.tiles", seen["value"], other).status_code == 200
    assert other in file.read_text()


def test_a_file_that_somebody_has_broken_is_said_and_not_written(
    admin: Asker, file: Path, place: Place
) -> None:
    place.settings_file()
    file.write_text("[user]\nattempts = 99\n")
    said = told(admin)
    assert said["faults"] == [{"path": "user.attempts", "reason": "expected int <= 10"}]
    assert put(admin, "user.busy_retry_s", None, 5).status_code == 400


def test_a_file_that_cannot_be_written_is_said(
    admin: Asker, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.settings_file()
    for where in ("application.settings.editing.file", "features.settings_pages.shown"):
        monkeypatch.setattr(f"{where}.is_writable", lambda _: False)
    assert told(admin)["writable"] is False
    assert verdict(put(admin, "user.attempts", None, 3)) == (409, "not_writable")


def test_each_key_says_what_it_means_in_both_languages(admin: Asker, place: Place) -> None:
    place.simulated()
    place.run_as()
    assert row(admin, "psap.live")["meaning"] == {
        "it": "Interruttore 2: il vero 112",
        "en": "Switch 2: the real 112",
    }


def test_a_restart_that_is_ordered_says_what_it_waits_for(api: Api, admin: Asker, file: Path) -> None:
    assert admin.get(PATH).json()["obstacles"] == []
    api.place.simulated()
    assert admin.change(NODE, {"order": None}, {"order": "restart"}).status_code == 200
    file.write_text('node = "other"\n')
    said = admin.get(PATH).json()
    assert (said["node"]["order"], said["node"]["ordered_by"]) == ("restart", MARTA)
    assert [one["path"] for one in said["obstacles"]] == ["node"]
