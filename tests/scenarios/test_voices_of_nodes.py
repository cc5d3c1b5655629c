"""An operator's own voice, headset or nailed-up call, that stands at another node than the alert."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from actors.call_leg.own_voice import FOLLOWS_WITHIN_US
from actors.membership.actor import MembershipActor
from actors.operator_lines.headset import BLINK_US
from actors.operator_lines.nailed import SILENT_US
from messages import events as ev
from messages.base import VoicePort
from messages.ids import SECOND, OperatorCommand, OperatorId, OperatorLine, Party, Role, ShiftState
from model.alert.leg import Leg
from model.orders.effects import refusal
from model.settings import Settings
from runtime.published.voice_files import HEADSET
from store import streams
from tests.scenarios.headsets import Headsets
from tests.scenarios.nodes import Cluster, cluster
from tests.scenarios.world import OPERATORS, SETTINGS, USER
from tests.support.depth import every
from tests.support.settings import changed

pytestmark = pytest.mark.scenario
BOTH = {Party.OPERATOR, Party.USER}
BLINK_S = BLINK_US / SECOND


def settings(line: OperatorLine) -> Settings:
    return changed(SETTINGS, {"operator.line": line})


class Place:
    """Nodes, and the headsets of the operators at each of them; the first operator's is at b."""

    def __init__(self, nodes: Cluster, stack: ExitStack) -> None:
        self.nodes = nodes
        self.operator = nodes.operators[0]
        self.headsets = {name: Headsets(node.env.run) for name, node in nodes.nodes.items()}
        for each in self.headsets.values():
            stack.callback(each.close)

    def connect(self, operator: OperatorId, at: str, *, told: bool = True) -> None:
        """The operator's browser is at this node now, whose web says so."""
        self.headsets[at].connect(operator)
        if told:
            self.nodes.notify.committed(0, [f"{HEADSET}-{operator}"])
        self.nodes.run()

    def disconnect(self, operator: OperatorId, at: str) -> None:
        """It is there no more."""
        self.headsets[at].disconnect(operator)
        self.nodes.notify.committed(0, [f"{HEADSET}-{operator}"])
        self.nodes.run()


def speaks(nodes: Cluster, at: str) -> None:
    """Whoever is on the line, and of whom nothing is proved by that, says *I take it*."""
    for leg in nodes.case.of(Party.OPERATOR):
        who = leg.operator
        if who is None or not leg.answered or leg.confirmed or who == nodes.case.operator:
            continue
        if refusal(nodes.case, OperatorCommand.TAKE, who, nodes.settings) is None:
            nodes.order(OperatorCommand.TAKE, at, who)


def on_the_line(nodes: Cluster) -> Leg | None:
    """The call of an operator who hears what goes on."""
    return next((leg for leg in nodes.case.of(Party.OPERATOR) if leg.answered), None)


def to_talking(nodes: Cluster, at: str = "a") -> Leg:
    """An alert of this node, up to the conversation."""
    nodes.send(at)
    nodes.until("she is on the line", lambda: on_the_line(nodes), 3)
    speaks(nodes, at)
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH)
    leg = nodes.case.operator_leg
    assert leg is not None
    return leg


def told(nodes: Cluster, kind: type[ev.Event]) -> list[ev.Event]:
    """The alert's events of this kind."""
    recorded = nodes.journal.read_streams(streams.inbox(nodes.alert), streams.case(nodes.alert))
    return [one.event for one in recorded if isinstance(one.event, kind)]


def gate(nodes: Cluster, at: str, name: str) -> VoicePort:
    return VoicePort(path=f"{nodes.nodes[at].gate}/{name}", kind="node")


def voice(nodes: Cluster) -> VoicePort | None:
    """Where the bridge has the voice of the operator who has the case."""
    leg = nodes.case.operator_leg
    return None if leg is None else leg.voice


def ends(nodes: Cluster, at: str) -> None:
    nodes.order(OperatorCommand.DECLARE_FALSE_ALARM, at)
    nodes.until("the alert is closed", lambda: nodes.case.closed_at is not None)


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as made:
        yield made


MakePlace = Callable[..., Place]


@pytest.fixture
def make_place(tmp_path: Path, stack: ExitStack) -> MakePlace:
    def make(*, operators: int = 1, nodes: str = "ab", connected: bool = True) -> Place:
        lines = {name: (3, 1) if name in "ab" else (0, 0) for name in nodes}
        made = cluster(tmp_path, lines, operators=operators, settings=settings(OperatorLine.HEADSET))
        place = Place(stack.enter_context(made), stack)
        if connected:
            place.connect(place.operator, "b")
            place.nodes.advance(1.0)
        return place

    return make


@pytest.fixture
def place(make_place: MakePlace) -> Place:
    """Two nodes, and the operator's headset at the second."""
    return make_place()


# -------------------------------------------------------------------------------------------- headsets


def test_s04_a_headset_at_another_node_has_the_alert_at_once_and_no_phone_rings(place: Place) -> None:
    nodes, operator = place.nodes, place.operator
    nodes.send("a")
    nodes.advance(0.2)
    leg = on_the_line(nodes)
    assert leg is not None, nodes.story()
    assert (nodes.owner, leg.line, leg.confirmed) == ("a", f"headset:{operator}", False)
    assert leg.voice == gate(nodes, "b", f"voice/{operator}.sock")
    speaks(nodes, "b")
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH)
    nodes.advance(15)
    assert nodes.calls(OPERATORS[0]) == []
    ends(nodes, "b")


def test_a_headset_that_has_just_come_is_known_at_every_node_within_half_a_second(
    make_place: MakePlace,
) -> None:
    place = make_place(connected=False)
    nodes, operator = place.nodes, place.operator
    nodes.advance(6)  # longer than a blink; everybody has just looked
    place.connect(operator, "b")
    nodes.advance(0.5)
    nodes.send("a")
    nodes.advance(0.2)
    leg = on_the_line(nodes)
    assert leg is not None, nodes.story()
    assert leg.line == f"headset:{operator}"


def test_s17_the_operator_s_node_dies_and_the_operator_is_called_on_the_phone_while_the_user_stays(
    place: Place,
) -> None:
    nodes, operator = place.nodes, place.operator
    to_talking(nodes)
    place.headsets["b"].kill_web()
    nodes.lose("b")
    nodes.until("she is lost", lambda: told(nodes, ev.OperatorLeft), 3 + FOLLOWS_WITHIN_US / SECOND)
    nodes.until("she is called on her phone", lambda: nodes.calls(OPERATORS[0]), 2)
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH, 15)
    assert nodes.case.operator == operator
    assert len(nodes.calls(USER)) == 1, "the user stays on the line"
    ends(nodes, "a")


@pytest.mark.parametrize("owner", ["a", "b"])
def test_s17_the_operator_s_node_dies_and_the_page_goes_on_at_another_and_nobody_is_called(
    make_place: MakePlace, owner: str
) -> None:
    """Five seconds after its death, whether the alert was that node's, too, or another one's."""
    place = make_place(nodes="abc")
    nodes, operator = place.nodes, place.operator
    to_talking(nodes, owner)
    place.headsets["b"].kill_web()
    nodes.lose("b").advance(5.0)
    place.connect(operator, "c")
    newest = gate(nodes, "c", f"voice/{operator}.sock")
    if nodes.owner == "c":
        newest = VoicePort(
            path=str(place.headsets["c"].path(operator)), rate_hz=16_000, frame_bytes=640, kind="unix"
        )
    nodes.until("she is heard there", lambda: voice(nodes) == newest, 2)
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH, 20)
    assert told(nodes, ev.OperatorLeft) == []
    assert nodes.calls(OPERATORS[0]) == []
    assert len(nodes.calls(USER)) == (1 if owner == "a" else 2)
    ends(nodes, "a")


@pytest.mark.parametrize("to", ["a", "c"])
def test_s17_a_headset_that_goes_on_at_another_node_is_heard_again_and_nobody_is_called(
    make_place: MakePlace, to: str
) -> None:
    place = make_place(nodes="abc")
    nodes, operator = place.nodes, place.operator
    to_talking(nodes)
    place.disconnect(operator, "b")
    nodes.advance(1.0)
    place.connect(operator, to)
    there = (
        str(place.headsets["a"].path(operator))
        if to == "a"
        else gate(nodes, "c", f"voice/{operator}.sock").path
    )
    nodes.until("she is heard there", lambda: (port := voice(nodes)) and port.path == there, 2)
    nodes.advance(2 * BLINK_S)
    assert nodes.joined == BOTH
    assert told(nodes, ev.LegReleased) == told(nodes, ev.OperatorLeft) == told(nodes, ev.LegAdopted) == []
    place.disconnect(operator, to)
    place.connect(operator, "b")
    back = gate(nodes, "b", f"voice/{operator}.sock")
    nodes.until("she is heard where she was before", lambda: voice(nodes) == back, 2)
    nodes.advance(2 * BLINK_S)
    assert nodes.joined == BOTH, nodes.story()
    assert nodes.calls(OPERATORS[0]) == []
    ends(nodes, "b")


def test_s17_who_is_back_in_the_last_instant_is_lost_to_no_node_that_does_not_know_it_yet(
    place: Place,
) -> None:
    """The node that was left says that the headset is lost; the operator's leg knows better already."""
    nodes, operator = place.nodes, place.operator
    to_talking(nodes)
    place.disconnect(operator, "b")
    nodes.advance(BLINK_S - 0.05)
    place.connect(operator, "a")
    nodes.advance(2 * BLINK_S)
    assert told(nodes, ev.LegReleased) == [], nodes.story()
    assert nodes.joined == BOTH
    ends(nodes, "a")


def test_s17_a_headset_that_stays_away_at_another_node_loses_the_operator(place: Place) -> None:
    nodes, operator = place.nodes, place.operator
    to_talking(nodes)
    place.disconnect(operator, "b")
    took_s = nodes.until("she is lost", lambda: told(nodes, ev.OperatorLeft), 6)
    assert took_s >= BLINK_S - 0.2
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH, 15)
    assert len(nodes.calls(OPERATORS[0])) == 1
    assert len(nodes.calls(USER)) == 1
    ends(nodes, "a")


@pytest.mark.parametrize(
    ("at", "role"),
    [("b", Role.OPERATOR_LINES), ("b", Role.MEMBERSHIP), ("a", Role.CALL_LEG), ("a", Role.ALERT_CASE)],
)
def test_s13_killed_in_an_alert_nothing_ends(place: Place, at: str, role: Role) -> None:
    nodes = place.nodes
    to_talking(nodes)
    env = nodes.nodes[at].env
    struck = [one for one in env.directory.all_of(role) if role is not Role.CALL_LEG or one.alert]
    for entry in struck:
        env.processes.kill(entry.pid, entry.born)
    assert struck
    nodes.advance(20)
    assert nodes.joined == BOTH, nodes.story()
    assert told(nodes, ev.LegReleased) == []
    ends(nodes, "b")


def test_what_a_dead_operator_lines_has_said_is_told_for_three_seconds_more(place: Place) -> None:
    nodes, operator = place.nodes, place.operator
    b = nodes.nodes["b"]
    member = b.system.actor(Role.MEMBERSHIP, "", MembershipActor)
    assert member is not None
    left = [one for one in b.env.directory.read() if one.role is not Role.OPERATOR_LINES]
    nodes.freeze("b").advance(2.8)
    assert [voice.operator for voice in member._voices(left)] == [operator]
    nodes.advance(0.4)
    assert member._voices(left) == ()
    assert [voice.operator for voice in member._voices(b.env.directory.read())] == [operator]


def test_what_a_lost_node_had_is_taken_over_with_the_operator_on_the_headset(place: Place) -> None:
    """The voice is at the node that takes the alert over: it stays joined, and the user is called again."""
    nodes, operator = place.nodes, place.operator
    to_talking(nodes)
    nodes.lose("a")
    nodes.until("b has the alert", lambda: nodes.owner == "b", 3)
    own = str(place.headsets["b"].path(operator))
    nodes.until("she is heard here", lambda: (port := voice(nodes)) and port.path == own, 3)
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH, 20)
    assert nodes.calls(OPERATORS[0]) == []
    assert told(nodes, ev.OperatorLeft) == []
    ends(nodes, "b")


def test_nobody_new_is_called_on_a_headset_at_a_node_that_is_drained_and_who_talks_goes_on(
    place: Place,
) -> None:
    nodes = place.nodes
    to_talking(nodes)
    nodes.drain("b").advance(5)
    assert nodes.joined == BOTH
    assert not nodes.is_drained("b"), "a voice that a conversation needs stands there"
    ends(nodes, "b")
    nodes.until("b has nothing left", lambda: nodes.is_drained("b"), 5)
    nodes.send("a")
    nodes.until("her phone rings", lambda: nodes.calls(OPERATORS[0]), 5)


# -------------------------------------------------------------------------------------------- nailed up


def with_a_standing_call(
    tmp_path: Path, stack: ExitStack, lines: dict[str, tuple[int, int]], at: str = "b"
) -> Cluster:
    """The operator's shift is at this node, and the call stands."""
    made = cluster(tmp_path, lines, settings=settings(OperatorLine.NAILED_UP), on_shift=False)
    nodes = stack.enter_context(made)
    nodes.shift(nodes.operators[0], at)
    nodes.until("her call stands", lambda: [c for c in nodes.live_calls() if c.answered_at_s is not None], 25)
    nodes.advance(2.0)
    return nodes


def standing(nodes: Cluster) -> list[str]:
    """The lines on which the operator is called, or talks."""
    return [str(call.line) for call in nodes.live_calls() if call.to == OPERATORS[0]]


def test_s04_a_call_nailed_up_at_another_node_has_the_alert_at_once(tmp_path: Path, stack: ExitStack) -> None:
    nodes = with_a_standing_call(tmp_path, stack, {"a": (5, 1), "b": (5, 1)})
    (line,) = standing(nodes)
    assert line.startswith("b-"), "the nearest"
    nodes.send("a")
    nodes.advance(0.2)
    leg = on_the_line(nodes)
    assert leg is not None, nodes.story()
    assert (nodes.owner, leg.line) == ("a", f"nailed:{nodes.operators[0]}")
    assert leg.voice == gate(nodes, "b", line)
    speaks(nodes, "b")
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH)
    ends(nodes, "b")
    nodes.advance(20)
    assert len(nodes.calls(OPERATORS[0])) == 1
    assert standing(nodes) == [line]
    for name in nodes.nodes:
        said = [one.event for one in nodes.journal.read(streams.node(nodes.nodes[name].env.node))]
        assert not [one for one in said if isinstance(one, ev.AlarmRaised)], f"a false alarm at {name}"


def test_s17_the_node_of_the_operator_s_standing_call_dies_and_the_operator_is_called_while_the_user_stays(
    tmp_path: Path, stack: ExitStack
) -> None:
    nodes = with_a_standing_call(tmp_path, stack, {"a": (5, 1), "b": (5, 1)})
    to_talking(nodes)
    nodes.lose("b")
    took_s = nodes.until("she is lost", lambda: told(nodes, ev.OperatorLeft), 6)
    assert took_s < SILENT_US / SECOND, "nobody waits for a modem that is no more"
    nodes.until("operator and user are joined", lambda: nodes.joined == BOTH, 20)
    assert [line[0] for line in standing(nodes)] == ["a"]
    assert len(nodes.calls(USER)) == 1, "the user stays on the line"
    ends(nodes, "a")
    nodes.until("her call stands again", lambda: len(standing(nodes)) == 1, 30)


@pytest.mark.parametrize("owner", every(2, ["d", "a"]))
def test_s17_who_keeps_the_operator_s_call_dies_and_it_stands_on_a_line_that_is_left(
    tmp_path: Path, stack: ExitStack, owner: str
) -> None:
    """Another node takes the call over from its modem: the operator was not away, whose alert ever it is."""
    lines = {"a": (0, 0), "b": (0, 0), "c": (5, 1), "d": (0, 0)}
    nodes = with_a_standing_call(tmp_path, stack, lines)
    assert standing(nodes) == ["c-2"]
    to_talking(nodes, owner)
    nodes.lose("b").advance(20)
    assert nodes.joined == BOTH, nodes.story()
    assert told(nodes, ev.LegReleased) == told(nodes, ev.OperatorLeft) == []
    assert len(nodes.calls(OPERATORS[0])) == 1
    ends(nodes, owner)
    nodes.advance(20)
    assert len(nodes.calls(OPERATORS[0])) == 1


def test_case_09_a_line_of_a_call_that_another_node_keeps_gives_way(tmp_path: Path, stack: ExitStack) -> None:
    """Three lines: one for callers, one nailed up. The third breaks just when the user is to be called."""
    nodes = with_a_standing_call(tmp_path, stack, {"a": (3, 0), "b": (0, 0)})
    (nailed_line,) = standing(nodes)
    spare = next(line for line in ("a-2", "a-3") if line != nailed_line)
    nodes.network.unplug(spare)
    nodes.advance(5).shift(nodes.operators[0], "b", ShiftState.PAUSED).advance(1)
    nodes.send("a")
    nodes.until("her phone rings", lambda: nodes.case.rang_at is not None, 50)
    assert [call.line for call in nodes.calls(USER)] == [nailed_line]
