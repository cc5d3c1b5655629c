"""The process that watches every deadline from the journal, whatever the cases do."""

from __future__ import annotations

from typing import ClassVar

from thespian.actors import ActorAddress

from actors.deadline_watchdog.decider import Verdict, look, next_deadline
from messages.cases import InboxChanged
from messages.envelope import Envelope
from messages.ids import Instant, Role
from model.live import LiveCases
from model.policy import Setup
from runtime.actor import CenterActor
from store import streams
from store.errors import JournalError
from store.following import Following
from store.journal import Append, Journal


class DeadlineWatchdogActor(CenterActor):
    """Forecasts and misses, written into the alerts' inboxes."""

    role: ClassVar[Role] = Role.DEADLINE_WATCHDOG

    def started(self) -> None:
        """Read what is open; from then on it is followed."""
        self._policy = self.env.settings_as(Setup).policy
        self._journal = self.env.open_journal_as(Journal)
        self._live = LiveCases()
        self._follower = Following(self._journal, self._live)
        self._look(self.now_us())

    def stopping(self) -> None:
        """Nothing of this actor's own has to last."""
        self._follower.close()
        self._journal.close()

    def receive(self, envelope: Envelope, sender: ActorAddress) -> None:
        """It listens to nobody but the journal."""
        self.log.warning("not for the watchdog", kind=type(envelope.body).__name__)

    def tick(self, now_us: Instant) -> None:
        """Every second the forecast is made anew, from what the journal has by then.

        No deadline can pass unseen in between: a new alert's is far more than a second away.
        """
        self._look(now_us)

    def timer(self, timer: object, now_us: Instant) -> None:
        """A deadline passes now."""
        self._look(now_us)

    def _follow(self) -> None:
        try:
            self._follower.catch_up()
        except JournalError as error:
            self.log.error("the journal cannot be read", error=str(error))
        self._set_alarm_clock()

    def _look(self, now_us: Instant) -> None:
        self._follow()
        for verdict in look(self._live.cases.values(), self._policy, now_us):
            self._write(verdict)
        self._set_alarm_clock()

    def _write(self, verdict: Verdict) -> None:
        case = self._live.cases[verdict.alert]
        inbox = Append(streams.inbox(verdict.alert), case.inbox_version, verdict.events)
        try:
            self._journal.append(inbox)
        except JournalError as error:
            # Somebody wrote first, or the journal fails: the next look sees it and decides again.
            self.log.info("written later", alert=verdict.alert, error=str(error))
            return
        self.tell(Role.ALERT_INTAKE, "", InboxChanged(alert=verdict.alert), verdict.alert)

    def _set_alarm_clock(self) -> None:
        due = next_deadline(self._live.cases.values(), self.now_us())
        if due is None:
            self.cancel("deadline")
        else:
            self.at(due, "deadline")
