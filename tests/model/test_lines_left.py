"""Of how many lines how many may be lost until the morning."""

from __future__ import annotations

import pytest

from messages.events import AlarmCleared, AlarmRaised, Event, NodeStarted
from messages.ids import Instant, LineId, NodeId, TrunkId
from model.alarms.book import AlarmBook
from model.alarms.can_wait import lines_that_can_wait, lost_lines, waking_now
from model.alarms.kind import Wakes
from model.settings.lines import Modem
from tests.support.recorded import recorded

N = NodeId("n")


def lines(public: int, emergency: int = 0) -> list[Modem]:
    kinds = [False] * public + [True] * emergency
    return [
        Modem(name=f"{'e' if one else 'p'}{n}", trunk=TrunkId("t"), emergency=one)
        for n, one in enumerate(kinds)
    ]


def p(*numbers: int) -> frozenset[LineId]:
    return frozenset(LineId(f"p{n}") for n in numbers)


@pytest.mark.parametrize(
    ("public", "gone", "kept", "waits"),
    [
        (10, 1, 1, True),
        (10, 4, 1, True),
        (10, 5, 1, False),
        (5, 1, 1, True),
        (4, 1, 1, False),
        (4, 1, 0, True),
        (3, 1, 0, False),
        (2, 1, 1, False),
        (1, 1, 0, False),
    ],
)
def test_a_public_line_waits_where_more_than_half_and_more_than_an_alert_needs_are_left(
    public: int, gone: int, kept: int, waits: bool
) -> None:
    assert (p(0) <= lines_that_can_wait(lines(public), p(*range(gone)), kept)) is waits


@pytest.mark.parametrize(("emergency", "waits"), [(1, False), (2, False), (3, True)])
def test_a_line_for_112_waits_where_two_are_left_whatever_else_there_is(emergency: int, waits: bool) -> None:
    mixed = lines(10, emergency)
    broken = mixed[-1].line
    assert (broken in lines_that_can_wait(mixed, {broken}, 1)) is waits


def test_a_line_that_is_in_no_settings_wakes_as_ever() -> None:
    assert waking_now("line.no_sim", "old", lines_that_can_wait(lines(10), p(), 1)) is Wakes.AT_ONCE
    assert waking_now("line.no_sim", "p1", p(1)) is Wakes.MORNING
    assert waking_now("node.lost", "p1", p(1)) is Wakes.AT_ONCE


def test_lost_are_lines_that_cannot_be_relied_on_while_their_alarms_stand_seen_or_not() -> None:
    book = AlarmBook(lambda _: None)

    def write(at: int, event: Event) -> None:
        book.apply(N, recorded(event, at, at))

    write(1, AlarmRaised(alarm="line.no_sim", subject="p1", text=""))
    write(2, AlarmRaised(alarm="line.weak_signal", subject="p2", text=""))
    write(3, AlarmRaised(alarm="line.no_sound", subject="p3", text=""))
    assert lost_lines(book, Instant(2)) == p(1)
    assert lost_lines(book, Instant(9)) == p(1, 3)
    assert lost_lines(book, Instant(9), alive=()) == p()
    write(4, AlarmCleared(alarm="line.no_sim", subject="p1"))
    assert lost_lines(book, Instant(9)) == p(3)
    write(5, NodeStarted(version="", pid=1))
    assert lost_lines(book, Instant(9)) == p()
