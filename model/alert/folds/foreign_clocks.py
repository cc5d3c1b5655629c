"""An alert's times where another clock has written them. Pure.

Whoever takes an alert up decides by a clock of its own: another node's, or the same machine's after its clock
was set back. A time that lies ahead of that clock would put off every call by as much.
"""

from __future__ import annotations

from typing import Final, TypeVar

import msgspec
from msgspec.structs import replace

from messages.ids import Instant
from model.alert.case import Case

_NOT_OURS: Final = frozenset({"deadline_at", "raised_at", "key_enrolled_at"})
"""Moments by a phone's clock, or still to come."""

T = TypeVar("T", bound=msgspec.Struct)


def not_ahead(case: Case, now_us: Instant) -> Case:
    """Return the case without a time later than its being taken up. A deadline keeps its distance from the
    receipt.
    """
    ahead_us = max(0, case.received_at - now_us)
    case = _clamped(case, now_us)
    return replace(
        case,
        deadline_at=Instant(case.deadline_at - ahead_us),
        legs={name: _clamped(leg, now_us) for name, leg in case.legs.items()},
        calls_on_lost_nodes={name: _clamped(leg, now_us) for name, leg in case.calls_on_lost_nodes.items()},
        in_vain={party: _clamped(vain, now_us) for party, vain in case.in_vain.items()},
        asked_holders={alert: min(at, now_us) for alert, at in case.asked_holders.items()},
        leave=_clamped(case.leave, now_us),
        to_112=_clamped(case.to_112, now_us),
        listener=None if case.listener is None else _clamped(case.listener, now_us),
    )


def _clamped(struct: T, now_us: Instant) -> T:
    """Return the struct with its own times no later than this."""
    ahead = {
        name: now_us
        for name in struct.__struct_fields__
        if (name in ("at", "since") or name.endswith("_at")) and name not in _NOT_OURS
        if isinstance(value := getattr(struct, name), int) and value > now_us
    }
    return replace(struct, **ahead) if ahead else struct
