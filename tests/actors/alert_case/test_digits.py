"""Keys that the operator presses for a voice menu: into whose call they go, and that each is one press."""

from __future__ import annotations

from actors.alert_case.wishes import leg_wishes
from messages import events as ev
from messages.bridge import BridgeReport, Press
from messages.ids import BridgeId, Instant, OperatorCommand, Party
from messages.legs import Originate
from model.orders.refusals import Refusal
from tests.actors.alert_case.book import EVERYONE, Book

DIGIT = OperatorCommand.SEND_DIGIT


def wished(book: Book, party: Party) -> str:
    """All digits that the leg of this party is told."""
    wishes = (wish for wish in leg_wishes(book.case).values() if isinstance(wish, Originate))
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
