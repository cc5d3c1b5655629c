"""What 112's own systems are told of an alert, in the order in which 112 asks: the one source of all formats.

What may not be told does not stand here: no timeline, no messages, no operator. Pure.
"""

from __future__ import annotations

import hashlib
from typing import Final

import msgspec

from messages.base import Address
from messages.ids import E164, AlertId, BriefingField, Instant, Outcome, Party
from model.alert.parts import KnownPosition
from model.record import Who
from model.rules.calls.silent_and_duress import voices_withheld
from model.telling.sheet import Sheet

ASKED_BY_112: Final = tuple(BriefingField)
"""The fields in the order in which 112 asks."""


class PsapAlert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as 112 is told of it at one moment. Times are Instants."""

    alert: AlertId
    test: bool
    raised_at: Instant
    closed_at: Instant | None = None
    outcome: Outcome | None = None
    cannot_talk: bool = False
    """The user is not to be phoned."""
    on_line: bool = False
    """The user is on the line with the center."""
    position: KnownPosition | None = None
    address: Address | None = None
    """Of that position."""
    briefing: dict[BriefingField, str] = {}
    """What is known of each field; in 112's order."""
    who: Who | None = None
    """None: the number is not registered."""
    phone: E164 | None = None
    battery_pct: int | None = None

    @property
    def digest(self) -> str:
        """The same for the same content, and for no other."""
        return hashlib.sha256(msgspec.msgpack.encode(self)).hexdigest()[:32]


def psap_alert(sheet: Sheet, who: Who | None) -> PsapAlert:
    """What 112 is told of the alert as it is."""
    case, briefing = sheet.case, sheet.briefing
    return PsapAlert(
        alert=case.alert,
        test=case.test,
        raised_at=case.raised_at,
        closed_at=case.closed_at,
        outcome=case.outcome,
        cannot_talk=voices_withheld(case),
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
