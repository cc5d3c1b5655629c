"""Somebody on duty is called on a line that nobody needs, never on the last ones, and gives it up at once."""

from __future__ import annotations

from msgspec.structs import replace

from actors.trunk_pool.decider import WaitingLeg, gives_way, grant, order, preempted
from actors.trunk_pool.lines import Line
from messages.base import Joins
from messages.ids import LegId, LineId, OperatorId, Party
from messages.lines import LineGranted, RequestLine
from tests.actors.trunk_pool.test_decider import NOW, PUBLIC, SETTINGS, line, request

ASKED = RequestLine(leg=LegId("duty-c1:2"), attempt=1, party=Party.OPERATOR, callout="c1")


def granted(*lines: Line, alerts: bool = False, asked: RequestLine = ASKED) -> str | None:
    answer = grant(asked, lines, {}, SETTINGS, NOW, alerts=alerts)
    return answer.line if isinstance(answer, LineGranted) else None


def taken(one: Line) -> Line:
    return replace(one, seized_by=LegId("x"))


def test_the_last_free_line_is_left_to_the_next_alert_and_two_to_one_that_is_open() -> None:
    kept, *dialled = PUBLIC
    assert granted(kept, *dialled) == "p1"
    assert granted(kept, taken(dialled[0]), *dialled[1:]) == "p2"
    assert granted(kept, *map(taken, dialled[:2]), dialled[2]) is None
    assert granted(kept, *dialled, alerts=True) == "p1"
    assert granted(kept, taken(dialled[0]), *dialled[1:], alerts=True) is None
    assert granted(line("e1", emergency=True), line("e2", emergency=True)) is None


def test_the_line_that_is_wrong_is_not_called_on_though_it_were_the_only_one() -> None:
    asked = replace(ASKED, avoid=(LineId("p1"),))
    assert granted(*PUBLIC, asked=asked) == "p2"
    assert granted(PUBLIC[0], PUBLIC[1], taken(PUBLIC[2]), taken(PUBLIC[3]), asked=asked) is None


def test_a_line_that_gives_no_voice_says_nothing_to_anybody() -> None:
    mute = [replace(one, report=replace(one.report, joins=Joins.NETWORK)) for one in PUBLIC]
    assert granted(*mute) is None


def test_an_alert_comes_first_and_takes_the_line_from_it() -> None:
    waiting = [WaitingLeg(request=ASKED, asked_at=NOW), WaitingLeg(request=request(), asked_at=NOW)]
    assert [one.request for one in order(waiting, NOW, SETTINGS)] == [request(), ASKED]
    assert gives_way(ASKED, (request(),))
    called = line("p1", seized_by=ASKED.leg, tried=True)
    assert preempted(request(), [called]) == called
    assert preempted(ASKED, [called]) is None
    shift = request(alert=None, operator=OperatorId("eva"))
    assert preempted(shift, [called]) is None
