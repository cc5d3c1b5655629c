"""Lines with a voice come first, the two kinds are never mixed, and one that joins has a whole alert."""

from __future__ import annotations

from msgspec.structs import replace

from actors.trunk_pool.decider import Granted, grant
from actors.trunk_pool.lines import Line
from messages.base import Joins
from messages.ids import AlertId, LegId, LineId, OperatorId, Party
from messages.lines import LineGranted, RequestLine
from model.rules.calls.joining import LineToJoin
from model.rules.calls.pairs import LinePairs
from tests.actors.trunk_pool.test_decider import NOW, SETTINGS, line, request


def voiceless(name: str, **changes: object) -> Line:
    one = line(name, **changes)
    assert one.report is not None
    return replace(one, report=replace(one.report, joins=Joins.NETWORK))


HOST = [line(f"h{n}", inbound=False) for n in range(2)]
NETWORK = [voiceless(f"n{n}", inbound=False) for n in range(2)]
OPERATOR = request(party=Party.OPERATOR, leg=LegId("a1:op1"))
USER_CALL = replace(NETWORK[0], seized_by=LegId("a1:op1"), alert=AlertId("a1"))
ON_USER_CALL = LineToJoin(line=LineId("n0"), joins=Joins.NETWORK)


def granted(asked: RequestLine, lines: list[Line], beside: LineToJoin | None = None) -> str | None:
    both = LinePairs(asking=frozenset((Party.OPERATOR, Party.USER)) if beside is None else frozenset())
    answer = grant(asked, lines, {}, SETTINGS, NOW, both, beside)
    return answer.line if isinstance(answer, LineGranted) else None


def test_lines_with_a_voice_come_first_and_the_others_where_these_are_too_few_for_two() -> None:
    assert granted(OPERATOR, [*NETWORK, *HOST]) == "h0"
    assert granted(OPERATOR, [*NETWORK, HOST[0]]) == "n0"
    assert granted(OPERATOR, [NETWORK[0]]) == "n0", "one is enough for both"


def test_whoever_is_joined_with_somebody_is_called_on_a_line_of_the_same_kind() -> None:
    assert granted(request(), [USER_CALL, NETWORK[1], *HOST], ON_USER_CALL) == "n0"
    beside = LineToJoin(line=LineId("h1"), joins=Joins.HOST)
    assert granted(request(), [*NETWORK, HOST[0]], beside) == "h0"
    taken = replace(HOST[0], seized_by=LegId("x"))
    assert granted(request(), [*NETWORK, taken], beside) == "n0", "those who hold the others may wait alike"
    stays = replace(beside, stays=True)
    assert granted(request(), [*NETWORK, taken], stays) is None
    assert granted(request(), NETWORK, beside) == "n0", "there is no other kind: she is called at least"


def test_one_is_added_at_a_time_and_to_the_alert_s_own_line_only() -> None:
    assert granted(request(), [replace(USER_CALL, setting_up=True)], ON_USER_CALL) is None
    assert granted(request(), [replace(USER_CALL, alert=AlertId("a2"))], ON_USER_CALL) is None
    assert granted(request(), [replace(USER_CALL, quarantined=True)], ON_USER_CALL) is None
    other = {LineId("n0"): Granted(leg=LegId("a1:op2"), at=NOW)}
    assert not isinstance(
        grant(request(), [USER_CALL], other, SETTINGS, NOW, beside=ON_USER_CALL), LineGranted
    )


def test_112_with_an_ordinary_number_is_one_more_and_is_never_given_a_public_line_alone() -> None:
    psap = request(party=Party.PSAP, leg=LegId("a1:psap"))
    assert granted(psap, [USER_CALL, *HOST], ON_USER_CALL) == "n0"
    assert granted(psap, [USER_CALL, *HOST]) is None


def test_listeners_and_shifts_have_only_lines_with_a_voice() -> None:
    listener = request(party=Party.LISTENER, leg=LegId("a1:op2"))
    assert granted(listener, [USER_CALL, NETWORK[1]], ON_USER_CALL) is None
    assert granted(listener, NETWORK) is None
    shift = request(party=Party.OPERATOR, operator=OperatorId("anna"))
    assert granted(shift, NETWORK) is None


def test_a_reserved_line_without_voice_is_the_last_choice_for_112() -> None:
    psap = request(party=Party.PSAP, emergency=True)
    assert granted(psap, [voiceless("e1", emergency=True), line("e2", emergency=True)]) == "e2"
    assert granted(psap, [voiceless("e1", emergency=True)]) == "e1"
