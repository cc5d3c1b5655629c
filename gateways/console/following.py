"""Follows the journal on the event loop and keeps the picture up to date; tells whoever wants to know.

Woken by the journal's own notifier, never by asking again and again. During a storm several commits
are taken together, so that showing costs little of what accepting needs.
"""

from __future__ import annotations

import asyncio
import signal
from typing import Final, Protocol

from gateways.console.picture import Change, Picture
from messages.events import AlertReopened, DialogueSaid, PersonalDataChanged
from messages.ids import AlertId, Instant, UserId
from messages.journal import Recorded, is_kind
from model.alert.case import Case
from model.telling.sheet import Sheet
from runtime import logs
from runtime.clock import Clock
from store import streams
from store.alarms import since_started
from store.alerts.sheets import read
from store.callouts import told_lately
from store.errors import JournalError, JournalRenumbered
from store.journal.following import Follower
from store.journal.journal import Journal
from store.journal.rebuild import rebuild
from store.nodes.members import members

TOGETHER_S: Final = 0.01
"""The least time between two looks at the journal."""
LOOK_AGAIN_S: Final = 1.0
"""A hint can be lost with the machine's memory, and a failed read has to be tried again."""
BATCH: Final = 500
SHOWN: Final = ("inbox-", "alert-", "operator-", "line-", "service-", "node-", "shelf-", "duty-")
"""Streams whose events are handed on. Numbers and who saw whose data are nobody's who only looks."""


class Batch:
    """What one look at the journal has brought."""

    def __init__(self) -> None:
        self.events: list[tuple[Recorded, AlertId | None]] = []
        self.alerts: dict[AlertId, None] = {}
        self.shown: dict[AlertId, None] = {}
        """Those of the alerts that the consoles are told of, and those that have come in; see
        `screen.Listed`.
        """
        self.checks: dict[AlertId, None] = {}
        """Checks, of which their phones are told and no console is."""
        self.gone: list[AlertId] = []
        self.persons: set[UserId] = set()
        """Of whom something was changed in the registry."""
        self.operators = self.lines = self.alarms = self.callouts = False

    def add(self, recorded: Recorded, change: Change) -> None:
        """One event, and what it has changed."""
        self.events.append((recorded, change.alert))
        if change.alert is not None:
            self.alerts[change.alert] = None
        self.operators |= change.operators
        self.lines |= change.lines
        self.alarms |= change.alarms
        self.callouts |= change.callouts

    def merge(self, later: Batch) -> None:
        """What came after, put together with this."""
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


class Onlooker(Protocol):
    """Somebody who wants to know."""

    def changed(self, batch: Batch) -> None:
        """The picture has changed. Called on the loop; must not wait."""


class Following:
    """The journal followed. `load` first, in any thread; `start` within the loop."""

    def __init__(self, journal: Journal, clock: Clock) -> None:
        self.journal = journal
        self.clock = clock
        self.picture = Picture()
        self.loaded = asyncio.Event()
        """Set once the picture is complete; until then an alert may be missing from it."""
        self._follower: Follower | None = None
        self._onlookers: list[Onlooker] = []
        self._waiting: dict[AlertId, set[asyncio.Future[None]]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._reading = False
        self._last_s = float("-inf")
        self.log = logs.get("console.following")

    def load(self) -> None:
        """Read what is open now; takes as long as there are open alerts. Raises JournalError."""
        picture = Picture()
        seq = rebuild(self.journal, _Fold(picture))
        nodes = {self.journal.node}
        if self.journal.shared:
            # What is wrong at the other nodes is shown here, too.
            nodes |= {other.node for other in members(self.journal)}
        for node in nodes:
            for recorded in since_started(self.journal, node):
                picture.apply(recorded)
        for recorded in (*self.journal.read(streams.SHELF), *told_lately(self.journal)[1]):
            picture.apply(recorded)
        picture.seq = seq
        self.picture = picture

    def start(self) -> None:
        """Go on from where `load` has ended."""
        self._loop = asyncio.get_running_loop()
        self._follower = Follower(self.journal, self.picture.seq)
        self.loaded.set()
        # What happened while it was read is in the picture already, and will be no news.
        self.wake_all()
        self._look()

    def stop(self) -> None:
        """Follow no more; whoever waits is told to look."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._follower is not None:
            self._watch(False)
            self._follower.close()
            self._follower = None
        self.wake_all()

    def wake_all(self) -> None:
        """Tell everybody who waits to look."""
        for alert in list(self._waiting):
            self._wake(alert)

    def add(self, onlooker: Onlooker) -> None:
        """Tell this one from now on."""
        self._onlookers.append(onlooker)

    def remove(self, onlooker: Onlooker) -> None:
        """Tell this one no more."""
        if onlooker in self._onlookers:
            self._onlookers.remove(onlooker)

    async def change_of(self, alert: AlertId, within_s: float) -> None:
        """Return when something has happened in this alert, or after this time, or when following ends."""
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
        """The alert as far as the picture has it, else as the journal tells. Raises JournalError."""
        known = self.picture.alerts.get(alert)
        if known is not None:
            return known.case
        sheet = self.fresh(alert)
        return None if sheet is None else sheet.case

    def proved_open(self, most: int) -> bool:
        """Whether at least so many proved alerts are open, as far as it has followed."""
        return self.picture.proved_open(most)

    def fresh(self, alert: AlertId) -> Sheet | None:
        """The alert as the journal tells at this moment. Raises JournalError."""
        return read(self.journal, alert)

    def _look(self) -> None:
        """Read what is new, then wait for more: at once for a single event, after a pause in a storm."""
        assert self._loop is not None
        self._timer = None
        if self._follower is None:
            return
        self._last_s = self._loop.time()
        batch = Batch()
        pause_s = LOOK_AGAIN_S
        try:
            read = self._follower.next_batch(BATCH)
        except JournalRenumbered as error:
            # What the picture and the consoles know has other places now: all of it is read anew.
            self.log.error("the web starts again", reason=str(error))
            signal.raise_signal(signal.SIGTERM)
            return
        except JournalError as error:
            self.log.error("the journal cannot be read", reason=str(error))
            # Until the next look by itself: the descriptor stays readable.
            self._watch(False)
        else:
            if len(read) == BATCH:
                pause_s = 0
            for recorded in read:
                self._take(recorded, batch)
            self.picture.seq = max(self.picture.seq, self._follower.seq)
            self._watch(True)
        batch.gone = self.picture.forget(self.clock.now_us())
        self._timer = self._loop.call_later(pause_s, self._look)
        if batch:
            self._tell(batch)

    def _take(self, recorded: Recorded, batch: Batch) -> None:
        try:
            change = self._bring_back(recorded) or self.picture.apply(recorded)
        except Exception:
            # One event that cannot be shown must not end the showing of all others.
            self.log.exception("an event cannot be shown", seq=recorded.seq, stream=recorded.stream)
            return
        if change.check and change.alert is not None:
            batch.checks[change.alert] = None
        elif recorded.stream.startswith(SHOWN):
            batch.add(recorded, change)
        elif isinstance(recorded.event, PersonalDataChanged):
            # Whoever has the alert reads what was just entered, and not what was there when it came.
            user = UserId(recorded.stream.removeprefix("user-"))
            changed = dict.fromkeys(self.picture.person_changed(user, recorded.seq))
            batch.persons.add(user)
            batch.alerts |= changed
            batch.shown |= changed

    def _bring_back(self, recorded: Recorded) -> Change | None:
        """Put in an alert that is reopened, or written in, after the picture has let go of it."""
        alert = streams.alert_of(recorded.stream)
        event = recorded.event
        back = is_kind(event, AlertReopened) or (isinstance(event, DialogueSaid) and not event.by)
        if not back or alert is None or alert in self.picture.alerts:
            return None
        self.picture.load(alert, self.journal.read_streams(streams.inbox(alert), streams.case(alert)))
        return Change(alert)

    def _woken(self) -> None:
        assert self._loop is not None
        wait_s = self._last_s + TOGETHER_S - self._loop.time()
        if self._timer is not None:
            self._timer.cancel()
        if wait_s <= 0:
            self._look()
        else:
            # The descriptor stays readable; not watched it does not wake the loop over and over.
            self._watch(False)
            self._timer = self._loop.call_later(wait_s, self._look)

    def _watch(self, on: bool) -> None:
        assert self._loop is not None
        if self._follower is None or on == self._reading:
            return
        self._reading = on
        if on:
            self._loop.add_reader(self._follower.fileno(), self._woken)
        else:
            self._loop.remove_reader(self._follower.fileno())

    def _tell(self, batch: Batch) -> None:
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
    """The picture, for those who fill folds and ask nothing back."""

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def apply(self, recorded: Recorded) -> None:
        self._picture.apply(recorded)


def late(case: Case, now_us: Instant) -> bool:
    """Whether it is a real alert past its deadline with the user not reached."""
    return not case.test and case.awaits_deadline and case.deadline_at < now_us
