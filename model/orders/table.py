"""Table of all orders (`model.orders.row`)."""

from __future__ import annotations

from typing import Final

from model.orders.of_ending import OF_ENDING
from model.orders.of_operators import OF_OPERATORS
from model.orders.of_psap import OF_PSAP
from model.orders.of_user import OF_USER
from model.orders.of_words import OF_WORDS

ORDERS: Final = {row.command: row for row in (*OF_OPERATORS, *OF_USER, *OF_PSAP, *OF_WORDS, *OF_ENDING)}
"""Rows by command."""
