"""Data of an alert for 112's own systems, in the order in which 112 asks: the single source of all formats.

Data that 112 may not receive are not here: no timeline, no messages, no operator. Pure.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from messages.base import Address
from messages.ids import E164, AlertId, BriefingField, Instant, Outcome, Party
from model.alert.parts import KnownPosition
from model.record import PsapPerson
from model.rules.calls.silent_and_duress import are_voices_withheld
from model.telling.sheet import Sheet

ASKED_BY_112: Final = tuple(BriefingField)
"""The fields in the order in which 112 asks."""


class PsapAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as sent to 112 at one moment. Times are Instants."""

    alert: AlertId
    test: bool
    raised_at: Instant
    closed_at: Instant | None = None
    outcome: Outcome | None = None
    cannot_talk: bool = False
    """True if the user must not be phoned."""
    on_line: bool = False
    """True if the user is on the line with the center."""
    position: KnownPosition | None = None
    address: Address | None = None
    """Address of the position."""
    briefing: dict[BriefingField, str] = {}
    """Known text by field, in 112's order."""
    who: PsapPerson | None = None
    """The person; None for an unregistered number."""
    phone: E164 | None = None
    battery_pct: int | None = None

    @property
    def digest(self) -> str:
        """Digest of the content: equal only for equal content."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).hexdigest()[:32]


def psap_alert(sheet: Sheet, who: PsapPerson | None) -> PsapAlert:
    """Return the data for 112 of the alert's current state."""
    case, briefing = sheet.case, sheet.briefing
    return PsapAlert(
        alert=case.alert,
        test=case.test,
        raised_at=case.raised_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        cannot_talk=are_voices_withheld(case),
        on_line=case.confirmed_answered(Party.USER) is not None,
        position=case.position,
        address=case.address,
        briefing={
            field: briefing[field].text
            for field in ASKED_BY_112
            if field in briefing and briefing[field].text
        },
        who=who,
        phone=case.phone,
        battery_pct=sheet.battery_pct,
    )
