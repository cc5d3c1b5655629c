"""What supervisors and admins order of lines by HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient
from msgspec.structs import replace

from gateways.http.parts.context import Web
from messages.calls import CallState
from messages.events import AlertClosed, LineQuarantined, LineSeized, LineTakenOut
from messages.ids import E164, Instant, LegId, LineId, Outcome, TrunkId
from messages.lines import LineReport, LineState
from messages.trials import LineTrial, TrialOrder
from runtime.published import line_files, line_trials
from store import streams
from store.audit.entry import Action
from store.journal.following import Following
from store.journal.journal import Append
from store.journal.projections import LineHold, Lines
from tests.gateways.http.place import CLOCK, Place, entered
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]
LINES = "/v1/admin/lines"


@pytest.fixture(autouse=True)
def two_for_112(place: Place) -> None:
    """There is another line for 112, E2, and another public one, L3."""
    lines = place.settings().lines
    more = replace(lines[0], line=LineId("L3"), number=E164("+390200000009"))
    place.changes["lines"] = (*lines, replace(lines[-1], line=LineId("E2")), more)


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


# ------------------------------------------------------------------------------------ test calls

TO = {"to": "+39 333 1112223"}


def ready_all(place: Place, *busy: str) -> None:
    for one in ("L1", "L2", "E1", "E2"):
        says(place, one, busy=one in busy)


def order_of(place: Place, line: str) -> TrialOrder | None:
    return line_trials.order_of(place.state / "run", LineId(line))


def test_a_test_call_takes_its_line_and_says_its_number_to_the_line_tester_and_the_audit_alone(
    web: Web, client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    ready_all(place)
    said = client.post(f"{LINES}/L1/trial", json=TO, headers=supervisor)
    assert said.status_code == 202
    begun = said.json()["trial"]
    order, found = order_of(place, "L1"), hold(web, "L1")
    assert order is not None
    assert found is not None
    assert (order.trial, order.number, order.by) == (begun["trial"], "+393331112223", place.marta)
    assert (found.tester, found.leg) == (place.marta, f"test-{order.trial}:1")
    (row,) = web.journal.read("line-L1")
    assert "333" not in str(row.event)
    assert [one.detail for one in entered(web)] == ["test call on line L1 to +393331112223"]
    again = client.post(f"{LINES}/L1/trial", json=TO, headers=supervisor)
    assert (again.status_code, again.json()["code"]) == (409, "line_in_use")
    # The page asks how it goes, and ends it.
    path = f"{LINES}/L1/trial"
    assert client.get(path, headers=supervisor).json()["trial"] is None
    run = place.state / "run"
    line_trials.tell(run, LineTrial(trial=order.trial, line=LineId("L1"), other=None, by=place.marta,
                                    begun_at=order.begun_at, state=CallState.RINGING))  # fmt: skip
    assert client.get(path, headers=supervisor).json()["trial"]["state"] == "ringing"
    assert client.delete(path, headers=supervisor).status_code == 204
    stopped = order_of(place, "L1")
    assert stopped is not None
    assert stopped.stop


def test_of_two_test_calls_ordered_at_once_the_one_that_is_begun_keeps_its_order(
    web: Web, client: Client, place: Place, supervisor: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_all(place)
    both, order = threading.Barrier(2), line_trials.order

    def slowly(run: Path, wanted: TrialOrder) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        order(run, wanted)

    monkeypatch.setattr(line_trials, "order", slowly)
    with ThreadPoolExecutor(2) as two:
        sent = [
            two.submit(client.post, f"{LINES}/L1/trial", json={"to": "+393331112223"}, headers=supervisor)
            for _ in range(2)
        ]
        said = sorted((one.result() for one in sent), key=lambda one: one.status_code)
    assert [one.status_code for one in said] == [202, 409]
    wanted = order_of(place, "L1")
    assert wanted is not None, "nobody else would ever let the line go"
    assert wanted.trial == said[0].json()["trial"]["trial"]


def test_a_supervisor_calls_only_so_many_numbers_an_hour(
    client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    ready_all(place)
    said = [client.post(f"{LINES}/L1/trial", json=TO, headers=supervisor) for _ in range(21)]
    assert [one.status_code for one in said] == [202, *[409] * 19, 429]
    assert int(said[-1].headers["retry-after"]) == 180


def test_a_line_that_is_out_of_service_can_be_tried(
    client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    ready_all(place)
    assert client.put(f"{LINES}/L1/out", json={"reason": "x"}, headers=supervisor).status_code == 204
    assert client.post(f"{LINES}/L1/trial", json=TO, headers=supervisor).status_code == 202


@pytest.mark.parametrize(
    ("to", "code"),
    [
        ("112", "number_of_112"),
        ("118", "number_of_112"),
        ("+390200000112", "number_of_112"),  # the settings' PSAP
        ("+39112", "number_not_called"),  # no number at all
        ("Eva", "number_not_called"),
        ("+39899123456", "number_not_called"),  # premium rate
        ("+12125550123", "number_not_called"),  # a country that the settings do not name
        ("L2", "no_number"),
    ],
)
def test_whom_a_test_call_does_not_call(
    web: Web, client: Client, place: Place, supervisor: dict[str, str], to: str, code: str
) -> None:
    ready_all(place)
    said = client.post(f"{LINES}/L1/trial", json={"to": to}, headers=supervisor)
    assert (said.status_code, said.json()["path"], said.json()["code"]) == (400, "$.to", code)
    assert (order_of(place, "L1"), hold(web, "L1")) == (None, None)


def test_one_line_calls_another_by_its_name_or_number_and_both_are_the_test_s(
    web: Web, client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    ready_all(place)
    says(place, "L3")
    for to in ("l1", "02 0000 0001"):
        said = client.post(f"{LINES}/L3/trial", json={"to": to}, headers=supervisor)
        assert said.status_code == 202
        order = order_of(place, "L3")
        assert order is not None
        assert (order.other, order.number, order.caller) == ("L1", "+390200000001", "+390200000009")
        one, other = hold(web, "L3"), hold(web, "L1")
        assert one is not None
        assert other is not None
        assert (one.leg, other.leg) == (f"test-{order.trial}:1", f"test-{order.trial}:2")
        line_trials.forget(place.state / "run", LineId("L3"))
        for line in ("L3", "L1"):
            free = LineSeized(line=LineId(line), leg=LegId(""), attempt=1, tester=place.marta)
            web.journal.append(Append(streams.line(LineId(line)), None, (free,)))


def test_no_test_call_begins_where_a_call_is_or_where_an_alert_may_need_the_line(
    web: Web, client: Client, place: Place, supervisor: dict[str, str]
) -> None:
    ready_all(place, "E1")

    def code(line: str) -> str:
        found = client.post(f"{LINES}/{line}/trial", json=TO, headers=supervisor).json()
        return str(found.get("code") or found["trial"]["line"])

    assert code("E1") == "line_in_use"  # as its modem says
    assert code("L3") == "line_not_ready"  # never heard of
    story = Story(web.journal, CLOCK.now_us()).opened().operator_called(place.luca)
    wait_until(lambda: bool(web.following.picture.held()))
    assert list(web.following.picture.held()) == ["L2"]
    assert code("L2") == "line_in_use"
    assert code("L1") == "line_needed"
    assert code("E2") == "line_needed"
    assert all(order_of(place, line) is None for line in ("L1", "L2", "E1", "E2"))
    story.say(AlertClosed(outcome=Outcome.TEST_DONE))
    wait_until(lambda: web.following.picture.open_count == 0)
    assert code("L2") == "L2"
