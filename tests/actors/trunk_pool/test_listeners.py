"""Who listens in has what nobody needs, and gives it up first."""

from __future__ import annotations

from msgspec.structs import replace

from actors.trunk_pool.decider import WaitingLeg, gives_way, grant, order, preempted
from messages.ids import AlertId, LegId, Party
from messages.lines import LineGranted, LineRefused
from model.rules.calls.pairs import LinePairs
from tests.actors.trunk_pool.test_decider import NOW, PUBLIC, SETTINGS, granted, line, request

LISTENS = request(leg=LegId("a1:op2"), party=Party.LISTENER)
TAKEN = replace(PUBLIC[3], seized_by=LegId("a1:op2"), alert=AlertId("a1"), party=Party.LISTENER)


def test_the_listener_has_a_public_line_and_never_one_that_is_kept_for_those_who_call_in() -> None:
    assert granted(LISTENS, *PUBLIC) == "p1"
    assert granted(LISTENS, PUBLIC[0], *(replace(one, seized_by=LegId("x")) for one in PUBLIC[1:])) is None
    assert granted(LISTENS, line("e1", emergency=True)) is None


def test_what_alerts_still_lack_is_not_the_listener_s() -> None:
    pairs = LinePairs(begun={AlertId("a2"): frozenset({Party.USER}), AlertId("a1"): frozenset({Party.USER})})
    assert isinstance(grant(LISTENS, PUBLIC, {}, SETTINGS, NOW, pairs), LineGranted)
    fewer = [PUBLIC[0], replace(PUBLIC[1], seized_by=LegId("x")), *PUBLIC[2:]]
    assert isinstance(grant(LISTENS, fewer, {}, SETTINGS, NOW, pairs), LineRefused)


def test_the_listener_is_served_after_everybody_else_of_real_alerts() -> None:
    asked = [
        WaitingLeg(request=one, asked_at=NOW)
        for one in (LISTENS, request(party=Party.OPERATOR), request(), request(party=Party.PSAP))
    ]
    served = [one.request.party for one in order(asked, NOW, SETTINGS)]
    assert served == [Party.PSAP, Party.USER, Party.OPERATOR, Party.LISTENER]
    assert gives_way(LISTENS, [request()])
    assert not gives_way(LISTENS, [request(emergency=True, party=Party.PSAP), request(test=True), LISTENS])
    assert not gives_way(request(), [LISTENS])


def test_the_listener_s_line_is_the_first_to_be_given_up_and_the_listener_takes_nobody_s() -> None:
    test = replace(PUBLIC[2], seized_by=LegId("t:user"), test=True, party=Party.USER)
    real = replace(PUBLIC[1], seized_by=LegId("r:user"), party=Party.USER)
    assert preempted(request(), [real, test, TAKEN]) == TAKEN
    assert preempted(request(), [real, test]) == test
    assert preempted(request(), [real]) is None
    assert preempted(LISTENS, [test, TAKEN]) is None
    assert preempted(request(test=True), [TAKEN]) is None
    assert preempted(request(emergency=True, party=Party.PSAP), [TAKEN]) is None
