"""The same trouble among several nodes where operators have voices of their own, which come, go and move.

What must hold besides: in peace every node knows where each operator's own voice is, and all say the same.
"""

from __future__ import annotations

from contextlib import ExitStack
from itertools import product
from pathlib import Path

import pytest

from messages.ids import NodeId, OperatorCommand, OperatorId, OperatorLine, Party, ShiftState
from model.orders.effects import refusal
from model.rules.calls.own_line import own_line
from model.settings import Settings
from model.settings.alerts import LimitsSettings, OperatorSettings
from model.settings.psap import PsapSettings
from runtime.published import voice_files
from runtime.published.own_voices import node_of
from tests.chaos.in_process.test_nodes import (
    LINES,
    MORE,
    Play,
    case_of,
    every_alert_has_ended,
    no_call_is_left,
)
from tests.scenarios.headsets import Headsets
from tests.scenarios.nodes import Cluster, cluster
from tests.scenarios.world import PSAP
from tests.support.depth import some

pytestmark = pytest.mark.scenario

COURSES = tuple(product((5, 61), (OperatorLine.HEADSET, OperatorLine.NAILED_UP)))


class VoicePlay(Play):
    # None is drained: such a node keeps a voice for who talks there, and for nobody else.
    KINDS = ("freeze", "freeze", "thaw", "thaw", "lose", "alert", "part", "part", "meet")
    """One course of things with headsets, or with standing calls of operators whose consoles are anywhere."""

    def __init__(self, nodes: Cluster, seed: int, stack: ExitStack) -> None:
        super().__init__(nodes, seed)
        self.log += [f"{nodes.settings.operator.line}"]
        self.headsets = {name: Headsets(node.env.run) for name, node in nodes.nodes.items()}
        for each in self.headsets.values():
            stack.callback(each.close)
        for operator in nodes.operators:
            self.arrive(operator)

    def places(self) -> list[str]:
        """Where a browser can be."""
        return [name for name, node in self.nodes.nodes.items() if node.running]

    def arrive(self, operator: OperatorId) -> None:
        """The operator's console is at one of the nodes that are left, and voice and shift with it."""
        at = self.random.choice(self.places())
        self.headsets[at].connect(operator)
        self.nodes.shift(operator, at)
        self.log.append(f"{self.nodes.network.now_s:7.2f} {operator} is at {at}")

    def is_somewhere(self, operator: OperatorId) -> bool:
        """Whether the operator's browser is at a node that is left."""
        for name, node in self.nodes.nodes.items():
            if node.lost:
                self.headsets[name].kill_web()
        return any(each.is_connected(operator) for each in self.headsets.values())

    def leave(self, operator: OperatorId) -> None:
        """The operator closes the browser, or its node has closed it."""
        for each in self.headsets.values():
            if each.is_connected(operator):
                each.disconnect(operator)

    def strike(self) -> None:
        """Or an operator moves; whoever has lost a node does so at the next occasion."""
        for operator in self.nodes.operators:
            if not self.is_somewhere(operator):
                self.arrive(operator)
            elif self.random.random() < 0.2:
                self.leave(operator)
                if self.random.random() < 0.7:
                    self.nodes.advance(self.random.choice((0.0, 1.0, 4.0)))
                    self.arrive(operator)
        super().strike()

    def work(self) -> None:
        """Besides, whoever hears what goes on says so."""
        at = next(name for name, node in self.nodes.nodes.items() if node.running)
        for alert in self.alerts:
            case = case_of(self.nodes, alert)
            for leg in case.of(Party.OPERATOR):
                who = leg.operator
                if who is None or not leg.answered or leg.confirmed or who == case.operator:
                    continue
                if refusal(case, OperatorCommand.TAKE, who, self.nodes.settings) is None:
                    self.nodes.alert = alert
                    self.nodes.order(OperatorCommand.TAKE, at, who)
                    break
        super().work()


def known_at(nodes: Cluster, operator: OperatorId, mode: OperatorLine) -> set[NodeId | None]:
    """Where each of the nodes that run takes the operator's voice to be."""
    line = own_line(operator, mode)
    assert line is not None
    running = [node for node in nodes.nodes.values() if node.running]
    return {
        node_of(line, voice_files.read(node.env.run), node.name, node.env.peers.places) for node in running
    }


@pytest.mark.timeout(240)
def test_whatever_happens_to_nodes_and_voices_every_alert_ends_and_all_know_where_the_operator_is(
    tmp_path: Path,
) -> None:
    for number, (seed, mode) in enumerate(some(1, COURSES)):
        state = tmp_path / str(number)
        state.mkdir()
        all_know_where_the_operator_is(seed, mode, state)


def all_know_where_the_operator_is(seed: int, mode: OperatorLine, state: Path) -> None:
    settings = Settings(
        psap=PsapSettings(number=PSAP),
        limits=LimitsSettings(idle_workers=1, live_cases=4),
        operator=OperatorSettings(line=mode),
    )
    behaviours = dict.fromkeys(MORE, "answer")
    made = cluster(state, LINES, operators=2, on_shift=False, behaviours=behaviours, settings=settings)
    with ExitStack() as stack, made as nodes:
        play = VoicePlay(nodes, seed, stack)
        play.run()
        every_alert_has_ended(play)
        for operator in nodes.operators:
            if mode is OperatorLine.NAILED_UP or not play.is_somewhere(operator):
                play.arrive(operator)
        for operator in nodes.operators:
            nodes.until(
                "all nodes know where she is, and say the same",
                lambda operator=operator: (
                    len(where := known_at(nodes, operator, mode)) == 1 and None not in where
                ),
                60,
            )
        at = play.places()[0]
        for operator in nodes.operators:
            nodes.shift(operator, at, ShiftState.OFF)
        nodes.advance(60)
        no_call_is_left(play)
