"""The request to call 112, and what comes of it. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, Party
from model.alert.case import Case
from model.alert.parts import CallsTo112, PsapCall
from model.alert.reasons import ReleaseReason


def fold_psap(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.PsapRequested():
            # What failed for a request before says nothing of this one.
            in_vain = {party: vain for party, vain in case.in_vain.items() if party is not Party.PSAP}
            unasked = case.to_112.unasked + (event.by is None)
            to_112 = replace(_unhindered(case), ends=0, unasked=unasked, wanted_by=None)
            psap = PsapCall(by=event.by, number=event.number, at=at)
            return replace(case, psap=psap, to_112=to_112, in_vain=in_vain)
        case ev.PsapLineLacking(reason=reason):
            lacking_at = case.to_112.no_line_at or at
            return replace(case, to_112=replace(case.to_112, no_line=reason, no_line_at=lacking_at))
        case ev.PsapCalledElsewhere():
            to_112 = replace(_unhindered(case), elsewhere_at=at)
            case = replace(case, to_112=to_112, briefing_at=at)
            return _not_called(case)
        case ev.PsapWithdrawn():
            # A user whose phone gave way to 112, where one line carries all, is called again.
            gave_way = any(leg.reason == ReleaseReason.PSAP_FIRST for leg in case.of(Party.USER))
            return _not_called(replace(case, to_112=_unhindered(case), redial=case.redial or gave_way))
        case ev.PsapJoined():
            return replace(case, to_112=replace(case.to_112, joined_at=case.to_112.joined_at or at))
        case _:
            return None


def _not_called(case: Case) -> Case:
    """Return the case that wants no call to 112, and none back that a lost node may hold."""
    others = {name: leg for name, leg in case.calls_on_lost_nodes.items() if leg.party is not Party.PSAP}
    return replace(case, psap=None, calls_on_lost_nodes=others)


def _unhindered(case: Case) -> CallsTo112:
    """What was in the way of a request that is over, or has just been made, is so no more."""
    return replace(case.to_112, no_line="", no_line_at=None)
