"""The bridge says what it has joined, once for every change and once for every wish."""

from __future__ import annotations

from actors.conference_bridge.decider import State, muted, said, specs
from messages.base import VoicePort
from messages.bridge import Member, SetMembers
from messages.ids import AlertId, BridgeId, LegId

USER, OPERATOR = LegId("a:user"), LegId("a:op1")
WISH = SetMembers(
    alert=AlertId("a"),
    bridge=BridgeId("a"),
    members=(
        Member(leg=USER, voice=VoicePort(path="/dev/v1", rate_hz=16000, frame_bytes=640)),
        Member(leg=OPERATOR, voice=VoicePort(path="/dev/v2"), muted=True),
    ),
)


def test_the_ports_are_those_of_the_members() -> None:
    wanted = specs(WISH)
    assert (wanted[USER].path, wanted[USER].rate_hz, wanted[USER].frame_bytes) == ("/dev/v1", 16000, 640)
    assert muted(WISH) == {OPERATOR}


def test_a_change_is_said_once_and_a_wish_is_always_answered() -> None:
    state, report = said(State(wish=WISH), [USER], {OPERATOR: "gone"}, asked=True)
    assert report is not None
    assert (report.joined, report.lost) == ((USER,), (OPERATOR,))
    state, report = said(state, [USER], {OPERATOR: "gone"}, asked=False)
    assert report is None
    state, report = said(state, [USER, OPERATOR], {}, asked=False)
    assert report is not None
    assert report.joined == (OPERATOR, USER)
    assert said(state, [USER, OPERATOR], {}, asked=True)[1] is not None


def test_who_is_no_member_any_more_is_not_said_to_be_joined() -> None:
    only_user = SetMembers(alert=AlertId("a"), bridge=BridgeId("a"), members=WISH.members[:1])
    _, report = said(State(wish=only_user), [USER, OPERATOR], {}, asked=True)
    assert report is not None
    assert report.joined == (USER,)


def test_an_idle_bridge_has_no_alert_and_says_nothing() -> None:
    assert State().alert is None
    assert said(State(), [], {}, asked=True)[1] is None
