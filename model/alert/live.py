"""All open alerts at once, each with its whole state: a fold over the journal, kept by whoever follows it."""

from __future__ import annotations

from messages.events import AlertReopened
from messages.ids import AlertId
from messages.journal import Recorded, is_kind
from model.alert.case import Case
from model.alert.evolve import begin, evolve


class LiveCases:
    """The open alerts. Feed it every event of the journal, in order."""

    def __init__(self) -> None:
        self.cases: dict[AlertId, Case] = {}
        self.missing: set[AlertId] = set()
        """Alerts that were reopened, of which nothing is known here any more: `put` them in."""

    def put(self, case: Case) -> None:
        """An alert as the journal has it now; the events up to there change nothing any more."""
        self.missing.discard(case.alert)
        if case.closed_at is None:
            self.cases[case.alert] = case

    def apply(self, recorded: Recorded) -> None:
        """Take the next event."""
        kind, _, name = recorded.stream.partition("-")
        if kind not in ("inbox", "alert"):
            return
        alert = AlertId(name)
        known = self.cases.get(alert)
        if known is None:
            if is_kind(recorded.event, AlertReopened):
                self.missing.add(alert)
            # Nothing else that is added to an alert after its end opens it again.
            case = begin(recorded)
        elif recorded.version <= (known.inbox_version if kind == "inbox" else known.case_version):
            return
        else:
            case = evolve(known, recorded)
        if case is None:
            return
        if case.closed_at is None:
            self.cases[alert] = case
        else:
            self.cases.pop(alert, None)
