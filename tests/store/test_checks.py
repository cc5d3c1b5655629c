"""A check goes an alert's way, is never in one's way, and says nothing of anybody."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from messages.events import AlertClosed, AlertReceived
from messages.ids import E164, SECOND, AlertId, Assurance, Check, Outcome
from model.rules.phones_that_check import PhoneCheckState, count_by_state
from model.rules.signal import Signal
from store import streams
from store.alerts.accepting import Accepted, accept
from store.alerts.checks import CheckPostponed, accept_check
from store.errors import StoreMisuse
from store.journal.history import newest_alerts
from store.journal.journal import Append, Journal
from store.registry import devices
from store.registry.devices import DeviceKey
from store.registry.registry import Registry
from tests.store.places import Clock, on_both, signal
from tests.store.test_devices import GIULIA, enrolled
from tests.support.there import is_a, there

DAY = 86_400 * SECOND


def signed(clock: Clock, key: DeviceKey, check: Check | None, *, named: str = "c1") -> Signal:
    return replace(
        signal(clock, GIULIA),
        id=AlertId(named),
        proof=Assurance.DEVICE,
        key=key.device,
        test=check is not None,
        check=check,
    )


def taken(
    journal: Journal, sent: Signal, *, live: int = 50, every: int | None = None
) -> Accepted | CheckPostponed:
    return journal.transact(lambda tx: accept_check(tx, sent, 50, live, every))


def first(journal: Journal, accepted: Accepted | CheckPostponed) -> AlertReceived:
    assert isinstance(accepted, Accepted)
    return is_a(AlertReceived, journal.read(streams.inbox(accepted.alert))[0].event)


def test_a_real_alert_in_the_middle_of_a_check_is_an_alert_by_itself(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    check = is_a(Accepted, taken(journal, signed(clock, key, Check.ARRIVAL, named="c1")))
    for real in (
        signed(clock, key, None, named="c1"),
        signed(clock, key, None, named=check.alert),
        signal(clock, GIULIA),
        replace(signal(clock, GIULIA), test=True),
    ):
        accepted = accept(journal, real, 50)
        assert accepted.alert != check.alert
    assert len(journal.read(streams.inbox(check.alert))) == 1, "nothing is added to a check"


@on_both
def test_a_list_of_alerts_steps_over_checks_and_no_alert_named_so(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    for n in range(5):
        taken(journal, signed(clock, key, Check.ARRIVAL, named=f"c{n}"))
    real = accept(journal, signed(clock, key, None, named="check.me"), 50)
    taken(journal, signed(clock, key, Check.ARRIVAL, named="c5"))
    assert [alert for _, alert in newest_alerts(journal, journal.last_seq() + 1, 10)] == [real.alert]


def test_a_check_waits_while_an_alert_of_its_phone_is_open_untouched(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    real = accept(journal, signed(clock, key, None), 50)
    assert isinstance(taken(journal, signed(clock, key, Check.ARRIVAL)), CheckPostponed)
    assert len(journal.read(streams.inbox(real.alert))) == 1
    journal.append(Append(streams.case(real.alert), None, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))
    assert isinstance(taken(journal, signed(clock, key, Check.ARRIVAL)), Accepted)


def test_a_check_waits_while_a_fifth_of_all_workers_are_at_work(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    for n in range(2):
        accept(journal, signal(clock, E164(f"+39347000000{n}")), 50)
    assert isinstance(taken(journal, signed(clock, key, Check.ARRIVAL), live=10), CheckPostponed)
    assert isinstance(taken(journal, signed(clock, key, Check.ARRIVAL), live=20), Accepted)


def test_a_check_sent_again_is_the_one_that_is_there(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    made = taken(journal, signed(clock, key, Check.ARRIVAL, named="c1"))
    again = taken(journal, signed(clock, key, Check.ARRIVAL, named="c1"))
    assert isinstance(made, Accepted)
    assert isinstance(again, Accepted)
    assert (made.created, again.created, again.alert) == (True, False, made.alert)


@on_both
def test_of_a_check_the_journal_knows_nobody_and_the_registry_the_day(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    received = first(journal, taken(journal, signed(clock, key, Check.ARRIVAL), every=1))
    assert (received.phone, received.device, received.key, received.position) == (None, None, "", None)
    known = there(devices.key_of(journal, key.device))
    assert known.check_days == 1
    assert known.seen_at is None, "no alert was raised with it"
    assert known.checked_on is not None
    assert known.checked_on % DAY == 0
    assert 0 <= received.received_at - known.checked_on < DAY
    taken(journal, signed(clock, key, Check.ARRIVAL, named="c2"))
    after = there(devices.key_of(journal, key.device))
    assert after.check_days == 1, "where nothing is said of it the choice stands"


def test_a_check_with_a_call_knows_whom_to_call(journal: Journal, clock: Clock) -> None:
    key = enrolled(journal)
    received = first(journal, taken(journal, signed(clock, key, Check.CALL)))
    assert (received.phone, received.key, received.test) == (GIULIA, key.device, True)


def test_what_nobody_has_signed_is_no_check(journal: Journal, clock: Clock) -> None:
    with pytest.raises(StoreMisuse):
        taken(journal, replace(signal(clock, GIULIA), test=True, check=Check.ARRIVAL, id=AlertId("c")))


@on_both
def test_who_has_a_silent_phone_is_found_as_the_rule_says(journal: Journal, clock: Clock) -> None:
    registry, before = Registry(journal), 91
    for n, (every, days_ago) in enumerate(((0, 90), (7, 15), (7, 14), (1, 3), (7, 0))):
        clock.forward(86_400 * (before - days_ago))
        before, number = days_ago, E164(f"+39333000000{n}")
        key = enrolled(journal, number)
        taken(journal, replace(signed(clock, key, Check.ARRIVAL), phone=number), every=every)
    found, count = registry.silent(clock(), limit=10)
    assert count == 2
    assert sorted(user.phones[0] for user in found) == ["+393330000001", "+393330000003"]
    many = count_by_state(devices.count_checks(journal), clock())
    assert many == {
        PhoneCheckState.LATELY: 1, PhoneCheckState.LATE: 1, PhoneCheckState.SILENT: 2,
        PhoneCheckState.OFF: 1, PhoneCheckState.UNKNOWN: 0,
    }  # fmt: skip
