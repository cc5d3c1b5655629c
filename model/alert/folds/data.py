"""What 112's own systems were sent, and what they have said to it. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import DataKind, Instant
from model.alert.case import Case
from model.alert.parts import GivenData


def fold_data(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.DataSent(target=target):
            before = case.data.get(target)
            if before is not None and event.version <= before.version:
                return case
            given = GivenData(
                version=event.version,
                kind=event.kind,
                digest=event.digest,
                at=at,
                may_have=(*_had(before, event.kind), (event.version, at)),
                had_at=None if before is None else before.had_at,
            )
            return _with(case, target, given)
        case ev.DataReceived(target=target, version=version, receipt=receipt):
            before = case.data.get(target)
            if before is None:
                return case
            # An answer that comes late says what the target has; the newest is still on its way.
            may_have = tuple(one for one in before.may_have if one[0] >= version)
            given = replace(before, may_have=may_have, had_at=at)
            if version == before.version and before.received_at is None:
                given = replace(given, received_at=at, receipt=receipt, refused_at=None, reason="")
            return _with(case, target, given)
        case ev.DataRefused(target=target, version=version):
            before = case.data.get(target)
            if before is None:
                return case
            may_have = tuple(one for one in before.may_have if one[0] != version)
            given = replace(before, may_have=may_have)
            if version == before.version and before.received_at is None:
                given = replace(given, refused_at=at, status=event.status, reason=event.reason)
            return _with(case, target, given)
        case _:
            return None


def _had(before: GivenData | None, kind: DataKind) -> tuple[tuple[int, Instant], ...]:
    """What the target may have that a new message is about; a first one is about none."""
    return () if before is None or kind is DataKind.ALERT else before.may_have


def _with(case: Case, target: str, given: GivenData) -> Case:
    return replace(case, data=case.data | {target: given})
