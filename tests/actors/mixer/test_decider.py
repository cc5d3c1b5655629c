"""The bridge says what it has joined, once for every change and once for every wish."""

from __future__ import annotations

from typing import Any

from msgspec.structs import replace

from actors.mixer.decider import (
    State,
    clips,
    due_report,
    heard_by,
    levels,
    pace_between,
    specs,
    tracks,
)
from media.conference.clips import ClipSpec
from media.conference.report import Pace, Presence, RecordingStatus
from media.sound.levels import LevelReport
from messages import readings
from messages.base import NO_GAINS, Gains, VoicePort
from messages.bridge import BridgeReport, Clip, Member, Press, Recording, SetMembers
from messages.ids import AlertId, BridgeId, Instant, LegId, Party

NOW = Instant(1_000_000)
USER, OPERATOR, LISTENER = LegId("a:user"), LegId("a:op1"), LegId("a:op2")
WISH = SetMembers(
    alert=AlertId("a"),
    bridge=BridgeId("a"),
    members=(
        Member(
            leg=USER, voice=VoicePort(path="/dev/v1", rate_hz=16000, frame_bytes=640, gains=Gains(in_db=12.0))
        ),
        Member(leg=OPERATOR, voice=VoicePort(path="/dev/v2"), muted=True),
    ),
)


def status(*joined: str, lost: dict[str, str] | None = None, **heard: Any) -> Presence:
    return Presence(joined=joined, lost=lost or {}, **heard)


def test_the_ports_are_those_of_the_members() -> None:
    wanted = specs(WISH)
    assert (wanted[USER].path, wanted[USER].rate_hz, wanted[USER].frame_bytes) == ("/dev/v1", 16000, 640)
    assert (wanted[USER].gains, wanted[OPERATOR].gains) == (Gains(in_db=12.0), NO_GAINS)


def test_who_is_muted_is_heard_by_nobody_and_a_whisper_by_those_it_is_for() -> None:
    assert heard_by(WISH) == {OPERATOR: frozenset()}
    voice = VoicePort(path="/dev/v3")
    whisper = Member(leg=LISTENER, voice=voice, heard_by=(OPERATOR,))
    both = Member(leg=USER, voice=voice, heard_by=(OPERATOR,), muted=True)
    wish = SetMembers(alert=AlertId("a"), bridge=BridgeId("a"), members=(whisper, both))
    assert heard_by(wish) == {LISTENER: {OPERATOR}, USER: frozenset()}


def test_what_is_played_is_told_by_its_id() -> None:
    clip = Clip(id="c1", to=(USER,), names=("wait", "text"), language="en", text="soon", every_s=20.0)
    wish = SetMembers(alert=AlertId("a"), bridge=BridgeId("a"), members=WISH.members, playing=(clip,))
    assert clips(wish) == {
        "c1": ClipSpec(to=frozenset({USER}), names=("wait", "text"), language="en", text="soon", every_s=20.0)
    }


def test_a_change_is_said_once_and_a_wish_is_always_answered() -> None:
    state, report = due_report(
        State(wish=WISH), status(USER, lost={OPERATOR: "gone"}), asked=True, now_us=NOW
    )
    assert report is not None
    assert (report.joined, report.lost) == ((USER,), (OPERATOR,))
    state, report = due_report(state, status(USER, lost={OPERATOR: "gone"}), asked=False, now_us=NOW)
    assert report is None
    state, report = due_report(state, status(USER, OPERATOR), asked=False, now_us=NOW)
    assert report is not None
    assert report.joined == (OPERATOR, USER)
    assert due_report(state, status(USER, OPERATOR), asked=True, now_us=NOW)[1] is not None


def test_who_is_no_member_any_more_is_not_said_to_be_joined() -> None:
    only_user = SetMembers(alert=AlertId("a"), bridge=BridgeId("a"), members=WISH.members[:1])
    _, report = due_report(State(wish=only_user), status(USER, OPERATOR), asked=True, now_us=NOW)
    assert report is not None
    assert report.joined == (USER,)


def test_a_conference_without_members_says_nothing() -> None:
    assert due_report(State(), status(), asked=True, now_us=NOW)[1] is None


def test_what_is_heard_is_said_of_members_alone_and_whole() -> None:
    heard = status(
        USER,
        heard=frozenset({USER, "a:psap"}),
        digits={USER: "1#", "a:psap": "5"},
        no_sound=frozenset({USER}),
        played=frozenset({"welcome"}),
    )
    state, report = due_report(State(wish=WISH), heard, asked=False, now_us=NOW)
    assert report == BridgeReport(
        bridge=BridgeId("a"),
        joined=(USER,),
        heard=(USER,),
        pressed={USER: (Press(at=NOW, digit="1"), Press(at=Instant(NOW + 1), digit="#"))},
        no_sound=(USER,),
        played=("welcome",),
    )
    assert due_report(state, heard, asked=False, now_us=NOW)[1] is None


def test_each_key_is_known_by_its_moment_also_of_a_leg_that_has_joined_anew() -> None:
    state = State(wish=WISH)
    for at, digits in ((5, "1"), (5, "12"), (9, ""), (12, "1"), (12, "1")):
        state = replace(state, wish=WISH)
        state, report = due_report(state, status(USER, digits={USER: digits}), asked=True, now_us=Instant(at))
    assert report is not None
    assert [(one.at, one.digit) for one in report.pressed[USER]] == [(5, "1"), (6, "2"), (12, "1")]


def test_a_conference_that_is_over_has_nobody_in_it() -> None:
    over = SetMembers(alert=AlertId("a"), bridge=BridgeId("a"), members=())
    assert due_report(State(wish=over), status(), asked=True, now_us=NOW)[1] == BridgeReport(
        bridge=BridgeId("a"), joined=()
    )


def test_the_screens_are_told_what_a_machine_says_and_the_case_is_not() -> None:
    told = levels(
        AlertId("a"),
        {USER: LevelReport(), "a:psap": LevelReport()},
        {USER: "busy"},
        readings.Pace(),
        Instant(0),
    )
    assert {leg: one.tone for leg, one in told.legs.items()} == {USER: "busy", "a:psap": ""}
    state, _ = due_report(State(wish=WISH), status(USER), asked=False, now_us=NOW)
    assert due_report(state, status(USER, tones={USER: "busy"}), asked=False, now_us=NOW)[1] is None


def test_the_clock_is_told_of_since_the_last_look() -> None:
    before = Pace(ticks=100, late_ticks=2, skipped_ticks=1, worst_late_us=9_000)
    now = Pace(ticks=105, late_ticks=3, skipped_ticks=1, worst_late_us=9_000)
    assert pace_between(before, now) == readings.Pace(ticks=5, late=1, skipped=0)
    assert pace_between(now, now) == readings.Pace()


def test_each_party_has_a_track_and_operators_share_theirs() -> None:
    legs = tuple(LegId(f"a:{place}") for place in ("user", "op1", "op2", "psap"))
    recording = Recording(file="a", legs=legs)
    everybody = tracks(recording, (Party.USER, Party.OPERATOR, Party.PSAP))
    assert everybody == {"a:user": 0, "a:op1": 1, "a:op2": 1, "a:psap": 2}
    assert tracks(recording, (Party.PSAP,)) == {"a:psap": 0}


def test_what_is_recorded_is_said_when_it_changes() -> None:
    state, report = due_report(State(wish=WISH), status(USER), asked=False, now_us=NOW)
    assert report is not None
    assert (report.recording, report.recording_fault) == ("", "")
    state, report = due_report(
        state, status(USER), asked=False, now_us=NOW, recording=RecordingStatus(file="a.1.flac")
    )
    assert report is not None
    assert report.recording == "a.1.flac"
    _, report = due_report(
        state, status(USER), asked=False, now_us=NOW, recording=RecordingStatus(fault="full")
    )
    assert report is not None
    assert (report.recording, report.recording_fault) == ("", "full")
