"""Two whole nodes with one journal: an alert of the one, an operator's headset at the other.

Each has a carrier of its own: the user's phone is the first one's, and no phone of the operator's rings.
"""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from application.state.processes import marked, send_signal
from messages import events as ev
from messages.ids import AlertId, LineId, NodeId
from model.alert.leg import Leg
from runtime.published.own_voices import is_at
from runtime.published.peers import FilePeers
from store import streams
from tests.support.center import OPERATOR, USER, Center, center, simulation
from tests.support.headset import Headset, headset
from tests.support.hearing import TONES
from tests.support.postgres import PostgresServer
from tests.support.tones_heard import SAID_DB, hears

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]
OPERATORS_HZ, USERS = TONES[OPERATOR], TONES[USER]
SECOND = "+393331112224"
"""A user of whom the first test knows nothing: a number's next alert so soon might be the same."""
WITHIN_DB = 3.0
"""The operator's voice is taken from 16 kHz to 8 and back."""


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


def node(stack: ExitStack, folder: Path, name: str, url: str, world: str) -> Center:
    """One of the two."""
    folder = folder / name
    folder.mkdir()
    settings = folder / "center.toml"
    settings.write_text(
        f'node = "{name}"\n[journal]\nurl = "{url}"\n[operator]\nline = "headset"\nwrap_up_s = 0\n'
        "[limits]\nlive_cases = 2\nidle_workers = 1\n"
    )
    world = world.replace('name = "sim', f'name = "{name}-sim')
    return stack.enter_context(center(folder, world, "--config", str(settings), journal_url=url))


def they_hear_each_other(made: Center, user: str, operator: Headset) -> bool:
    """Each just now the other, and no echo."""
    return (
        hears(made, user, {OPERATORS_HZ}, forbidden={USERS})
        and abs(operator.level_db(USERS) - SAID_DB) <= WITHIN_DB
        and operator.level_db(OPERATORS_HZ) < SAID_DB - 40
    )


@pytest.fixture(scope="module")
def both(
    tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer
) -> Iterator[tuple[Center, Center]]:
    """The nodes, the second of which the last test here kills."""
    url, folder = postgres.url(postgres.database()), tmp_path_factory.mktemp("voices")
    users: dict[str, dict[str, object]] = {phone: {"says": f"tone:{USERS:g}"} for phone in (USER, SECOND)}
    with ExitStack() as stack:
        a = node(stack, folder, "a", url, simulation(public=3, emergency=0, phones=users))
        b = node(stack, folder, "b", url, simulation(public=1, emergency=0))
        yield a, b


class Talk(NamedTuple):
    """Of a user with the operator at node b, whose page is connected until it is `there.close()`d."""

    a: Center
    b: Center
    alert: AlertId
    user: str
    there: ExitStack
    token: str


def talking(both: tuple[Center, Center], stack: ExitStack, user: str) -> Talk:
    """An alert of node a, and an operator at node b."""
    a, b = both
    # The second node has made the demo operator's newest token; it is good for both.
    token = (b.state.path / "keys" / "demo-operator.token").read_text().strip()
    there = stack.enter_context(ExitStack())
    operator = there.enter_context(headset(b.address, token, OPERATORS_HZ))
    book = FilePeers(a.state.run)
    a.until("a knows of it", lambda: is_at(book.places, LineId("headset:demo")))
    alert = a.send(user)
    a.until("she is heard, so it is hers", lambda: a.case(alert).operator)
    a.until("operator and user are joined", lambda: a.joined(alert) == {"operator", "user"})
    assert operators_leg(a, alert).line == "headset:demo"
    assert kind(a, alert) == "node"
    a.until("they hear each other", lambda: they_hear_each_other(a, user, operator))
    return Talk(a, b, alert, user, there, token)


def operators_leg(made: Center, alert: AlertId) -> Leg:
    leg = made.case(alert).operator_leg
    assert leg is not None
    return leg


def kind(made: Center, alert: AlertId) -> str:
    """Of the port at which the bridge has the operator's voice."""
    voice = operators_leg(made, alert).voice
    return "" if voice is None else voice.kind


def goes_on_at_the_alerts_own(talk: Talk, stack: ExitStack) -> None:
    """The operator's page is a's now: they hear each other, and nobody was called for it."""
    a, alert = talk.a, talk.alert
    operator = stack.enter_context(headset(a.address, talk.token, OPERATORS_HZ))
    a.until("they hear each other again", lambda: they_hear_each_other(a, talk.user, operator), within_s=10)
    assert kind(a, alert) == "unix"
    assert not [one for one in a.recorded(alert) if isinstance(one.event, ev.LegReleased)]
    assert a.calls(OPERATOR) == []
    assert len(a.calls(talk.user)) == 1
    assert a.order(alert, "declare_false_alarm", token=talk.token).status_code == 202
    a.until("it is closed", lambda: a.case(alert).closed_at)


def test_s06_s17_the_operator_is_heard_from_another_node_and_goes_on_at_the_alerts_own(
    both: tuple[Center, Center], stack: ExitStack
) -> None:
    talk = talking(both, stack, USER)
    talk.there.close()
    goes_on_at_the_alerts_own(talk, stack)
    assert talk.b.calls(OPERATOR) == []


def test_s17_the_operator_s_node_dies_and_the_operator_is_heard_again_as_soon_as_the_page_is_at_another(
    both: tuple[Center, Center], stack: ExitStack
) -> None:
    talk = talking(both, stack, SECOND)
    for process in sorted(marked(talk.b.state.path), key=lambda one: one.started):
        send_signal(process, signal.SIGKILL)
    talk.a.until("a knows that b is lost", lambda: "node.lost" in told(talk.a))
    talk.there.close()
    goes_on_at_the_alerts_own(talk, stack)


def told(made: Center) -> set[str]:
    """The alarms that a node has raised."""
    with made.journal() as journal:
        said = [one.event for one in journal.read(streams.node(NodeId("a")))]
    return {one.alarm for one in said if isinstance(one, ev.AlarmRaised)}
