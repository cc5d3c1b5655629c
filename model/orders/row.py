"""The form of an order's row: all that is said of a command, in one place. Rows stand in `model.orders.of_*`,
together in `model.orders.table`.
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


class By(Enum):
    """Which operator may give an order, as far as that is the same for several of them."""

    ON_THE_LINE = auto()
    """The operator who has the alert, until it is being ended."""
    CALLED = auto()
    """As well an operator who is being called for an alert that has none: that operator's telephone may be
    dead, and 112 must not wait for it."""
    ANYBODY = auto()
    """Whom the row's own condition allows it."""


class While(Enum):
    """When an order may be given."""

    OPEN = auto()
    CLOSED = auto()
    EITHER = auto()


class Enter(StrEnum):
    """Whether the console's key waits for Enter: where the order cannot be undone, or costs a call."""

    NEVER = "never"
    SOMETIMES = "sometimes"
    """The page sees by the case whether it does."""
    ALWAYS = "always"


class AtConsole(msgspec.Struct, frozen=True, kw_only=True):
    """An order at the console: its key and its words, as far as they are the same in every case. They are in
    English, by which other languages have them (`gateways/console/words`).
    """

    key: str = ""
    """Letter; none: the page gives the order by itself, or by a key of its own."""
    whenever: bool = False
    """The key gives this order wherever no other one has borrowed it."""
    enter: Enter = Enter.NEVER
    label: str | None = None
    """On its button, or where there is none in the list of keys."""
    waiting: str | None = None
    """What Enter does, for as long as the key waits for it; none: the page's, by the case."""
    listed: str | None = None
    """In the list of keys, where it says more than the label; also of the orders that share the key."""


class Asked(msgspec.Struct, frozen=True):
    """What is asked of a condition: whether `by` may order it in the case as it is now."""

    case: Case
    by: OperatorId
    settings: Settings
    to: OperatorId | None = None
    """To whom the case is handed over."""
    party: Party | None = None
    """Who is to have another line, or into whose call a digit goes."""
    supervisor: bool = False
    """Whether `by` is one."""


Condition = Callable[[Asked], Refusal | None]
Effect = Callable[[Case, ev.CommandGiven, Settings], tuple[ev.CaseEvent, ...]]


def why_not_on_the_line(asked: Asked, *, called: bool = False) -> Refusal | None:
    """Why `by` is not who has the alert and goes on with it. `called`: or is being called for one that nobody
    has.
    """
    case = asked.case
    comes = called and case.operator is None and asked.by in case.reserved
    if case.operator != asked.by and not comes:
        return Refusal.NOT_ON_THE_LINE
    return Refusal.BEING_ENDED if case.leaving else None


def allowed(_: Asked) -> None:
    """Refuse nothing: who gives the order, and when, is all that it needs."""


def nothing(_case: Case, _order: ev.CommandGiven, _settings: Settings) -> tuple[ev.CaseEvent, ...]:
    """Make no event: the order's own event says all."""
    return ()


def making(kind: Callable[..., ev.CaseEvent]) -> Effect:
    """Return the effect of an order that makes one event, which says who ordered it."""
    return lambda _case, order, _settings: (kind(by=order.by),)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """A command: who may give it, when, what it does, on what it rests, how the console shows it."""

    command: OperatorCommand
    italian: str
    """What it is called in an Italian sentence; in an English one by its value."""
    by: By = By.ON_THE_LINE
    when: While = While.OPEN
    supervisor: bool = False
    """For supervisors and admins alone. The door sees to it: an alert does not know roles."""
    had_it: bool = False
    """After the end it is for those who have had the alert, and for others by `model.orders.effects`."""
    needs: frozenset[str] = frozenset()
    """What has to come with it over HTTP. Besides that every order may have an `id`, `seen` and a `text`."""
    takes: frozenset[str] = frozenset()
    """What may come with it."""
    parties: tuple[Party, ...] = tuple(Party)
    """Which ones may be its `party`, where it takes one."""
    says_role: bool = False
    """The event says whether a supervisor has ordered it."""
    why_not: Condition = allowed
    """Why not, where `by` and `when` do not refuse it."""
    makes: Effect = nothing
    """The events of the AlertCase; called only where it is allowed."""
    changes: Matter | None = None
    """The matter that has changed once it is ordered."""
    console: AtConsole = AtConsole()
    rests_on: frozenset[Matter] = frozenset()
    """What must not have changed since the operator saw the alert. More of a few: `model.orders.effects`."""
