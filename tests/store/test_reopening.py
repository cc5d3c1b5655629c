"""A closed alert that is opened again: the table of the open ones, and the folds."""

from __future__ import annotations

from messages.events import AlertClosed, UserUnknown
from messages.ids import E164, AlertId, Channel, Instant, OperatorId, Outcome
from messages.journal import Recorded
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.live import LiveCases
from model.orders.refusals import Refusal
from model.rules.signal import Signal
from store import streams
from store.alerts import reopening
from store.alerts.accepting import accept, has_open_alert
from store.journal.following import FollowedFolds
from store.journal.journal import Append, Journal
from store.journal.projections import Lines, Operators
from store.journal.rebuild import apply_reopened, rebuild
from store.journal.verify import verify_journal
from tests.store.places import on_both
from tests.support.there import there

BY = OperatorId("anna")
PHONE = E164("+393330000001")


def received(journal: Journal, at_us: int = 1_000_000, phone: E164 = PHONE, *, test: bool = False) -> AlertId:
    signal = Signal(channel=Channel.DATA, received_at=Instant(at_us), phone=phone, test=test)
    return accept(journal, signal, 50.0).alert


def close(journal: Journal, alert: AlertId) -> None:
    journal.append(Append(streams.case(alert), None, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))


def case_of(journal: Journal, alert: AlertId) -> Case:
    return there(fold(journal.read_streams(streams.inbox(alert), streams.case(alert))))


def reopen(journal: Journal, alert: AlertId) -> None:
    case = case_of(journal, alert)
    assert journal.transact(lambda on: reopening.reopening_refusal(on, case), beside=True) is None
    journal.transact(lambda on: reopening.reopen(on, case, BY, psap=False))


def why_not(journal: Journal, alert: AlertId) -> str | None:
    case = case_of(journal, alert)
    return journal.transact(lambda on: reopening.reopening_refusal(on, case), beside=True)


def closed(journal: Journal) -> AlertId:
    alert = received(journal)
    close(journal, alert)
    return alert


@on_both
def test_it_stands_among_the_open_ones_again_until_it_is_closed_again(journal: Journal) -> None:
    alert = closed(journal)
    assert not has_open_alert(journal)
    reopen(journal, alert)
    assert has_open_alert(journal)
    assert verify_journal(journal).problems == ()
    close(journal, alert)
    assert not has_open_alert(journal)
    assert verify_journal(journal).problems == ()
    reopen(journal, alert)
    assert has_open_alert(journal)


def test_who_starts_has_it_with_all_that_was_before(journal: Journal) -> None:
    alert = closed(journal)
    reopen(journal, alert)
    live, operators, lines = LiveCases(), Operators(), Lines()
    rebuild(journal, live, operators, lines)
    assert live.cases == {alert: case_of(journal, alert)}


def test_who_follows_has_it_though_it_was_let_go_of(journal: Journal) -> None:
    alert = closed(journal)
    live = LiveCases()
    following = FollowedFolds(journal, live)
    assert live.cases == {}
    reopen(journal, alert)
    journal.append(Append(streams.case(alert), None, (UserUnknown(),)))
    following.catch_up()
    assert live.cases == {alert: case_of(journal, alert)}
    close(journal, alert)
    following.catch_up()
    assert live.cases == {}
    following.close()


def test_one_that_is_closed_again_meanwhile_is_not_brought_back(journal: Journal) -> None:
    alert = closed(journal)
    reopen(journal, alert)
    live = LiveCases()
    told: list[Recorded] = journal.read_all(0, 1000)
    for one in told:
        live.apply(one)
    assert live.missing == {alert}
    close(journal, alert)
    apply_reopened(journal, live)
    assert (live.cases, live.missing) == ({}, set())


def test_signals_of_its_number_are_its_own_again_not_a_later_closed_one_s(journal: Journal) -> None:
    first = closed(journal)
    second = received(journal, 500_000_000)
    close(journal, second)
    reopen(journal, first)
    assert received(journal, 900_000_000) == first


def test_a_newer_alert_of_the_number_is_in_the_way_as_long_as_it_is_open(journal: Journal) -> None:
    first = closed(journal)
    second = received(journal, 500_000_000)
    assert why_not(journal, first) == Refusal.NEWER_OPEN
    assert why_not(journal, second) == Refusal.NOT_CLOSED
    close(journal, second)
    assert why_not(journal, first) is None


def test_a_test_is_in_nobodys_way(journal: Journal) -> None:
    first = closed(journal)
    received(journal, 500_000_000, test=True)
    assert why_not(journal, first) is None
