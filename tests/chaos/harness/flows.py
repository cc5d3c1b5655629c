"""The ways of an alert, as tables: what is seen next, and what a person or a phone does when it is.

Every step is a place to strike. Conditions look from outside; they hold once the step has been got to, so
that none is missed between two looks. A deed is repeated until it is taken, as people do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from messages.events import ConferenceBroken
from messages.ids import OperatorCommand, Outcome, Party
from messages.journal import Recorded
from tests.chaos.harness.view import View

Condition = Callable[[View], bool]
OPERATOR, USER, PSAP = Party.OPERATOR, Party.USER, Party.PSAP


@dataclass(frozen=True)
class Send:
    """The app sends its packet."""


@dataclass(frozen=True)
class CallIn:
    """The user calls the public line."""


@dataclass(frozen=True)
class Order:
    """The operator presses a key."""

    command: OperatorCommand


@dataclass(frozen=True)
class HangUp:
    """These put down their phones, and whatever rings there after that."""

    parties: tuple[Party, ...]


Deed = Send | CallIn | Order | HangUp


@dataclass(frozen=True)
class Step:
    """One row of a flow's table."""

    name: str
    seen: Condition
    then: Deed | None = None
    """What leads on."""


@dataclass(frozen=True)
class Flow:
    """One way of an alert, from its beginning to its end."""

    name: str
    begins: Deed
    outcome: Outcome
    steps: tuple[Step, ...]
    calls: dict[Party, int]
    """How often each party is called, or calls, when no line fails."""
    behaviour: str = "answer"
    """What the user's phone does."""
    told: str = field(default="", compare=False)
    """The flow in one sentence, for the reader of the report."""

    @property
    def places(self) -> tuple[str, ...]:
        """Where it can be struck: every step but the end."""
        return tuple(step.name for step in self.steps[:-1])


def accepted(view: View) -> bool:
    return view.case is not None


def dialled(party: Party, times: int = 1) -> Condition:
    return lambda view: len(view.calls_with(party)) >= times


def ringing(party: Party, times: int = 1) -> Condition:
    return lambda view: sum(call.ringing_s is not None for call in view.calls_with(party)) >= times


def answered(party: Party) -> Condition:
    return lambda view: any(call.answered_s is not None for call in view.calls_with(party))


def ended(party: Party) -> Condition:
    return lambda view: bool(view.calls_with(party)) and not any(call.live for call in view.calls_with(party))


def rang_out(party: Party) -> Condition:
    return lambda view: any(
        call.ended_s is not None and call.answered_s is None for call in view.calls_with(party)
    )


def joined(*parties: Party) -> Condition:
    return lambda view: view.joined == frozenset(parties)


def talking(*parties: Party) -> Condition:
    """They are in the conference, and each hears the others."""
    them = frozenset(parties)
    return lambda view: view.joined == them and view.hear_each_other(them)


def taken(command: OperatorCommand) -> Condition:
    return lambda view: command in view.ordered


def both(*conditions: Condition) -> Condition:
    return lambda view: all(condition(view) for condition in conditions)


def briefed(view: View) -> bool:
    return view.case is not None and view.case.briefing_at is not None


def closed(view: View) -> bool:
    return view.case is not None and view.case.closed_at is not None


_CALLED = (
    Step("operator_dialled", dialled(OPERATOR)),
    Step("operator_ringing", ringing(OPERATOR)),
    Step("operator_answered", answered(OPERATOR)),
)
_CALLED_BACK = (
    Step("accepted", accepted),
    *_CALLED,
    Step("user_dialled", dialled(USER)),
    Step("user_ringing", ringing(USER)),
)
_ANSWERED = (*_CALLED_BACK, Step("user_answered", answered(USER)), Step("joined", joined(OPERATOR, USER)))


ALL_THREE = talking(OPERATOR, USER, PSAP)


def has_broken(story: Iterable[Recorded]) -> bool:
    """Whether the operator had left, and is called back; who plays that part leaves again, at any step."""
    return any(isinstance(one.event, ConferenceBroken) for one in story)


def _to_112(before: Step) -> tuple[Step, ...]:
    """From the two in conversation until 112 and the user are left alone."""
    return (
        before,
        Step("psap_ordered", taken(OperatorCommand.CALL_PSAP)),
        Step("psap_dialled", dialled(PSAP)),
        Step("psap_ringing", ringing(PSAP)),
        Step("psap_answered", answered(PSAP)),
        Step("conference", ALL_THREE, Order(OperatorCommand.LEAVE)),
        Step("leave_ordered", taken(OperatorCommand.LEAVE)),
        Step("alone", both(ended(OPERATOR), talking(USER, PSAP)), HangUp((PSAP, USER))),
        Step("hung_up", both(ended(USER), ended(PSAP)), HangUp((PSAP, USER))),
        Step("closed", closed),
    )


_TALKING_THEN_112 = Step("talking", talking(OPERATOR, USER), Order(OperatorCommand.CALL_PSAP))
_ONCE_EACH = {OPERATOR: 1, USER: 1, PSAP: 1}

MAIN = Flow(
    name="main",
    begins=Send(),
    outcome=Outcome.HANDED_OVER,
    steps=(*_ANSWERED, *_to_112(_TALKING_THEN_112)),
    calls=_ONCE_EACH,
    told="The app's alert; operator, user and 112 are called; the operator leaves, the other two hang up.",
)
VOICE = Flow(
    name="voice",
    begins=CallIn(),
    outcome=Outcome.HANDED_OVER,
    steps=(
        Step("calling_in", dialled(USER), CallIn()),
        Step("ringing_in", ringing(USER), CallIn()),
        Step("accepted", accepted),
        Step("taken", answered(USER)),
        *_CALLED,
        Step("joined", joined(OPERATOR, USER)),
        *_to_112(_TALKING_THEN_112),
    ),
    calls=_ONCE_EACH,
    told="The user calls the public line and is answered; the rest as in `main`.",
)
NO_ANSWER = Flow(
    name="no_answer",
    begins=Send(),
    outcome=Outcome.BRIEFED,
    behaviour="no_answer",
    steps=(
        *_CALLED_BACK,
        Step("user_rang_out", rang_out(USER)),
        Step("user_dialled_again", dialled(USER, 2)),
        Step("user_ringing_again", ringing(USER, 2), Order(OperatorCommand.CALL_PSAP)),
        Step("psap_ordered", taken(OperatorCommand.CALL_PSAP)),
        Step("psap_dialled", dialled(PSAP)),
        Step("psap_ringing", ringing(PSAP)),
        Step("psap_answered", answered(PSAP)),
        Step("briefing", talking(OPERATOR, PSAP), Order(OperatorCommand.BRIEFING_GIVEN)),
        Step("briefing_ordered", taken(OperatorCommand.BRIEFING_GIVEN)),
        Step("briefed", briefed, Order(OperatorCommand.LEAVE)),
        Step("leave_ordered", taken(OperatorCommand.LEAVE)),
        Step("closed", closed),
    ),
    calls={OPERATOR: 1, USER: 2, PSAP: 1},
    told="The user's phone rings out twice; 112 is called and briefed by the operator; all calls end.",
)
FALSE_ALARM = Flow(
    name="false_alarm",
    begins=Send(),
    outcome=Outcome.FALSE_ALARM,
    steps=(
        *_ANSWERED,
        Step("talking", talking(OPERATOR, USER), Order(OperatorCommand.DECLARE_FALSE_ALARM)),
        Step("false_alarm_ordered", taken(OperatorCommand.DECLARE_FALSE_ALARM)),
        Step("released", both(ended(USER), ended(OPERATOR))),
        Step("closed", closed),
    ),
    calls={OPERATOR: 1, USER: 1, PSAP: 0},
    told="User and operator talk; the alert was a mistake; both calls end.",
)
FLOWS = {flow.name: flow for flow in (MAIN, VOICE, NO_ANSWER, FALSE_ALARM)}
