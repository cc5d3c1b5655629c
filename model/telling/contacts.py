"""SMS to the user's contacts that 112 was called: time and words. Pure.

Sent once per alert, and only to contacts named by the user for this purpose beforehand. Not before an
operator's decision has informed 112 of a real alert: before, no operator has judged the situation, and a
notified contact may run into it. Never after an attempt to cancel the alert, and never while the user's phone
must stay silent: a notified contact may ring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from messages.ids import SECOND, Instant, Nearness
from model.address import in_one_line
from model.alert.case import Case
from model.rules.calls.silent_and_duress import are_voices_withheld, is_psap_informed
from model.settings import Settings

WITHIN_US: Final = Instant(1800 * SECOND)
"""Time after informing 112 within which the SMS may be sent; a line that is free later sends none."""


def must_notify_contacts(case: Case, settings: Settings) -> bool:
    """Return True if the contacts must be notified now."""
    judged = case.to_112.elsewhere_at is not None or (case.psap is not None and case.psap.by is not None)
    wanted = case.tells and case.contacts_at is None and bool(settings.sms.contacts)
    return wanted and judged and is_psap_informed(case) and not (case.test or must_not_notify_contacts(case))


def must_not_notify_contacts(case: Case) -> bool:
    """Return True if contacts must not be notified, even if the SMS was requested and waits for a line."""
    tried = case.cancelled or case.cancel_unproved or case.duress or case.cancel_asked is not None
    return tried or are_voices_withheld(case) or case.false_alarm_at is not None


def contact_text(case: Case, settings: Settings, name: str, *, where: bool) -> str:
    """Return the SMS to a contact; with address or position, if the user has agreed and it is known."""
    told = _in_language(case, settings, settings.sms.contacts).replace("{name}", name)
    place = _place(case) if where else ""
    more = (
        _in_language(case, settings, settings.sms.contacts_where).replace("{place}", place) if place else ""
    )
    return " ".join(filter(None, (told, more)))


def _in_language(case: Case, settings: Settings, said: Mapping[str, str]) -> str:
    for language in (case.language, settings.language, "en"):
        if found := said.get(language):
            return found
    return next(iter(said.values()), "")


def _place(case: Case) -> str:
    known, at = case.address, case.position
    # An address that is only near the position would send people to the wrong street.
    if known is not None and known.nearness is not Nearness.NEAR:
        return in_one_line(known)
    return "" if at is None else f"{at.lat:.5f}, {at.lon:.5f}"
