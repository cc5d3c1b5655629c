"""What operators on lines of their own do: on the line at once, they have to say that they are there."""

from __future__ import annotations

from messages.ids import OperatorCommand, Party
from model.orders.effects import refusal
from tests.scenarios.test_flow import joined
from tests.scenarios.world import World


def speaks(world: World) -> None:
    """Whoever is on the line, and of whom nothing is proved by that, says *I take it*."""
    for leg in world.case.of(Party.OPERATOR):
        who = leg.operator
        if who is None or not leg.answered or leg.confirmed or who == world.case.operator:
            continue
        if refusal(world.case, OperatorCommand.TAKE, who, world.settings) is None:
            world.order(OperatorCommand.TAKE, who)


def to_talking(world: World) -> None:
    """An alert, up to the conversation."""
    world.send()
    world.until("somebody is on the line", lambda: any(leg.answered for leg in world.case.of(Party.OPERATOR)))
    speaks(world)
    world.until("operator and user are joined", lambda: len(joined(world)) == 2)
