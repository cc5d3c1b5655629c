"""A journal in memory and one alert in it, for tests of the AlertCase's decider."""

from __future__ import annotations

from typing import Self, TypeVar

from actors.alert_case.decider import Decision, decide
from actors.alert_case.pending import Decided, PendingOffers
from actors.alert_case.reports import CaseReport
from messages import events as ev
from messages.base import VoicePort
from messages.calls import CallReport, CallState
from messages.cases import Identified, Identify
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Channel,
    Instant,
    LegId,
    LineId,
    NodeId,
    OperatorCommand,
    OperatorId,
    OperatorLine,
    Party,
    TrunkId,
    UserId,
    WorkerId,
)
from messages.journal import Recorded
from messages.lines import LineGranted, RequestLine
from messages.operators import OperatorOffer, OperatorsOffered, RequestOperators
from model.alert.case import Case
from model.alert.evolve import begin, evolve
from model.alert.leg import Leg
from model.alert.parts import Owner
from model.orders.effects import refusal
from model.orders.refusals import Refusal
from model.rules.proof import level_of
from model.settings import Settings
from model.settings.psap import PsapSettings
from model.telling.sheet import Sheet
from model.telling.sheet import fold as fold_sheet
from tests.support.recorded import recorded

E = TypeVar("E")

ALERT = AlertId("a1")
START = Instant(1_000_000 * SECOND)
PHONE = E164("+393331112223")
SETTINGS = Settings(
    psap=PsapSettings(
        number=E164("+390200000112"), alternate=E164("+390200000113"), test_number=E164("+390200000114")
    )
)
EVERYONE = tuple(OperatorId(name) for name in ("anna", "bice", "carla"))


class Book:
    """One alert, its journal, a clock, and pools that answer whatever is wanted, as long as they have it."""

    def __init__(
        self,
        *,
        settings: Settings = SETTINGS,
        operators: tuple[OperatorId, ...] = EVERYONE,
        **received: object,
    ) -> None:
        self.settings = settings
        self.now = START
        self.recorded: list[Recorded] = []
        self.versions: dict[str, int] = {}
        self._case: Case | None = None
        self._folded = 0
        self.operators = list(operators)
        self.on_shift = len(operators)
        self.public = [LineId(f"p{n}") for n in range(8)]
        self.emergency = [LineId(f"e{n}") for n in range(2)]
        self.me = Owner(node=NodeId("n"), worker=WorkerId("c00"), incarnation=1)
        self.pending = PendingOffers(opened_at=START)
        self.known: UserId | None = UserId("giulia")
        self.wake_at: Instant | None = None
        self.answering = True
        self.busy: set[OperatorId] = set()
        """Operators who are another alert's."""
        self.voices: dict[OperatorId, OperatorLine] = {}
        """Whose own lines stand."""
        fields: dict[str, object] = {
            "channel": Channel.DATA,
            "raised_at": START,
            "received_at": START,
            "deadline_at": Instant(START + 50 * SECOND),
            "phone": PHONE,
        }
        fields |= received
        fields.setdefault("proof", level_of(Channel(fields["channel"])))
        self.write("inbox-a1", ev.AlertReceived(**fields))  # type: ignore[arg-type]

    # ------------------------------------------------------------ the journal

    def write(self, stream: str, *events: ev.Event) -> Self:
        for event in events:
            version = self.versions.get(stream, 0) + 1
            self.versions[stream] = version
            number = len(self.recorded) + 1
            self.recorded.append(recorded(event, number, self.now, stream=stream, version=version))
        return self

    @property
    def case(self) -> Case:
        """The alert as it stands; folded event by event as a follower of the journal would."""
        for one in self.recorded[self._folded :]:
            self._case = begin(one) if self._case is None else evolve(self._case, one)
        self._folded = len(self.recorded)
        assert self._case is not None
        return self._case

    @property
    def sheet(self) -> Sheet:
        """The alert as it is shown."""
        sheet = fold_sheet(self.recorded)
        assert sheet is not None
        return sheet

    @property
    def events(self) -> list[ev.Event]:
        return [one.event for one in self.recorded]

    def all_of(self, kind: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, kind)]

    # ------------------------------------------------------------ deciding

    def go_on(self, *heard: CaseReport) -> Decision:
        """Decide once, write, and have the pools answer what is wanted, until nothing more is."""
        for _ in range(30):
            decision = decide(self.case, heard, self.pending, self.me, self.settings, self.now)
            self.write(
                "alert-a1",
                *(
                    event
                    for event in decision.events
                    if not isinstance(event, ev.AlarmRaised | ev.AlarmCleared)
                ),
            )
            self.pending, self.wake_at = decision.pending, decision.wake_at
            heard = ()
            if not (self.answering and self._answer(decision)) and not decision.events:
                return decision
        raise AssertionError(f"no rest: {decision}")

    def go_on_once(self, *heard: CaseReport) -> Decision:
        """Decide and write once, and see what was decided."""
        decision = decide(self.case, heard, self.pending, self.me, self.settings, self.now)
        own = (event for event in decision.events if not isinstance(event, ev.AlarmRaised | ev.AlarmCleared))
        self.write("alert-a1", *own)
        self.pending, self.wake_at = decision.pending, decision.wake_at
        return decision

    def _answer(self, decision: Decision) -> bool:
        before = self.pending
        for want in decision.wants:
            match want:
                case Identify():
                    self.pending = self.pending.take(
                        Identified(alert=ALERT, user=self.known, phone=want.phone or PHONE, language="it")
                    )
                case RequestOperators():
                    self.pending = self.pending.take(self._offer(want))
                case RequestLine():
                    line = self._line(want)
                    if line is not None:
                        self.pending = self.pending.take(line)
        return self.pending != before

    def _offer(self, want: RequestOperators) -> OperatorsOffered:
        free = [one for one in self.operators if one not in want.avoid]
        if want.named is not None:
            free = [want.named]
        free = [one for one in free if one not in self.busy]
        if want.taking is not None and want.taking not in self.busy:
            free = [want.taking]
        chosen = free if want.wanted == 0 else free[: want.wanted]
        offers = tuple(
            OperatorOffer(
                operator=one,
                version=0,
                number=E164("+39020000010" + str(n)),
                mode=self.voices.get(one, OperatorLine.ON_DEMAND),
            )
            for n, one in enumerate(chosen)
        )
        return OperatorsOffered(alert=ALERT, offers=offers, on_shift=self.on_shift, named=want.named)

    def _line(self, want: RequestLine) -> LineGranted | None:
        taken = {leg.line for leg in self.case.legs.values() if leg.live}
        taken |= {line.line for key, line in self.pending.lines.items() if key != (want.leg, want.attempt)}
        group = self.emergency if want.emergency else self.public
        free = [line for line in group if line not in taken]
        free.sort(key=lambda line: line in want.avoid)
        if not free:
            return None
        return LineGranted(leg=want.leg, attempt=want.attempt, line=free[0], trunk=TrunkId("t"), version=0)

    # ------------------------------------------------------------ what happens

    def pass_time(self, seconds: float) -> Self:
        """Move the clock, deciding at every moment that the decider asked for."""
        until = Instant(self.now + round(seconds * SECOND))
        while self.wake_at is not None and self.wake_at <= until and self.case.closed_at is None:
            self.now = max(self.now, self.wake_at)
            self.go_on()
            assert self.wake_at is None or self.wake_at > self.now
        self.now = until
        self.go_on()
        return self

    def report(
        self,
        leg: Leg,
        state: CallState,
        cause: int | None = None,
        *,
        adopted: bool = False,
        confirmed: bool = True,
    ) -> Self:
        voice = VoicePort(path=f"/dev/voice-{leg.line}") if state is CallState.ANSWERED else None
        self.go_on(
            CallReport(
                leg=leg.leg,
                line=leg.line,
                attempt=leg.attempt,
                state=state,
                cause=cause,
                voice=voice,
                adopted=adopted,
                confirmed=confirmed,
            )
        )
        return self

    def leg(self, party: Party) -> Leg:
        leg = self.case.active(party)
        assert leg is not None, f"no leg of {party}: {self.case.legs}"
        return leg

    def rings(self, party: Party) -> Self:
        self.report(self.leg(party), CallState.RINGING)
        return self

    def answers(self, party: Party) -> Self:
        self.report(self.leg(party), CallState.ANSWERED)
        self.bridge()
        return self

    def ends(self, party: Party, cause: int = 16) -> Self:
        self.report(self.leg(party), CallState.RELEASED, cause)
        return self

    def release_all(self) -> Self:
        """The modems hang up whatever the case wants hung up."""
        for leg in list(self.case.legs.values()):
            if leg.live and not leg.active:
                self.report(leg, CallState.RELEASED, 16)
        return self

    def bridge(self, *silent: Party, lost: tuple[Party, ...] = ()) -> Self:
        """The bridge joins everybody whose voice it was told; of those parties it hears nothing.

        `lost`: whose ports it cannot open, and so does not join.
        """
        from actors.alert_case.wishes import desired_bridge
        from messages.bridge import BridgeReport

        wish = desired_bridge(self.case)
        members = [member.leg for member in wish.members]
        away = tuple(leg for leg in members if self.case.legs[leg].party in lost)
        joined = tuple(leg for leg in members if leg not in away)
        no_sound = tuple(leg for leg in joined if self.case.legs[leg].party in silent)
        self.go_on(BridgeReport(bridge=wish.bridge, joined=joined, lost=away, no_sound=no_sound))
        return self

    def order(
        self,
        command: OperatorCommand,
        by: OperatorId | None = None,
        text: str = "",
        party: Party | None = None,
        *,
        supervisor: bool = False,
    ) -> Self:
        operator = by or self.case.operator or EVERYONE[0]
        given = ev.CommandGiven(command=command, by=operator, text=text, party=party, supervisor=supervisor)
        self.write("inbox-a1", given)
        self.go_on()
        return self

    def obeyed(
        self, command: OperatorCommand, by: OperatorId | None = None, *, supervisor: bool = False
    ) -> Self:
        """An order, and the modems hang up whatever that ends."""
        self.order(command, by, supervisor=supervisor)
        self.release_all()
        return self

    def fact(self, *events: ev.Event) -> Self:
        """Something from outside, for the alert's inbox."""
        self.write("inbox-a1", *events)
        self.go_on()
        return self

    def why_not(
        self,
        command: OperatorCommand,
        by: OperatorId = EVERYONE[0],
        to: OperatorId | None = None,
        party: Party | None = None,
        *,
        supervisor: bool = False,
    ) -> Refusal | None:
        """Why this operator may not give the command now; None where it is allowed."""
        return refusal(self.case, command, by, self.settings, to, party, supervisor=supervisor)

    def opened(self) -> Self:
        """The main flow up to the first dial."""
        self.go_on()
        return self

    def attended(self) -> Self:
        """Further, up to an operator who has the case."""
        self.opened().answers(Party.OPERATOR)
        return self

    def to_talking(self) -> Self:
        """Further, up to the conversation of operator and user."""
        self.opened().rings(Party.OPERATOR)
        self.answers(Party.OPERATOR)
        self.rings(Party.USER)
        self.answers(Party.USER)
        return self

    def to_conference(self) -> Self:
        """Further, up to 112 in the conference."""
        self.to_talking().order(OperatorCommand.CALL_PSAP)
        self.rings(Party.PSAP)
        self.answers(Party.PSAP)
        return self


def decided(book: Book) -> list[Decided]:
    """The alert's own events."""
    return [one.event for one in book.recorded if one.stream == "alert-a1"]  # type: ignore[misc]


def leg(name: str) -> LegId:
    return LegId(f"{ALERT}:{name}")
