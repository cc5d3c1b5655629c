"""Which orders are out of date, and by what."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages import events as ev
from messages.base import Position
from messages.ids import (
    E164,
    BriefingField,
    Channel,
    Instant,
    LegId,
    LineId,
    OperatorCommand,
    OperatorId,
    Party,
)
from model.alert.case import Case
from model.alert.folds.orders import KEPT
from model.orders.effects import is_out_of_date, is_repeated, matters_of_order
from model.orders.table import ORDERS
from tests.actors.alert_case.book import ALERT, EVERYONE, Book
from tests.support.each import each

ANNA, BICE = EVERYONE[:2]
USER = LegId(f"{ALERT}:user")
HARMLESS: tuple[ev.Event, ...] = (
    ev.PositionUpdated(position=Position(lat=44.4, lon=8.9, at=Instant(0))),
    ev.RingingSeen(),
    ev.LegRinging(leg=USER, attempt=1),
    ev.LegAnswered(leg=USER, attempt=1),
    ev.LegReleased(leg=USER, attempt=1, cause=16),
    ev.DialogueSeen(upto=1),
    ev.DialogueSaid(id="m", by=ANNA, channel=Channel.DATA, text="Where are you?"),
    ev.NoteAdded(by=ANNA, text="calm", id="n"),
    ev.OperatorJoined(operator=ANNA, leg=LegId(f"{ALERT}:op1")),
    ev.OperatorLeft(operator=ANNA, reason="lost"),
    ev.HandOverEnded(reason="nobody"),
    ev.CommandGiven(command=OperatorCommand.VOUCH, by=ANNA),
)
REQUESTED = E164("+390200000112")


def anna_has_it() -> Book:
    book = Book()
    book.write("alert-a1", ev.OperatorJoined(operator=ANNA, leg=LegId(f"{ALERT}:op1")))
    return book


def write(book: Book, *events: ev.Event) -> None:
    for event in events:
        inbox = isinstance(event, ev.CommandGiven | ev.AlertReopened | ev.DialogueSaid | ev.NoteAdded)
        book.write("inbox-a1" if inbox else "alert-a1", event)


def late(case: Case, seen: int) -> set[OperatorCommand]:
    return {command for command in OperatorCommand if is_out_of_date(case, command, seen)}


@each("command", [row.command for row in ORDERS.values() if row.changes is not None])
def test_an_order_is_out_of_date_once_its_matter_was_ordered_again(command: OperatorCommand) -> None:
    book = anna_has_it()
    seen = book.case.version
    write(book, ev.CommandGiven(command=command, by=ANNA))
    assert is_out_of_date(book.case, command, seen)
    assert not is_out_of_date(book.case, command, book.case.version)


@given(st.lists(st.sampled_from(HARMLESS), max_size=6))
def test_what_does_not_matter_makes_no_order_out_of_date(events: list[ev.Event]) -> None:
    book = anna_has_it()
    seen = book.case.version
    write(book, *events)
    assert late(book.case, seen) == set()


def test_what_the_case_makes_of_an_order_is_no_other_change() -> None:
    book = anna_has_it()
    write(book, ev.CommandGiven(command=OperatorCommand.CALL_PSAP, by=ANNA))
    seen = book.case.version
    write(book, ev.PsapRequested(by=ANNA, number=REQUESTED))
    assert not is_out_of_date(book.case, OperatorCommand.WITHDRAW_PSAP, seen)


@pytest.mark.parametrize(
    ("event", "command"),
    [
        (ev.PsapRequested(by=None, number=REQUESTED), OperatorCommand.CALL_PSAP),
        (ev.PsapRequested(by=None, number=REQUESTED), OperatorCommand.DECLARE_FALSE_ALARM),
        (ev.OperatorJoined(operator=BICE, leg=LegId(f"{ALERT}:op2")), OperatorCommand.LEAVE),
        (ev.AlertReopened(by=BICE), OperatorCommand.REOPEN),
        (ev.AlertReopened(by=BICE, psap=True), OperatorCommand.WITHDRAW_PSAP),
        (ev.DialogueSaid(id="m", text="Do not call"), OperatorCommand.CALL_ALOUD),
        (ev.NoteAdded(by=OperatorId(""), text="Do not call"), OperatorCommand.GIVE_VOICES),
    ],
)
def test_what_no_order_has_made_counts_where_it_matters(event: ev.Event, command: OperatorCommand) -> None:
    book = anna_has_it()
    seen = book.case.version
    write(book, event)
    assert is_out_of_date(book.case, command, seen)


@pytest.mark.parametrize("party", [Party.USER, Party.PSAP, Party.OPERATOR])
@pytest.mark.parametrize("command", [OperatorCommand.SEND_DIGIT, OperatorCommand.ANOTHER_LINE])
def test_an_order_about_a_call_is_out_of_date_with_the_next_call_of_that_party_alone(
    party: Party, command: OperatorCommand
) -> None:
    book = anna_has_it()
    seen = book.case.version
    leg = LegId(f"{ALERT}:{party.value}")
    write(book, ev.LegOriginating(leg=leg, party=party, line=LineId("p0"), attempt=2))
    assert is_out_of_date(book.case, command, seen, party)
    others = {Party.USER, Party.PSAP, Party.OPERATOR} - {party}
    assert not any(is_out_of_date(book.case, command, seen, one) for one in others)


def test_a_digit_without_a_party_goes_into_the_call_of_112() -> None:
    assert matters_of_order(OperatorCommand.SEND_DIGIT, None) == matters_of_order(
        OperatorCommand.SEND_DIGIT, Party.PSAP
    )


@pytest.mark.parametrize(
    "event",
    [
        ev.BriefingFilled(field=BriefingField.WEAPONS, text="a knife", by=ANNA),
        ev.DialogueSaid(id="u", text="yes", answers=1),
    ],
)
def test_an_old_text_does_not_replace_a_newer_one_of_its_field(event: ev.InboxEvent) -> None:
    book = anna_has_it()
    asked = ev.DialogueSaid(
        id="q", by=ANNA, text="Armed?", asks=True, fills=BriefingField.WEAPONS, yes="armed", no="none"
    )
    book.write("inbox-a1", asked)
    seen = book.case.version
    book.write("inbox-a1", event)
    changed = book.sheet.changed
    assert book.sheet.briefing[BriefingField.WEAPONS].text
    brief = OperatorCommand.BRIEF
    assert is_out_of_date(book.case, brief, seen, filled=changed[BriefingField.WEAPONS])
    assert BriefingField.CHILDREN not in changed
    assert not is_out_of_date(book.case, brief, book.case.version, filled=changed[BriefingField.WEAPONS])


def test_an_order_is_known_again_by_id_command_and_operator() -> None:
    book = anna_has_it()
    write(book, ev.CommandGiven(command=OperatorCommand.MUTE, by=ANNA, id="1"))
    assert is_repeated(book.case, "1", OperatorCommand.MUTE, ANNA)
    assert not is_repeated(book.case, "2", OperatorCommand.MUTE, ANNA)
    assert not is_repeated(book.case, "1", OperatorCommand.UNMUTE, ANNA)
    assert not is_repeated(book.case, "1", OperatorCommand.MUTE, BICE)


def test_orders_without_an_id_are_never_the_same_and_those_with_one_are_kept_up_to_a_bound() -> None:
    book = anna_has_it()
    digit = OperatorCommand.SEND_DIGIT
    write(book, ev.CommandGiven(command=digit, by=ANNA, digit="1"))
    assert not is_repeated(book.case, "", digit, ANNA)
    for n in range(KEPT + 1):
        write(book, ev.CommandGiven(command=digit, by=ANNA, digit="1", id=str(n)))
    assert len(book.case.orders) == KEPT
    assert is_repeated(book.case, str(KEPT), digit, ANNA)
