"""Facts of an alert by the case itself, for the search of `test_claims`: nothing of the page is in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from messages.base import Joins
from messages.ids import SECOND, Channel, Instant, LegId, OperatorId, Party
from model.alert.case import Case
from model.alert.leg import Leg
from model.telling.sheet import Sheet

TALKERS = (Party.OPERATOR, Party.USER, Party.PSAP)


class Moment(msgspec.Struct, frozen=True):
    """One state, for one operator."""

    sheet: Sheet
    ends: dict[Party, Leg]
    """The last call to each party that has ended."""
    ended: Leg | None
    """The call that has ended with the last event."""
    parted: frozenset[LegId]
    """Those who were taken out of the conference, and not put back."""
    alone_at: Instant | None
    """Since when the user is on the line, and neither an operator has the alert nor 112 is there."""
    me: OperatorId
    told: dict[str, Any]

    @property
    def case(self) -> Case:
        return self.sheet.case


Rule = Callable[[Moment], bool]


def on_line(case: Case, party: Party) -> Leg | None:
    return case.confirmed_answered(party)


def _carried(leg: Leg | None) -> bool:
    """Whether its line takes part in the conference, for certain."""
    return leg is not None and leg.joined and leg.unheard_at is None


def _one_hears(case: Case, listener: Party, speaker: Party) -> bool:
    """Not as far as the user's phone has to be silent."""
    here, there = on_line(case, listener), on_line(case, speaker)
    return _carried(here) and _carried(there) and there is not None and not _dumb(there)


def _dumb(leg: Leg) -> bool:
    return leg.muted or leg.no_sound_at is not None


def _hear(case: Case, one: Party, other: Party) -> bool:
    return _one_hears(case, one, other) and _one_hears(case, other, one)


def deaf(listener: Party, speaker: Party) -> Rule:
    """For certain: of a line whose modem does not answer nobody can tell."""

    def so(now: Moment) -> bool:
        case = now.case
        here, there = case.active(listener), case.active(speaker)
        if here is None or there is None or not (here.answered and there.answered):
            return False
        withheld = listener is Party.USER and not _user_hears(case)
        apart = not (here.joined and there.joined) and here.unheard_at is None and there.unheard_at is None
        return withheld or _dumb(there) or apart

    return so


def neither(one: Party, other: Party) -> Rule:
    return lambda now: deaf(one, other)(now) and deaf(other, one)(now)


def both(one: Party, other: Party) -> Rule:
    users = Party.USER in (one, other)
    return lambda now: _hear(now.case, one, other) and (not users or _user_hears(now.case))


def not_known(now: Moment) -> bool:
    legs = (now.case.active(party) for party in TALKERS)
    return any(leg is not None and (leg.unheard_at is not None or leg.in_doubt) for leg in legs)


def _user_hears(case: Case) -> bool:
    withheld = case.voices is False or (
        case.voices is None and (case.duress or (case.silent and not case.aloud))
    )
    return not withheld


def they_talk(now: Moment) -> bool:
    return _user_hears(now.case) and _hear(now.case, Party.USER, Party.PSAP)


def psap_stays_listening(now: Moment) -> bool:
    """And does not talk to the user."""
    return _one_hears(now.case, Party.PSAP, Party.USER) and not they_talk(now)


def muted_for(*parties: Party) -> Rule:
    """My microphone is off, and these and nobody else are on the line with me."""

    def so(now: Moment) -> bool:
        up = [party for party in (Party.USER, Party.PSAP) if on_line(now.case, party) is not None]
        mine = [leg for leg in _mine(now) if leg.muted and leg.joins is Joins.HOST]
        return bool(mine) and up == list(parties)

    return so


def nobody_has_it(now: Moment) -> bool:
    case = now.case
    hung_up = {leg.operator for leg in case.of(Party.OPERATOR) if leg.live and not leg.active}
    return case.operator is None and not set(case.reserved) - hung_up and case.closed_at is None


def handed_over(now: Moment) -> bool:
    return now.case.hand_over is not None


def hears_nobody(now: Moment) -> bool:
    return on_line(now.case, Party.USER) is not None and not _user_hears(now.case)


def psap_alone_hears(now: Moment) -> bool:
    return hears_nobody(now) and _one_hears(now.case, Party.PSAP, Party.USER)


def may_be_overheard(now: Moment) -> bool:
    return now.case.duress and on_line(now.case, Party.USER) is not None and _user_hears(now.case)


def we_talk(now: Moment) -> bool:
    return _user_hears(now.case) and _hear(now.case, Party.USER, Party.OPERATOR)


def nobody_answered(party: Party) -> Rule:
    """Of its last call, and that the center has not ended it for another reason."""

    def so(now: Moment) -> bool:
        going, last = now.case.active(party), now.ends.get(party)
        if going is not None and going.state.value == "ringing":
            return True
        return (
            last is not None
            and (not last.was_answered or last.reason == "machine")
            and last.reason in ("", "no answer", "silent", "machine")
            and (last.reason != "" or last.cause not in (17, 21))
        )

    return so


def hung_up(now: Moment) -> bool:
    last = now.ends.get(Party.USER)
    return last is not None and last.was_answered and not last.reason and last.cause == 16


def not_ended_by_us(now: Moment) -> bool:
    """Or for want of an answer."""
    return now.ended is not None and now.ended.reason in ("", "no answer", "silent")


def busy(now: Moment) -> bool:
    last = now.ends.get(Party.PSAP)
    return last is not None and last.cause == 17 and not last.reason


def answered_beside_112(now: Moment) -> bool:
    """Nobody knows yet who: it may be a machine."""
    user, psap = on_line(now.case, Party.USER), on_line(now.case, Party.PSAP)
    return user is not None and psap is not None and (user.answered_at or 0) > (psap.answered_at or 0)


def declined(now: Moment) -> bool:
    """By the story: an attempt has the place of the one before."""
    story = now.told["view"]["timeline"]
    return any(one.get("cause") == 21 and one.get("party") == Party.USER for one in story)


def psap_hung_up(now: Moment) -> bool:
    """And nobody has asked for it since, nor told it on another phone."""
    last, case = now.ends.get(Party.PSAP), now.case
    live = any(leg.live for leg in case.of(Party.PSAP))
    over = case.psap is None and not live and case.to_112.elsewhere_at is None
    return over and last is not None and last.was_answered and not last.reason


def place_is_old(now: Moment) -> bool:
    """For more than the app would still send a position."""
    where = now.case.position
    old = where is not None and now.told["nowUs"][0] - where.at >= 300 * SECOND
    return old and now.case.closed_at is None


def knows_all(now: Moment) -> bool:
    """And each message of the user's is in the text for 112, and who is on the line there was told."""
    told_at, text = now.case.briefing_at, " ".join(one.text for one in now.sheet.briefing.values())
    users = [one for one in now.case.dialogue if not one.by]
    psap = on_line(now.case, Party.PSAP)
    if told_at is None or (psap is not None and (psap.answered_at or 0) > told_at):
        return False
    return all(one.at <= told_at and one.text in text for one in users)


def not_alone(now: Moment) -> bool:
    case = now.case
    waits = on_line(case, Party.USER) and case.operator is None and not on_line(case, Party.PSAP)
    return case.reached_by == "app" or case.closed_at is not None or not waits


def answered_us(now: Moment) -> bool:
    return now.case.reached_at is not None and now.case.reached_by != "app"


def has_app(now: Moment) -> bool:
    channels = [now.case.channel, *(one.channel for one in now.case.positions)]
    return Channel.DATA in channels


def _mine(now: Moment) -> list[Leg]:
    return [leg for leg in now.case.of(Party.OPERATOR) if leg.operator == now.me and leg.active]


def on_a_phone(now: Moment) -> bool:
    return any(":" not in leg.line for leg in _mine(now))


def on_a_headset(now: Moment) -> bool:
    return any(leg.line.startswith("headset:") for leg in _mine(now))


def rings(case: Case, party: Party) -> bool:
    leg = case.active(party)
    return leg is not None and not leg.answered


def mine_in_conference(now: Moment) -> bool:
    case = now.case
    ours = case.operator == now.me and not case.leaving and case.closed_at is None
    return ours and on_line(case, Party.PSAP) is not None and case.to_112.elsewhere_at is None


def mine_alone(now: Moment) -> bool:
    """Between operator and user, whose calls the center joins itself."""
    case = now.case
    ours = case.operator == now.me and not case.leaving and case.closed_at is None
    mine = case.operator_leg
    return ours and mine is not None and mine.joins is Joins.HOST


def being_called(now: Moment) -> bool:
    leg = now.case.active(Party.PSAP)
    return leg is not None and not leg.confirmed_answered


def called(party: Party, *, again: bool) -> Rule:
    def so(now: Moment) -> bool:
        leg = now.case.active(party)
        return leg is not None and not leg.confirmed_answered and (leg.attempt > 1) == again

    return so


def never_joined(now: Moment) -> bool:
    leg = on_line(now.case, Party.USER)
    return leg is not None and leg.leg not in now.parted


def sounds(now: Moment) -> bool:
    leg = on_line(now.case, Party.USER)
    return leg is not None and leg.no_sound_at is None and leg.leg not in now.parted


def is_silent_since_the_leave(moment: Moment) -> bool:
    """Nothing of the user's is unread, and nothing was written since the operator left."""
    said = [one for one in moment.case.dialogue if not one.by]
    left_at = moment.case.leave.at
    later = left_at is not None and any(one.at > left_at for one in said)
    return not later and all(one.read_at is not None for one in said)


def was_told_before(moment: Moment) -> bool:
    return moment.case.to_112.told_before_at is not None
