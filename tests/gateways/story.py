"""Writes an alert's story into a journal, as the intake and the AlertCase would."""

from __future__ import annotations

from messages import events as ev
from messages.base import Position
from messages.events import Event
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    BridgeId,
    Channel,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    Outcome,
    Party,
    ShiftState,
    TrunkId,
    UserId,
    WorkerId,
)
from model.alert.leg import leg_id
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import accept
from store.journal.journal import Append, Journal

LINES = {"user": LineId("L1"), "op1": LineId("L2"), "op2": LineId("L3"), "psap": LineId("E1")}


class Story:
    """One alert, told step by step."""

    def __init__(
        self,
        journal: Journal,
        now_us: Instant,
        *,
        phone: str = "+393331112223",
        test: bool = False,
        silent: bool = False,
        ago_s: float = 0.0,
        deadline_s: float = 50.0,
        channel: Channel = Channel.DATA,
        position: bool = True,
    ) -> None:
        self.journal = journal
        received_at = Instant(now_us - int(ago_s * SECOND))
        where = Position(
            lat=44.39058, lon=8.97342, at=Instant(received_at - 6 * SECOND), accuracy_m=18.0, source="gps"
        )
        accepted = accept(
            journal,
            Signal(
                channel=channel,
                received_at=received_at,
                phone=E164(phone),
                position=where if position else None,
                test=test,
                silent=silent,
                battery_pct=23,
            ),
            deadline_s,
        )
        self.alert: AlertId = accepted.alert
        self.phone = E164(phone)

    def say(self, *events: Event) -> None:
        """Into the case's stream."""
        self.journal.append(Append(streams.case(self.alert), None, events))

    def hear(self, *events: Event) -> None:
        """Into the alert's inbox."""
        self.journal.append(Append(streams.inbox(self.alert), None, events))

    def leg(self, place: str) -> LegId:
        """The leg's id."""
        return leg_id(self.alert, place)

    def opened(self) -> Story:
        """A case has it."""
        self.say(ev.CaseOpened(node=NodeId("n1"), worker=WorkerId("c00"), incarnation=1))
        return self

    def identified(self, user: UserId) -> Story:
        """The user is known."""
        self.say(ev.UserIdentified(user=user, language="it"))
        return self

    def originate(
        self, place: str, party: Party, number: E164, *, operator: OperatorId | None = None, attempt: int = 1
    ) -> Story:
        """A party is being called."""
        self.say(
            ev.LegOriginating(
                leg=self.leg(place),
                party=party,
                number=number,
                line=LINES[place],
                attempt=attempt,
                trunk=TrunkId("public"),
                operator=operator,
            )
        )
        return self

    def operator_called(self, operator: OperatorId) -> Story:
        """The operator's phone rings."""
        reserved = ev.OperatorReserved(operator=operator, alert=self.alert)
        self.journal.append(
            Append(streams.operator(operator), None, (reserved,)),
            Append(streams.case(self.alert), None, (reserved,)),
        )
        self.originate("op1", Party.OPERATOR, E164("+390200000011"), operator=operator)
        self.say(ev.LegRinging(leg=self.leg("op1"), attempt=1))
        return self

    def operator_joined(self, operator: OperatorId) -> Story:
        """The operator answers, and has the case."""
        self.say(
            ev.LegAnswered(leg=self.leg("op1"), attempt=1),
            ev.OperatorJoined(operator=operator, leg=self.leg("op1")),
            ev.BridgeJoined(bridge=BridgeId("b"), legs=(self.leg("op1"),)),
        )
        return self

    def had_by(self, operator: OperatorId) -> Story:
        """The case is opened, and the operator has it."""
        return self.opened().operator_called(operator).operator_joined(operator)

    def listened(self, operator: OperatorId) -> Story:
        """A supervisor is called, and hears them."""
        self.hear(ev.CommandGiven(command=OperatorCommand.LISTEN, by=operator))
        self.say(ev.InboxRead(upto=2), ev.ListenRequested(by=operator))
        self.originate("op2", Party.LISTENER, E164("+390200000012"), operator=operator)
        self.say(
            ev.LegRinging(leg=self.leg("op2"), attempt=1),
            ev.LegAnswered(leg=self.leg("op2"), attempt=1),
            ev.BridgeJoined(bridge=BridgeId("b"), legs=(self.leg("op2"),)),
        )
        return self

    def user_called(self, attempt: int = 1) -> Story:
        """The user's phone rings."""
        self.originate("user", Party.USER, self.phone, attempt=attempt)
        self.say(ev.LegRinging(leg=self.leg("user"), attempt=attempt))
        if attempt == 1:
            self.say(ev.UserRang())
        return self

    def user_answered(self, attempt: int = 1) -> Story:
        """The user answers and is joined."""
        self.say(
            ev.LegAnswered(leg=self.leg("user"), attempt=attempt),
            ev.UserReached(met_by="answered", by="answer"),
            ev.BridgeJoined(bridge=BridgeId("b"), legs=(self.leg("user"),)),
        )
        return self

    def user_released(self, cause: int, attempt: int = 1) -> Story:
        """The user's leg is gone."""
        self.say(ev.LegReleased(leg=self.leg("user"), attempt=attempt, cause=cause))
        return self

    def psap_called(self, operator: OperatorId) -> Story:
        """112 is called."""
        self.say(ev.PsapRequested(by=operator, number=E164("+390200000112")))
        return self.originate("psap", Party.PSAP, E164("+390200000112"))

    def psap_joined(self) -> Story:
        """112 answers and is joined."""
        self.say(
            ev.LegRinging(leg=self.leg("psap"), attempt=1),
            ev.LegAnswered(leg=self.leg("psap"), attempt=1),
            ev.PsapJoined(leg=self.leg("psap")),
            ev.BridgeJoined(bridge=BridgeId("b"), legs=(self.leg("psap"),)),
        )
        return self

    def operator_left(self, operator: OperatorId) -> Story:
        """The operator leaves the two alone."""
        self.say(ev.LeaveRequested(by=operator))
        return self._part_ended(operator, "op1", "left")

    def _part_ended(self, operator: OperatorId, place: str, reason: str) -> Story:
        """The operator's phone is on hook, and the wrap-up begins."""
        left = ev.OperatorLeft(operator=operator, reason=reason)
        part_ended = ev.OperatorLeft(operator=operator, reason=reason, alert=self.alert)
        self.journal.append(
            Append(streams.operator(operator), None, (part_ended,)),
            Append(
                streams.case(self.alert),
                None,
                (ev.LegReleased(leg=self.leg(place), attempt=1, cause=16), left),
            ),
        )
        return self

    def handed_over(self, by: OperatorId, to: OperatorId | None, text: str = "") -> Story:
        """Whoever has the case wants another one to take it."""
        self.say(ev.HandOverRequested(by=by, to=to, text=text))
        return self

    def next_called(self, operator: OperatorId) -> Story:
        """The phone of whoever is to take it rings."""
        reserved = ev.OperatorReserved(operator=operator, alert=self.alert)
        self.journal.append(
            Append(streams.operator(operator), None, (reserved,)),
            Append(streams.case(self.alert), None, (reserved,)),
        )
        self.originate("op2", Party.OPERATOR, E164("+390200000012"), operator=operator)
        self.say(ev.LegRinging(leg=self.leg("op2"), attempt=1))
        return self

    def next_joined(self, operator: OperatorId, before: OperatorId) -> Story:
        """The operator answers and is joined, has the case, and whoever had it is let go."""
        self.say(
            ev.LegAnswered(leg=self.leg("op2"), attempt=1),
            ev.BridgeJoined(bridge=BridgeId("b"), legs=(self.leg("op2"),)),
            ev.OperatorJoined(operator=operator, leg=self.leg("op2")),
            ev.LegReleasing(leg=self.leg("op1"), attempt=1, reason="handed over"),
        )
        return self._part_ended(before, "op1", "handed over")

    def closed(self, outcome: Outcome) -> Story:
        """Everything is over."""
        self.say(
            *(ev.LegReleased(leg=self.leg(place), attempt=1, cause=16) for place in ("user", "op1", "psap")),
            ev.AlertClosed(outcome=outcome),
        )
        return self


def on_shift(journal: Journal, operator: OperatorId, state: ShiftState = ShiftState.READY) -> None:
    """The operator has said so."""
    event = ev.ShiftChanged(operator=operator, state=state)
    journal.append(Append(streams.operator(operator), None, (event,)))
