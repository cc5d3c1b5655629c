"""The request to call 112, and what comes of it. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, Party
from model.alert.case import Case, PsapCall
from model.alert.reasons import ReleaseReason


def fold_psap(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.PsapRequested():
            # What failed for a request before says nothing of this one.
            in_vain = {party: vain for party, vain in case.in_vain.items() if party is not Party.PSAP}
            return replace(
                case,
                psap=PsapCall(by=event.by, number=event.number, at=at),
                psap_ends=0,
                psap_ended_at=None,
                psap_no_line="",
                psap_no_line_at=None,
                psap_unasked=case.psap_unasked + (event.by is None),
                in_vain=in_vain,
                psap_wanted_by=None,
            )
        case ev.PsapLineLacking(reason=reason):
            return replace(case, psap_no_line=reason, psap_no_line_at=case.psap_no_line_at or at)
        case ev.PsapCalledElsewhere():
            return replace(
                case,
                psap=None,
                psap_elsewhere_at=at,
                briefing_at=at,
                psap_no_line="",
                psap_no_line_at=None,
            )
        case ev.PsapWithdrawn():
            # A user whose phone gave way to 112, where one line carries all, is called again.
            gave_way = any(leg.reason == ReleaseReason.PSAP_FIRST for leg in case.of(Party.USER))
            return replace(
                case, psap=None, psap_no_line="", psap_no_line_at=None, redial=case.redial or gave_way
            )
        case ev.PsapJoined():
            return replace(case, psap_joined_at=case.psap_joined_at or at)
        case _:
            return None
