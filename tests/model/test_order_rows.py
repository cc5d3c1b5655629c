"""What an order's row says holds for each command."""

from __future__ import annotations

from msgspec.structs import replace

from messages.ids import OperatorCommand
from model.orders.effects import refusal
from model.orders.of_ending import OF_ENDING
from model.orders.of_operators import OF_OPERATORS
from model.orders.of_psap import OF_PSAP
from model.orders.of_user import OF_USER
from model.orders.of_words import OF_WORDS
from model.orders.refusals import Refusal
from model.orders.row import OrderGiver, RequiredState
from model.orders.table import ORDERS
from tests.actors.alert_case.book import EVERYONE, SETTINGS, Book
from tests.support.each import each


def test_every_command_has_one_row() -> None:
    rows = (*OF_OPERATORS, *OF_USER, *OF_PSAP, *OF_WORDS, *OF_ENDING)
    assert sorted(row.command for row in rows) == sorted(OperatorCommand)


@each("command", list(OperatorCommand))
def test_whom_and_when_an_order_is_refused_is_as_the_row_says(
    command: OperatorCommand,
) -> None:
    row, case = ORDERS[command], Book().to_talking().case
    stranger = refusal(case, command, EVERYONE[-1], SETTINGS)
    assert (stranger is Refusal.NOT_ON_THE_LINE) == (
        row.by is not OrderGiver.ANYBODY
    ) or command == "have_read"
    closed = replace(case, closed_at=case.received_at)
    assert (refusal(case, command, EVERYONE[0], SETTINGS) is Refusal.NOT_CLOSED) == (
        row.when is RequiredState.CLOSED
    )
    assert (refusal(closed, command, EVERYONE[0], SETTINGS) is Refusal.CLOSED) == (
        row.when is RequiredState.OPEN
    )


@each("refusal", list(Refusal))
def test_a_refusal_is_its_value_and_has_its_sentences(refusal: Refusal) -> None:
    assert Refusal(refusal.value) is refusal
    assert str(refusal) == refusal.value == refusal.name.lower()
    assert refusal.sentence.endswith(".")
    assert refusal.at_console.endswith(".")
