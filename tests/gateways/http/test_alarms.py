"""Alarms and callouts by HTTP: who has seen one, what is kept quiet, who is called, which there were."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from gateways.console import callouts
from messages.events import (
    AlarmCleared,
    AlarmRaised,
    AlarmSeen,
    CalloutAlarm,
    CalloutAnswered,
    CalloutEnded,
    CalloutFailed,
    CalloutOpened,
    CalloutTaken,
    CalloutTold,
    Event,
    NodeStarted,
)
from messages.ids import SECOND, CalloutEnd, CalloutFailure, CalloutKind, DutyWay, Instant, NodeId, TrunkId
from model.settings.lines import Modem
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append
from tests.gateways.called import NUMBER, roster, tried
from tests.gateways.http.askers import MARTA, Api, Asker, verdict
from tests.gateways.http.place import CLOCK, NODE, entered
from tests.support.each import each
from tests.waiting import wait_until

SEEN, QUIET, PAST = "/v1/alarms/seen", "/v1/alarms/quiet", "/v1/alarms/history"
WORK = {"subject": "L1", "minutes": 60, "reason": "the aerial is moved"}
Write = Callable[..., None]


@pytest.fixture
def write(api: Api) -> Write:
    """Into a node's stream, until the web has read it."""

    def written(*events: Event, node: NodeId = NODE) -> None:
        api.journal.append(Append(streams.node(node), None, events))
        api.followed()

    return written


def raised(subject: str = "L1") -> AlarmRaised:
    return AlarmRaised(alarm="line.no_sim", subject=subject, text="no SIM")


def shown(api: Api, *, moved_us: int = 0) -> list[dict[str, object]]:
    """All that stands, as a console shows it."""
    return [
        {"alarm": one.alarm, "subject": one.subject, "since_us": one.since_us + moved_us}
        for one in api.read_model.alarms.views(CLOCK.now_us())
    ]


def acknowledged(api: Api) -> list[tuple[str, AlarmSeen]]:
    found = api.journal.read_all(0, 1000)
    return [(one.stream, one.event) for one in found if isinstance(one.event, AlarmSeen)]


def test_an_alarm_is_seen_in_the_stream_of_each_node_that_has_raised_it(api: Api, write: Write) -> None:
    write(raised())
    write(raised(), node=NodeId("b"))
    asked = {"alarms": shown(api)}
    assert api.marta.post(SEEN, json=asked).status_code == 204
    api.followed()
    assert {stream for stream, _ in acknowledged(api)} == {streams.node(NODE), streams.node(NodeId("b"))}
    (one,) = api.read_model.alarms.views(CLOCK.now_us(), alive={NODE})
    assert one.seen_by == MARTA
    written = len(acknowledged(api))
    assert api.marta.post(SEEN, json=asked).status_code == 204
    assert len(acknowledged(api)) == written, "once"


def test_what_is_over_and_was_not_seen_is_told_until_it_is(api: Api, write: Write) -> None:
    write(raised(), raised("L2"))
    asked = {"alarms": shown(api)}
    write(AlarmCleared(alarm="line.no_sim", subject="L1"))
    alarms = api.read_model.alarms
    assert [one.subject for one in alarms.over_views()] == ["L1"]
    assert api.marta.post(SEEN, json=asked).status_code == 204
    wait_until(lambda: not alarms.over_views())
    past = api.marta.get(PAST).json()["episodes"]
    assert {one["subject"]: one["seen_by"] for one in past} == {"L1": MARTA, "L2": MARTA}
    write(AlarmCleared(alarm="line.no_sim", subject="L2"))
    assert alarms.over_views() == []
    assert alarms.stand() == []


def test_raised_anew_since_it_was_shown_it_stays_unseen(api: Api, write: Write) -> None:
    write(raised())
    asked = {"alarms": shown(api, moved_us=-1)}
    assert api.marta.post(SEEN, json=asked).status_code == 204
    assert acknowledged(api) == []
    one = api.read_model.alarms.views(Instant(0))[0]
    assert one.seen_us is None


@each("asked", [{}, {"alarms": []}, {"alarms": [{"alarm": "x"}]}, {"alarms": [{"alarm": "x" * 65}]}])
def test_what_is_not_understood_and_who_is_nobody(api: Api, asked: dict[str, object]) -> None:
    assert api.marta.post(SEEN, json=asked).status_code == 400
    assert api.client.post(SEEN, json=asked).status_code == 401


def test_what_is_expected_is_quiet_until_then_and_comes_back_by_itself(
    api: Api, supervisor: Asker, write: Write
) -> None:
    write(raised(), raised("L2"))
    assert supervisor.post(QUIET, json=WORK).status_code == 204
    api.followed()
    alarms, now_us = api.read_model.alarms, CLOCK.now_us()
    first, second = alarms.views(now_us)
    assert first.quiet_us is not None
    assert (first.subject, first.quiet_us > now_us, second.quiet_us) == ("L1", True, None)
    metrics = api.client.get("/metrics").text
    assert 'securwoman_alarms{is="quiet",priority="soon"} 1.0' in metrics
    assert 'securwoman_alarms{is="unseen",priority="soon"} 1.0' in metrics
    assert alarms.views(first.quiet_us)[0].quiet_us is None
    assert alarms.quiet_views(first.quiet_us) == []
    (made,) = [one for one in entered(api.web) if one.action == Action.CHANGE_SETTINGS]
    assert (made.actor, made.detail) == ("marta-bianchi", "alarms kept quiet for 60 min: L1")


def test_of_a_line_it_is_told_whether_enough_of_its_kind_are_left(api: Api, write: Write) -> None:
    write(raised("L1"), raised("E1"))
    picture, now_us = api.read_model, CLOCK.now_us()
    some = [Modem(name=f"L{n}", trunk=TrunkId("public")) for n in range(9)]
    waits = picture.lines_that_wait([*api.web.settings.center.lines, *some], 1, now_us)
    assert [one.waits for one in picture.alarms.views(now_us, None, waits)] == [True, False]
    standing = 'securwoman_alarms_standing{alarm="line.no_sim",is="unseen",subject="L1"} 1.0'
    assert standing in api.client.get("/metrics").text, "of two one is left"


def test_it_is_heard_again_when_somebody_says_so(api: Api, supervisor: Asker, write: Write) -> None:
    write(raised())
    assert supervisor.post(QUIET, json=WORK).status_code == 204
    api.followed()
    assert supervisor.delete(QUIET, params={"subject": "L2"}).status_code == 404
    assert supervisor.delete(QUIET, params={"subject": "L1"}).status_code == 204
    api.followed()
    (one,) = api.read_model.alarms.views(CLOCK.now_us())
    assert one.quiet_us is None


def test_what_a_user_in_danger_depends_on_is_never_quiet(api: Api, supervisor: Asker, write: Write) -> None:
    write(AlarmRaised(alarm="psap.no_line", subject="emergency", text="No line can call 112."))
    asked = {**WORK, "alarm": "psap.no_line", "subject": ""}
    refused = supervisor.post(QUIET, json=asked)
    assert verdict(refused) == (409, "never_quiet")
    everything = {**WORK, "subject": "", "node": NODE}
    assert supervisor.post(QUIET, json=everything).status_code == 204
    api.followed()
    (one,) = api.read_model.alarms.views(CLOCK.now_us())
    assert one.quiet_us is None


@each("wrong", [{"subject": ""}, {"reason": " "}, {"minutes": 0}, {"minutes": 1441}, {"alarm": "x" * 65}])
def test_planned_work_is_of_something_for_a_reason_and_for_a_day_at_most(
    supervisor: Asker, wrong: dict[str, object]
) -> None:
    assert supervisor.post(QUIET, json={**WORK, **wrong}).status_code == 400


def test_the_history_has_each_time_and_what_came_most_first(marta: Asker, write: Write) -> None:
    over = AlarmCleared(alarm="line.no_sim", subject="L1")
    node_lost = AlarmRaised(alarm="node.lost", subject="b", text="Node b is away.")
    write(raised(), over, raised(), raised(), over, node_lost)
    write(raised(), NodeStarted(version="1", pid=1))

    def asked(**query: str) -> tuple[list[tuple[str, bool]], list[tuple[str, int]]]:
        found = marta.get(PAST, params=query).json()
        listed = [(one["subject"], one["over_us"] is None) for one in found["episodes"]]
        return listed, [(one["subject"], one["times"]) for one in found["often"]]

    listed, counted = asked()
    assert (len(listed), counted) == (4, [("L1", 3), ("b", 1)])
    assert not any(stands for _, stands in listed), "with its node's start all of it is over"
    assert asked(search="nodo")[1] == [("b", 1)]
    assert asked(search="no_sim", days="1")[1] == [("L1", 3)]


Tell = Callable[..., None]
RAISED = Instant(CLOCK.now_us() - 30 * SECOND)
ALARM = CalloutAlarm(alarm="line.no_sim", subject="L1", node=NODE, raised_at=RAISED)
OPENED = CalloutOpened(callout="c1", alarms=(ALARM,))


@pytest.fixture
def tell(api: Api) -> Tell:
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


def test_a_console_is_told_who_is_called_by_name_and_nobody_s_number(api: Api, tell: Tell) -> None:
    tell(
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


def test_the_past_alarms_have_the_callouts_of_the_time(marta: Asker, tell: Tell) -> None:
    tell(
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


def test_what_ended_more_than_a_day_ago_is_told_no_more(api: Api, tell: Tell) -> None:
    tell(
        OPENED, CalloutEnded(callout="c1", why=CalloutEnd.OVER), CalloutOpened(callout="c2", alarms=(ALARM,))
    )
    known, now_us = api.read_model.callouts, CLOCK.now_us()
    assert [one.id for one in callouts.recent_callouts(known, now_us)] == ["c2", "c1"]
    assert [one.id for one in callouts.recent_callouts(known, Instant(now_us + callouts.DAY))] == ["c2"]
    assert [one.id for one in callouts.since(known, Instant(now_us + callouts.DAY))] == ["c2"]
