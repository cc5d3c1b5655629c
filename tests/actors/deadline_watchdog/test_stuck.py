"""Cases that make no progress: each state that something must come out of is found, and no other."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from actors.alert_case.decider import Decision, decide
from actors.alert_case.pending import PendingOffers
from actors.alert_case.reports import CaseReport
from actors.deadline_watchdog.decider import Means
from actors.deadline_watchdog.signs import signs
from actors.deadline_watchdog.stuck import (
    PAUSES_US,
    WELL_US,
    Finding,
    State,
    forget,
    look_for_stuck,
    still_stuck,
)
from messages import events as ev
from messages.base import Joins
from messages.ids import SECOND, AlertId, Instant, NodeId, OperatorCommand, Party, Role, WorkerId
from model.alert.case import Case
from model.alert.leg import LegState
from model.alert.parts import Owner
from model.settings import Settings
from model.workers import worker_name
from tests.actors.alert_case.book import ALERT, EVERYONE, Book, leg

SETTINGS = Settings()


def worker(incarnation: int) -> dict[WorkerId, Owner]:
    """The worker of a book."""
    return {WorkerId("c00"): Owner(node=NodeId("n"), worker=WorkerId("c00"), incarnation=incarnation)}


PLENTY = Means(
    node=NodeId("n"),
    public=(Instant(0),) * 8,
    reserved=2,
    operators=frozenset(EVERYONE),
    workers=worker(1),
    idle_workers=2,
)


class Watch:
    """The watchdog beside a book's journal, looking every second."""

    def __init__(self, book: Book, means: Means = PLENTY) -> None:
        self.book, self.means, self.state = book, means, State()
        self.found: list[Finding] = []
        self.well = 0

    def look(self) -> None:
        case = self.book.case
        cases: dict[object, Case] = {} if case.closed_at is not None else {case.alert: case}
        made = look_for_stuck(self.state, cases, self.means, self.book.settings, self.book.now)  # type: ignore[arg-type]
        self.state = made.state
        self.found += made.stuck
        self.well += len(made.well)

    def living(self, seconds: float) -> Watch:
        """The case decides whenever it wants to."""
        for _ in range(round(seconds)):
            self.book.pass_time(1.0)
            self.look()
        return self

    def dead(self, seconds: float) -> Watch:
        """Time passes, and nobody decides anything."""
        for _ in range(round(seconds)):
            self.book.now = Instant(self.book.now + SECOND)
            self.look()
        return self

    @property
    def rules(self) -> list[str]:
        return [finding.reason.partition(":")[0] for finding in self.found]


# ---------------------------------------------------------------- never stuck


def ringing_and_silent(book: Book) -> None:
    book.go_on()
    book.rings(Party.OPERATOR)


def left(book: Book) -> None:
    book.to_conference().obeyed(OperatorCommand.LEAVE)


def handed_over(book: Book) -> None:
    book.to_talking().order(OperatorCommand.HAND_OVER)


def handed_over_to_nobody(book: Book) -> None:
    book.to_talking()
    book.operators = []
    book.order(OperatorCommand.HAND_OVER)


def duress(book: Book) -> None:
    book.go_on()
    book.write(f"inbox-{ALERT}", ev.AlertCancelled(duress=True)).answers(Party.OPERATOR)


@pytest.mark.parametrize(
    "flow", [Book.to_talking, Book.to_conference, left, ringing_and_silent, duress, handed_over]
)
def test_a_case_that_lives_is_not_stuck_however_long_people_take(flow: Callable[[Book], None]) -> None:
    book = Book()
    flow(book)
    watch = Watch(book)
    for _ in range(240):
        watch.living(1)
        book.release_all()
    assert watch.found == []


def test_an_alert_for_which_nobody_is_there_waits_and_is_not_stuck() -> None:
    book = Book(operators=())
    book.on_shift = 0
    book.public = []
    book.go_on()
    nobody = replace(PLENTY, public=(), operators=frozenset())
    assert Watch(book, nobody).living(300).found == []


def test_a_case_that_is_handed_over_to_nobody_lives_on() -> None:
    book = Book()
    handed_over_to_nobody(book)
    assert Watch(book, replace(PLENTY, operators=frozenset())).living(240).found == []


@pytest.mark.parametrize(("joins", "expected"), [(Joins.HOST, ["no_operator"]), (Joins.NETWORK, [])])
def test_where_one_line_carries_all_nobody_more_is_called_while_one_phone_rings(
    joins: Joins, expected: list[str]
) -> None:
    book = Book().opened().rings(Party.OPERATOR)
    operator = replace(book.leg(Party.OPERATOR), joins=joins)
    user = replace(operator, leg=leg("user"), party=Party.USER, operator=None, state=LegState.ANSWERED)
    case = replace(book.case, legs={user.leg: user, operator.leg: operator})
    now = Instant(operator.since + 8 * SECOND)
    assert [sign.rule.name for _, sign in signs({ALERT: case}, PLENTY, SETTINGS, now)] == expected


def test_where_all_workers_are_at_work_an_alert_waits_and_is_not_stuck() -> None:
    assert Watch(Book(), replace(PLENTY, idle_workers=0)).dead(300).found == []


# ---------------------------------------------------------------- found in time


def nothing_offered(book: Book) -> None:
    book.answering = False
    book.pass_time(0.2)


def operator_dialled(book: Book) -> None:
    book.go_on()


def nobody_calls_the_user(book: Book) -> None:
    book.go_on()
    book.public = []
    book.answers(Party.OPERATOR)


def psap_asked_for(book: Book) -> None:
    book.to_talking()
    book.emergency = []
    book.order(OperatorCommand.CALL_PSAP)


def order_unread(book: Book) -> None:
    book.to_talking()
    book.write(f"inbox-{ALERT}", ev.CommandGiven(command=OperatorCommand.CALL_PSAP, by=book.operators[0]))


def false_alarm_released(book: Book) -> None:
    book.to_talking().order(OperatorCommand.DECLARE_FALSE_ALARM)


def answered_and_not_joined(book: Book) -> None:
    from messages.base import VoicePort
    from messages.calls import CallReport, CallState

    book.go_on()
    leg = book.leg(Party.OPERATOR)
    voice = VoicePort(path="/dev/voice")
    book.go_on(
        CallReport(leg=leg.leg, line=leg.line, attempt=leg.attempt, state=CallState.ANSWERED, voice=voice)
    )


def psap_has_hung_up(book: Book) -> None:
    left(book)
    book.pass_time(61).ends(Party.PSAP)


@pytest.mark.parametrize(
    ("flow", "rule", "within_s"),
    [
        (lambda book: None, "unopened", 10),
        (nothing_offered, "no_operator", 12),
        (operator_dialled, "no_operator", 18),
        (nobody_calls_the_user, "user_due", 7),
        (psap_asked_for, "psap_due", 7),
        (order_unread, "unread", 5),
        (false_alarm_released, "releasing", 17),
        (answered_and_not_joined, "unjoined", 10),
        (psap_has_hung_up, "undone", 7),
    ],
)
def test_a_case_that_does_nothing_is_found_in_time(
    flow: Callable[[Book], None], rule: str, within_s: float
) -> None:
    book = Book()
    flow(book)
    watch = Watch(book).dead(within_s)
    assert watch.rules[:1] == [rule]
    whom = {role for role, _ in watch.found[0].whom}
    assert whom == ({Role.ALERT_INTAKE} if rule == "unopened" else whom | {Role.ALERT_CASE})


def test_an_alert_whose_owner_has_died_is_the_intakes_until_it_takes_too_long() -> None:
    book = Book().to_talking()
    watch = Watch(book, replace(PLENTY, workers=worker(2))).dead(22)
    assert watch.rules == ["ownerless", "ownerless"]
    assert watch.found[0].whom == ((Role.ALERT_CASE, "c00"),)
    assert watch.found[1].whom == ((Role.ALERT_CASE, "c00"), (Role.ALERT_INTAKE, ""))


def test_an_alert_of_another_node_is_its_holder_s_here_whatever_worker_has_its_owner_s_name() -> None:
    book = Book().to_talking()
    here = NodeId("m")
    workers = {name: replace(owner, node=here) for name, owner in worker(1).items()}
    nobody = replace(PLENTY, node=here, workers=workers)
    watch = Watch(book, nobody).dead(9)
    assert watch.found[0].whom == ((Role.ALERT_INTAKE, ""),)
    watch = Watch(book, replace(nobody, holding={book.case.alert: WorkerId("c07")})).dead(9)
    assert watch.rules == ["not_taken_up"]
    assert watch.found[0].whom == ((Role.ALERT_CASE, "c07"), (Role.ALERT_INTAKE, ""))
    assert Watch(book, replace(nobody, idle_workers=0)).dead(30).rules == []


def test_the_leg_and_then_its_modem_are_started_again_with_the_case() -> None:
    book = Book().attended()
    line = book.leg(Party.USER).line
    book.rings(Party.USER).order(OperatorCommand.MARK_MACHINE)
    watch = Watch(book).dead(30)
    both = ((Role.ALERT_CASE, "c00"), (Role.CALL_LEG, "c00/user"))
    assert [finding.whom for finding in watch.found[:2]] == [both, (*both, (Role.GSM_MODEM, line))]


def test_rules_that_fail_are_found_and_end_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(
        case: Case,
        heard: tuple[CaseReport, ...],
        pending: PendingOffers,
        me: Owner,
        settings: Settings,
        now_us: Instant,
    ) -> Decision:
        assert case.alert != ALERT, "no rest"
        return decide(case, heard, pending, me, settings, now_us)

    book = Book().to_talking()
    order_unread(book)
    other = replace(book.case, alert=AlertId("a2"))
    monkeypatch.setattr("actors.deadline_watchdog.signs.decide", fails)
    found = signs({ALERT: book.case, other.alert: other}, PLENTY, SETTINGS, book.now)
    names = [(alert, sign.rule.name) for alert, sign in found]
    assert names == [(ALERT, "unread"), (ALERT, "unsound"), ("a2", "unread"), ("a2", "psap_due")]


# ---------------------------------------------------------------- how often


def test_one_alert_has_three_restarts_further_and_further_apart_and_then_a_person_looks() -> None:
    book = Book()
    order_unread(book)
    watch = Watch(book)
    at: list[float] = []
    for second in range(200):
        before = len(watch.found)
        watch.dead(1)
        at += [second] * (len(watch.found) - before)
    assert [finding.restarts for finding in watch.found] == [1, 2, 3, 4]
    gaps = [later - earlier for earlier, later in pairwise(at)]
    assert gaps[:2] == [pause / SECOND for pause in PAUSES_US[1:]]
    assert watch.found[-1].whom == ()


def test_an_alert_that_goes_on_again_is_well_after_a_minute() -> None:
    book = Book()
    order_unread(book)
    watch = Watch(book).dead(5)
    assert watch.rules == ["unread"]
    watch.living(1)
    book.answers(Party.PSAP)
    watch.living(WELL_US / SECOND - 3)
    assert watch.well == 0
    watch.living(4)
    assert (watch.well, watch.rules) == (1, ["unread"])


def test_a_restarted_case_has_the_whole_time_again() -> None:
    book = Book()
    order_unread(book)
    watch = Watch(book).dead(2)
    book.me = replace(book.me, incarnation=2)
    case_opened = ev.CaseOpened(node=book.me.node, worker=book.me.worker, incarnation=2)
    book.write(f"alert-{ALERT}", case_opened)
    watch.means = replace(PLENTY, workers=worker(2))
    watch.dead(3)
    assert watch.found == []


def test_a_machine_that_has_slept_blames_nobody() -> None:
    book = Book()
    order_unread(book)
    watch = Watch(book).dead(2)
    book.now = Instant(book.now + 600 * SECOND)
    watch.look()
    assert watch.found == []
    watch.dead(3)
    assert watch.rules == ["unread"], "and from then on all is as before"


def test_who_has_gone_on_while_the_alarm_was_written_is_spared() -> None:
    """The watchdog's own append waits for the same disk that the case may have waited for."""
    book = Book()
    order_unread(book)
    watch = Watch(book).dead(5)
    found = watch.found
    assert still_stuck(found, {book.case.alert: book.case}, PLENTY, SETTINGS, book.now) == found
    book.go_on()
    assert still_stuck(found, {book.case.alert: book.case}, PLENTY, SETTINGS, book.now) == []


def test_a_journal_that_could_not_be_read_blames_nobody() -> None:
    book = Book()
    order_unread(book)
    watch = Watch(book).dead(2)
    watch.state = forget(watch.state)
    watch.dead(2)
    assert watch.found == []


@pytest.mark.parametrize(("alerts", "after_s"), [(1, 8), (2, 8), (3, 24), (7, 24)])
def test_workers_that_seem_to_hang_together_are_given_three_times_as_long(alerts: int, after_s: int) -> None:
    """On a machine that has no time for them; each is started again all the same if that was wrong."""
    book = Book()
    answered_and_not_joined(book)
    names = [AlertId(f"a{n}") for n in range(alerts)]
    owners = {
        name: replace(worker(1)[WorkerId("c00")], worker=WorkerId(worker_name(number)))
        for number, name in enumerate(names)
    }
    cases = {name: replace(book.case, alert=name, owner=owner) for name, owner in owners.items()}
    means = replace(PLENTY, workers={owner.worker: owner for owner in owners.values()})
    state, found_s = State(), dict[AlertId, int]()
    for second in range(30):
        now = Instant(book.now + second * SECOND)
        made = look_for_stuck(state, cases, means, book.settings, now)
        state = made.state
        for finding in made.stuck:
            if finding.sign.rule.name == "unjoined":
                found_s.setdefault(finding.alert, second)
    assert found_s == dict.fromkeys(names, after_s)


def test_those_who_serve_all_are_started_again_once_for_all_who_are_stuck() -> None:
    book = Book()
    cases = {f"a{n}": replace(book.case, alert=f"a{n}") for n in range(2)}
    state = State()
    whom: list[tuple[Role, str]] = []
    for second in range(11):
        now = Instant(book.now + second * SECOND)
        made = look_for_stuck(state, cases, PLENTY, SETTINGS, now)  # type: ignore[arg-type]
        state = made.state
        whom += [name for finding in made.stuck for name in finding.whom]
    assert whom == [(Role.ALERT_INTAKE, "")]


@given(st.lists(st.floats(0.1, 20), min_size=1, max_size=12), st.integers(0, 2))
def test_what_is_no_sign_is_never_found(pauses: list[float], free: int) -> None:
    """A finding is always of a sign that was there for the whole of its time."""
    book = Book().opened()
    means = replace(PLENTY, public=(Instant(0),) * free)
    state = State()
    present: dict[tuple[str, object], Instant] = {}
    for pause in pauses:
        book.now = Instant(book.now + round(pause * SECOND))
        cases = {book.case.alert: book.case}
        late = state.looked_at is not None and book.now - state.looked_at > 3 * SECOND
        there = [(sign.rule.name, sign.of) for _, sign in signs(cases, means, SETTINGS, book.now)]
        present = {sign: book.now if late else present.get(sign, book.now) for sign in there}
        made = look_for_stuck(state, cases, means, SETTINGS, book.now)
        state = made.state
        for finding in made.stuck:
            sign = finding.sign
            assert book.now - present[sign.rule.name, sign.of] >= sign.rule.limit_us
