"""Follower of the journal on the event loop: keeps the read model current and notifies its listeners.

The journal's notifier wakes the follower, which does not poll. In a storm several commits are read together,
so that showing alerts costs little of the capacity for accepting them.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Final, Protocol

from gateways.console.read_model import Change, ReadModel
from messages.events import AlertReopened, DialogueSaid, PersonalDataChanged
from messages.ids import AlertId, Instant, UserId
from messages.journal import Recorded, is_kind
from model.alert.case import Case
from model.telling.sheet import Sheet
from runtime import logs
from runtime.clock import Clock
from store import streams
from store.alarms import active_alarm_events
from store.alerts.sheets import read_sheet
from store.callouts import recent_callout_events
from store.errors import JournalError, JournalRenumbered
from store.journal.following import Follower
from store.journal.journal import Journal
from store.journal.rebuild import rebuild
from store.nodes.members import members

TOGETHER_S: Final = 0.01
"""Least time between two reads of the journal, in seconds."""
POLL_S: Final = 1.0
"""Time until a read without notification, in seconds: a notification can be lost, and a failed read needs a
retry.
"""
BATCH: Final = 500
SHOWN: Final = ("inbox-", "alert-", "operator-", "line-", "service-", "node-", "shelf-", "duty-")
"""Streams with published events. The others, such as those of numbers, are for no console."""


class Batch:
    """Changes from one read of the journal."""

    def __init__(self) -> None:
        self.events: list[tuple[Recorded, AlertId | None]] = []
        self.alerts: dict[AlertId, None] = {}
        self.shown: dict[AlertId, None] = {}
        """Alerts among these that consoles receive, and alerts that have become visible; see
        `screen.Listed`.
        """
        self.checks: dict[AlertId, None] = {}
        """Checks; their phones are notified and consoles are not."""
        self.gone: list[AlertId] = []
        self.persons: set[UserId] = set()
        """Persons with changed data in the registry."""
        self.operators = self.lines = self.alarms = self.callouts = False

    def add(self, recorded: Recorded, change: Change) -> None:
        """Add an event, and its change of the read model."""
        self.events.append((recorded, change.alert))
        if change.alert is not None:
            self.alerts[change.alert] = None
        self.operators |= change.operators
        self.lines |= change.lines
        self.alarms |= change.alarms
        self.callouts |= change.callouts

    def merge(self, later: Batch) -> None:
        """Add the changes of a later batch."""
        self.events += later.events
        self.alerts |= later.alerts
        self.checks |= later.checks
        self.shown |= later.shown
        self.gone += later.gone
        self.persons |= later.persons
        self.operators |= later.operators
        self.lines |= later.lines
        self.alarms |= later.alarms
        self.callouts |= later.callouts

    def __bool__(self) -> bool:
        return bool(self.events or self.gone or self.shown or self.checks)


class ChangeListener(Protocol):
    """A listener for changes of the read model."""

    def changed(self, batch: Batch) -> None:
        """Handle changes of the read model. Called on the loop; must not block."""


class JournalFollower:
    """The followed journal. Call `load` first, in any thread; then `start` on the loop."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.clock = clock
        self.read_model = ReadModel()
        self.loaded = asyncio.Event()
        """Event that is set once the read model is complete; before, alerts may be missing."""
        self._follower: Follower | None = None
        self._onlookers: list[ChangeListener] = []
        self._waiting: dict[AlertId, set[asyncio.Future[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reading = False
        self._last_s = float("-inf")
        self.log = logs.get("console.following")

    def load(self) -> None:
        """Read all open alerts; the duration grows with their number. Raises JournalError."""
        read_model = ReadModel()
        seq = rebuild(self.journal, _Fold(read_model))
        nodes = {self.journal.node}
        if self.journal.shared:
            # Alarms of the other nodes are shown at this node, too.
            nodes |= {other.node for other in members(self.journal)}
        for node in nodes:
            for recorded in active_alarm_events(self.journal, node):
                read_model.apply(recorded)
        for recorded in (*self.journal.read(streams.SHELF), *recent_callout_events(self.journal)[1]):
            read_model.apply(recorded)
        read_model.seq = seq
        self.read_model = read_model

    def start(self) -> None:
        """Follow the journal from the position that `load` has reached."""
        self._loop = asyncio.get_running_loop()
        self._follower = Follower(self.journal, self.read_model.seq)
        self.loaded.set()
        # Events that occurred during the load are in the read model already, and will not be published.
        self.wake_all()
        self._read_new_events()

    def stop(self) -> None:
        """Stop following, and wake all waiting requests."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._follower is not None:
            self._watch(False)
            self._follower.close()
            self._follower = None
        self.wake_all()

    def wake_all(self) -> None:
        """Wake all requests that wait for changes."""
        for alert in list(self._waiting):
            self._wake(alert)

    def add(self, onlooker: ChangeListener) -> None:
        """Notify this listener from now on."""
        self._onlookers.append(onlooker)

    def remove(self, onlooker: ChangeListener) -> None:
        """Stop notifying this listener."""
        if onlooker in self._onlookers:
            self._onlookers.remove(onlooker)

    async def change_of(self, alert: AlertId, within_s: float) -> None:
        """Wait until the alert has changed, the time has passed, or following ends."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        waiting = self._waiting.setdefault(alert, set())
        waiting.add(future)
        try:
            await asyncio.wait((future,), timeout=within_s)
        finally:
            waiting.discard(future)
            if not waiting and self._waiting.get(alert) is waiting:
                del self._waiting[alert]

    def case(self, alert: AlertId) -> Case | None:
        """Return the alert from the read model, else from the journal; None for an unknown alert. Raises
        JournalError.
        """
        known = self.read_model.alerts.get(alert)
        if known is not None:
            return known.case
        sheet = self.read_sheet_now(alert)
        return None if sheet is None else sheet.case

    def proved_open(self, most: int) -> bool:
        """Return True if at least `most` proved alerts are open in the read model."""
        return self.read_model.proved_open(most)

    def read_sheet_now(self, alert: AlertId) -> Sheet | None:
        """Return the alert as it is in the journal at this moment; None for an unknown alert. Raises
        JournalError.
        """
        return read_sheet(self.journal, alert)

    def _read_new_events(self) -> None:
        """Read new events, then schedule the next read: at once for a single event, after a pause
        in a storm.
        """
        assert self._loop is not None
        self._timer = None
        if self._follower is None:
            return
        self._last_s = self._loop.time()
        batch = Batch()
        pause_s = POLL_S
        try:
            read = self._follower.next_batch(BATCH)
        except JournalRenumbered as error:
            # Positions known to the read model and the consoles have changed: all must be read again.
            self.log.error("the web process restarts: the journal was renumbered", reason=str(error))
            signal.raise_signal(signal.SIGTERM)
            return
        except JournalError as error:
            self.log.error("the journal cannot be read", reason=str(error))
            # No watch until the next scheduled read: the descriptor stays readable.
            self._watch(False)
        else:
            if len(read) == BATCH:
                pause_s = 0
            for recorded in read:
                self._apply(recorded, batch)
            self.read_model.seq = max(self.read_model.seq, self._follower.seq)
            self._watch(True)
        batch.gone = self.read_model.forget(self.clock.now_us())
        self._timer = self._loop.call_later(pause_s, self._read_new_events)
        if batch:
            self._publish(batch)

    def _apply(self, recorded: Recorded, batch: Batch) -> None:
        try:
            change = self._reload_dropped_alert(recorded) or self.read_model.apply(recorded)
        except Exception:
            # An event that cannot be shown must not stop the others.
            self.log.exception(
                "the event cannot be shown at the consoles", seq=recorded.seq, stream=recorded.stream
            )
            return
        if change.check and change.alert is not None:
            batch.checks[change.alert] = None
        elif recorded.stream.startswith(SHOWN):
            batch.add(recorded, change)
        elif isinstance(recorded.event, PersonalDataChanged):
            # The operator of an alert sees the new data, instead of those at the time of the alert.
            user = UserId(recorded.stream.removeprefix("user-"))
            changed = dict.fromkeys(self.read_model.person_changed(user, recorded.seq))
            batch.persons.add(user)
            batch.alerts |= changed
            batch.shown |= changed

    def _reload_dropped_alert(self, recorded: Recorded) -> Change | None:
        """Load an alert again that is reopened, or receives a message of its user, after the read model has
        dropped the alert.
        """
        alert = streams.alert_of(recorded.stream)
        event = recorded.event
        back = is_kind(event, AlertReopened) or (isinstance(event, DialogueSaid) and not event.by)
        if not back or alert is None or alert in self.read_model.alerts:
            return None
        self.read_model.load(alert, self.journal.read_streams(streams.inbox(alert), streams.case(alert)))
        return Change(alert)

    def _on_notification(self) -> None:
        assert self._loop is not None
        wait_s = self._last_s + TOGETHER_S - self._loop.time()
        if self._timer is not None:
            self._timer.cancel()
        if wait_s <= 0:
            self._read_new_events()
        else:
            # The descriptor stays readable; without this the loop would be woken over and over.
            self._watch(False)
            self._timer = self._loop.call_later(wait_s, self._read_new_events)

    def _watch(self, on: bool) -> None:
        assert self._loop is not None
        if self._follower is None or on == self._reading:
            return
        self._reading = on
        if on:
            self._loop.add_reader(self._follower.fileno(), self._on_notification)
        else:
            self._loop.remove_reader(self._follower.fileno())

    def _publish(self, batch: Batch) -> None:
        for alert in (*batch.alerts, *batch.checks):
            if alert in self._waiting:
                self._wake(alert)
        for onlooker in list(self._onlookers):
            onlooker.changed(batch)

    def _wake(self, alert: AlertId) -> None:
        for future in self._waiting.pop(alert, ()):
            if not future.done():
                future.set_result(None)


class _Fold:
    """Adapter of the read model to callers that expect a fold without a result."""

    def __init__(self, read_model: ReadModel) -> None:
        self._read_model = read_model

    def apply(self, recorded: Recorded) -> None:
        self._read_model.apply(recorded)


def late(case: Case, now_us: Instant) -> bool:
    """Return True for a real alert past its deadline, with the user not reached."""
    return not case.test and case.awaits_deadline and case.deadline_at < now_us
