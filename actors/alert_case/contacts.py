"""Telling those whom the user trusts that 112 was called (`model.telling.contacts`). Pure.

Whom it concerns is filled in by whoever writes the event (`actors.alert_case.telling`).
"""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step
from messages import events as ev
from messages.ids import Instant
from model.alert.case import Case
from model.policy import Policy
from model.telling.contacts import to_be_told


def tell_contacts(case: Case, _pending: PendingOffers, policy: Policy, _now_us: Instant) -> Step:
    """Once 112 has been told."""
    return Step(events=(ev.ContactsTexted(),)) if to_be_told(case, policy) else NOTHING
