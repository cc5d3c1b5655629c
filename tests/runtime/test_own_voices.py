"""Where an operator's own voice is, when several nodes say what stands there."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.base import VoicePort
from messages.calls import CallState
from messages.ids import Instant, LineId, NodeId, OperatorId, OperatorLine
from messages.operators import OperatorVoice, OperatorVoices
from model.rules.calls.own_line import own_line
from runtime.published import own_voices, voice_files
from runtime.published.peers import NodeInfo, decode_place, encode_place
from tests.support.there import there

A, B, C = NodeId("a"), NodeId("b"), NodeId("c")
ANNA, BEA = OperatorId("anna"), OperatorId("bea")
UNIX = VoicePort(path="/run/voice/anna.sock", rate_hz=16_000, frame_bytes=640, kind="unix")
UP, GONE = CallState.ANSWERED, CallState.RELEASED


def headset(operator: OperatorId, state: CallState = UP, since: int = 1, **more: bool) -> OperatorVoice:
    mode = OperatorLine.HEADSET
    return OperatorVoice(operator=operator, mode=mode, state=state, since=Instant(since), **more)


def nailed(operator: OperatorId, line: str | None, state: CallState = UP) -> OperatorVoice:
    at = None if line is None else LineId(line)
    return OperatorVoice(operator=operator, mode=OperatorLine.NAILED_UP, state=state, line=at)


def place(
    node: NodeId, *voices: OperatorVoice, gate: str = "10.0.0.2:4711", draining: bool = False
) -> NodeInfo:
    return NodeInfo(node=node, address="10.0.0.2", gate=gate, voices=voices, draining=draining)


def line(operator: OperatorId = ANNA, mode: OperatorLine = OperatorLine.HEADSET) -> LineId:
    return there(own_line(operator, mode))


def node_of(own: tuple[OperatorVoice, ...], *places: NodeInfo, at: LineId | None = None) -> NodeId | None:
    return own_voices.node_of(at or line(), {voice.operator: voice for voice in own}, A, places)


def test_it_is_where_it_can_be_had() -> None:
    assert node_of((headset(ANNA),)) == A
    assert node_of((), place(B, headset(BEA)), place(C, headset(ANNA))) == C
    assert node_of((headset(ANNA, GONE, 9),), place(C, headset(ANNA, since=1))) == C


def test_who_only_knows_that_it_is_not_there_does_not_have_it() -> None:
    assert node_of((headset(ANNA, GONE),), place(B, headset(ANNA, GONE), headset(BEA))) is None


def test_while_it_is_away_for_a_moment_it_is_where_it_was_unless_it_is_back_elsewhere() -> None:
    blinks = headset(ANNA, GONE, 9, wavering=True)
    assert node_of((headset(ANNA, GONE),), place(B, blinks)) == B
    assert node_of((blinks,), place(B, headset(ANNA, since=2))) == B


def test_of_two_the_newest_has_it_and_all_nodes_say_the_same() -> None:
    assert node_of((headset(ANNA, since=1),), place(B, headset(ANNA, since=2))) == B
    assert node_of((headset(ANNA, since=3),), place(B, headset(ANNA, since=2))) == A
    assert node_of((headset(ANNA, since=2),), place(B, headset(ANNA, since=2))) == A, "the nearest"


def test_a_headset_is_no_nailed_up_call() -> None:
    both = place(B, nailed(ANNA, "b-1")), place(C, headset(ANNA))
    assert node_of((), *both, at=line(mode=OperatorLine.NAILED_UP)) == B
    assert node_of((), *both, at=line(mode=OperatorLine.HEADSET)) == C


def test_is_at_asks_for_one_that_can_be_had() -> None:
    blinks = headset(ANNA, GONE, wavering=True)
    assert own_voices.is_at([place(B, headset(BEA)), place(C, headset(ANNA))], line())
    assert not own_voices.is_at([place(B, blinks, headset(BEA))], line())
    assert not own_voices.is_at([place(B, nailed(ANNA, "b-1"))], line())


@pytest.mark.parametrize(
    ("there", "offered"),
    [
        (place(B, headset(ANNA)), True),
        (place(B, nailed(ANNA, "b-1", CallState.RINGING)), True),
        (place(B, headset(ANNA, GONE, wavering=True)), False),
        (place(B, headset(ANNA), draining=True), False),
        (place(B, headset(ANNA), gate=""), False),
    ],
    ids=["up", "on its way", "away for a moment", "about to end", "no gate"],
)
def test_who_is_offered_can_be_spoken_to(there: NodeInfo, offered: bool) -> None:
    expected = {ANNA: there.voices[0].mode} if offered else {}
    assert own_voices.available_operators([there]) == expected


def test_a_headset_is_reached_through_the_gate_of_its_node() -> None:
    found = own_voices.port_at(place(B, headset(ANNA)), line(), UNIX)
    assert found == VoicePort(path="10.0.0.2:4711/voice/anna.sock", kind="node")


def test_a_nailed_up_call_is_reached_by_the_name_of_its_line() -> None:
    nailed_line = line(mode=OperatorLine.NAILED_UP)
    tty = VoicePort(path="/dev/ttyUSB4")
    there = place(B, nailed(BEA, "b-1"), nailed(ANNA, "b-2"))
    assert own_voices.port_at(there, nailed_line, tty) == VoicePort(path="10.0.0.2:4711/b-2", kind="node")


def test_a_call_on_a_third_nodes_line_is_where_that_node_has_it() -> None:
    third = VoicePort(path="10.0.0.3:4711/c-2", kind="node")
    assert (
        own_voices.port_at(place(B, nailed(ANNA, "c-2")), line(mode=OperatorLine.NAILED_UP), third) == third
    )


@pytest.mark.parametrize(
    ("there", "at"),
    [
        (place(B, headset(ANNA), gate=""), line()),
        (place(B), line(mode=OperatorLine.NAILED_UP)),
        (place(B, nailed(ANNA, None)), line(mode=OperatorLine.NAILED_UP)),
        (place(B), LineId("p1")),
    ],
    ids=["no gate", "unknown call", "unknown line", "no own line"],
)
def test_a_path_of_another_node_is_opened_at_no_other(there: NodeInfo, at: LineId) -> None:
    """Another device may have that name here."""
    assert own_voices.port_at(there, at, UNIX) is None


def test_who_looks_sees_each_where_it_is_to_be_had() -> None:
    here = {ANNA: headset(ANNA, GONE), BEA: headset(BEA)}
    known = own_voices.voices_for_display(here, [place(B, headset(ANNA), headset(BEA, since=7))])
    assert known == {ANNA: headset(ANNA), BEA: here[BEA]}
    assert own_voices.voices_for_display(here, [place(B, headset(ANNA, GONE, wavering=True))]) == here


whose = st.tuples(st.sampled_from([A, B, C]), st.sampled_from([ANNA, BEA]))
how = st.tuples(
    st.sampled_from([OperatorLine.HEADSET, OperatorLine.NAILED_UP]),
    st.sampled_from(list(CallState)),
    st.booleans(),
)


@given(st.dictionaries(whose, how, max_size=6), st.permutations([A, B, C]))
def test_all_nodes_say_the_same_of_who_has_it(
    told: dict[tuple[NodeId, OperatorId], tuple[OperatorLine, CallState, bool]], order: list[NodeId]
) -> None:
    """Else the legs of one conversation would ask now here, now there."""
    at: dict[NodeId, dict[OperatorId, OperatorVoice]] = {node: {} for node in order}
    for since, ((node, operator), (mode, state, wavering)) in enumerate(told.items()):
        at[node][operator] = OperatorVoice(
            operator=operator, mode=mode, state=state, since=Instant(since), wavering=wavering
        )
    for own in (line(ANNA), line(BEA, OperatorLine.NAILED_UP)):
        said_by = {
            own_voices.node_of(
                own, at[me], me, [place(node, *at[node].values()) for node in order if node != me]
            )
            for me in order
        }
        assert len(said_by) == 1
        can = {node for node in order if own_voices.is_at([place(node, *at[node].values())], own)}
        assert not can or said_by <= can


def test_what_a_node_says_of_its_voices_is_heard_and_an_older_one_says_nothing_of_them() -> None:
    told = place(B, headset(ANNA), nailed(BEA, "b-1"))
    assert decode_place(encode_place(told)) == told
    older = NodeInfo(node=B, address="10.0.0.2")
    assert older.voices == ()


def test_the_file_is_read_again_after_a_change_and_only_then(tmp_path: Path) -> None:
    file = voice_files.newest(tmp_path)
    assert not file.read()
    voice_files.write(tmp_path, OperatorVoices(voices=(headset(ANNA),)))
    assert file.read() == {ANNA: headset(ANNA)}
    assert file.read() is file.read()
    voice_files.write(tmp_path, OperatorVoices(voices=(headset(ANNA, GONE),)))
    assert file.read() == {ANNA: headset(ANNA, GONE)}
    os.unlink(tmp_path / voice_files.FILE_NAME)
    assert not file.read()
