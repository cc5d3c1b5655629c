"""What supervisors and admins order of lines by HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
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
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, Place, entered
from tests.support.each import each
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
    Following(web.journal, lines).close()
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
    wait_until(lambda: other is not quarantined or bool(api.picture.quarantined))
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


# ------------------------------------------------------------------------------------ test calls

TO = {"to": "+39 333 1112223"}


def ready_all(place: Place, *busy: str) -> None:
    for one in ("L1", "L2", "E1", "E2"):
        says(place, one, busy=one in busy)


def order_of(place: Place, line: str) -> TrialOrder | None:
    return line_trials.order_of(place.state / "run", LineId(line))


def ordered(api: Api, line: str) -> TrialOrder:
    found = order_of(api.place, line)
    assert found is not None, "nobody else would ever let the line go"
    return found


def test_a_test_call_takes_its_line_and_says_its_number_to_the_line_tester_and_the_audit_alone(
    api: Api, supervisor: Asker
) -> None:
    ready_all(api.place)
    begun = supervisor.post(f"{LINES}/L1/trial", json=TO).json()["trial"]
    order, found = ordered(api, "L1"), held(api, "L1")
    assert (order.trial, order.number, order.by) == (begun["trial"], "+393331112223", MARTA)
    assert (found.tester, found.leg) == (MARTA, f"test-{order.trial}:1")
    (row,) = api.journal.read("line-L1")
    assert "333" not in str(row.event)
    assert [one.detail for one in entered(api.web)] == ["test call on line L1 to +393331112223"]
    assert verdict(supervisor.post(f"{LINES}/L1/trial", json=TO)) == (409, "line_in_use")
    # The page asks how it goes, and ends it.
    path = f"{LINES}/L1/trial"
    assert supervisor.get(path).json()["trial"] is None
    run = api.place.state / "run"
    line_trials.tell(run, LineTrial(trial=order.trial, line=LineId("L1"), other=None, by=MARTA,
                                    begun_at=order.begun_at, state=CallState.RINGING))  # fmt: skip
    assert supervisor.get(path).json()["trial"]["state"] == "ringing"
    assert supervisor.delete(path).status_code == 204
    assert ordered(api, "L1").stop


def test_of_two_test_calls_ordered_at_once_the_one_that_is_begun_keeps_its_order(
    api: Api, supervisor: Asker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ready_all(api.place)
    both, order = threading.Barrier(2), line_trials.order

    def slowly(run: Path, wanted: TrialOrder) -> None:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)
        order(run, wanted)

    monkeypatch.setattr(line_trials, "order", slowly)
    with ThreadPoolExecutor(2) as two:
        sent = [two.submit(supervisor.post, f"{LINES}/L1/trial", json=TO) for _ in range(2)]
        said = sorted((one.result() for one in sent), key=lambda one: one.status_code)
    assert [one.status_code for one in said] == [202, 409]
    assert ordered(api, "L1").trial == said[0].json()["trial"]["trial"]


def test_a_supervisor_calls_only_so_many_numbers_an_hour(place: Place, supervisor: Asker) -> None:
    ready_all(place)
    said = [supervisor.post(f"{LINES}/L1/trial", json=TO) for _ in range(21)]
    assert [one.status_code for one in said] == [202, *[409] * 19, 429]
    assert int(said[-1].headers["retry-after"]) == 180


def test_a_line_that_is_out_of_service_can_be_tried(place: Place, supervisor: Asker) -> None:
    ready_all(place)
    assert supervisor.put(f"{LINES}/L1/out", json={"reason": "x"}).status_code == 204
    assert supervisor.post(f"{LINES}/L1/trial", json=TO).status_code == 202


@each(
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
def test_whom_a_test_call_does_not_call(api: Api, supervisor: Asker, to: str, code: str) -> None:
    ready_all(api.place)
    said = supervisor.post(f"{LINES}/L1/trial", json={"to": to})
    assert (said.status_code, said.json()["path"], said.json()["code"]) == (400, "$.to", code)
    assert (order_of(api.place, "L1"), hold(api.web, "L1")) == (None, None)


def test_one_line_calls_another_by_its_name_or_number_and_both_are_the_test_s(
    api: Api, supervisor: Asker
) -> None:
    ready_all(api.place)
    says(api.place, "L3")
    for to in ("l1", "02 0000 0001"):
        assert supervisor.post(f"{LINES}/L3/trial", json={"to": to}).status_code == 202
        order = ordered(api, "L3")
        assert (order.other, order.number, order.caller) == ("L1", "+390200000001", "+390200000009")
        legs = [held(api, line).leg for line in ("L3", "L1")]
        assert legs == [f"test-{order.trial}:1", f"test-{order.trial}:2"]
        line_trials.forget(api.place.state / "run", LineId("L3"))
        for line in ("L3", "L1"):
            free = LineSeized(line=LineId(line), leg=LegId(""), attempt=1, tester=MARTA)
            api.journal.append(Append(streams.line(LineId(line)), None, (free,)))


def test_no_test_call_begins_where_a_call_is_or_where_an_alert_may_need_the_line(
    api: Api, supervisor: Asker
) -> None:
    ready_all(api.place, "E1")

    def code(line: str) -> str:
        found = supervisor.post(f"{LINES}/{line}/trial", json=TO).json()
        return str(found.get("code") or found["trial"]["line"])

    assert code("E1") == "line_in_use"  # as its modem says
    assert code("L3") == "line_not_ready"  # never heard of
    story = api.story().opened().operator_called(LUCA)
    wait_until(lambda: bool(api.picture.held()))
    assert list(api.picture.held()) == ["L2"]
    assert code("L2") == "line_in_use"
    assert code("L1") == "line_needed"
    assert code("E2") == "line_needed"
    assert all(order_of(api.place, line) is None for line in ("L1", "L2", "E1", "E2"))
    story.say(AlertClosed(outcome=Outcome.TEST_DONE))
    wait_until(lambda: api.picture.open_count == 0)
    assert code("L2") == "L2"
