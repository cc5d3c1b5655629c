"""How far an alert is, by its story: when each step was first done. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from gateways.console.picture import Known
from gateways.console.timeline import Entry
from gateways.console.views.case import StepsView
from messages import events as ev
from messages.base import Message
from messages.ids import Instant, OperatorId, Party

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

    answered_us, spoken_us = _users_talks(known.entries)
    return StepsView(
        received_us=case.received_at,
        operator_us=first(ev.OperatorJoined),
        ringing_us=first(ev.LegRinging, Party.USER) or case.rang_at or case.reached_at,
        answered_us=answered_us,
        psap_us=case.to_112.joined_at or answered(Party.PSAP),
        handed_over_us=case.leave.at,
        spoken_us=spoken_us,
    )


def _users_talks(entries: Iterable[Entry]) -> tuple[Instant | None, Instant | None]:
    """Return when the user first answered, and when somebody was first on the line with the user since the
    alert was opened last. A call that a machine has answered counts for neither.
    """
    answers: list[Instant] = []
    talks: list[Instant | None] = []
    up: set[Party | None] = set()
    holder: OperatorId | None = None
    for one in entries:
        if one.what in _ANSWERS and not one.doubt and one.party is not Party.OPERATOR:
            if one.party is Party.USER and Party.USER not in up:
                answers.append(one.at_us)
                talks.append(None)
            up.add(one.party)
        elif one.what == "leg.released" and one.party is not Party.OPERATOR:
            up.discard(one.party)
        elif one.what == "operator.joined":
            holder = one.operator
        elif one.what == "operator.left" and one.operator == holder:
            holder = None
        elif one.what == "alert.reopened":
            talks = [None] * len(talks)
        elif one.what == "machine.marked" and Party.USER in up:
            # Of the call that is up; it ends with this mark.
            answers.pop()
            talks.pop()
            up.discard(Party.USER)
        if Party.USER in up and talks[-1] is None and (holder is not None or Party.PSAP in up):
            talks[-1] = one.at_us
    return next(iter(answers), None), next((at for at in talks if at is not None), None)


def alone_since(known: Known) -> Instant | None:
    """Since when the user waits on the line, without an operator and without 112; None: that is not so."""
    case = known.case
    user = case.confirmed_answered(Party.USER)
    if user is None or case.operator is not None or case.confirmed_answered(Party.PSAP) is not None:
        return None
    holder: OperatorId | None = None
    since = user.answered_at
    for one in known.entries:
        if one.what == "operator.joined":
            holder = one.operator
        elif one.what == "operator.left" and one.operator == holder:
            holder = None
        elif one.what != "leg.released" or one.party is not Party.PSAP or not one.talked:
            continue
        since = max(since or one.at_us, one.at_us)
    return since


def restarted_at(known: Known) -> Instant | None:
    """An AlertCase has taken it over, or a modem's process has taken over its call."""
    taken_over = (ev.CaseOpened.__struct_config__.tag, ev.LegAdopted.__struct_config__.tag)
    return next((entry.at_us for entry in reversed(known.entries) if entry.what in taken_over), None)
