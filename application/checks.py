"""What the center's own looks are made of, and the row of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import Enum, auto

from application.state.state_dir import NodeFile, StateDir
from messages.rows import Sentence
from model.checks import Asker, Check, Cost, Finding
from model.settings import Settings


class Wants(Enum):
    """What a look cannot do without."""

    STATE = auto()
    """A state directory that can be used."""
    SETTINGS = auto()
    """Settings that can be read."""
    MODEMS = auto()
    """Real ones: not a simulated carrier."""
    RUNNING = auto()
    """A center that runs."""


@dataclass(frozen=True, kw_only=True)
class Around:
    """A state directory, and what is known of its center. `fault`: why the directory cannot be used."""

    state: StateDir
    node: NodeFile | None
    known: Settings | None
    """The settings, with the simulation's modems; None where they cannot be read."""
    simulated: bool
    fault: str | None = None

    @property
    def settings(self) -> Settings:
        """For a look that wants them."""
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
    """Without one of these `doctor` leaves it out."""


def look(
    name: str,
    at: Sentence,
    do: Sentence,
    by: Callable[[Around], Iterator[Finding]],
    *wants: Wants,
    cost: Cost = Cost.FILES,
    asked: tuple[Asker, ...] = (Asker.DOCTOR,),
) -> Look:
    """Return the row of a look."""
    return Look(name=name, at=at, do=do, look=by, wants=wants, cost=cost, asked=frozenset(asked))
