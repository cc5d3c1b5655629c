"""When those whom the user trusts are told by a short message that 112 was called, and in which words. Pure.

Once an alert, and only of those whom the user has named for it beforehand. Not before 112 has been told of a
real alert by an operator's decision: before that nobody has judged what it is, and whoever is told may run
into it. Never once anybody has tried to cancel the alert, and never while the user's phone is to be silent: a
contact who is told may ring it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from messages.ids import SECOND, Instant, Nearness
from model.address import in_one_line
from model.alert.case import Case
from model.rules.calls.silent_and_duress import told_112, voices_withheld
from model.settings import Settings

WITHIN_US: Final = Instant(1800 * SECOND)
"""A line that is free later than this after 112 was told tells nobody any more."""


def to_be_told(case: Case, settings: Settings) -> bool:
    """Whether it is now to be done."""
    judged = case.to_112.elsewhere_at is not None or (case.psap is not None and case.psap.by is not None)
    wanted = case.tells and case.contacts_at is None and bool(settings.sms.contacts)
    return wanted and judged and told_112(case) and not (case.test or withheld(case))


def withheld(case: Case) -> bool:
    """Whether nobody is to be told, though it may have been asked for and wait for a line."""
    tried = case.cancelled or case.cancel_unproved or case.duress or case.cancel_asked is not None
    return tried or voices_withheld(case) or case.false_alarm_at is not None


def words(case: Case, settings: Settings, name: str, *, where: bool) -> str:
    """What a contact reads; with the address or the position, where the user has said so and it is known."""
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
    # A street that is only near sends whoever goes there to the wrong one.
    if known is not None and known.nearness is not Nearness.NEAR:
        return in_one_line(known)
    return "" if at is None else f"{at.lat:.5f}, {at.lon:.5f}"
