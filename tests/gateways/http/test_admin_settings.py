"""Settings and nodes by HTTP: what is set and whence, what a change writes, what is ordered of a node."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from center.settings import fields
from gateways.http import node_orders
from gateways.http.parts.context import Web
from messages.events import NodeStarted
from messages.ids import NodeId, NodeOrder, Outcome
from model.settings_edits import Add, Row, Set
from runtime.environment import AGAIN, DRAINED, DRAINING
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append, Journal
from store.nodes import orders
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, ROOT, Place, entered
from tests.gateways.story import Story

Client = TestClient[Litestar]
PATH, NODE = "/v1/admin/settings", "/v1/admin/nodes/n1"


@pytest.fixture(autouse=True)
def admin(web: Web, place: Place) -> dict[str, str]:
    """The header of Marta, who is one."""
    Registry(web.journal).set_role(place.marta, StaffRole.ADMIN, by="test")
    return place.operator()


@pytest.fixture
def file(place: Place) -> Path:
    return place.state / "center.toml"


def told(client: Client, admin: dict[str, str]) -> dict[str, Any]:
    said: dict[str, Any] = client.get(PATH, headers=admin).json()["file"]
    return said


def row(client: Client, admin: dict[str, str], path: str) -> dict[str, Any]:
    found: dict[str, Any] = next(one for one in told(client, admin)["rows"] if one["path"] == path)
    return found


def put(client: Client, admin: dict[str, str], path: str, was: object, now: object) -> Any:
    body = {"was": {"value": was}, "now": {"value": now}}
    return client.patch(f"{PATH}/{path}", json=body, headers=admin)


def wish(client: Client, admin: dict[str, str], was: str | None, now: str | None) -> Any:
    return client.patch(NODE, json={"was": {"order": was}, "now": {"order": now}}, headers=admin)


def test_each_key_says_what_holds_whence_and_what_it_may_be(
    client: Client, admin: dict[str, str], place: Place
) -> None:
    place.simulated()
    place.run_as(port=9000)
    silent = row(client, admin, "operator.silent_after_s")
    assert (silent["kind"], silent["unit"], silent["least"], silent["most"]) == ("number", "s", 0, 3600)
    assert (silent["value"], silent["default"], silent["next"], silent["line"]) == (None, 25, 25, None)
    said = {one["path"]: one["source"] for one in told(client, admin)["rows"]}
    assert (said["operator.silent_after_s"], said["deadline.seconds"]) == ("default", "file")
    assert (said["http.port"], said["psap.number"]) == ("command_line", "simulation")
    seconds = row(client, admin, "deadline.seconds")
    line = (place.state / "center.toml").read_text().splitlines()[seconds["line"] - 1]
    assert line.startswith("seconds = 50")
    assert row(client, admin, "psap.shares")["choices"][0] == "addresses"


def test_a_change_is_written_and_waits_for_the_next_start(
    web: Web, client: Client, admin: dict[str, str], file: Path
) -> None:
    said = put(client, admin, "psap.pause_s", None, 3.5).json()
    assert (said["value"], said["next"], said["in_use"]) == (3.5, 3.5, 2)
    assert "\npause_s = 3.5  " in file.read_text()
    assert told(client, admin)["pending"] == ["psap.pause_s"]
    (made,) = entered(web)
    assert (made.action, made.detail) == (Action.CHANGE_SETTINGS, "center.toml: psap.pause_s")
    assert put(client, admin, "psap.pause_s", 3.5, None).status_code == 200
    assert told(client, admin)["pending"] == []
    assert file.read_text() == (ROOT / "config" / "center.toml").read_text()


def test_a_table_that_comes_or_goes_waits_as_one(client: Client, admin: dict[str, str], place: Place) -> None:
    modem: Row = {"name": "m.1", "trunk": "public", "port": "/dev/ttyUSB2"}
    place.settings_file().change([Add("modem", modem), Set("user.attempts", 3)])
    assert told(client, admin)["pending"] == ["user.attempts", "modem[m.1]"]


def test_two_who_change_one_key_lose_nothing_silently(client: Client, admin: dict[str, str]) -> None:
    assert put(client, admin, "user.attempts", None, 3).status_code == 200
    said = put(client, admin, "user.attempts", None, 4)
    assert (said.status_code, said.json()["code"], said.json()["is_now"]) == (409, "changed_meanwhile", "3")
    assert put(client, admin, "user.attempts", 3, 4).status_code == 200


@pytest.mark.parametrize(
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
    client: Client, admin: dict[str, str], file: Path, path: str, now: object, status: int, code: str
) -> None:
    before = client.get(PATH, headers=admin) and file.read_text()
    was = next((one["value"] for one in told(client, admin)["rows"] if one["path"] == path), None)
    said = put(client, admin, path, was, now)
    assert (said.status_code, said.json().get("code", "")) == (status, code)
    assert said.json()["path"] == path
    assert file.read_text() == before


def test_no_page_names_a_file_that_is_read_aloud_to_an_address(
    client: Client, admin: dict[str, str], file: Path, place: Place
) -> None:
    place.settings_file()
    file.write_text('[[psap.data]]\nname = "q"\nformat = "cap"\nto = "https://psap.example.org/"\n')
    said = put(client, admin, "psap.data[q].token_file", None, str(place.state / "keys" / "app.key"))
    assert (said.status_code, said.json()["code"]) == (409, "elsewhere")


def test_a_secret_is_a_sign_that_is_changed_and_not_read(
    client: Client, admin: dict[str, str], file: Path, place: Place
) -> None:
    secret = "https://tiles.example.org/{z}/{x}/{y}.png?key=s3cr3t"
    place.settings_file()
    file.write_text(f'[map]\ntiles = "{secret}"\n')
    text = client.get(PATH, headers=admin).text
    assert "s3cr3t" not in text
    seen = row(client, admin, "map.tiles")
    assert (seen["hidden"], seen["value"][0]) == (True, "•")
    assert put(client, admin, "map.tiles", "•guessed", "").status_code == 409
    assert put(client, admin, "map.tiles", seen["value"], seen["value"]).status_code == 400
    other = secret.replace("s3cr3t", "another")
    assert put(client, admin, "map.tiles", seen["value"], other).status_code == 200
    assert other in file.read_text()


def test_a_file_that_somebody_has_broken_is_said_and_not_written(
    client: Client, admin: dict[str, str], file: Path, place: Place
) -> None:
    place.settings_file()
    file.write_text("[user]\nattempts = 99\n")
    said = told(client, admin)
    assert said["faults"] == [{"path": "user.attempts", "reason": "expected int <= 10"}]
    assert put(client, admin, "user.busy_retry_s", None, 5).status_code == 400


def test_a_file_that_cannot_be_written_is_said(
    client: Client, admin: dict[str, str], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.settings_file()
    monkeypatch.setattr("center.settings.editing.file.is_writable", lambda _: False)
    assert told(client, admin)["writable"] is False
    said = put(client, admin, "user.attempts", None, 3)
    assert (said.status_code, said.json()["code"]) == (409, "not_writable")


def test_every_key_has_a_meaning_in_both_languages() -> None:
    script = ROOT / "gateways/console/static/js/admin/settings/meanings.js"
    found = re.findall(r"^  '?([a-z_.]+)'?: \[", script.read_text(), re.MULTILINE)
    keys = [one.path for one in fields.fields() if one.table not in ("modem", "modem.credit", "trunk")]
    assert sorted(found) == sorted(keys)


# ------------------------------------------------------------ what is ordered of a node


def test_a_restart_waits_for_open_alerts_and_is_taken_back(
    web: Web, client: Client, admin: dict[str, str], place: Place, journal: Journal
) -> None:
    place.simulated()
    story = Story(journal, CLOCK.now_us()).opened()
    said = wish(client, admin, None, "restart")
    assert said.status_code == 200, said.text
    again = place.state / "run" / AGAIN
    node_orders.look(web)
    node = client.get(PATH, headers=admin).json()["node"]
    assert (node["order"], node["ordered_by"], node["alerts"]) == ("restart", place.marta, 1)
    assert not again.exists()
    assert wish(client, admin, None, "restart").status_code == 200
    assert wish(client, admin, "restart", None).json()["order"] is None
    assert wish(client, admin, None, "restart").status_code == 200
    story.closed(Outcome.FALSE_ALARM)
    node_orders.look(web)
    assert again.exists()
    assert not (place.state / "run" / DRAINING).exists()
    # Begun anew, it has forgotten what was ordered.
    journal.append(Append(streams.node(NodeId("n1")), None, (NodeStarted(version="2", pid=2),)))
    assert client.get("/v1/admin/nodes", headers=admin).json()["nodes"][0]["order"] is None


def test_a_node_that_would_not_come_back_is_not_started_again(
    web: Web, client: Client, admin: dict[str, str], place: Place, file: Path
) -> None:
    said = wish(client, admin, None, "restart")
    assert (said.status_code, said.json()["code"], said.json()["path"]) == (409, "would_not_start", "modem")
    place.simulated()
    assert wish(client, admin, None, "restart").status_code == 200
    for text, path in (
        ("[user]\nattempts = 99\n", "user.attempts"),
        ('node = "other"\n', "node"),
        ('[http]\nhost = "0.0.0.0"\n', "http.host"),
        ('[http]\nhost = "no.such.host.invalid"\n', "http.host"),
        ('[http]\ncertificate = "a.pem"\nkey = "a.key"\n', "http.certificate"),
    ):
        file.write_text(text)
        node_orders.look(web)
        assert not (place.state / "run" / AGAIN).exists(), text
        obstacles = client.get(PATH, headers=admin).json()["obstacles"]
        assert [one["path"] for one in obstacles] == [path], text
    file.write_text("")
    node_orders.look(web)
    assert (place.state / "run" / AGAIN).exists()


def test_a_node_that_is_alone_is_not_drained(client: Client, admin: dict[str, str]) -> None:
    said = wish(client, admin, None, "drain")
    assert (said.status_code, said.json()["code"]) == (409, "nobody_else")
    gone = client.patch(
        "/v1/admin/nodes/n9", json={"was": {"order": None}, "now": {"order": "drain"}}, headers=admin
    )
    assert gone.status_code == 404


def test_two_who_order_at_once_see_each_other(web: Web, client: Client, admin: dict[str, str]) -> None:
    web.journal.transact(lambda tx: orders.order(tx, NodeId("n1"), None, NodeOrder.DRAIN, by="luca"))
    said = wish(client, admin, None, None)
    assert (said.status_code, said.json()["code"], said.json()["is_now"]) == (
        409,
        "changed_meanwhile",
        "drain",
    )


def test_what_the_command_line_has_said_the_page_does_not_take_back(tmp_path: Path) -> None:
    (tmp_path / DRAINING).touch()
    (tmp_path / DRAINED).touch()
    node_orders.drain(tmp_path, wanted=False)
    assert (tmp_path / DRAINING).read_bytes() == b""
    (tmp_path / DRAINING).unlink()
    node_orders.drain(tmp_path, wanted=True)
    assert (tmp_path / DRAINING).read_bytes() == b"stays"
    node_orders.drain(tmp_path, wanted=False)
    assert not (tmp_path / DRAINING).exists()
    assert not (tmp_path / DRAINED).exists()
