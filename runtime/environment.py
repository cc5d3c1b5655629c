"""Environment of an actor: made by the composition root before the system starts, inherited by every fork."""

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
"""Name of a file in the run directory, present while the node is draining; empty if the node then ends."""
STAYS = b"stays"
"""Content of that file if the drained node must stay up."""
DRAINED = "drained"
"""Name of a file in the run directory, present once a draining node is empty."""
AGAIN = "again"
"""Name of a file in the run directory that orders an immediate restart of the node."""


class CommitListener(Protocol):
    """Listener for commits of other nodes to the shared journal."""

    def fileno(self) -> int:
        """Return a descriptor that is readable after a commit."""
        ...

    def drain(self) -> tuple[int, Collection[str]] | None:
        """Return the highest place in the journal received since the last call, and its streams; None if
        nothing.
        """
        ...

    def close(self) -> None:
        """Stop listening."""
        ...


class Faults(Protocol):
    """Faults of message delivery, for tests in one process."""

    def __call__(self, envelope: Envelope, role: Role | None, key: str) -> Sequence[float]:
        """Return the delivery delays in seconds, one per delivery: `(0,)` as usual, `()` lost, `(0, 0)`
        twice.

        `role` and `key` are the receiver's; `role` is None for a receiver without a role.
        """
        ...


@dataclass(frozen=True, kw_only=True)
class NodeVoice:
    """Parameters of the voice exchange between this node and the others."""

    secret: bytes = field(repr=False)
    """Secret shared by all nodes and by no other party, 32 bytes."""
    host: str = "127.0.0.1"
    """Address of this node on the nodes' private network."""
    port: int = 0
    """Port of the VoiceGate; 0: its previous port, or any free one."""
    public: bool = False
    """True if `host` may be an address of the internet."""

    def __post_init__(self) -> None:
        # Checked at the start of the node, not by the first alert with a voice on another node's line.
        if len(self.secret) != 32:
            raise WrongEnvironment(f"the nodes' secret must have 32 bytes, not {len(self.secret)}")


@dataclass(kw_only=True)
class Environment:
    """Everything that an actor needs and does not make itself."""

    node: NodeId
    state: Path
    """State directory."""
    clock: Clock
    directory: Directory
    open_journal: Callable[[], object]
    """Opens the journal for the calling process; see `open_journal_as`."""
    journal_url: str = ""
    """URL of the journal, for the FallbackKeeper; empty if there is none."""
    settings: object = None
    """Settings for the actors; see `settings_as`."""
    plan: Plan = field(default_factory=Plan)
    """Actors for the Supervisor to run."""
    peers: PeerBook = field(default_factory=PeerBook)
    """Other nodes; empty for a node without a cluster."""
    address: str = "127.0.0.1"
    """Private address of the node, on which its actors listen."""
    listen: Callable[[], CommitListener | None] = lambda: None
    """Opens a listener for commits of other nodes, for the calling process; None if no other node writes."""
    node_voice: NodeVoice | None = None
    """Voice exchange with other nodes; None for a node without a cluster."""
    actor_secret: bytes = field(default_factory=partial(secrets.token_bytes, 32), repr=False)
    """Secret that authenticates messages between the center's actors; the same on all nodes."""
    clock_settles: Callable[[], bool] = lambda: False
    """True if the machine has just started and is about to set its wall clock: timed jobs then wait."""
    processes: Processes = field(default_factory=OwnProcesses)
    faults: Faults | None = None

    @property
    def draining(self) -> bool:
        """True if this node accepts no new alerts, and ends once it has none."""
        return (self.run / DRAINING).exists()

    @property
    def run(self) -> Path:
        """Directory for files that do not outlast the node: directory of actors, sockets, links."""
        return self.state / "run"

    @property
    def logs(self) -> Path:
        """Directory of the logs."""
        return self.state / "logs"

    def open_journal_as(self, kind: type[T]) -> T:
        """Open the journal, of this type. Raises WrongEnvironment if it has another type."""
        journal = self.open_journal()
        if not isinstance(journal, kind):
            raise WrongEnvironment(f"the journal is a {type(journal).__name__}, not a {kind.__name__}")
        return journal

    def settings_as(self, kind: type[T]) -> T:
        """Return the settings, of this type. Raises WrongEnvironment for settings of another type."""
        if not isinstance(self.settings, kind):
            raise WrongEnvironment(f"the settings are {type(self.settings).__name__}, not {kind.__name__}")
        return self.settings


_installed: Environment | None = None


def install(environment: Environment) -> None:
    """Set the environment of this process and of all processes forked from it."""
    global _installed
    _installed = environment


def current() -> Environment:
    """Return the environment of this process. Raises WrongEnvironment if none was installed."""
    if _installed is None:
        raise WrongEnvironment("no environment was installed before the actor system started")
    return _installed
