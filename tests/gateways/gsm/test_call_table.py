"""The call table: lists are the truth, lines are hints, and every call ends once."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.gsm.at.parse import ClccRow, Direction, Stat
from gateways.gsm.calls.table import CallTable
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.driver.events import (
    CallAnswered,
    CallDialing,
    CallEvent,
    CallFound,
    CallIdentified,
    CallIncoming,
    CallReleased,
    CallRinging,
    CallWaiting,
    Ref,
)
from tests.support.depth import WHOLE
from tests.support.each import each
from tests.support.there import there

USER = "+393331112223"
OTHER = "+393409998887"
OUT, IN = Direction.OUT, Direction.IN


def _row(index: int, direction: Direction, stat: Stat, number: str = USER) -> ClccRow:
    return ClccRow(index=index, direction=direction, stat=stat, number=number)


def _names(events: Sequence[CallEvent]) -> list[str]:
    return [type(event).__name__ for event in events]


def _list(table: CallTable, now_s: float, *rows: ClccRow) -> list[CallEvent]:
    table.process_list(rows, now_s, requested_s=now_s - 0.02)
    return table.take_events()


def _dialled(*then: Stat) -> CallTable:
    """A table with a call of ours, which was listed as this then."""
    table = CallTable()
    table.on_dial_result(table.add_dial(Ref("leg#1"), USER, 0.0), 0.0)
    for stat in then:
        _list(table, 1.0, _row(1, OUT, stat))
    return table


def test_a_line_that_names_no_call_and_says_held_is_about_the_one_that_was_answered() -> None:
    table = _dialled(Stat.ACTIVE)
    table.add_dial(Ref("leg#2"), OTHER, 2.0)
    table.take_events()
    table.process_hint(Hint(sign=Sign.HELD, kind="ecam", text="#ECAM: 0,4,1,,,"), 2.1, list_available=False)
    assert _names(table.take_events()) == ["CallHeld"]
    assert [(view.state, view.answered) for view in table.calls()] == [
        (Stat.HELD, True),
        (Stat.DIALING, False),
    ]


@each("sign", [Sign.ACTIVE, Sign.HELD])
def test_a_line_that_names_no_call_is_left_to_the_list_where_somebody_talks(sign: Sign) -> None:
    table = _dialled(Stat.HELD)
    call = table.add_dial(Ref("leg#2"), OTHER, 2.0)
    table.on_dial_result(call, 2.1)
    table.take_events()
    table.take_list_wanted()
    table.process_hint(Hint(sign=sign, kind="ecam", text="#ECAM"), 2.2, list_available=True)
    assert table.take_events() == []
    assert table.list_wanted
    said = _list(table, 2.3, _row(1, OUT, Stat.HELD), _row(2, OUT, Stat.ACTIVE, OTHER))
    assert _names(said) == ["CallAnswered"]


def test_one_empty_list_is_forgiven_and_two_end_the_call() -> None:
    table = _dialled(Stat.ACTIVE)
    assert _list(table, 2.0) == []
    assert _list(table, 3.0, _row(1, OUT, Stat.ACTIVE)) == []
    assert _list(table, 4.0) == []
    _list(table, 5.0)
    table.tick(6.0)
    assert _names(table.take_events()) == ["CallReleased"]
    assert table.calls() == ()


def test_a_spoilt_list_ends_no_call_but_not_for_ever() -> None:
    table = _dialled(Stat.ACTIVE)
    for now_s in (4.0, 7.0, 10.0):
        table.process_list((), now_s, requested_s=now_s, damaged=True)
    table.tick(11.0)
    assert table.take_events() == []
    for now_s in (13.0, 16.0, 19.0):
        table.process_list((), now_s, requested_s=now_s, damaged=True)
    table.tick(20.0)
    assert _names(table.take_events()) == ["CallReleased"]


def test_a_new_dial_may_be_missing_from_the_list_for_a_moment() -> None:
    table = _dialled()
    table.take_events()
    for now_s in (0.2, 0.6, 1.0, 1.9):
        assert _list(table, now_s) == []
    assert len(table.calls()) == 1
    _list(table, 2.1)
    _list(table, 2.8)
    table.tick(4.0)
    assert _names(table.take_events()) == ["CallReleased"]


def test_a_list_asked_for_before_the_call_began_says_nothing_about_it() -> None:
    table = CallTable()
    table.process_hint(Hint(sign=Sign.RING, kind="RING"), 10.0, list_available=True)
    table.process_list((), 10.1, requested_s=9.9)
    table.process_list((), 10.2, requested_s=9.95)
    table.tick(11.0)
    assert _names(table.take_events()) == ["CallIncoming"]


def test_a_hint_of_an_end_and_one_empty_list_end_the_call_with_the_hints_cause() -> None:
    table = _dialled(Stat.RINGING)
    table.process_hint(
        Hint(sign=Sign.RELEASED, kind="BUSY", cause=17, certain_cause=True), 2.0, list_available=True
    )
    assert table.take_events() == []
    (released,) = _list(table, 2.1)
    assert isinstance(released, CallReleased)
    assert (released.cause, released.ref) == (17, Ref("leg#1"))


def test_a_hint_of_an_end_that_two_lists_refute_is_forgotten() -> None:
    table = _dialled(Stat.ACTIVE)
    table.process_hint(Hint(sign=Sign.RELEASED, kind="NO CARRIER", cause=16), 2.0, list_available=True)
    assert _list(table, 2.1, _row(1, OUT, Stat.ACTIVE)) == []
    assert _list(table, 3.0, _row(1, OUT, Stat.ACTIVE)) == []
    table.tick(100.0)
    assert table.take_events() == []
    assert len(table.calls()) == 1


def test_a_hint_that_no_list_confirms_or_denies_is_believed_in_the_end() -> None:
    table = _dialled(Stat.ACTIVE)
    table.process_hint(Hint(sign=Sign.RELEASED, kind="NO CARRIER", cause=16), 2.0, list_available=True)
    table.tick(there(table.next_deadline()))
    assert _names(table.take_events()) == ["CallReleased"]


def test_the_end_of_one_of_two_calls_is_laid_on_the_one_that_the_list_misses() -> None:
    table = _dialled(Stat.ACTIVE)
    table.process_hint(Hint(sign=Sign.WAITING, kind="CCWA", number=OTHER), 2.0, list_available=True)
    _list(table, 2.1, _row(1, OUT, Stat.ACTIVE), _row(2, IN, Stat.WAITING, OTHER))
    table.process_hint(Hint(sign=Sign.RELEASED, kind="NO CARRIER", cause=16), 3.0, list_available=True)
    _list(table, 3.1, _row(2, IN, Stat.INCOMING, OTHER))
    table.tick(4.0)
    (released,) = table.take_events()
    assert isinstance(released, CallReleased)
    assert (released.number, released.cause) == (USER, 16)


def test_the_same_index_with_another_number_is_another_call() -> None:
    table = CallTable()
    _list(table, 1.0, _row(1, IN, Stat.INCOMING, USER))
    events = _list(table, 2.0, _row(1, IN, Stat.INCOMING, OTHER))
    assert _names(events) == ["CallReleased", "CallIncoming"]
    assert events[1].number == OTHER


def test_a_damaged_number_in_the_place_of_a_call_ends_it_only_in_two_lists() -> None:
    for damaged in ("+39333111222", "+393331112223145", "+393331112273"):
        table = _dialled(Stat.ACTIVE)
        table.take_events()
        assert _list(table, 2.0, _row(1, OUT, Stat.ACTIVE, damaged)) == []
        assert table.list_wanted
        second = _list(table, 2.1, _row(1, OUT, Stat.ACTIVE, damaged))
        assert _names(second) == ["CallReleased", "CallFound"]


def test_one_line_that_shows_another_call_in_the_place_of_a_call_ends_nothing_before_a_list() -> None:
    lines = (
        Hint(sign=Sign.ACTIVE, index=1, direction=OUT, number="+39", kind="dsci", text="^DSCI: 1,0,0,0,+39"),
        Hint(sign=Sign.DIALING, index=1, direction=OUT, number=OTHER, kind="orig", text="^ORIG: 1,0"),
        Hint(sign=Sign.INCOMING, index=1, direction=IN, number=OTHER, kind="dsci", text="^DSCI: 1,1,4,0"),
        Hint(sign=Sign.CLCC, row=_row(1, IN, Stat.INCOMING, OTHER), kind="clcc", text="+CLCC: 1,1,4,0,0"),
    )
    for line in lines:
        table = _dialled(Stat.ACTIVE)
        table.take_events()
        table.process_hint(line, 2.0, list_available=True)
        assert table.take_events() == [], line
        assert table.list_wanted
        assert _list(table, 2.1, _row(1, OUT, Stat.ACTIVE)) == [], line


def test_the_same_index_and_number_ringing_again_after_an_answer_is_another_call() -> None:
    table = CallTable()
    _list(table, 1.0, _row(1, IN, Stat.INCOMING))
    _list(table, 2.0, _row(1, IN, Stat.ACTIVE))
    assert _list(table, 4.0, _row(1, IN, Stat.INCOMING)) == []
    assert table.list_wanted
    assert _names(_list(table, 4.1, _row(1, IN, Stat.INCOMING))) == ["CallReleased", "CallIncoming"]


@each(
    "spoilt",
    [
        _row(1, IN, Stat.ACTIVE),
        *(_row(1, OUT, stat) for stat in (Stat.DIALING, Stat.RINGING)),
        _row(1, OUT, Stat.ACTIVE, USER[:-1] + "7"),
    ],
)
def test_a_row_with_one_byte_changed_is_neither_the_end_of_a_call_nor_a_new_one(spoilt: ClccRow) -> None:
    table = _dialled(Stat.ACTIVE)
    table.process_hint(Hint(sign=Sign.CLCC, kind="CLCC", row=spoilt), 1.9, list_available=True)
    assert table.take_events() == []
    assert _list(table, 2.0, spoilt) == []
    assert _list(table, 2.1, _row(1, OUT, Stat.ACTIVE)) == []
    assert [view.ref for view in table.calls()] == [Ref("leg#1")]


def test_a_second_dial_to_the_same_number_takes_the_row_of_the_same_index() -> None:
    table = _dialled(Stat.DIALING)
    table.process_hint(Hint(sign=Sign.RELEASED, kind="6", index=1, direction=OUT), 2.0, list_available=True)
    second = table.add_dial(Ref("leg#2"), USER, 2.2)
    events = table.take_events()
    assert _names(events) == ["CallDialing", "CallReleased", "CallDialing"][-len(events) :]
    _list(table, 2.5, _row(1, OUT, Stat.RINGING))
    assert [view.call for view in table.calls()] == [second]
    assert table.calls()[0].state is Stat.RINGING


def test_a_call_whose_end_was_a_spoilt_byte_is_found_again() -> None:
    table = _dialled(Stat.DIALING)
    table.process_hint(Hint(sign=Sign.RELEASED, kind="6", index=1, direction=OUT), 1.1, list_available=True)
    table.tick(1.6)
    assert _names(_list(table, 1.6, _row(1, OUT, Stat.RINGING)))[-1] == "CallReleased"
    due_s = there(table.next_deadline())
    table.tick(due_s)
    assert table.take_list_wanted()
    assert _names(_list(table, due_s + 0.1, _row(1, OUT, Stat.ACTIVE))) == ["CallFound"]


def test_a_released_call_that_lingers_in_the_list_is_no_new_call() -> None:
    table = CallTable()
    _list(table, 1.0, _row(1, IN, Stat.INCOMING))
    table.process_hint(
        Hint(sign=Sign.RELEASED, kind="CEND", index=1, cause=16, certain_cause=True), 2.0, list_available=True
    )
    assert _names(table.take_events()) == ["CallReleased"]
    assert _list(table, 2.1, _row(1, IN, Stat.INCOMING)) == []


def test_a_call_that_moves_to_another_index_is_the_same_call() -> None:
    table = _dialled(Stat.ACTIVE)
    table.take_events()
    assert _list(table, 2.0, _row(3, OUT, Stat.ACTIVE)) == []
    assert table.calls()[0].index == 3


@each("number", ["393331112223", "00393331112223", "3331112223", ""])
def test_a_number_spelled_otherwise_is_the_same_number(number: str) -> None:
    table = _dialled()
    table.take_events()
    assert _names(_list(table, 1.0, _row(1, OUT, Stat.RINGING, number))) == ["CallRinging"]


@each(
    "signs",
    [
        [Hint(sign=Sign.RING, kind="r"), Hint(sign=Sign.CALLER_ID, kind="c", number=USER)],
        [Hint(sign=Sign.CALLER_ID, kind="c", number=USER), Hint(sign=Sign.RING, kind="r")],
        [Hint(sign=Sign.INCOMING, kind="v", index=1), Hint(sign=Sign.CALLER_ID, kind="c", number=USER)],
        [
            Hint(sign=Sign.CLCC, kind="l", index=1, row=_row(1, IN, Stat.INCOMING)),
            Hint(sign=Sign.RING, kind="r"),
            Hint(sign=Sign.CALLER_ID, kind="c", number=USER),
        ],
    ],
)
def test_whatever_comes_first_is_one_incoming_call_with_its_number(signs: list[Hint]) -> None:
    table = CallTable()
    for sign in signs * 2:
        table.process_hint(sign, 1.0, list_available=True)
    events = table.take_events()
    assert _names(events) in (["CallIncoming", "CallIdentified"], ["CallIncoming"])
    assert events[-1].number == USER
    assert len(table.calls()) == 1


def test_a_withheld_number_is_a_call_like_any_other() -> None:
    table = CallTable()
    table.process_hint(Hint(sign=Sign.CALLER_ID, kind="c", withheld=True), 1.0, list_available=True)
    (incoming,) = table.take_events()
    assert isinstance(incoming, CallIncoming)
    assert (incoming.number, incoming.withheld) == (None, True)
    table.process_hint(Hint(sign=Sign.CALLER_ID, kind="c", number=USER), 2.0, list_available=True)
    (identified,) = table.take_events()
    assert isinstance(identified, CallIdentified)
    assert identified.number == USER


def test_a_ring_that_crosses_our_answer_is_no_second_call() -> None:
    table = CallTable()
    table.process_hint(Hint(sign=Sign.CALLER_ID, kind="c", number=USER), 1.0, list_available=False)
    (view,) = table.calls()
    table.on_answer_requested(view.call)
    table.on_answer_accepted(view.call, 2.0)
    table.process_hint(Hint(sign=Sign.RING, kind="r"), 2.1, list_available=False)
    table.process_hint(Hint(sign=Sign.CALLER_ID, kind="c", number=USER), 2.1, list_available=False)
    assert _names(table.take_events()) == ["CallIncoming", "CallAnswered"]


def test_a_call_found_after_a_restart_is_told_as_it_stands() -> None:
    table = CallTable()
    (found,) = _list(table, 1.0, _row(1, OUT, Stat.ACTIVE))
    assert isinstance(found, CallFound)
    assert (found.state, found.number) == (Stat.ACTIVE, USER)


def test_an_adopted_call_that_is_not_there_is_released() -> None:
    table = CallTable()
    table.adopt(Ref("leg#1"), USER, OUT, 1.0)
    _list(table, 1.1)
    _list(table, 1.9)
    table.tick(3.0)
    (released,) = table.take_events()
    assert isinstance(released, CallReleased)
    assert released.ref == Ref("leg#1")


def test_a_missed_call_that_nobody_saw_is_told_with_its_number() -> None:
    table = CallTable()
    table.process_hint(Hint(sign=Sign.MISSED, kind="m", direction=IN, number=USER), 1.0, list_available=True)
    table.tick(5.0)
    assert [(type(event).__name__, event.number) for event in table.take_events()] == [
        ("CallIncoming", USER),
        ("CallReleased", USER),
    ]


def test_members_of_a_conference_live_on_without_rows_of_their_own() -> None:
    table = _dialled()
    _list(table, 1.0, _row(1, OUT, Stat.HELD), _row(2, IN, Stat.ACTIVE, OTHER))
    table.on_calls_joined()
    table.take_events()
    for now_s in (2.0, 3.0, 4.0):
        table.process_list((), now_s, requested_s=now_s, conference=True)
    assert table.take_events() == []
    assert len(table.calls()) == 2


# ------------------------------------------------------------------------------------- in any order at all

ONCE = (CallReleased, CallAnswered, CallRinging, CallDialing, CallIncoming, CallWaiting, CallFound)
NUMBERS = st.sampled_from(["", USER, OTHER, "3331112223", "0312345678"])
HINTS = st.builds(
    Hint, sign=st.sampled_from(list(Sign)), kind=st.sampled_from(["a", "b", "c"]),
    index=st.one_of(st.none(), st.integers(1, 3)),
    direction=st.one_of(st.none(), st.sampled_from(list(Direction))), number=NUMBERS,
    withheld=st.booleans(), cause=st.one_of(st.none(), st.sampled_from([16, 17, 19])),
    certain_cause=st.booleans(),
)  # fmt: skip
ROWS = st.builds(
    ClccRow,
    index=st.integers(1, 3),
    direction=st.sampled_from(list(Direction)),
    stat=st.sampled_from([stat for stat in Stat if stat is not Stat.RELEASED]),
    number=NUMBERS,
    multiparty=st.booleans(),
)
LISTS = st.lists(ROWS, max_size=3, unique_by=lambda row: row.index)


def _chaos(table: CallTable, data: st.DataObject) -> tuple[float, list[CallEvent]]:
    now_s = 0.0
    events: list[CallEvent] = []
    for step in range(data.draw(st.integers(0, 25))):
        now_s += data.draw(st.sampled_from([0.0, 0.05, 0.5, 3.0, 15.0]))
        match data.draw(st.integers(0, 7)):
            case 0 | 1 | 2:
                hint = data.draw(HINTS)
                if hint.sign is Sign.CLCC:
                    hint = Hint(sign=Sign.CLCC, kind=hint.kind, row=data.draw(ROWS))
                table.process_hint(hint, now_s, list_available=data.draw(st.booleans()))
            case 3:
                table.process_list(
                    data.draw(LISTS), now_s, requested_s=now_s - 0.02, conference=data.draw(st.booleans())
                )
            case 4:
                call = table.add_dial(Ref(f"leg#{step}"), data.draw(st.sampled_from([USER, OTHER])), now_s)
                if data.draw(st.booleans()):
                    table.on_dial_result(call, now_s)
            case 5:
                for view in table.calls():
                    table.on_hang_up_requested(view.call)
                    if data.draw(st.booleans()):
                        table.on_end_reported(
                            view.call, now_s, cause=None, text="", certain=False, certain_cause=False
                        )
            case 6:
                table.adopt(
                    Ref(f"old#{step}"), data.draw(NUMBERS), data.draw(st.sampled_from(list(Direction))), now_s
                )
            case _:
                table.tick(now_s)
        events += table.take_events()
    return now_s, events


def _check(events: Sequence[CallEvent]) -> None:
    for call in {event.call for event in events}:
        story = [event for event in events if event.call == call]
        kinds = [type(event) for event in story]
        for kind in ONCE:
            assert kinds.count(kind) <= 1, (kind, kinds)
        assert CallReleased not in kinds[:-1]
        assert kinds[0] in (CallDialing, CallIncoming, CallWaiting, CallFound, CallReleased)
        if CallAnswered in kinds and CallRinging in kinds:
            assert kinds.index(CallRinging) < kinds.index(CallAnswered)
        assert [event.at_s for event in story] == sorted(event.at_s for event in story)


@given(st.data())
@settings(max_examples=400 if WHOLE else 40, deadline=None)
def test_in_any_order_each_step_is_told_once_and_nothing_after_the_end(data: st.DataObject) -> None:
    table = CallTable()
    _, events = _chaos(table, data)
    _check(events)


@given(st.data(), st.just(()) | LISTS)
@settings(max_examples=400 if WHOLE else 40, deadline=None)
def test_after_any_disorder_the_lists_win(data: st.DataObject, truth: list[ClccRow]) -> None:
    table = CallTable()
    now_s, events = _chaos(table, data)
    for view in table.calls():
        table.on_dial_result(view.call, now_s)
    for _ in range(6):
        now_s += 3.0
        table.process_list(truth, now_s, requested_s=now_s - 0.02)
        table.tick(now_s)
        now_s += 1.0
        table.tick(now_s)
        events += table.take_events()
    _check(events)
    assert sorted((view.index, view.direction) for view in table.calls() if view.index is not None) == sorted(
        (row.index, row.direction) for row in truth
    )
    assert all(view.index is not None for view in table.calls())
    assert not any(view.ending for view in table.calls())
    if not truth:
        ended = {event.call for event in events if isinstance(event, CallReleased)}
        assert {event.call for event in events} == ended
