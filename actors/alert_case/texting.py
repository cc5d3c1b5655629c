"""What operators have written and the app does not get: when it goes by short message. Pure."""

from __future__ import annotations

from actors.alert_case.pending import NOTHING, PendingOffers, Step
from messages import events as ev
from messages.ids import Instant
from model.alert.case import Case
from model.policy import Policy
from model.rules.asking import NEVER, due_by_sms, lost_at


def write_by_sms(case: Case, _pending: PendingOffers, policy: Policy, now_us: Instant) -> Step:
    """Each message once, in their order; and when the next that has not arrived is due."""
    due = due_by_sms(case, policy, now_us)
    if due:
        return Step(events=tuple(ev.DialogueTexted(number=one.number) for one in due))
    wake_at = lost_at(case)
    return Step(wake_at=wake_at) if now_us < wake_at < NEVER else NOTHING
