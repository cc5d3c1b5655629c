"""Parts of the center's own checks, and the row of a check."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from application.state.state_dir import NodeFile, StateDir
from messages.rows import Sentence
from model.checks import Check, CheckUser, Cost, Finding
from model.settings import Settings


class Wants(Enum):
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
class Around:
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

    def has(self, want: Wants) -> bool:
        match want:
            case Wants.STATE:
                return self.fault is None
            case Wants.SETTINGS:
                return self.known is not None
            case Wants.MODEMS:
                return not self.simulated
            case Wants.RUNNING:
                return self.node is not None


class Look(Check[Around, Iterator[Finding]], frozen=True, kw_only=True):
    """A check of the center's own."""

    wants: tuple[Wants, ...]
    """Conditions of the check: `doctor` leaves the check out if one is missing."""


def look(
    name: str,
    at: Sentence,
    do: Sentence,
    by: Callable[[Around], Iterator[Finding]],
    *wants: Wants,
    cost: Cost = Cost.FILES,
    asked: tuple[CheckUser, ...] = (CheckUser.DOCTOR,),
) -> Look:
    """Return the row of a check."""
    return Look(name=name, at=at, do=do, look=by, wants=wants, cost=cost, asked=frozenset(asked))
