"""What an order's row says holds for each command."""

from __future__ import annotations

from messages.ids import OperatorCommand
from model.orders.of_ending import OF_ENDING
from model.orders.of_operators import OF_OPERATORS
from model.orders.of_psap import OF_PSAP
from model.orders.of_user import OF_USER
from model.orders.of_words import OF_WORDS
from model.orders.refusals import Refusal
from tests.support.each import each


def test_every_command_has_one_row() -> None:
    rows = (*OF_OPERATORS, *OF_USER, *OF_PSAP, *OF_WORDS, *OF_ENDING)
    assert sorted(row.command for row in rows) == sorted(OperatorCommand)


@each("refusal", list(Refusal))
def test_a_refusal_is_its_value_and_has_its_sentences(refusal: Refusal) -> None:
    assert Refusal(refusal.value) is refusal
    assert str(refusal) == refusal.value == refusal.name.lower()
    italian, english = refusal.at_console
    assert all(one.endswith(".") for one in (refusal.sentence, italian, english))
    assert italian != english
