"""Test calls on lines, ordered by HTTP."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from features.selftest import line_trials
from features.selftest.trial import LineTrial, TrialOrder
from messages.calls import CallState
from messages.events import AlertClosed, LineSeized
from messages.ids import LegId, LineId, Outcome
from store import streams
from store.journal.journal import Append
from store.registry.people import StaffRole
from tests.gateways.http.askers import LUCA, MARTA, Api, Asker, verdict
from tests.gateways.http.place import Place, entered
from tests.gateways.http.test_lines import LINES, held, hold, says, two_for_112  # noqa: F401
from tests.support.each import each
from tests.support.unreadable import GARBAGE
from tests.waiting import wait_until

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


def test_a_test_call_takes_its_line_and_says_its_number_to_the_line_test_and_the_audit_alone(
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
    wait_until(lambda: bool(api.read_model.held()))
    assert list(api.read_model.held()) == ["L2"]
    assert code("L2") == "line_in_use"
    assert code("L1") == "line_needed"
    assert code("E2") == "line_needed"
    assert all(order_of(api.place, line) is None for line in ("L1", "L2", "E1", "E2"))
    story.say(AlertClosed(outcome=Outcome.TEST_DONE))
    wait_until(lambda: api.read_model.open_count == 0)
    assert code("L2") == "L2"


def test_a_supervisor_tries_lines_and_an_operator_does_not(api: Api) -> None:
    ready_all(api.place)
    path = f"{LINES}/L1/trial"
    for method, body in (("POST", TO), ("GET", None), ("DELETE", None)):
        api.grant(StaffRole.OPERATOR)
        assert api.marta.request(method, path, json=body).status_code == 403
        api.grant(StaffRole.SUPERVISOR)
        assert api.marta.request(method, path, json=body).is_success


@each("content", GARBAGE.values())
def test_an_order_or_a_trial_that_cannot_be_read_stops_no_reader(tmp_path: Path, content: bytes) -> None:
    run = tmp_path / "run"
    run.mkdir(exist_ok=True)
    for name in ("L1.trial-order", "L1.trial"):
        (run / name).write_bytes(content)
    assert isinstance(list(line_trials.ordered(run)), list)
    line_trials.trial_of(run, LineId("L1"))
