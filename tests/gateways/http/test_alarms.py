"""Who has seen an alarm, by HTTP: for all nodes and consoles, as it was shown, and once."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.context import Web
from messages.events import AlarmCleared, AlarmRaised, AlarmSeen, Event
from messages.ids import Instant, NodeId
from store import streams
from store.journal.journal import Append
from tests.gateways.http.place import CLOCK, NODE, Place
from tests.waiting import wait_until

Client = TestClient[Litestar]
SEEN = "/v1/alarms/seen"
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
