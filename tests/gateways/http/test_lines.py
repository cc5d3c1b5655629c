"""What supervisors and admins order of lines by HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from gateways.http.context import Web
from messages.events import LineQuarantined, LineTakenOut
from messages.ids import Instant, LineId, TrunkId
from messages.lines import LineReport, LineState
from runtime.published import line_files
from store import streams
from store.audit.entry import Action
from store.journal.following import Following
from store.journal.journal import Append
from store.journal.projections import LineHold, Lines
from tests.gateways.http.place import CLOCK, Place, entered
from tests.waiting import wait_until

Client = TestClient[Litestar]
LINES = "/v1/admin/lines"


@pytest.fixture(autouse=True)
def two_for_112(place: Place) -> None:
    """There is another line for 112, E2."""
    lines = place.settings().lines
    place.changes["lines"] = (*lines, replace(lines[-1], line=LineId("E2")))


def says(place: Place, line: str, state: LineState = LineState.READY, **changes: Any) -> None:
    """Its modem's process does."""
    line_files.write(
        place.state / "run",
        LineReport(
            line=LineId(line),
            trunk=TrunkId("public"),
            emergency=line.startswith("E"),
            state=state,
            since=Instant(CLOCK.now_us()),
            **changes,
        ),
    )


def hold(web: Web, line: str) -> LineHold | None:
    lines = Lines()
    Following(web.journal, lines).close()
    return lines.lines.get(LineId(line))


def test_a_line_goes_out_of_service_with_a_reason_and_comes_back(
    web: Web, client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    assert client.put(f"{LINES}/L1/out", json={"reason": "  "}, headers=supervisor).json()["code"] == "empty"
    assert client.put(f"{LINES}/L9/out", json={"reason": "x"}, headers=supervisor).status_code == 404
    said = client.put(f"{LINES}/L1/out", json={"reason": " a new  aerial "}, headers=supervisor)
    assert (said.status_code, said.content) == (204, b"")
    found = hold(web, "L1")
    assert found is not None
    assert found.taken_out is not None
    assert (found.taken_out.by, found.taken_out.reason) == (place.marta, "a new aerial")
    assert client.delete(f"{LINES}/L1/out", headers=supervisor).status_code == 204
    assert hold(web, "L1") is None
    before = web.journal.last_seq()
    assert client.delete(f"{LINES}/L1/out", headers=supervisor).status_code == 204
    assert web.journal.last_seq() == before
    assert [(one.action, one.detail) for one in entered(web)] == [
        (Action.CHANGE_LINE, "line L1 taken out of service"),
        (Action.CHANGE_LINE, "line L1 put back into service"),
        (Action.CHANGE_LINE, "line L1 was in service"),
    ]


def out_of_order(web: Web, place: Place) -> None:
    says(place, "E2", LineState.NO_NETWORK)


def quarantined(web: Web, place: Place) -> None:
    says(place, "E2")
    mute = LineQuarantined(line=LineId("E2"), reason="mute")
    web.journal.append(Append(streams.line(LineId("E2")), None, (mute,)))


def taken_out(web: Web, place: Place) -> None:
    says(place, "E2")
    out = LineTakenOut(line=LineId("E2"), by=place.luca, reason="x")
    web.journal.append(Append(streams.service(LineId("E2")), None, (out,)))


def silent(web: Web, place: Place) -> None:
    """Nothing was ever heard of it."""


@pytest.mark.parametrize("other", [out_of_order, quarantined, taken_out, silent])
def test_the_last_line_for_112_is_taken_out_by_its_name_alone(
    web: Web, client: Client, place: Place, supervisor: dict[str, str], other: Callable[[Web, Place], None]
) -> None:
    says(place, "E1")
    other(web, place)
    wait_until(lambda: other is not quarantined or bool(web.following.picture.quarantined))
    say: dict[str, str] = {"reason": "a new aerial"}
    said = client.put(f"{LINES}/E1/out", json=say, headers=supervisor)
    assert (said.status_code, said.json()["code"], said.json()["path"]) == (409, "last_for_112", "$.typed")
    assert client.put(f"{LINES}/E1/out", json={**say, "typed": "E2"}, headers=supervisor).status_code == 409
    assert hold(web, "E1") is None
    assert client.put(f"{LINES}/E1/out", json={**say, "typed": "E1"}, headers=supervisor).status_code == 204
    assert hold(web, "E1") is not None


def test_a_line_for_112_beside_another_one_is_taken_out_as_any(
    web: Web, client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    says(place, "E1")
    says(place, "E2")
    say = {"reason": "a new aerial"}
    assert client.put(f"{LINES}/E1/out", json=say, headers=supervisor).status_code == 204
    assert client.put(f"{LINES}/E2/out", json=say, headers=supervisor).json()["code"] == "last_for_112"


def test_the_list_says_how_each_line_is_set_up_and_where_its_modem_is(
    client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    says(place, "L1", LineState.NO_SIM, port="/dev/ttyUSB3", imei="860000000000001", text="There is no SIM.")
    found = client.get(LINES, headers=supervisor)
    one, two, *_ = found.json()["lines"]
    assert (one["line"], one["trunk"], one["number"], one["own"]) == ("L1", "public", "+390200000001", True)
    assert (one["port"], one["imei"], one["text"]) == ("/dev/ttyUSB3", "860000000000001", "There is no SIM.")
    assert (two["line"], two["number"], two["port"]) == ("L2", "", "")
    again = client.get(LINES, headers={**supervisor, "if-none-match": found.headers["etag"]})
    assert again.status_code == 304
