"""Callouts by HTTP and as the console is told them: who is called, who sees to it, and which there were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from gateways.console import callouts
from messages.events import (
    CalloutAlarm,
    CalloutAnswered,
    CalloutEnded,
    CalloutFailed,
    CalloutOpened,
    CalloutTaken,
    CalloutTold,
    Event,
)
from messages.ids import SECOND, CalloutEnd, CalloutFailure, CalloutKind, DutyWay, Instant
from store import streams
from store.journal.journal import Append
from tests.gateways.called import NUMBER, roster, tried
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, NODE

Write = Callable[..., None]
RAISED = Instant(CLOCK.now_us() - 30 * SECOND)
ALARM = CalloutAlarm(alarm="line.no_sim", subject="L1", node=NODE, raised_at=RAISED)
OPENED = CalloutOpened(callout="c1", alarms=(ALARM,))


@pytest.fixture
def write(api: Api) -> Write:
    """Into the stream of all nodes, until the web has read it."""
    roster(api.journal)

    def written(*events: Event) -> None:
        api.journal.append(Append(streams.DUTY, None, events))
        api.followed()

    return written


def told(api: Api) -> dict[str, Any]:
    """What a console is told first."""
    with api.client.websocket_connect("/v1/console", headers=api.place.operator()) as socket:
        said: dict[str, Any] = socket.receive_json()
    return said


def test_a_console_is_told_who_is_called_by_name_and_nobody_s_number(api: Api, write: Write) -> None:
    write(
        OPENED,
        tried(1, "anna", DutyWay.SMS),
        CalloutTold(callout="c1", attempt=1),
        tried(2, "gone"),
        CalloutFailed(callout="c1", attempt=2, why=CalloutFailure.NOT_ANSWERED, cause=18),
        tried(3, "anna"),
        CalloutAnswered(callout="c1", attempt=3),
    )
    snapshot = told(api)
    (one,) = snapshot["callouts"]
    assert [(a["name"], a["way"], a["failure"], a["over_us"] is None) for a in one["tries"]] == [
        ("Anna Verdi", "sms", None, False),
        ("gone", "call", "not_answered", False),
        ("Anna Verdi", "call", None, True),
    ]
    assert one["alarms"] == [{"alarm": "line.no_sim", "subject": "L1", "node": NODE, "since_us": RAISED}]
    assert (one["round"], one["taken_us"], one["ended_us"]) == (1, None, None)
    assert NUMBER not in msgspec.json.encode(snapshot).decode()


def test_an_operator_takes_it_once_and_then_it_is_taken(api: Api, write: Write) -> None:
    write(OPENED, tried(1, "anna"))
    assert api.marta.post("/v1/callouts/c2/take").status_code == 404
    assert api.marta.post("/v1/callouts/c1/take").status_code == 204
    assert verdict(api.marta.post("/v1/callouts/c1/take")) == (409, "taken")
    api.followed()
    (one,) = told(api)["callouts"]
    assert (one["operator"], one["taken_by"], one["end"]) == (MARTA, "", "taken")
    found = [one.event for one in api.journal.read(streams.DUTY)]
    assert [event for event in found if isinstance(event, CalloutTaken)] == [
        CalloutTaken(callout="c1", operator=MARTA)
    ]


def test_the_past_alarms_have_the_callouts_of_the_time(marta: Asker, write: Write) -> None:
    write(
        OPENED,
        tried(1, "anna"),
        CalloutTaken(callout="c1", person="anna", way=DutyWay.CALL),
        CalloutEnded(callout="c1", why=CalloutEnd.TAKEN),
        CalloutOpened(callout="c2", kind=CalloutKind.TEST, person="anna"),
    )
    past = marta.get("/v1/alarms/history").json()["callouts"]
    assert [(one["callout"], one["kind"], one["name"], one["taken_by"]) for one in past] == [
        ("c2", "test", "Anna Verdi", ""),
        ("c1", "alarm", "", "Anna Verdi"),
    ]


def test_what_ended_more_than_a_day_ago_is_told_no_more(api: Api, write: Write) -> None:
    write(
        OPENED, CalloutEnded(callout="c1", why=CalloutEnd.OVER), CalloutOpened(callout="c2", alarms=(ALARM,))
    )
    known, now_us = api.picture.callouts, CLOCK.now_us()
    assert [one.id for one in callouts.lately(known, now_us)] == ["c2", "c1"]
    assert [one.id for one in callouts.lately(known, Instant(now_us + callouts.DAY))] == ["c2"]
    assert [one.id for one in callouts.since(known, Instant(now_us + callouts.DAY))] == ["c2"]
