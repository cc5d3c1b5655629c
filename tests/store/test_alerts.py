"""Signals that count as one alert, and the deadline of an alert."""

import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from messages.base import Position
from messages.events import AlertClosed, AlertReceived, AlertSignalAdded, DialogueSaid, NumberRaised
from messages.ids import SECOND, AlertId, Assurance, Channel, Instant, Outcome
from model.rules.deadline import deadline
from model.rules.messages import dialogue
from store import streams
from store.alerts.accepting import ALERT_ID, Accepted, accept, accept_many, new_alert_id
from store.errors import StoreMisuse
from store.journal.erasable import streams_of
from store.journal.journal import Append, Journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.places import START, Clock, on_both, signal
from tests.support.there import is_a

PHONE = "+393331112223"


def close(journal: Journal, accepted: Accepted) -> None:
    journal.append(Append(streams.case(accepted.alert), None, (AlertClosed(outcome=Outcome.FALSE_ALARM),)))


def inbox(journal: Journal, accepted: Accepted) -> list[object]:
    return [one.event for one in journal.read(streams.inbox(accepted.alert))]


@on_both
def test_a_first_signal_makes_an_alert_on_its_number_and_its_device(journal: Journal, clock: Clock) -> None:
    at = clock()
    position = Position(lat=45.46, lon=9.19, at=at, accuracy_m=12.0)
    sent = replace(signal(clock, device="d1", raised_s_ago=3), position=position, battery_pct=40, silent=True)
    accepted = accept(journal, sent, 50)
    assert accepted == Accepted(
        alert=accepted.alert, created=True, received_at=at, deadline_at=Instant(at + 47 * SECOND)
    )
    assert inbox(journal, accepted) == [
        AlertReceived(
            channel=Channel.DATA, raised_at=Instant(at - 3 * SECOND), received_at=at,
            deadline_at=accepted.deadline_at, phone=sent.phone, device="d1", position=position,
            silent=True, battery_pct=40, proof=Assurance.APP,
        )
    ]  # fmt: skip
    for stream in streams_of(journal.row, (PHONE,), ("d1",)):
        assert PHONE not in stream
        assert [one.event for one in journal.read(stream)] == [NumberRaised(alert=accepted.alert)]


def test_the_app_names_its_alert(journal: Journal, clock: Clock) -> None:
    assert accept(journal, signal(clock, id="my.own-id_1"), 50).alert == "my.own-id_1"


@pytest.mark.parametrize("wrong", ["", "a b", "a/b", "x" * 65, "é", "a\n"])
def test_an_id_that_is_none_is_refused(journal: Journal, clock: Clock, wrong: str) -> None:
    with pytest.raises(StoreMisuse):
        accept(journal, signal(clock, id=wrong), 50)


def test_the_same_number_while_the_alert_is_open_is_the_same_alert(journal: Journal, clock: Clock) -> None:
    first = accept(journal, signal(clock, raised_s_ago=1), 50)
    clock.forward(3600)
    again = accept(journal, signal(clock, channel=Channel.VOICE, call=2), 50)
    assert again == replace(first, created=False)
    added = is_a(AlertSignalAdded, inbox(journal, first)[1])
    assert (added.channel, added.line, added.call, added.received_at) == (Channel.VOICE, "sim1", 2, clock())


@pytest.mark.parametrize(("after_s", "same"), [(0, True), (119.9, True), (120, False), (5000, False)])
def test_two_minutes_after_its_end_a_number_raises_a_new_alert(
    journal: Journal, clock: Clock, after_s: float, same: bool
) -> None:
    first = accept(journal, signal(clock), 50)
    clock.forward(40)
    close(journal, first)
    clock.forward(after_s)
    second = accept(journal, signal(clock, raised_s_ago=after_s), 50)
    assert (second.alert == first.alert) is same
    assert second.created is not same
    if not same:
        third = accept(journal, signal(clock), 50)
        assert (third.alert, third.created) == (second.alert, False)


@pytest.mark.parametrize(
    ("sent", "new"),
    [
        ({}, True),  # nothing says that it is old
        ({"channel": Channel.SMS}, True),
        ({"raised_s_ago": 45}, False),  # a late copy of what was closed
        ({"raised_s_ago": 29}, True),
        ({"raised_s_ago": -5}, True),  # a clock a little ahead
        ({"raised_s_ago": 86_400}, True),  # a clock that says nothing
        ({"raised_s_ago": -86_400}, True),
        ({"channel": Channel.VOICE, "call": 1}, True),  # somebody has to answer
    ],
)
def test_a_new_cry_for_help_soon_after_the_end_of_an_alert_is_a_new_alert(
    journal: Journal, clock: Clock, sent: dict[str, Any], new: bool
) -> None:
    first = accept(journal, signal(clock, raised_s_ago=0), 50)
    clock.forward(40)
    close(journal, first)
    clock.forward(30)
    assert accept(journal, signal(clock, **sent), 50).created is new


def test_an_app_that_asks_once_more_adds_nothing(journal: Journal, clock: Clock) -> None:
    sent = signal(clock, id="a1", device="d", raised_s_ago=2)
    first = accept(journal, sent, 50)
    clock.forward(1)
    assert accept(journal, replace(sent, received_at=clock()), 50) == replace(first, created=False)
    unclocked = signal(clock, "+393330000009", id="a2")
    accept(journal, unclocked, 50)
    clock.forward(1)
    accept(journal, replace(unclocked, received_at=clock()), 50)
    assert journal.version("inbox-a1") == 1 == journal.version("inbox-a2")


def test_a_second_press_under_an_alias_is_kept_once_too(journal: Journal, clock: Clock) -> None:
    accept(journal, signal(clock, id="a1"), 50)
    accept(journal, signal(clock, id="a2", raised_s_ago=1), 50)
    pressed = replace(signal(clock, id="a2", raised_s_ago=0.5), silent=True)
    for _ in range(3):
        clock.forward(1)
        assert accept(journal, replace(pressed, received_at=clock()), 50).told == "a2"
    assert journal.version("inbox-a1") == 3


def test_what_is_sent_again_under_another_alert_s_id_keeps_its_alias(journal: Journal, clock: Clock) -> None:
    accept(journal, signal(clock, "+393330000009", id="taken"), 50)
    accept(journal, signal(clock, id="a1"), 50)
    sent = signal(clock, id="taken", raised_s_ago=1)
    told = set()
    for _ in range(3):
        clock.forward(1)
        told.add(accept(journal, replace(sent, received_at=clock()), 50).told)
    assert len(told) == 1
    assert told.isdisjoint({"taken", "a1"})
    assert journal.version("inbox-a1") == 2
    assert accept(journal, replace(sent, raised_at=None), 50).told not in told, "nor is it told to a stranger"


def test_a_text_is_a_message_and_two_of_one_second_are_two(journal: Journal, clock: Clock) -> None:
    written = replace(signal(clock, channel=Channel.SMS, id="sms-1", raised_s_ago=2), text="aiuto")
    first = accept(journal, written, 50)
    again = [
        replace(written, id=AlertId("sms-2"), text="presto"),
        replace(written, id=AlertId("sms-2"), text="presto"),
    ]
    for one in (*again, written):
        assert not accept(journal, one, 50).created
    assert said(journal, first) == ["aiuto", "presto"]
    assert not any(isinstance(one, AlertSignalAdded) for one in inbox(journal, first))


def said(journal: Journal, accepted: Accepted) -> list[str]:
    return [one.text for one in inbox(journal, accepted) if isinstance(one, DialogueSaid)]


@on_both
@pytest.mark.parametrize("forged_first", [True, False])
def test_words_by_sms_are_a_message_of_the_proved_alert_and_make_no_second_one(
    journal: Journal, clock: Clock, forged_first: bool
) -> None:
    proved = replace(signal(clock, id="mine"), proof=Assurance.DEVICE, key="k1")
    forged = replace(signal(clock, id="forged"), proof=Assurance.APP)
    for one in (forged, proved) if forged_first else (proved, forged):
        assert accept(journal, one, 50).created
    written = replace(signal(clock, channel=Channel.SMS, id="sms-1"), text="sono in cantina")
    accepted = accept(journal, written, 50)
    assert (accepted.alert, accepted.created) == ("mine", False)
    assert said(journal, accepted) == ["sono in cantina"]
    # A position moves what it is brought to: that is another matter.
    placed = replace(
        signal(clock, channel=Channel.SMS, id="sms-2"), position=Position(lat=1.0, lon=2.0, at=START)
    )
    assert accept(journal, placed, 50).alert == "forged"


def test_so_many_texts_are_kept_of_an_alert_and_no_more(
    journal: Journal, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialogue, "KEPT_MAX", 3)
    accepted = accept(journal, signal(clock), 50)
    for n in range(5):
        written = replace(signal(clock, channel=Channel.SMS, id=f"sms-{n}"), text=f"{n}")
        assert accept(journal, written, 50).alert == accepted.alert
    assert said(journal, accepted) == ["0", "1", "2"]


def test_a_text_that_a_sim_shows_after_hours_is_the_one_that_was_kept(journal: Journal, clock: Clock) -> None:
    accepted = accept(journal, signal(clock), 50)
    written = replace(signal(clock, channel=Channel.SMS, id="sms-1", raised_s_ago=2), text="aiuto")
    assert accept(journal, written, 50).alert == accepted.alert
    close(journal, accepted)
    clock.forward(7 * 3600)
    later = replace(written, received_at=clock())
    assert accept(journal, later, 50) == replace(accepted, created=False)
    assert accept(journal, replace(later, id=AlertId("sms-2"), text="di nuovo"), 50).created


def test_new_data_under_the_same_id_is_kept(journal: Journal, clock: Clock) -> None:
    sent = signal(clock, id="a1")
    first = accept(journal, sent, 50)
    here = Position(lat=1.0, lon=2.0, at=START)
    for changed in (replace(sent, position=here), replace(sent, battery_pct=3), replace(sent, silent=True)):
        accept(journal, changed, 50)
        accept(journal, changed, 50)
    assert len(inbox(journal, first)) == 4


def test_an_alert_of_a_registered_device_is_one_with_its_call(journal: Journal, clock: Clock) -> None:
    Registry(journal).add_user(Person(phones=(PHONE,), first_name="G", devices=("d1",)), by="test")
    first = accept(journal, signal(clock, None, device="d1", id="a1"), 50)
    told = accept(journal, signal(clock, PHONE, device="d1", id="a1"), 50)
    by_call = accept(journal, signal(clock, PHONE, channel=Channel.VOICE, call=1), 50)
    assert told == by_call == replace(first, created=False)
    close(journal, first)
    clock.forward(1000)
    by_call = accept(journal, signal(clock, PHONE, channel=Channel.VOICE, call=1), 50)
    assert by_call.created
    assert accept(journal, signal(clock, None, device="d1"), 50).alert == by_call.alert


def test_many_are_accepted_in_one_transaction_in_their_order(journal: Journal, clock: Clock) -> None:
    numbers = ["+393331000001", "+393331000002", "+393331000001"]
    accepted = accept_many(journal, [signal(clock, number) for number in numbers], 50)
    assert [one.created for one in accepted] == [True, True, False]
    assert accepted[2].alert == accepted[0].alert
    assert len({one.at_us for one in journal.read_all()}) == 1


# ------------------------------------------------------------------------------------- deadline


@pytest.mark.parametrize(
    ("raised_s_ago", "left_s"),
    [
        (None, 50),
        (0, 50),
        (10, 40),
        (49.5, 0.5),
        (90, -40),  # no coverage for a while: the app has called 112 by itself
        (600, -550),
        (601, 50),  # a clock that is wrong
        (3600, 50),
        (1_795_000_000, 50),  # 1970
        (-1, 50),
        (-86_400, 50),
    ],
)
def test_the_deadline_is_counted_from_the_earlier_of_a_believable_clock_and_the_receipt(
    journal: Journal, clock: Clock, raised_s_ago: float | None, left_s: float
) -> None:
    accepted = accept(journal, signal(clock, raised_s_ago=raised_s_ago), 50)
    assert accepted.deadline_at == clock() + round(left_s * SECOND)
    received = is_a(AlertReceived, inbox(journal, accepted)[0])
    assert received.deadline_at == accepted.deadline_at
    # what the phone said is kept, believed or not
    assert received.raised_at == clock() - round((raised_s_ago or 0) * SECOND)


@given(
    raised=st.none() | st.integers(-(2**62), 2**62).map(Instant),
    off_s=st.floats(0, 300),
)
def test_the_deadline_is_never_later_than_the_receipt_allows(raised: Instant | None, off_s: float) -> None:
    found = deadline(raised, START, off_s)
    assert START - 600 * SECOND + round(off_s * SECOND) <= found <= START + round(off_s * SECOND)


def test_a_time_that_cannot_be_written_down_is_the_receipt(journal: Journal, clock: Clock) -> None:
    for wild in (-1, 2**60):
        sent = replace(signal(clock, None, device=str(wild)), raised_at=Instant(wild))
        assert is_a(AlertReceived, inbox(journal, accept(journal, sent, 50))[0]).raised_at == clock()


# ------------------------------------------------------------------------------------------ ids


def test_ids_sort_by_time_and_are_short_and_never_the_same() -> None:
    made = [new_alert_id(Instant(START + 1000 * step)) for step in range(1000)]
    assert made == sorted(made)
    assert len(set(made)) == 1000
    assert len({new_alert_id(START) for _ in range(1000)}) == 1000
    assert all(ALERT_ID.fullmatch(one) and re.fullmatch(r"[0-9a-z]{18}", one) for one in made)


@given(st.integers(0, 2**45 * 1000 - 1))
def test_every_moment_has_its_ids(at: int) -> None:
    assert ALERT_ID.fullmatch(new_alert_id(Instant(at)))


def test_the_ids_of_created_alerts_are_of_the_receipts_time(journal: Journal, clock: Clock) -> None:
    first = accept(journal, signal(clock, "+391"), 50).alert
    clock.forward(1)
    assert first < accept(journal, signal(clock, "+392"), 50).alert
