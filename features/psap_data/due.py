"""Rules for messages to 112's own systems that are pending now. Pure.

Messages are sent from the request of 112 until an hour after the alert's end. There is no queue: pending
messages follow from the current alert, so that a target that failed for an hour receives one message, the
newest.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from features.psap_data.alert import PsapAlert, psap_alert
from features.psap_data.settings import DataFormat, DataTarget
from messages.ids import SECOND, DataKind, Instant, Outcome
from model.alert.case import Case
from model.areas import contains
from model.record import PsapPerson
from model.rules.calls.silent_and_duress import is_psap_informed
from model.telling.sheet import SentData, Sheet

KEEPS_ON_US: Final = Instant(3600 * SECOND)
"""Time after the alert's end in which pending messages are tried."""
EVERY_US: Final = Instant(5 * SECOND)
"""Minimal time between two messages to one target about one alert: positions come each second or two."""


class PendingData(msgspec.Struct, frozen=True, kw_only=True):
    """A pending message for one target."""

    alert: PsapAlert
    version: int
    kind: DataKind
    digest: str
    at: Instant
    """Time of the first attempt, the same in each repetition."""
    after: tuple[tuple[int, Instant], ...] = ()
    """Earlier versions replaced by this message, each with its `at`."""
    begun: bool = False
    """True if the journal has the message."""


def wanted(case: Case) -> bool:
    """Return True if 112 is to receive the alert: 112 is called, or was informed.

    Most alerts are no emergency, and a recipient of all of them would soon ignore them.
    """
    return case.psap is not None or is_psap_informed(case)


def serves(target: DataTarget, alert: PsapAlert) -> bool:
    """Return True if the target's area and settings cover the alert."""
    if alert.test and not target.tests:
        return False
    if target.outline is None:
        return True
    place = alert.position
    return place is not None and contains(target.outline, place.lat, place.lon)


def called_off(case: Case) -> bool:
    """Return True if an alert that 112 may have received is no emergency any more. False for an alert that is
    closed because others continue its work, and for a cancellation under duress.
    """
    if case.false_alarm_at is not None or case.outcome is Outcome.FALSE_ALARM:
        return True
    # A reopened alert has no earlier requests of 112 in its case: only sent messages show them.
    return not wanted(case) and case.reopened_at is None


def over(case: Case, now_us: Instant) -> bool:
    """Return True if no further message may be sent for the alert."""
    return case.erased is not None or (case.closed_at is not None and now_us > case.closed_at + KEEPS_ON_US)


def pending_data(
    sheet: Sheet, target: DataTarget, who: PsapPerson | None, now_us: Instant
) -> PendingData | None:
    """Return the message pending for this target; None if none is pending yet."""
    case, given = sheet.case, sheet.data.get(target.name)
    if target.is_feed or over(case, now_us) or (given is None and not wanted(case)):
        return None
    alert = psap_alert(sheet, who)
    if target.format is DataFormat.EDS:
        # EDS cannot express the end of an alert.
        alert = replace(alert, closed_at=None, outcome=None)
    # A target that has the alert receives its updates wherever the user moves.
    if given is None and not serves(target, alert):
        return None
    kind = _kind(case, given)
    if kind is DataKind.CANCEL and (target.format is DataFormat.EDS or given is None or not given.may_have):
        return None
    digest = f"{kind}:{alert.digest}" if kind is DataKind.CANCEL else alert.digest
    if given is not None and given.digest == digest:
        if given.received_at is not None or given.refused_at is not None:
            return None
        after = tuple(one for one in given.may_have if one[0] != given.version)
        return PendingData(
            alert=alert,
            version=given.version,
            kind=given.kind,
            digest=digest,
            at=given.at,
            after=after,
            begun=True,
        )
    urgent = kind is DataKind.CANCEL or case.closed_at is not None
    if given is not None and not urgent and now_us < given.at + EVERY_US:
        return None
    after = () if given is None or kind is DataKind.ALERT else given.may_have
    version = 1 if given is None else given.version + 1
    return PendingData(alert=alert, version=version, kind=kind, digest=digest, at=now_us, after=after)


def _kind(case: Case, given: SentData | None) -> DataKind:
    if called_off(case):
        return DataKind.CANCEL
    if given is None or not given.may_have:
        return DataKind.ALERT
    was_taken_back = given.kind is DataKind.CANCEL and given.received_at is not None
    return DataKind.ALERT if was_taken_back else DataKind.UPDATE
