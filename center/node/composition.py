"""The parts of a node: the class of each actor, and the environment of all actors.

This module has the only list of the actors. The list has names of classes rather than classes: the command
line and the web must not import the actor system, and the Supervisor must not import the actors.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from messages.ids import NodeId, Role
from model.feature import ActorRow, Feature, installed
from model.setup import Setup
from runtime import wall_clock
from runtime.clock import SystemClock
from runtime.system.spec import ActorSpec, Plan, WorkerSpec
from store.database.dialect import is_server

if TYPE_CHECKING:
    from runtime.environment import CommitListener, Environment
    from store.journal.journal import Journal

SUPERVISOR: Final = "actors.supervisor.actor.SupervisorActor"
GSM_MODEM: Final = "gateways.gsm.line.actor.GsmModemActor"

SERVER_BACK_WITHIN_S: Final = 6.0
"""Longest wait of a starting actor for the database's server, in seconds; shorter than the limit for its
start.
"""

POOLS: Final = "pools"
MODEMS: Final = "modems"
INTAKE: Final = "intake"

_SINGLETONS: Final[tuple[tuple[Role, str, str], ...]] = (
    # AlertIntake is first: its decision determines the number of workers to start.
    (Role.ALERT_INTAKE, "actors.alert_intake.actor.AlertIntakeActor", INTAKE),
    (Role.IDENTIFIER, "actors.identifier.actor.IdentifierActor", POOLS),
    (Role.OPERATOR_POOL, "actors.operator_pool.actor.OperatorPoolActor", POOLS),
    (Role.TRUNK_POOL, "actors.trunk_pool.actor.TrunkPoolActor", POOLS),
    (Role.OPERATOR_LINES, "actors.operator_lines.actor.OperatorLinesActor", POOLS),
    (Role.DEADLINE_WATCHDOG, "actors.deadline_watchdog.actor.DeadlineWatchdogActor", POOLS),
)
_KEEPER: Final = ActorSpec(
    role=Role.FALLBACK_KEEPER,
    cls="actors.fallback_keeper.actor.FallbackKeeperActor",
    group="keeper",
    # No call waits for this actor: a hanging disk must not end other actors.
    critical=False,
)
_MEMBERSHIP: Final = ActorSpec(
    role=Role.MEMBERSHIP,
    cls="actors.membership.actor.MembershipActor",
    group="membership",
    # A node that is no member decides and dials nothing, and its calls continue.
    critical=False,
)
_RECORDINGS: Final = ActorSpec(
    role=Role.HOUSEKEEPER,
    cls="actors.housekeeper.actor.HousekeeperActor",
    group="recordings",
    critical=False,
)
VOICE_GATE: Final = ActorSpec(
    role=Role.VOICE_GATE,
    cls="actors.voice_gate.actor.VoiceGateActor",
    group="voice",
    # Alerts of this node use the lines of this node without the gate.
    critical=False,
)
"""Gate for the voices of other nodes. The gate and this node's bridges need `Environment.node_voice`."""

_PRELOADED: Final[tuple[str, ...]] = (
    "numpy",
    "cryptography.hazmat.primitives.ciphers.aead",
    "store.journal.journal",
    "store.journal.following",
    "store.registry.registry",
    "gateways.gsm.dialects.loading:installed_dialects",
    "store.database.dialect:prepare_all",
    "media.sound.sound_file:prepare",
)
_WITH_POSTGRESQL: Final = ("store.database.postgresql:prepare_all",)


def preloaded(made: Plan, journal_url: str) -> tuple[str, ...]:
    """Return the modules to import, and functions to call, before the actor system forks: an actor then
    starts in milliseconds.
    """
    actors = (name.rpartition(".")[0] for name in class_names(made))
    return (*actors, *_PRELOADED, *(_WITH_POSTGRESQL if is_server(journal_url) else ()))


def plan(setup: Setup, *, shared: bool = False) -> Plan:
    """Return all that the Supervisor keeps running. A modem that cannot start ends no other actor.

    With `shared` the journal is in PostgreSQL, without a fallback journal and a FallbackKeeper
    (docs/decisions/0009). This node is then one of several members, and the bridges of the other members
    need the voices of this node.
    """
    modems = tuple(
        ActorSpec(role=Role.GSM_MODEM, key=line.line, cls=GSM_MODEM, group=MODEMS, critical=False)
        for line in setup.settings.lines
    )
    beside = (
        *((_MEMBERSHIP, VOICE_GATE) if shared else (_KEEPER,)),
        _RECORDINGS,
        *(_of_feature(one, row) for one in installed() for row in one.actors if row.wanted(setup.settings)),
    )
    singletons = tuple(ActorSpec(role=role, cls=path, group=group) for role, path, group in _SINGLETONS)
    return Plan(
        far_journal=shared,
        actors=(*singletons, *beside, *modems),
        workers=WorkerSpec(
            case="actors.alert_case.actor.AlertCaseActor",
            leg="actors.call_leg.actor.CallLegActor",
            bridge="actors.conference_bridge.actor.ConferenceBridgeActor",
            mixer="actors.mixer.actor.MixerActor",
            live=setup.settings.limits.live_cases,
            idle=setup.settings.limits.idle_workers,
        ),
    )


def _of_feature(feature: Feature, row: ActorRow) -> ActorSpec:
    """Return the spec of a feature's actor, in a group of its own: no alert waits for the actor."""
    key = feature.name if row.role is Role.FEATURE else ""
    return ActorSpec(role=row.role, key=key, cls=row.cls, group=key or row.role, critical=False)


def environment(
    *, node: NodeId, state: Path, journal_url: str, anchor_us: int, setup: Setup, plan: Plan
) -> Environment:
    """Return the environment that every actor of this node receives."""
    from runtime.environment import Environment
    from runtime.published.directory import FileDirectory
    from runtime.published.peers import FilePeers, PeerBook
    from store.errors import JournalUnavailable

    clock = SystemClock(anchor_us)
    run = state / "run"
    shared = is_server(journal_url)

    def open_journal() -> Journal:
        until_s = time.monotonic() + (SERVER_BACK_WITHIN_S if shared else 0.0)
        while True:
            try:
                return journal_opened(journal_url, node, clock, run)
            except JournalUnavailable:
                # An actor that died at once would end its group, and then the node.
                if time.monotonic() > until_s:
                    raise
                time.sleep(0.2)

    def listen() -> CommitListener | None:
        from store.nodes.listening import CommitListener

        return CommitListener(journal_url, node) if shared else None

    return Environment(
        node=node,
        state=state,
        clock=clock,
        directory=FileDirectory(run),
        open_journal=open_journal,
        journal_url=journal_url,
        peers=FilePeers(run) if shared else PeerBook(),
        address=setup.settings.cluster.address,
        listen=listen,
        settings=setup,
        plan=plan,
        clock_settles=wall_clock.settles,
    )


def journal_opened(url: str, node: NodeId, clock: SystemClock, run: Path) -> Journal:
    """Open the journal for the calling process, with its fallback. Raises JournalError."""
    from store.journal.journal import Journal
    from store.journal.notify import SocketNotifier

    notify = SocketNotifier(run / "notify")
    return Journal.open(url, node=node, clock=clock.now_us, notify=notify, fallback=run)


def class_names(made: Plan) -> Sequence[str]:
    """Return every class that the plan names, once, to check that all exist."""
    workers = made.workers
    of_workers = (workers.case, workers.leg, workers.bridge) if workers is not None else ()
    return tuple(dict.fromkeys((SUPERVISOR, *(spec.cls for spec in made.actors), *of_workers)))
