"""Whatever happens to an alert and whatever a target answers: what it is sent is in order, and enough."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from features.psap_data.due import EVERY_US, KEEPS_ON_US, PendingData, pending_data, wanted
from features.psap_data.settings import DataFormat, DataTarget
from messages import events as ev
from messages.base import Position
from messages.events import Event
from messages.ids import (
    E164,
    SECOND,
    AlertId,
    Assurance,
    BriefingField,
    Channel,
    DataKind,
    ErasureReason,
    Instant,
    OperatorId,
    Outcome,
    PersonalKind,
)
from model.telling.sheet import Sheet, begin, evolve
from store import streams
from tests.support.depth import often
from tests.support.recorded import recorded

ALERT = AlertId("a1")
OPERATOR = OperatorId("o")
NUMBER = E164("112")
HAPPENS: dict[str, tuple[Event, ...]] = {
    "112 is called": (ev.PsapRequested(by=OPERATOR, number=NUMBER),),
    "taken back": (ev.PsapWithdrawn(by=OPERATOR),),
    "elsewhere": (ev.PsapCalledElsewhere(by=OPERATOR),),
    "false alarm": (ev.FalseAlarmDeclared(by=OPERATOR),),
    "closed": (ev.AlertClosed(outcome=Outcome.HANDED_OVER),),
    "closed as false": (ev.AlertClosed(outcome=Outcome.FALSE_ALARM),),
    "reopened": (ev.AlertReopened(by=OPERATOR),),
}
HEARD: dict[str, tuple[Event, ...]] = {
    "words": (ev.BriefingFilled(field=BriefingField.WHAT, text="shouts"),),
    "no words": (ev.BriefingFilled(field=BriefingField.WHAT, text=""),),
    "duress": (ev.AlertCancelled(duress=True),),
    "reopened": (ev.AlertReopened(by=OPERATOR),),
}


class Target(RuleBasedStateMachine):
    """One alert and one target; the sender tries whenever it may, and is killed at any time."""

    form = DataFormat.CAP

    @initialize()
    def begin(self) -> None:
        self.now = Instant(1_000_000 * SECOND)
        self.versions = {"inbox": 0, "alert": 0}
        self.target = DataTarget(name="t", format=self.form, to="out")
        self.sheet: Sheet | None = None
        self.begun: list[ev.DataSent] = []
        self.has: dict[int, DataKind] = {}
        """What the target has, whatever we know of it."""
        self.carried: PendingData | None = None
        self.moved = 0
        self.write(
            "inbox",
            ev.AlertReceived(
                channel=Channel.DATA, proof=Assurance.APP, raised_at=self.now, received_at=self.now,
                deadline_at=Instant(self.now + 50 * SECOND), phone=E164("+393331112223"),
            ),
        )  # fmt: skip

    def write(self, kind: str, event: Event) -> None:
        self.versions[kind] += 1
        stream = streams.inbox(ALERT) if kind == "inbox" else streams.case(ALERT)
        number = sum(self.versions.values())
        one = recorded(event, number, self.now, stream=stream, version=self.versions[kind])
        self.sheet = begin(one) if self.sheet is None else evolve(self.sheet, one)

    def due(self) -> PendingData | None:
        assert self.sheet is not None
        return pending_data(self.sheet, self.target, None, self.now)

    @rule(what=st.sampled_from(sorted(HAPPENS)))
    def happens(self, what: str) -> None:
        for event in HAPPENS[what]:
            self.write("alert", event)

    @rule(what=st.sampled_from(sorted(HEARD)))
    def is_heard(self, what: str) -> None:
        for event in HEARD[what]:
            self.write("inbox", event)

    @rule()
    def moves(self) -> None:
        self.moved += 1
        here = Position(lat=45 + self.moved / 1000, lon=9.0, at=self.now, accuracy_m=10.0)
        self.write("inbox", ev.PositionUpdated(position=here))

    @precondition(lambda self: self.sheet is not None and self.sheet.case.closed_at is not None)
    @rule()
    def is_forgotten(self) -> None:
        gone = ev.AlertErased(by="", kinds=(PersonalKind.POSITION,), reason=ErasureReason.RETENTION)
        self.write("inbox", gone)

    @rule(s=st.sampled_from([1, 4, 6, 60, 3700]))
    def time_passes(self, s: int) -> None:
        self.now = Instant(self.now + s * SECOND)

    @precondition(lambda self: self.carried is None)
    @rule()
    def is_sent(self) -> None:
        due = self.due()
        if due is None:
            return
        if not due.begun:
            assert due.version == len(self.begun) + 1
            sent = ev.DataSent(target="t", version=due.version, kind=due.kind, digest=due.digest)
            self.write("inbox", sent)
            self.begun.append(sent)
        else:
            newest = self.begun[-1]
            assert (due.version, due.kind, due.digest) == (newest.version, newest.kind, newest.digest)
        assert due.kind is not DataKind.ALERT or due.after == ()
        known = {version for version, _ in due.after}
        assert due.version not in known
        # All that the target has of this alert since it was last called off, and that it may be told of.
        assert due.kind is DataKind.ALERT or set(self.current()) - {due.version} <= known
        self.carried = due

    @precondition(lambda self: self.carried is None)
    @rule(comes=st.booleans())
    def moves_and_is_told(self, comes: bool) -> None:
        """As it goes on most of the time; the answer may be lost."""
        self.moves()
        self.time_passes(6)
        self.is_sent()
        if self.carried is not None:
            self.is_answered(comes=True, heard=comes, refused=False)

    def current(self) -> dict[int, DataKind]:
        """What the target has that still holds: the newest, and what came after it was last called off."""
        newest = max(self.has, default=0)
        return {} if not newest or self.has[newest] is DataKind.CANCEL else {newest: self.has[newest]}

    @precondition(lambda self: self.carried is not None)
    @rule(comes=st.booleans(), heard=st.booleans(), refused=st.booleans())
    def is_answered(self, comes: bool, heard: bool, refused: bool) -> None:
        """It comes or is lost on its way; the answer too."""
        assert self.carried is not None
        version, self.carried = self.carried.version, None
        if comes and not refused:
            self.has[version] = self.begun[version - 1].kind
        if not comes or not heard:
            return
        if refused and version not in self.has:
            self.write("inbox", ev.DataRefused(target="t", version=version, status=400))
        elif not refused:
            self.write("inbox", ev.DataReceived(target="t", version=version))

    @precondition(lambda self: self.carried is not None)
    @rule()
    def is_killed(self) -> None:
        self.carried = None

    @invariant()
    def nothing_is_sent_before_112_is_wanted(self) -> None:
        if self.sheet is None or self.begun:
            return
        if not wanted(self.sheet.case):
            assert self.due() is None

    @invariant()
    def with_a_target_that_takes_all_it_is_soon_told_everything(self) -> None:
        """What it has last is the alert as it is, and then it is left alone."""
        if self.sheet is None:
            return
        sheet, now = self.sheet, Instant(self.now + EVERY_US)
        settled = pending_data(sheet, self.target, None, now)
        for _ in range(2):
            if settled is None:
                break
            self_ = Target.__new__(Target)
            self_.versions, self_.now, self_.sheet = dict(self.versions), now, sheet
            if not settled.begun:
                self_.write(
                    "inbox",
                    ev.DataSent(
                        target="t", version=settled.version, kind=settled.kind, digest=settled.digest
                    ),
                )
            self_.write("inbox", ev.DataReceived(target="t", version=settled.version))
            assert self_.sheet is not None
            sheet, now = self_.sheet, Instant(now + EVERY_US)
            settled = pending_data(sheet, self.target, None, now)
        assert settled is None

    @invariant()
    def nothing_is_owed_an_hour_after_the_end_or_of_what_is_forgotten(self) -> None:
        if self.sheet is None:
            return
        case = self.sheet.case
        late = case.closed_at is not None and self.now > case.closed_at + KEEPS_ON_US
        if late or case.erased is not None:
            assert self.due() is None


class EdsTarget(Target):
    """It has no words for an end."""

    form = DataFormat.EDS

    @invariant()
    def nothing_is_called_off(self) -> None:
        if self.sheet is not None:
            assert all(one.kind is not DataKind.CANCEL for one in self.begun)


TestTarget = Target.TestCase
TestEdsTarget = EdsTarget.TestCase
TestTarget.settings = settings(max_examples=often(200), stateful_step_count=30, deadline=None)
TestEdsTarget.settings = settings(max_examples=often(50), stateful_step_count=30, deadline=None)
