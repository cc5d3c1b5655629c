"""Content of a heartbeat: whether this node would serve an alert now, and its alarms.

Whether the node would serve is measured for each heartbeat and never stored, so that a frozen node sends
nothing: a heartbeat needs a recent answer of the web, and a write lock of the journal taken and released.
"""

from __future__ import annotations

import http.client
from collections.abc import Callable
from itertools import chain
from pathlib import Path
from typing import Final

import msgspec

from features.watcher.beat import UnwellReason
from messages.base import MALFORMED
from messages.events import AlarmShelved, AlertClosed
from messages.ids import SECOND, CalloutKind, Instant, NodeId
from messages.journal import Recorded, is_kind
from messages.rows import Sentence
from model.alarms.active import Key
from model.alarms.book import AlarmBook, AlarmKey
from model.alarms.kind import Wakes
from model.alarms.table import waking_of
from model.callouts.callout import Callouts
from model.checks import Check, CheckUser, Cost
from runtime.local_http import WEB_SOCKET, LocalConnection
from runtime.published.directory import Directory
from runtime.system.spec import Plan
from store import streams
from store.alarms import active_alarm_events, last_node_start
from store.callouts import recent_callout_events
from store.errors import JournalError
from store.journal.journal import Journal, Transaction

ANSWERS_WITHIN_S: Final = 5.0
BEATS_WITHIN_US: Final = 15 * SECOND
"""The Supervisor beats each second; less often on a busy machine."""


class Readiness(msgspec.Struct, frozen=True, kw_only=True):
    """The fields of the response of `/readyz` that are used here (`gateways.http.routes.health`)."""

    ready: bool
    lines: int = 0


class Measurement(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of the web. `None`: no answer."""

    readiness: Readiness | None


def look(run: Path) -> Measurement:
    """Query the web. Blocks for five seconds at most."""
    connection = LocalConnection(run / WEB_SOCKET, ANSWERS_WITHIN_S)
    try:
        connection.request("GET", "/readyz", headers={"accept": "application/json"})
        said = connection.getresponse().read()
        return Measurement(readiness=msgspec.json.decode(said, type=Readiness))
    except (OSError, http.client.HTTPException, *MALFORMED):
        return Measurement(readiness=None)
    finally:
        connection.close()


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """Data from which a heartbeat is made."""

    looked: Measurement
    journal: Journal
    directory: Directory
    plan: Plan
    now_us: Instant


def _ready(seen: Evidence) -> bool:
    readiness = seen.looked.readiness
    return readiness is None or readiness.ready


def _writes(seen: Evidence) -> bool:
    journal = seen.journal
    try:
        journal.transact(_nothing)
        journal.last_seq()
    except JournalError:
        return False
    return journal.durable


def _nothing(tx: Transaction) -> None:
    """Take and release the write lock without an event: one in ten seconds is three million a year."""


def _are_there(seen: Evidence) -> bool:
    directory = seen.directory
    if seen.now_us - directory.beaten_us() > BEATS_WITHIN_US:
        return False
    found = (directory.find(spec.role, spec.key) for spec in seen.plan.actors if spec.critical)
    return all(entry is not None and entry.ready for entry in found)


def _well(
    name: UnwellReason, cost: Cost, at: Sentence, do: Sentence, look: Callable[[Evidence], bool]
) -> Check[Evidence, bool]:
    return Check(name=name, at=at, do=do, cost=cost, asked=frozenset({CheckUser.HEARTBEAT}), look=look)


CHECKS: Final = (
    _well(
        UnwellReason.WEB,
        Cost.WORK,
        Sentence("The web answers", "Il web risponde"),
        Sentence("Read the web's log; restart the center", "Guardare il log del web; riavviare il centro"),
        lambda seen: seen.looked.readiness is not None,
    ),
    _well(
        UnwellReason.NOT_READY,
        Cost.WORK,
        Sentence(
            "The web reports that an alert would be served", "Il web dice che un allarme sarebbe servito"
        ),
        Sentence("Read the answer of /readyz", "Guardare che cosa dice /readyz"),
        _ready,
    ),
    _well(
        UnwellReason.JOURNAL,
        Cost.FILES,
        Sentence(
            "The journal is writable, readable and on the disk",
            "Il registro concede il lucchetto di scrittura, si legge, ed è su disco",
        ),
        Sentence(
            "Free space, or repair the disk or the database", "Fare spazio, o riparare il disco o il database"
        ),
        _writes,
    ),
    _well(
        UnwellReason.ACTORS,
        Cost.MEMORY,
        Sentence(
            "The essential actors run, and are supervised",
            "Ci sono gli attori di cui nessun allarme può fare a meno, e qualcuno li sorveglia",
        ),
        Sentence(
            "Read the Supervisor's log; restart the center",
            "Guardare il log del Supervisor; riavviare il centro",
        ),
        _are_there,
    ),
)


def wrong_now(seen: Evidence) -> tuple[UnwellReason, ...]:
    """Return the node's faults; empty if well. Waits for the journal like a process that serves an alert."""
    return tuple(UnwellReason(check.name) for check in CHECKS if not check.look(seen))


class NodeStatus:
    """Further content of a heartbeat: the node's alarms, whether people have taken them, and planned work.

    The state is computed event by event (a fold), starting with the active alarms. Applying an event twice
    does not change the result.
    """

    def __init__(self, journal: Journal, node: NodeId) -> None:
        """Read the active alarms. Raises JournalError."""
        self._node = node
        self._stream = streams.node(node)
        self._book = AlarmBook(lambda _: True)
        self._callouts = Callouts()
        start = last_node_start(journal, node)
        self.began: Instant | None = None if start is None else start.at_us
        """Start time of the node: heartbeats of others could not be received before."""
        told = (
            journal.read(streams.SHELF),
            recent_callout_events(journal)[1],
            active_alarm_events(journal, node),
        )
        for recorded in chain(*told):
            self.apply(recorded)

    def apply(self, recorded: Recorded) -> None:
        """Apply the next event."""
        if recorded.stream in (self._stream, streams.SHELF):
            self._book.apply(self._node, recorded)
        elif recorded.stream == streams.DUTY:
            self._callouts.apply(recorded)
        elif is_kind(recorded.event, AlertClosed):
            alert = streams.alert_of(recorded.stream)
            if alert is not None:
                self._book.closed(alert)

    def stands(self) -> list[Key]:
        """Return the node's active alarms."""
        return [(alarm, subject) for _, alarm, subject in self._book.stand()]

    def taken(self) -> bool:
        """Return True if all alarms that wake people are taken, or acknowledged at a console."""
        # The newest callout counts: a callout taken some days ago does not cover a new one.
        has: dict[AlarmKey, bool] = {
            one.key: callout.taken
            for callout in (*self._callouts.ended, *self._callouts.open)
            if callout.kind is CalloutKind.ALARM
            for one in callout.alarms
        }
        # A lost line wakes people only if few lines are left.
        waking = [
            key
            for key in self._book.stand()
            if waking_of(key[1]) is Wakes.AT_ONCE or (waking_of(key[1]) is Wakes.FEW_LEFT and key in has)
        ]
        seen = {key for key in waking if self._book.told[key].seen_at is not None}
        return bool(waking) and all(key in seen or has.get(key, False) for key in waking)

    def shelved(self, now_us: Instant) -> list[AlarmShelved]:
        """Return the shelved alarms."""
        return self._book.shelf.at(now_us)
