"""What 112's own systems are to be sent of an alert now. Pure.

From when 112 is wanted until an hour after the alert's end. Nothing is queued: what is due follows from the
alert as it is, so that a target that was away for an hour is sent one message, the newest.
"""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec.structs import replace

from features.psap_data.alert import PsapAlert, psap_alert
from features.psap_data.settings import DataFormat, DataTarget
from messages.ids import SECOND, DataKind, Instant, Outcome
from model.alert.case import Case
from model.areas import holds
from model.record import Who
from model.rules.calls.silent_and_duress import told_112
from model.telling.sheet import GivenData, Sheet

KEEPS_ON_US: Final = Instant(3600 * SECOND)
"""So long after the alert's end what is due is tried."""
EVERY_US: Final = Instant(5 * SECOND)
"""No more than a message in this time to one target about one alert: positions come each second or two."""


class Owed(msgspec.Struct, frozen=True, kw_only=True):
    """A message that one target is to have."""

    alert: PsapAlert
    version: int
    kind: DataKind
    digest: str
    at: Instant
    """When it was first about to be sent; the same each time that it is."""
    after: tuple[tuple[int, Instant], ...] = ()
    """The versions that it takes the place of, each with its `at`."""
    begun: bool = False
    """Whether the journal has it."""


def wanted(case: Case) -> bool:
    """Whether 112 is to know of the alert: it is called, or was told.

    Not each alert: most are no emergency, and whoever is sent all of them stops looking.
    """
    return case.psap is not None or told_112(case)


def serves(target: DataTarget, alert: PsapAlert) -> bool:
    """Whether an alert is this target's, if it is sent to any."""
    if alert.test and not target.tests:
        return False
    if target.outline is None:
        return True
    place = alert.position
    return place is not None and holds(target.outline, place.lat, place.lon)


def called_off(case: Case) -> bool:
    """Whether what 112 may have been sent is no emergency any more. An alert that is closed because others go
    on with it is none of these, nor is a cancellation under duress.
    """
    if case.false_alarm_at is not None or case.outcome is Outcome.FALSE_ALARM:
        return True
    # After an alert was reopened, what was known before of 112 stands in what was sent alone.
    return not wanted(case) and case.reopened_at is None


def over(case: Case, now_us: Instant) -> bool:
    """Whether nothing more is sent of it, whatever was."""
    return case.erased is not None or (case.closed_at is not None and now_us > case.closed_at + KEEPS_ON_US)


def owed(sheet: Sheet, target: DataTarget, who: Who | None, now_us: Instant) -> Owed | None:
    """What this target is to be sent now; None: nothing, or not yet."""
    case, given = sheet.case, sheet.data.get(target.name)
    if target.is_feed or over(case, now_us) or (given is None and not wanted(case)):
        return None
    alert = psap_alert(sheet, who)
    if target.format is DataFormat.EDS:
        # It has no words for an end.
        alert = replace(alert, closed_at=None, outcome=None)
    # Who has it already is told the rest, wherever the user goes.
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
        return Owed(
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
    return Owed(alert=alert, version=version, kind=kind, digest=digest, at=now_us, after=after)


def _kind(case: Case, given: GivenData | None) -> DataKind:
    if called_off(case):
        return DataKind.CANCEL
    if given is None or not given.may_have:
        return DataKind.ALERT
    was_taken_back = given.kind is DataKind.CANCEL and given.received_at is not None
    return DataKind.ALERT if was_taken_back else DataKind.UPDATE
