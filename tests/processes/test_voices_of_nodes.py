"""Two whole nodes with one journal: an alert of the one, an operator's headset at the other (S6, case 17).

Each has a carrier of its own: the user's phone is the first one's, and no phone of the operator's rings.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from messages import events as ev
from tests.support.center import OPERATOR, USER, Center, center, simulation
from tests.support.headset import Headset, headset
from tests.support.hearing import TONES
from tests.support.postgres import PostgresServer
from tests.support.tones_heard import SAID_DB, hears

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]
HERS, USERS = TONES[OPERATOR], TONES[USER]
WITHIN_DB = 3.0
"""Her voice is taken from 16 kHz to 8 and back."""


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
        f'node = "{name}"\n[journal]\nurl = "{url}"\n[operator]\nline = "headset"\n'
        "[limits]\nlive_cases = 2\nidle_crews = 1\n"
    )
    world = world.replace('name = "sim', f'name = "{name}-sim')
    return stack.enter_context(center(folder, world, "--config", str(settings), journal_url=url))


def they_hear_each_other(made: Center, she: Headset) -> bool:
    """Each just now the other, and not herself."""
    return (
        hears(made, USER, {HERS}, forbidden={USERS})
        and abs(she.level_db(USERS) - SAID_DB) <= WITHIN_DB
        and she.level_db(HERS) < SAID_DB - 40
    )


def test_s06_s17_she_is_heard_from_another_node_and_goes_on_at_the_alerts_own(
    tmp_path: Path, stack: ExitStack, postgres: PostgresServer
) -> None:
    url = postgres.url(postgres.database())
    a = node(stack, tmp_path, "a", url, simulation(public=3, emergency=0))
    b = node(stack, tmp_path, "b", url, simulation(public=1, emergency=0))
    # The second node has made the demo operator's newest token; it is good for both.
    token = (b.state.path / "keys" / "demo-operator.token").read_text().strip()
    there = stack.enter_context(ExitStack())
    she = there.enter_context(headset(b.address, token, HERS))
    a.until("a's doctor knows of it", lambda: "has her headset on" in a.cli("doctor").stdout)
    alert = a.send()
    a.until("she is heard, so it is hers", lambda: a.case(alert).operator)
    a.until("operator and user are joined", lambda: a.joined(alert) == {"operator", "user"})
    leg = a.case(alert).operator_leg
    assert leg is not None
    assert leg.line == "headset:demo"
    assert leg.voice is not None
    assert leg.voice.kind == "node"
    a.until("they hear each other", lambda: they_hear_each_other(a, she))
    there.close()
    she = stack.enter_context(headset(a.address, token, HERS))
    a.until("they hear each other again", lambda: they_hear_each_other(a, she), within_s=10)
    leg = a.case(alert).operator_leg
    assert leg is not None
    assert leg.voice is not None
    assert leg.voice.kind == "unix"
    assert not [one for one in a.recorded(alert) if isinstance(one.event, ev.LegReleased)]
    assert a.calls(OPERATOR) == b.calls(OPERATOR) == []
    assert len(a.calls(USER)) == 1
    assert a.order(alert, "declare_false_alarm", token=token).status_code == 202
    a.until("it is closed", lambda: a.case(alert).closed_at)
