"""Form of an order's row: the full description of a command, in one place. The rows are in
`model.orders.of_*`, collected in `model.orders.table`.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, StrEnum, auto

import msgspec

from messages import events as ev
from messages.ids import OperatorCommand, OperatorId, Party
from model.alert.case import Case
from model.alert.parts import Matter
from model.orders.refusals import Refusal
from model.settings import Settings


class OrderGiver(Enum):
    """Operators who may give an order, for rules shared by several orders."""

    ON_THE_LINE = auto()
    """Operator who has the alert, until the alert is being ended."""
    CALLED = auto()
    """Also an operator being called for an alert without one: that operator's telephone may be dead, and 112
    must not wait for it.
    """
    ANYBODY = auto()
    """Any operator whom the row's own condition allows."""


class RequiredState(Enum):
    """State of the alert that an order requires."""

    OPEN = auto()
    CLOSED = auto()
    EITHER = auto()


class EnterKey(StrEnum):
    """Confirmation of the console's key by Enter, for orders that cannot be undone, or cost a call."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    """The page decides by the case."""
    ALWAYS = "always"


class ConsoleKey(msgspec.Struct, frozen=True, kw_only=True):
    """Presentation of an order at the console: its key and those words that are equal in every case.

    The words are in English, the key to other languages (`gateways/console/words`).
    """

    key: str = ""
    """Letter; empty: the page gives the order without a key, or by a key of its own."""
    whenever: bool = False
    """True if the key gives this order wherever no other order uses it."""
    enter: EnterKey = EnterKey.NEVER
    label: str | None = None
    """Label of the button, or of the entry in the list of keys."""
    waiting: str | None = None
    """Effect of Enter while the key waits for it; None: the page words it by the case."""
    listed: str | None = None
    """Entry in the list of keys if longer than the label; also covers the orders that share the key."""


class OrderContext(msgspec.Struct, frozen=True):
    """Input of a condition: the order as given by `by` in the present case."""

    case: Case
    by: OperatorId
    settings: Settings
    to: OperatorId | None = None
    """Operator who receives the case."""
    party: Party | None = None
    """Party to be called on another line, or whose call receives a digit."""
    supervisor: bool = False
    """True if `by` is a supervisor."""


Condition = Callable[[OrderContext], Refusal | None]
Effect = Callable[[Case, ev.CommandGiven, Settings], tuple[ev.CaseEvent, ...]]


def why_not_on_the_line(asked: OrderContext, *, called: bool = False) -> Refusal | None:
    """Return why `by` is not the operator in charge; None if in charge and not ending. `called`: also accept
    an operator being called for an unassigned alert.
    """
    case = asked.case
    comes = called and case.operator is None and asked.by in case.reserved
    if case.operator != asked.by and not comes:
        return Refusal.NOT_ON_THE_LINE
    return Refusal.BEING_ENDED if case.leaving else None


def always_allowed(_: OrderContext) -> None:
    """Refuse nothing: `by` and `when` are the only conditions."""


def no_events(_case: Case, _order: ev.CommandGiven, _settings: Settings) -> tuple[ev.CaseEvent, ...]:
    """Make no event: the order's own event is enough."""
    return ()


def single_event(kind: Callable[..., ev.CaseEvent]) -> Effect:
    """Return the effect of an order that makes one event with the operator's id."""
    return lambda _case, order, _settings: (kind(by=order.by),)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """Row of a command: who may give it and when, its effect, the matters it rests on, its console key."""

    command: OperatorCommand
    italian: str
    """Name in an Italian sentence; an English sentence uses the value."""
    by: OrderGiver = OrderGiver.ON_THE_LINE
    when: RequiredState = RequiredState.OPEN
    supervisor: bool = False
    """True for supervisors and administrators only; checked by the web, since an alert does not know roles.
    """
    had_it: bool = False
    """True if reserved after the end to operators who had the alert; for others see `model.orders.effects`.
    """
    needs: frozenset[str] = frozenset()
    """Fields required over HTTP. Every order may also have an `id`, `seen` and a `text`."""
    takes: frozenset[str] = frozenset()
    """Optional fields over HTTP."""
    parties: tuple[Party, ...] = tuple(Party)
    """Values allowed for `party`, if the order takes one."""
    says_role: bool = False
    """True if the event records whether a supervisor gave the order."""
    why_not: Condition = always_allowed
    """Return why not, if `by` and `when` do not refuse the order."""
    makes: Effect = no_events
    """Return the events of the AlertCase; called only if the order is allowed."""
    changes: Matter | None = None
    """Matter that the order changes."""
    console: ConsoleKey = ConsoleKey()
    rests_on: frozenset[Matter] = frozenset()
    """Matters unchanged since the operator saw the alert. Some orders have more: `model.orders.effects`."""
