"""What supervisors and admins order of lines by HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from gateways.http.parts.context import Web
from messages.events import LineQuarantined, LineTakenOut
from messages.ids import E164, Instant, LineId, TrunkId
from messages.lines import LineReport, LineState
from runtime.published import line_files
from store import streams
from store.audit.entry import Action
from store.journal.following import FollowedFolds
from store.journal.journal import Append
from store.journal.projections import LineHold, Lines
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker
from tests.gateways.http.place import CLOCK, Place, entered
from tests.waiting import wait_until

LINES = "/v1/admin/lines"


@pytest.fixture(autouse=True)
def two_for_112(place: Place) -> None:
    """There is another line for 112, E2, and another public one, L3."""
    lines = place.settings().center.lines
    more = replace(lines[0], name="L3", number=E164("+390200000009"))
    place.changes["modem"] = (*lines, replace(lines[-1], name="E2"), more)


def says(place: Place, line: str, state: LineState = LineState.READY, **changes: Any) -> None:
    """Its modem's process does."""
    kind = {"trunk": TrunkId("public"), "emergency": line.startswith("E"), **changes}
    since = Instant(CLOCK.now_us())
    line_files.write(place.state / "run", LineReport(line=LineId(line), state=state, since=since, **kind))


def hold(web: Web, line: str) -> LineHold | None:
    lines = Lines()
    FollowedFolds(web.journal, lines).close()
    return lines.lines.get(LineId(line))


def test_a_line_goes_out_of_service_with_a_reason_and_comes_back(api: Api, supervisor: Asker) -> None:
    assert supervisor.put(f"{LINES}/L1/out", json={"reason": "  "}).json()["code"] == "empty"
    assert supervisor.put(f"{LINES}/L9/out", json={"reason": "x"}).status_code == 404
    said = supervisor.put(f"{LINES}/L1/out", json={"reason": " a new  aerial "})
    assert (said.status_code, said.content) == (204, b"")
    out = held(api, "L1").taken_out
    assert out is not None
    assert (out.by, out.reason) == (MARTA, "a new aerial")
    assert supervisor.delete(f"{LINES}/L1/out").status_code == 204
    assert hold(api.web, "L1") is None
    before = api.journal.last_seq()
    assert supervisor.delete(f"{LINES}/L1/out").status_code == 204
    assert api.journal.last_seq() == before
    assert [(one.action, one.detail) for one in entered(api.web)] == [
        (Action.CHANGE_LINE, "line L1 taken out of service"),
        (Action.CHANGE_LINE, "line L1 put back into service"),
        (Action.CHANGE_LINE, "line L1 was in service"),
    ]


def held(api: Api, line: str) -> LineHold:
    found = hold(api.web, line)
    assert found is not None
    return found


def out_of_order(api: Api) -> None:
    says(api.place, "E2", LineState.NO_NETWORK)


def quarantined(api: Api) -> None:
    says(api.place, "E2")
    mute = LineQuarantined(line=LineId("E2"), reason="mute")
    api.journal.append(Append(streams.line(LineId("E2")), None, (mute,)))


def taken_out(api: Api) -> None:
    says(api.place, "E2")
    out = LineTakenOut(line=LineId("E2"), by=LUCA, reason="x")
    api.journal.append(Append(streams.service(LineId("E2")), None, (out,)))


def silent(api: Api) -> None:
    """Nothing was ever heard of it."""


@pytest.mark.parametrize("other", [out_of_order, quarantined, taken_out, silent])
def test_the_last_line_for_112_is_taken_out_by_its_name_alone(
    api: Api, supervisor: Asker, other: Callable[[Api], None]
) -> None:
    says(api.place, "E1")
    other(api)
    wait_until(lambda: other is not quarantined or bool(api.read_model.quarantined))
    say: dict[str, str] = {"reason": "a new aerial"}
    said = supervisor.put(f"{LINES}/E1/out", json=say)
    assert (said.status_code, said.json()["code"], said.json()["path"]) == (409, "last_for_112", "$.typed")
    assert supervisor.put(f"{LINES}/E1/out", json={**say, "typed": "E2"}).status_code == 409
    assert hold(api.web, "E1") is None
    assert supervisor.put(f"{LINES}/E1/out", json={**say, "typed": "E1"}).status_code == 204
    assert hold(api.web, "E1") is not None


def test_a_line_for_112_beside_another_one_is_taken_out_as_any(api: Api, supervisor: Asker) -> None:
    says(api.place, "E1")
    says(api.place, "E2")
    say = {"reason": "a new aerial"}
    assert supervisor.put(f"{LINES}/E1/out", json=say).status_code == 204
    assert supervisor.put(f"{LINES}/E2/out", json=say).json()["code"] == "last_for_112"


def test_the_list_says_how_each_line_is_set_up_and_where_its_modem_is(
    place: Place, supervisor: Asker
) -> None:
    says(place, "L1", LineState.NO_SIM, port="/dev/ttyUSB3", imei="860000000000001", text="There is no SIM.")
    found = supervisor.get(LINES)
    one, two, *_ = found.json()["lines"]
    assert (one["line"], one["trunk"], one["number"], one["own"]) == ("L1", "public", "+390200000001", True)
    assert (one["port"], one["imei"], one["text"]) == ("/dev/ttyUSB3", "860000000000001", "There is no SIM.")
    assert (two["line"], two["number"], two["port"]) == ("L2", "", "")
    assert supervisor.again(LINES, found).status_code == 304
