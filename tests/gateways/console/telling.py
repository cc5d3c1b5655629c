"""Stories of one alert to which anything happens, by the AlertCase's own decider, as the feed tells them."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import msgspec

from gateways.console import timeline
from gateways.console.case import case_view
from gateways.console.feed_messages import allowed
from gateways.console.read_model import ShownAlert
from gateways.console.timeline import Entry
from gateways.console.views.case import PersonView
from messages import events as ev
from messages.base import Joins, Position
from messages.calls import CallState
from messages.ids import (
    SECOND,
    BriefingField,
    Channel,
    Instant,
    LegId,
    LineId,
    OperatorCommand,
    OperatorLine,
    Party,
)
from model.alert.case import Case
from model.alert.leg import Leg
from model.orders.effects import refusal
from model.telling.sheet import Sheet, begin, evolve
from tests.actors.alert_case.book import EVERYONE, Book
from tests.gateways.console.what_is_so import TALKERS, Moment, on_line

GIULIA = PersonView(first_name="Giulia", last_name="Rossi")
LATER_US = (Instant(0), Instant(4 * SECOND), Instant(30 * SECOND))
"""What is said of the same events by the clock alone."""


CAUSES = (16, 16, 17, 18, 19, 20, 21, 31, 38, 41, 200)
ORDERS = (
    *(OperatorCommand.CALL_PSAP, OperatorCommand.BRIEFING_GIVEN, OperatorCommand.MARK_MACHINE) * 3,
    *(OperatorCommand.LEAVE, OperatorCommand.REDIAL_USER, OperatorCommand.CONFIRM_ANSWER) * 2,
    OperatorCommand.WITHDRAW_PSAP,
    OperatorCommand.CALLED_ELSEWHERE,
    OperatorCommand.TAKE,
    OperatorCommand.CALL_ALOUD,
    OperatorCommand.ANOTHER_LINE,
    OperatorCommand.GIVE_VOICES,
    OperatorCommand.WITHHOLD_VOICES,
    OperatorCommand.MUTE,
    OperatorCommand.UNMUTE,
    OperatorCommand.ANNOUNCE,
    OperatorCommand.HAND_OVER,
    OperatorCommand.DECLARE_FALSE_ALARM,
    OperatorCommand.CLOSE,
)
OWN = (OperatorLine.ON_DEMAND, OperatorLine.HEADSET, OperatorLine.NAILED_UP)


def _answered(book: Book, party: Party) -> None:
    book.go_on()
    if party is Party.USER:
        book.pass_time(40)
    if book.case.active(party) is not None:
        book.rings(party)
        book.answers(party)


def _calling(book: Book) -> None:
    book.to_talking()
    book.order(OperatorCommand.CALL_PSAP)


def _briefing(book: Book) -> None:
    _answered(book, Party.OPERATOR)
    book.rings(Party.USER)
    book.ends(Party.USER, 19)
    book.order(OperatorCommand.CALL_PSAP)
    book.answers(Party.PSAP)


def _alone(book: Book) -> None:
    _answered(book, Party.USER)


def _with_operator(book: Book) -> None:
    _answered(book, Party.OPERATOR)


def _duress(book: Book) -> None:
    book.to_conference()
    book.write("inbox-a1", ev.AlertCancelled(duress=True))
    book.go_on()


def _another_112(book: Book) -> None:
    """Who answers there was told nothing."""
    _briefing(book)
    book.order(OperatorCommand.BRIEFING_GIVEN)
    book.pass_time(1)
    book.ends(Party.PSAP)
    book.pass_time(1)
    book.order(OperatorCommand.CALL_PSAP)
    book.answers(Party.PSAP)


def _psap_hangs_up(book: Book) -> None:
    book.to_conference()
    book.pass_time(20)
    book.ends(Party.PSAP)


def _wrong_pin(book: Book) -> None:
    book.to_talking()
    book.write("inbox-a1", ev.PinRefused())
    book.go_on()


def _handing(book: Book) -> None:
    book.to_conference()
    book.order(OperatorCommand.HAND_OVER)


def _muted(book: Book) -> None:
    book.to_conference()
    book.order(OperatorCommand.MUTE)


def _silent_line(book: Book) -> None:
    """The user's line gives no sound; what is said there is heard all the same."""
    book.to_conference()
    book.bridge(Party.USER)


def _silent_112(book: Book) -> None:
    book.to_conference()
    book.bridge(Party.PSAP)


def _modem_lost(book: Book) -> None:
    """Of a line that joins its calls itself."""
    book.to_conference()
    _in_the_network(book, *TALKERS)
    _unheard(book)


def _left_alone(book: Book) -> None:
    """The operator's call ends a while after the user's answer."""
    book.to_talking()
    book.pass_time(20)
    book.operators = []
    book.ends(Party.OPERATOR)
    book.pass_time(9)


def _busy(book: Book) -> None:
    """112 is asked for, given up, and asked for again."""
    book.to_talking()
    for _ in range(2):
        book.order(OperatorCommand.CALL_PSAP)
        for _ in range(2):
            if book.case.active(Party.PSAP) is None:
                book.pass_time(12)
            if book.case.active(Party.PSAP) is not None:
                book.ends(Party.PSAP, 17)
        if refusal(book.case, OperatorCommand.WITHDRAW_PSAP, EVERYONE[0], book.settings) is None:
            book.order(OperatorCommand.WITHDRAW_PSAP)
            book.pass_time(3)
    book.order(OperatorCommand.CALL_PSAP)
    for _ in range(2):
        if book.case.active(Party.PSAP) is not None:
            book.ends(Party.PSAP, 17)


def _in_the_network(book: Book, *parties: Party) -> None:
    for party in parties:
        leg = book.case.active(party)
        if leg is not None and leg.answered:
            answered = ev.LegAnswered(leg=leg.leg, attempt=leg.attempt, joins=Joins.NETWORK)
            book.write("alert-a1", answered)


def _unheard(book: Book) -> None:
    for leg in book.case.legs.values():
        if leg.answered and leg.joins is Joins.NETWORK and leg.unheard_at is None:
            book.write("alert-a1", ev.LegUnheard(leg=leg.leg, attempt=leg.attempt))


BEGINNINGS: dict[str, Callable[[Book], object]] = {
    "new": Book.go_on,
    "alone": _alone,
    "operator": _with_operator,
    "talking": Book.to_talking,
    "conference": Book.to_conference,
    "duress": _duress,
    "a wrong PIN": _wrong_pin,
    "another 112": _another_112,
    "briefing": _briefing,
    "calling 112": _calling,
    "112 hangs up": _psap_hangs_up,
    "112 is busy": _busy,
    "handing over": _handing,
    "left alone": _left_alone,
    "modem lost": _modem_lost,
    "muted": _muted,
    "silent 112": _silent_112,
    "silent line": _silent_line,
}


class Telling:
    """One alert, to which something happens; each of its states is kept as the feed would send it."""

    def __init__(self, seed: int) -> None:
        self.random = Random(seed)
        voice = self.random.random() < 0.1
        received: dict[str, Any] = {
            "silent": self.random.random() < 0.1,
            "test": self.random.random() < 0.15,
        }
        if voice:
            received |= {"channel": Channel.VOICE, "line": LineId("p7"), "call": 1}
        # By turns, so that few stories have all of them.
        begins = sorted(BEGINNINGS)[seed % len(BEGINNINGS)]
        # In a silent alert nobody calls the user, and of a call of the user's own nothing else is called.
        begins = begins if not (voice or received["silent"]) else "new"
        self.book = Book(operators=() if begins == "alone" else EVERYONE, **received)
        self.book.voices = dict.fromkeys(EVERYONE, self.random.choice(OWN))
        self.moments: list[Moment] = []
        self._sheet: Sheet | None = None
        self._ends: dict[Party, Leg] = {}
        self._ended: Leg | None = None
        self._parted: frozenset[LegId] = frozenset()
        self._entries: tuple[Entry, ...] = ()
        self._folded = 0
        self._alone_at: Instant | None = None
        BEGINNINGS[begins](self.book)
        self.keep()
        self.book.operators = list(EVERYONE)

    def step(self) -> None:
        """Let one thing happen."""
        self.random.choice(_STEPS)(self)
        self.keep()

    def a_call_goes_on(self) -> None:
        legs = [
            one for party in TALKERS if (one := self.book.case.active(party)) and not one.confirmed_answered
        ]
        if not legs:
            return
        leg = self.random.choice(legs)
        rings = leg.state.value == "originating" and self.random.random() < 0.4
        state = CallState.RINGING if rings else CallState.ANSWERED
        self.book.report(leg, state, confirmed=self.random.random() < 0.8)
        if self.random.random() < 0.8:
            self.book.bridge()

    def a_call_ends(self) -> None:
        legs = [one for party in TALKERS if (one := self.book.case.active(party))]
        if legs:
            self.book.report(self.random.choice(legs), CallState.RELEASED, self.random.choice(CAUSES))

    def an_order_is_given(self) -> None:
        case = self.book.case
        by = case.operator or next(iter(case.reserved), EVERYONE[0])
        may = [one for one in ORDERS if refusal(case, one, by, self.book.settings) is None]
        if may:
            self.book.order(self.random.choice(may), by=by)

    def the_modems_hang_up(self) -> None:
        self.book.release_all()

    def the_bridge_reports(self) -> None:
        self.book.bridge(*self.random.choice(((), (), (Party.USER,), (Party.PSAP,), (Party.OPERATOR,))))

    def the_user_writes(self) -> None:
        self.book.now = Instant(self.book.now + SECOND)
        channel = self.random.choice((Channel.DATA, Channel.SMS))
        said = ev.DialogueSaid(id=str(len(self.book.recorded)), text="ha un coltello", channel=channel)
        self._outside(said)

    def the_text_for_112_changes(self) -> None:
        text = self.random.choice(("", "pistola"))
        self._outside(ev.BriefingFilled(field=BriefingField.WEAPONS, text=text, by=EVERYONE[0]))

    def the_app_says(self) -> None:
        at = Instant(self.book.now - self.random.choice((0, 400)) * SECOND)
        where = Position(lat=44.4, lon=8.9, at=at, accuracy_m=12.0, source="gps")
        pins = (ev.PinRefused(), ev.AlertCancelled(duress=False), ev.AlertCancelled(duress=True))
        self._outside(self.random.choice((ev.PositionUpdated(position=where), *pins)))

    def a_modem_is_lost_or_back(self) -> None:
        for leg in self.book.case.legs.values():
            if leg.unheard_at is not None and leg.answered:
                self.book.write("alert-a1", ev.LegHeardAgain(leg=leg.leg, attempt=leg.attempt))
                return
        _in_the_network(self.book, Party.USER, Party.OPERATOR)
        _unheard(self.book)

    def nobody_is_free(self) -> None:
        self.book.operators = [] if self.book.operators else list(EVERYONE)

    def time_passes(self) -> None:
        self.book.pass_time(self.random.choice((0.5, 3, 12, 30)))

    def _outside(self, event: ev.Event) -> None:
        self.book.write("inbox-a1", event)
        self.book.go_on()

    def keep(self) -> None:
        """Keep the state as it is now, for the operator whom it concerns most."""
        for one in self.book.recorded[self._folded :]:
            self._sheet = begin(one) if self._sheet is None else evolve(self._sheet, one)
            assert self._sheet is not None
            self._entries = timeline.add(self._entries, one, self._sheet)
            match one.event:
                case ev.BridgeLeft(legs=legs):
                    self._parted |= set(legs)
                case ev.BridgeJoined(legs=legs):
                    self._parted -= set(legs)
                case ev.LegOriginating(leg=leg):
                    self._parted -= {leg}
            if isinstance(one.event, ev.LegReleased):
                ended = self._sheet.case.legs[one.event.leg]
                self._ends = {**self._ends, ended.party: ended}
                self._ended = ended
            elif timeline.add((), one, self._sheet):
                self._ended = None
            alone = self._waits_alone(self._sheet.case)
            self._alone_at = (self._alone_at or one.at_us) if alone else None
        self._folded = len(self.book.recorded)
        sheet = self._sheet
        assert sheet is not None
        case = sheet.case
        known = ShownAlert(sheet=sheet, seq=self._folded, entries=self._entries)
        view = case_view(known, GIULIA if case.user is not None else None)
        # As those see it whom it concerns, and at times as another one does.
        me = case.operator or next(iter(case.reserved), EVERYONE[0])
        if self.random.random() < 0.2:
            me = EVERYONE[-1]
        told = {
            "view": msgspec.to_builtins(view),
            "allowed": {
                name: why and str(why) for name, why in allowed(case, me, self.book.settings).items()
            },
            "me": {"operator": me, "name": "Anna", "number": "+390200000100", "role": "operator"},
            "nowUs": [self.book.now + later_us for later_us in LATER_US],
            "center": _center(self.book),
        }
        self.moments.append(Moment(sheet, self._ends, self._ended, self._parted, self._alone_at, me, told))

    @staticmethod
    def _waits_alone(case: Case) -> bool:
        up = on_line(case, Party.USER) is not None and on_line(case, Party.PSAP) is None
        return up and case.operator is None


_STEPS: tuple[Callable[[Telling], None], ...] = (
    *(Telling.a_call_goes_on,) * 5,
    *(Telling.a_call_ends,) * 4,
    *(Telling.an_order_is_given,) * 4,
    *(Telling.the_modems_hang_up,) * 3,
    *(Telling.the_bridge_reports,) * 2,
    *(Telling.time_passes,) * 2,
    Telling.the_user_writes,
    Telling.the_text_for_112_changes,
    Telling.the_app_says,
    Telling.a_modem_is_lost_or_back,
    Telling.nobody_is_free,
)


def _center(book: Book) -> dict[str, Any]:
    settings = book.settings
    return {
        "deadline_s": settings.deadline.seconds,
        "no_answer_s": settings.user.no_answer_s,
        "duress": settings.duress.value,
        "operator_line": settings.operator.line.value,
    }


def may_call_112(moment: Moment) -> bool:
    """Return True where E would be carried out: it is on the screen then, for no other key acts."""
    case, me, told = moment.case, moment.me, moment.told
    mine = case.operator == me or (case.operator is None and me in told["view"]["reserved"])
    return mine and told["allowed"]["call_psap"] is None
