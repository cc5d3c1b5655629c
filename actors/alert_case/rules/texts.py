"""What goes out by short message: what operators have written and the app does not get, and the word to those
whom the user trusts that 112 was called. Pure.
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step
from messages import events as ev
from messages.ids import Instant
from model.alert.case import Case
from model.rules.said.by_which_way import NEVER, due_by_sms, lost_at
from model.settings import Settings
from model.telling.contacts import to_be_told


def write_by_sms(case: Case, _pending: PendingOffers, settings: Settings, now_us: Instant) -> Step:
    """Each message once, in their order; and when the next that has not arrived is due."""
    due = due_by_sms(case, settings, now_us)
    if due:
        return Step(events=tuple(ev.DialogueTexted(number=one.number) for one in due))
    wake_at = lost_at(case)
    return Step(wake_at=wake_at) if now_us < wake_at < NEVER else NOTHING


def tell_contacts(case: Case, _pending: PendingOffers, settings: Settings, _now_us: Instant) -> Step:
    """Once 112 has been told. Whom it concerns is filled in as it is written (`store.alerts.contacts`)."""
    return Step(events=(ev.ContactsTexted(),)) if to_be_told(case, settings) else NOTHING
