"""Who is heard by whom: a user who is to hear nobody, a muted operator, and keys that go into a call."""

from __future__ import annotations

import pytest

from actors.alert_case.wishes import desired_bridge, desired_legs, is_settled
from messages import events as ev
from messages.bridge import BridgeReport, Press
from messages.cases import Originate
from messages.ids import Assurance, BridgeId, Channel, Instant, LegId, OperatorCommand, Party
from model.alert.evolve import fold
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.rules.messages.announcements import SOFT_TONE, clip_names_for
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book


def hearers(book: Book) -> dict[Party, set[Party]]:
    """Who hears each party of the conference."""
    legs = book.case.legs
    members = desired_bridge(book.case).members
    everybody: set[LegId] = {member.leg for member in members}
    return {
        legs[member.leg].party: {
            legs[leg].party
            for leg in (everybody if member.heard_by is None else member.heard_by)
            if leg != member.leg and not member.muted
        }
        for member in members
    }


def tone(book: Book) -> bool:
    return SOFT_TONE in clip_names_for(book.case, book.leg(Party.USER).leg)


def test_by_an_order_nobody_is_heard_by_the_user_whom_everybody_hears() -> None:
    book = Book().to_conference()
    all_three = {Party.USER, Party.OPERATOR, Party.PSAP}
    assert hearers(book) == {party: all_three - {party} for party in all_three}
    book.order(OperatorCommand.WITHHOLD_VOICES)
    assert hearers(book) == {
        Party.USER: {Party.OPERATOR, Party.PSAP},
        Party.OPERATOR: {Party.PSAP},
        Party.PSAP: {Party.OPERATOR},
    }
    assert tone(book)
    assert fold(book.recorded) == book.case
    book.order(OperatorCommand.GIVE_VOICES)
    assert hearers(book) == {party: all_three - {party} for party in all_three}
    assert not tone(book)


@pytest.mark.parametrize("duress", [False, True])
def test_in_a_silent_alert_and_under_duress_it_is_so_by_itself_until_an_operator_gives_the_voices(
    duress: bool,
) -> None:
    book = Book(silent=not duress).attended()
    if not duress:
        book.order(OperatorCommand.CALL_ALOUD)
        assert book.why_not(OperatorCommand.WITHHOLD_VOICES) is None, "who is called aloud hears"
        book.order(OperatorCommand.WITHHOLD_VOICES)
    book.answers(Party.USER)
    if duress:
        book.fact(ev.AlertCancelled(duress=True))
    assert hearers(book)[Party.OPERATOR] == set()
    assert tone(book) is not duress, "who forces the user may hold the phone"
    assert book.why_not(OperatorCommand.ASK_ALOUD) is Refusal.VOICES_WITHHELD
    assert book.why_not(OperatorCommand.WITHHOLD_VOICES) is Refusal.VOICES_WITHHELD
    book.order(OperatorCommand.GIVE_VOICES)
    assert hearers(book)[Party.OPERATOR] == {Party.USER}
    assert book.why_not(OperatorCommand.GIVE_VOICES) is Refusal.VOICES_GIVEN
    assert book.why_not(OperatorCommand.ASK_ALOUD) is None


@pytest.mark.parametrize("then", ["duress", "silent"])
def test_an_order_of_before_does_not_hold_once_the_alert_is_silent_or_forced(then: str) -> None:
    book = Book().to_talking().order(OperatorCommand.WITHHOLD_VOICES).order(OperatorCommand.GIVE_VOICES)
    assert hearers(book)[Party.OPERATOR] == {Party.USER}
    if then == "duress":
        book.write("inbox-a1", ev.AlertCancelled(duress=True))
    else:
        signal = ev.AlertSignalAdded(
            channel=Channel.DATA,
            proof=Assurance.APP,
            received_at=book.now,
            raised_at=book.now,
            silent=True,
        )
        book.write("inbox-a1", signal)
    book.go_on()
    assert hearers(book)[Party.OPERATOR] == set()


def muted(book: Book) -> set[Party]:
    legs = book.case.legs
    return {legs[member.leg].party for member in desired_bridge(book.case).members if member.muted}


def test_who_is_muted_is_not_heard_and_hears() -> None:
    book = Book().to_talking()
    assert muted(book) == set()
    book.order(OperatorCommand.MUTE)
    assert muted(book) == {Party.OPERATOR}
    assert len(desired_bridge(book.case).members) == 2
    book.order(OperatorCommand.UNMUTE)
    assert muted(book) == set()


def test_it_is_the_operator_s_alone_and_only_on_the_line() -> None:
    book = Book().opened()
    for command in (OperatorCommand.MUTE, OperatorCommand.UNMUTE):
        assert book.why_not(command) == Refusal.NOT_ON_THE_LINE
    book.answers(Party.OPERATOR)
    assert book.why_not(OperatorCommand.UNMUTE) == Refusal.NOT_MUTED
    assert book.why_not(OperatorCommand.MUTE, EVERYONE[1]) is not None
    book.order(OperatorCommand.MUTE)
    assert book.why_not(OperatorCommand.MUTE) == Refusal.MUTED_ALREADY


def test_two_orders_at_once_are_one() -> None:
    book = Book().to_talking()
    for _ in range(2):
        book.fact(ev.CommandGiven(command=OperatorCommand.MUTE, by=EVERYONE[0]))
    assert len(book.all_of(ev.LegMuted)) == 1
    assert len(book.all_of(ev.CommandRefused)) == 1
    assert muted(book) == {Party.OPERATOR}


def test_who_is_called_again_is_heard_again() -> None:
    book = Book().to_talking().order(OperatorCommand.MUTE).ends(Party.OPERATOR, cause=200)
    book.answers(Party.OPERATOR)
    assert muted(book) == set()
    assert book.case.operator is not None
    assert refusal(book.case, OperatorCommand.MUTE, book.case.operator, SETTINGS) is None


DIGIT = OperatorCommand.SEND_DIGIT


def wished(book: Book, party: Party) -> str:
    """All digits that the leg of this party is told."""
    wishes = (wish for wish in desired_legs(book.case).values() if isinstance(wish, Originate))
    return next(wish.digits for wish in wishes if wish.party is party)


def press(book: Book, digit: str, party: Party | None = None) -> None:
    book.fact(ev.CommandGiven(command=DIGIT, by=EVERYONE[0], digit=digit, party=party))


def test_each_press_is_one_digit_of_that_partys_call_and_the_same_key_may_be_pressed_again() -> None:
    book = Book().to_conference()
    for digit in "1", "1", "#":
        press(book, digit)
    press(book, "5", Party.USER)
    assert (wished(book, Party.PSAP), wished(book, Party.USER), wished(book, Party.OPERATOR)) == (
        "11#",
        "5",
        "",
    )
    assert [event.digit for event in book.all_of(ev.LegDigit) if isinstance(event, ev.LegDigit)] == list(
        "11#5"
    )


def test_it_is_for_the_operator_on_the_line_and_for_those_who_are_on_it() -> None:
    book = Book().to_talking()
    assert book.why_not(DIGIT) == Refusal.PSAP_ABSENT
    assert book.why_not(DIGIT, party=Party.USER) is None
    assert book.why_not(DIGIT, EVERYONE[1], party=Party.USER) is not None
    press(book, "1")
    assert len(book.all_of(ev.CommandRefused)) == 1


def test_what_the_user_presses_is_told_once_however_often_and_late_it_is_reported() -> None:
    book = Book().to_talking()
    user = book.leg(Party.USER).leg
    joined = tuple(one.leg for one in book.case.legs.values() if one.joined)

    def report(*presses: tuple[int, str]) -> BridgeReport:
        keys = tuple(Press(at=Instant(at), digit=digit) for at, digit in presses)
        return BridgeReport(bridge=BridgeId("a1"), joined=joined, pressed={user: keys} if keys else {})

    early, both = report((10, "1")), report((10, "1"), (11, "2"))
    # The last two are another bridge's, which has heard nothing before.
    for said in (early, both, early, both, report(), report((20, "1"))):
        book.go_on(said)
    assert [one.digit for one in book.all_of(ev.LegPressed)] == ["1", "2", "1"]
    assert (book.leg(Party.USER).pressed, book.leg(Party.USER).pressed_at) == ("121", 20)


def test_another_attempt_begins_without_what_was_pressed_in_the_one_before() -> None:
    book = Book().to_conference()
    press(book, "1")
    book.ends(Party.PSAP).order(OperatorCommand.CALL_PSAP).rings(Party.PSAP).answers(Party.PSAP)
    assert book.leg(Party.PSAP).attempt > 1
    assert wished(book, Party.PSAP) == ""


def test_a_case_is_settled_once_all_parties_on_the_line_are_joined() -> None:
    book = Book().to_conference()
    legs = tuple(leg.leg for leg in book.case.legs.values() if leg.live)
    book.go_on(BridgeReport(bridge=BridgeId(book.case.alert), joined=legs[:-1]))
    assert not is_settled(book.case)
    book.go_on(BridgeReport(bridge=BridgeId(book.case.alert), joined=legs))
    assert is_settled(book.case)
