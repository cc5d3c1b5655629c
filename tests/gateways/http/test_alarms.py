"""Alarms by HTTP: who has seen one, what is kept quiet for planned work, and which there were."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages.events import AlarmCleared, AlarmRaised, AlarmSeen, Event, NodeStarted
from messages.ids import Instant, LineId, NodeId, TrunkId
from model.policy import LineSpec
from store import streams
from store.audit.entry import Action
from store.journal.journal import Append
from tests.gateways.http.place import CLOCK, NODE, Place, entered
from tests.waiting import wait_until

Client = TestClient[Litestar]
SEEN, QUIET, PAST = "/v1/alarms/seen", "/v1/alarms/quiet", "/v1/alarms/history"
WORK = {"subject": "L1", "minutes": 60, "reason": "the aerial is moved"}
Write = Callable[..., None]


@pytest.fixture
def write(web: Web, client: Client) -> Write:
    """Into a node's stream, until the web has read it."""

    def written(*events: Event, node: NodeId = NODE) -> None:
        web.journal.append(Append(streams.node(node), None, events))
        wait_until(lambda: web.following.picture.seq == web.journal.last_seq())

    return written


def raised(subject: str = "L1") -> AlarmRaised:
    return AlarmRaised(alarm="line.no_sim", subject=subject, text="no SIM")


def said(web: Web, *, moved_us: int = 0) -> list[dict[str, object]]:
    """All that stands, as a console shows it."""
    shown = web.following.picture.alarms.views(CLOCK.now_us())
    return [
        {"alarm": one.alarm, "subject": one.subject, "since_us": one.since_us + moved_us} for one in shown
    ]


def acknowledged(web: Web) -> list[tuple[str, AlarmSeen]]:
    found = web.journal.read_all(0, 1000)
    return [(one.stream, one.event) for one in found if isinstance(one.event, AlarmSeen)]


def test_an_alarm_is_seen_in_the_stream_of_each_node_that_has_raised_it(
    web: Web, client: Client, place: Place, write: Write
) -> None:
    write(raised())
    write(raised(), node=NodeId("b"))
    asked = {"alarms": said(web)}
    assert client.post(SEEN, json=asked, headers=place.operator()).status_code == 204
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    assert {stream for stream, _ in acknowledged(web)} == {streams.node(NODE), streams.node(NodeId("b"))}
    (one,) = web.following.picture.alarms.views(CLOCK.now_us(), alive={NODE})
    assert one.seen_by == place.marta
    written = len(acknowledged(web))
    assert client.post(SEEN, json=asked, headers=place.operator()).status_code == 204
    assert len(acknowledged(web)) == written, "once"


def test_what_is_over_and_was_not_seen_is_told_until_it_is(
    web: Web, client: Client, place: Place, write: Write
) -> None:
    write(raised(), raised("L2"))
    shown = said(web)
    write(AlarmCleared(alarm="line.no_sim", subject="L1"))
    alarms = web.following.picture.alarms
    assert [one.subject for one in alarms.over_views()] == ["L1"]
    assert client.post(SEEN, json={"alarms": shown}, headers=place.operator()).status_code == 204
    wait_until(lambda: not alarms.over_views())
    past = client.get(PAST, headers=place.operator()).json()["episodes"]
    assert {one["subject"]: one["seen_by"] for one in past} == {"L1": place.marta, "L2": place.marta}
    write(AlarmCleared(alarm="line.no_sim", subject="L2"))
    assert alarms.over_views() == []
    assert alarms.stand() == []


def test_raised_anew_since_it_was_shown_it_stays_unseen(
    web: Web, client: Client, place: Place, write: Write
) -> None:
    write(raised())
    asked = {"alarms": said(web, moved_us=-1)}
    assert client.post(SEEN, json=asked, headers=place.operator()).status_code == 204
    assert acknowledged(web) == []
    one = web.following.picture.alarms.views(Instant(0))[0]
    assert one.seen_us is None


@pytest.mark.parametrize(
    "asked", [{}, {"alarms": []}, {"alarms": [{"alarm": "x"}]}, {"alarms": [{"alarm": "x" * 65}]}]
)
def test_what_is_not_understood_and_who_is_nobody(
    client: Client, place: Place, asked: dict[str, object]
) -> None:
    assert client.post(SEEN, json=asked, headers=place.operator()).status_code == 400
    assert client.post(SEEN, json=asked).status_code == 401


def test_what_is_expected_is_quiet_until_then_and_comes_back_by_itself(
    web: Web, client: Client, supervisor: dict[str, str], write: Write
) -> None:
    write(raised(), raised("L2"))
    assert client.post(QUIET, json=WORK, headers=supervisor).status_code == 204
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    alarms, now_us = web.following.picture.alarms, CLOCK.now_us()
    first, second = alarms.views(now_us)
    assert first.quiet_us is not None
    assert (first.subject, first.quiet_us > now_us, second.quiet_us) == ("L1", True, None)
    metrics = client.get("/metrics").text
    assert 'securwoman_alarms{is="quiet",priority="soon"} 1.0' in metrics
    assert 'securwoman_alarms{is="unseen",priority="soon"} 1.0' in metrics
    assert alarms.views(first.quiet_us)[0].quiet_us is None
    assert alarms.quiet_views(first.quiet_us) == []
    (made,) = [one for one in entered(web) if one.action == Action.CHANGE_SETTINGS]
    assert (made.actor, made.detail) == ("marta-bianchi", "alarms kept quiet for 60 min: L1")


def test_of_a_line_it_is_told_whether_enough_of_its_kind_are_left(
    web: Web, client: Client, write: Write
) -> None:
    write(raised("L1"), raised("E1"))
    picture, now_us = web.following.picture, CLOCK.now_us()
    some = [LineSpec(line=LineId(f"L{n}"), trunk=TrunkId("public")) for n in range(9)]
    waits = picture.lines_that_wait([*web.settings.lines, *some], 1, now_us)
    assert [one.waits for one in picture.alarms.views(now_us, None, waits)] == [True, False]
    standing = 'securwoman_alarms_standing{alarm="line.no_sim",is="unseen",subject="L1"} 1.0'
    assert standing in client.get("/metrics").text, "of two one is left"


def test_it_is_heard_again_when_somebody_says_so(
    web: Web, client: Client, supervisor: dict[str, str], write: Write
) -> None:
    write(raised())
    assert client.post(QUIET, json=WORK, headers=supervisor).status_code == 204
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    assert client.delete(QUIET, params={"subject": "L2"}, headers=supervisor).status_code == 404
    assert client.delete(QUIET, params={"subject": "L1"}, headers=supervisor).status_code == 204
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    (one,) = web.following.picture.alarms.views(CLOCK.now_us())
    assert one.quiet_us is None


def test_what_a_user_in_danger_depends_on_is_never_quiet(
    web: Web, client: Client, supervisor: dict[str, str], write: Write
) -> None:
    write(AlarmRaised(alarm="psap.no_line", subject="emergency", text="No line can call 112."))
    asked = {**WORK, "alarm": "psap.no_line", "subject": ""}
    refused = client.post(QUIET, json=asked, headers=supervisor)
    assert (refused.status_code, refused.json()["code"]) == (409, "never_quiet")
    everything = {**WORK, "subject": "", "node": NODE}
    assert client.post(QUIET, json=everything, headers=supervisor).status_code == 204
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    (one,) = web.following.picture.alarms.views(CLOCK.now_us())
    assert one.quiet_us is None


@pytest.mark.parametrize(
    "wrong", [{"subject": ""}, {"reason": " "}, {"minutes": 0}, {"minutes": 1441}, {"alarm": "x" * 65}]
)
def test_planned_work_is_of_something_for_a_reason_and_for_a_day_at_most(
    client: Client, supervisor: dict[str, str], wrong: dict[str, object]
) -> None:
    assert client.post(QUIET, json={**WORK, **wrong}, headers=supervisor).status_code == 400


def test_operators_look_and_supervisors_order(client: Client, place: Place) -> None:
    assert client.post(QUIET, json=WORK, headers=place.operator()).status_code == 403
    assert client.delete(QUIET, params={"subject": "L1"}, headers=place.operator()).status_code == 403
    assert client.get(PAST, headers=place.operator()).status_code == 200
    assert client.get(PAST).status_code == 401


def test_the_history_has_each_time_and_what_came_most_first(
    client: Client, place: Place, write: Write
) -> None:
    over = AlarmCleared(alarm="line.no_sim", subject="L1")
    node_lost = AlarmRaised(alarm="node.lost", subject="b", text="Node b is away.")
    write(raised(), over, raised(), raised(), over, node_lost)
    write(raised(), NodeStarted(version="1", pid=1))

    def asked(**query: str) -> tuple[list[tuple[str, bool]], list[tuple[str, int]]]:
        found = client.get(PAST, params=query, headers=place.operator()).json()
        listed = [(one["subject"], one["over_us"] is None) for one in found["episodes"]]
        return listed, [(one["subject"], one["times"]) for one in found["often"]]

    listed, counted = asked()
    assert (len(listed), counted) == (4, [("L1", 3), ("b", 1)])
    assert not any(stands for _, stands in listed), "with its node's start all of it is over"
    assert asked(search="nodo")[1] == [("b", 1)]
    assert asked(search="no_sim", days="1")[1] == [("L1", 3)]
