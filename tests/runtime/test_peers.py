"""Where a bridge of this node finds the voice of a line, and which lines are no more."""

from __future__ import annotations

from messages.base import VoicePort
from messages.ids import LineId, NodeId
from model.settings.lines import Modem
from runtime.published.peers import NODE_PORT, MemoryPeers, NodeInfo, PeerBook, Peers

HERE, THERE, NOWHERE = LineId("a-1"), LineId("b-1"), LineId("c-1")
OWN = (Modem(name=HERE, trunk="public"),)
TTY = VoicePort(path="/dev/ttyUSB2")


def peers(*, gate: str = "10.0.0.2:4711") -> MemoryPeers:
    made = MemoryPeers()
    lines = (Modem(name=THERE, trunk="public"),)
    made.publish(Peers(places=(NodeInfo(node=NodeId("b"), address="10.0.0.2", gate=gate, lines=lines),)))
    return made


def test_a_line_of_this_node_is_opened_where_its_modem_says() -> None:
    assert peers().voice_of(HERE, TTY, OWN) == TTY
    assert PeerBook().voice_of(THERE, TTY, OWN) == TTY


def test_a_line_of_another_node_is_at_that_nodes_gate_once() -> None:
    found = peers().voice_of(THERE, TTY, OWN)
    assert found == VoicePort(path="10.0.0.2:4711/b-1", kind=NODE_PORT)
    assert peers().voice_of(THERE, found, OWN) == found


def test_where_no_gate_is_known_no_modem_of_this_node_is_taken_for_it() -> None:
    for there, line in ((peers(gate=""), THERE), (peers(), NOWHERE)):
        found = there.voice_of(line, TTY, OWN)
        assert (found.path, found.kind) == (f"/{line}", NODE_PORT)


def test_a_line_of_no_member_is_lost_once_the_members_are_known() -> None:
    known = peers()
    assert not known.is_lost(HERE, OWN)
    assert not known.is_lost(THERE, OWN)
    assert known.is_lost(NOWHERE, OWN)
    known.publish(Peers(settled=False))
    assert not known.is_lost(NOWHERE, OWN)
