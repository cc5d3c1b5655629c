"""Where an actor works: given by the composition root before the system starts, inherited by every fork."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

from messages.envelope import Envelope
from messages.ids import NodeId, Role
from runtime.clock import Clock
from runtime.errors import WrongEnvironment
from runtime.processes import OwnProcesses, Processes
from runtime.published.directory import Directory
from runtime.published.peers import PeerBook
from runtime.system.spec import Plan

T = TypeVar("T")

DRAINING = "draining"
"""A file in the run directory: there while the node is drained; empty where it then ends."""
STAYS = b"stays"
"""What it holds where the node is to stay, with nothing to do."""
DRAINED = "drained"
"""Another: there once it has nothing left."""
AGAIN = "again"
"""Another: there where the node is to start again at once."""


class CommitListener(Protocol):
    """Hears what other nodes have committed to the shared journal."""

    def fileno(self) -> int:
        """Readable when there may be something new."""
        ...

    def drain(self) -> tuple[int, Collection[str]] | None:
        """The highest place in the journal that was heard since, and in which streams; None: nothing."""
        ...

    def close(self) -> None:
        """Listen no more."""
        ...


class Faults(Protocol):
    """What becomes of a message on its way, for tests in one process."""

    def __call__(self, envelope: Envelope, role: Role | None, key: str) -> Sequence[float]:
        """After how many seconds it is delivered, once for each: `(0,)` as usual, `()` lost, `(0, 0)` twice.

        `role` and `key` are the receiver's; None for one that has no role.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class NodeVoice:
    """How this node and the others have each other's voices."""

    secret: bytes = field(repr=False)
    """32 bytes that all nodes know and nobody else."""
    host: str = "127.0.0.1"
    """This node's address on the network that only the nodes reach."""
    port: int = 0
    """Where its VoiceGate listens; 0: where it has listened before, or at any that is free."""
    public: bool = False
    """Whether `host` may be an address of the internet."""

    def __post_init__(self) -> None:
        # Found at the start of the node, and not by the first alert that stands on another one's line.
        if len(self.secret) != 32:
            raise WrongEnvironment(f"the nodes' secret has 32 bytes, not {len(self.secret)}")


@dataclass(kw_only=True)
class Environment:
    """Everything that an actor needs and does not make itself."""

    node: NodeId
    state: Path
    """The state directory."""
    clock: Clock
    directory: Directory
    open_journal: Callable[[], object]
    """Opens the journal for the calling process; see `open_journal_as`."""
    journal_url: str = ""
    """Where it is, for the one who keeps it; empty where nobody does."""
    settings: object = None
    """What the composition root wants the actors to know; see `settings_as`."""
    plan: Plan = field(default_factory=Plan)
    """What the Supervisor keeps running."""
    peers: PeerBook = field(default_factory=PeerBook)
    """The other nodes; none where this one is alone."""
    address: str = "127.0.0.1"
    """The node's private address: what its actors listen on."""
    listen: Callable[[], CommitListener | None] = lambda: None
    """Listens to what other nodes commit, for the calling process; None where nobody else writes."""
    node_voice: NodeVoice | None = None
    """None: this node is by itself."""
    actor_secret: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)
    """By which an actor knows that a message is from one of ours; of several nodes the same."""
    clock_settles: Callable[[], bool] = lambda: False
    """Whether the machine has just begun and is about to set its wall clock: what goes by the hour waits."""
    processes: Processes = field(default_factory=OwnProcesses)
    faults: Faults | None = None

    @property
    def draining(self) -> bool:
        """Whether this node is to take no more alerts, and to end when it has none."""
        return (self.run / DRAINING).exists()

    @property
    def run(self) -> Path:
        """The directory for what does not outlast the node: directory, sockets, links."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """The directory for logs."""
        return self.state / "logs"

    def open_journal_as(self, kind: type[T]) -> T:
        """A journal of this kind, newly opened. Raises WrongEnvironment where there is another."""
        journal = self.open_journal()
        if not isinstance(journal, kind):
            raise WrongEnvironment(f"the journal is a {type(journal).__name__}, not a {kind.__name__}")
        return journal

    def settings_as(self, kind: type[T]) -> T:
        """The settings, which are of this kind. Raises WrongEnvironment where they are not."""
        if not isinstance(self.settings, kind):
            raise WrongEnvironment(f"the settings are {type(self.settings).__name__}, not {kind.__name__}")
        return self.settings


_installed: Environment | None = None


def install(environment: Environment) -> None:
    """Make this the environment of this process and of all that are forked from it."""
    global _installed
    _installed = environment


def current() -> Environment:
    """The environment of this process. Raises WrongEnvironment where none was installed."""
    if _installed is None:
        raise WrongEnvironment("no environment was installed before the actor system started")
    return _installed
