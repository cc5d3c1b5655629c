"""Parts of the center's own checks, and the row of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from application.state.state_dir import NodeFile, StateDir
from messages.rows import Sentence
from model.checks import Check, CheckUser, Cost, Finding
from model.settings import Settings


class CheckCondition(Enum):
    """Condition that a check requires."""

    STATE = auto()
    """A usable state directory."""
    SETTINGS = auto()
    """Readable settings."""
    MODEMS = auto()
    """Real modems: no simulated carrier."""
    RUNNING = auto()
    """A running center."""


@dataclass(frozen=True, kw_only=True)
class CheckContext:
    """A state directory with the known data of its center. `fault`: reason why the directory is unusable."""

    state: StateDir
    node: NodeFile | None
    known: Settings | None
    """Settings, including the simulation's modems; None if they cannot be read."""
    simulated: bool
    fault: str | None = None

    @property
    def settings(self) -> Settings:
        """Settings, for a check that requires them."""
        assert self.known is not None
        return self.known

    def has(self, want: CheckCondition) -> bool:
        match want:
            case CheckCondition.STATE:
                return self.fault is None
            case CheckCondition.SETTINGS:
                return self.known is not None
            case CheckCondition.MODEMS:
                return not self.simulated
            case CheckCondition.RUNNING:
                return self.node is not None


class CenterCheck(Check[CheckContext, Iterator[Finding]], frozen=True, kw_only=True):
    """A check of the center's own."""

    wants: tuple[CheckCondition, ...]
    """Conditions of the check: `doctor` leaves the check out if one is missing."""


def check_row(
    name: str,
    at: Sentence,
    do: Sentence,
    by: Callable[[CheckContext], Iterator[Finding]],
    *wants: CheckCondition,
    cost: Cost = Cost.FILES,
    asked: tuple[CheckUser, ...] = (CheckUser.DOCTOR,),
) -> CenterCheck:
    """Return the row of a check."""
    return CenterCheck(name=name, at=at, do=do, look=by, wants=wants, cost=cost, asked=frozenset(asked))
