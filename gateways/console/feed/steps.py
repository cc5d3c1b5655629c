"""How far an alert is, by its story: when each step was first done. Pure."""

from __future__ import annotations

from typing import Final

from gateways.console.picture import Known
from gateways.console.views.case import StepsView
from messages import events as ev
from messages.base import Message
from messages.ids import Instant, Party

_ANSWERS: Final = ("leg.answered", "leg.confirmed")


def steps_view(known: Known) -> StepsView:
    case = known.case

    def first(what: type[Message], party: Party | None = None) -> Instant | None:
        tag = what.__struct_config__.tag
        return next(
            (
                entry.at_us
                for entry in known.entries
                if entry.what == tag and (party is None or entry.party is party)
            ),
            None,
        )

    def answered(party: Party) -> Instant | None:
        sure = (one for one in known.entries if one.party is party and one.what in _ANSWERS and not one.doubt)
        return next((one.at_us for one in sure), None)

    return StepsView(
        received_us=case.received_at,
        operator_us=first(ev.OperatorJoined),
        ringing_us=first(ev.LegRinging, Party.USER) or case.rang_at or case.reached_at,
        answered_us=answered(Party.USER),
        psap_us=case.to_112.joined_at or answered(Party.PSAP),
        handed_over_us=case.leave.at,
    )


def restarted_at(known: Known) -> Instant | None:
    """An AlertCase has taken it over, or a modem's process has taken over its call."""
    taken_over = (ev.CaseOpened.__struct_config__.tag, ev.LegAdopted.__struct_config__.tag)
    return next((entry.at_us for entry in reversed(known.entries) if entry.what in taken_over), None)
