"""A user who is to hear nobody (key S): heard as ever, and no voice comes out of the phone."""

from __future__ import annotations

import pytest

from actors.alert_case.wishes import bridge_wish
from messages import events as ev
from messages.ids import Channel, LegId, OperatorCommand, Party, Proof
from model.alert.evolve import fold
from model.orders.refusals import Refusal
from model.rules.said.announcing import SOFT_TONE, hears
from tests.actors.alert_case.book import Book


def hearers(book: Book) -> dict[Party, set[Party]]:
    """Who hears each party of the conference."""
    legs = book.case.legs
    members = bridge_wish(book.case).members
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
    return SOFT_TONE in hears(book.case, book.leg(Party.USER).leg)


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
            channel=Channel.DATA, proof=Proof.APP, received_at=book.now, raised_at=book.now, silent=True
        )
        book.write("inbox-a1", signal)
    book.go_on()
    assert hearers(book)[Party.OPERATOR] == set()
