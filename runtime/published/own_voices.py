"""Nodes of the operators' own voices, headsets and nailed-up calls. Pure.

Each node publishes the voices at that node. An operator has one voice: if several nodes have it, the newest
counts for all nodes, as with several windows at one node.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from messages.base import VoicePort
from messages.ids import LineId, NodeId, OperatorId, OperatorLine
from messages.operators import OperatorVoice
from model.rules.calls.own_line import mode_of, operator_of
from runtime.published.peers import NODE_PORT, NodeInfo
from runtime.published.voice_files import headset_name

Voices = Mapping[OperatorId, OperatorVoice]


def node_of(line: LineId, own: Voices, me: NodeId, places: Iterable[NodeInfo]) -> NodeId | None:
    """Return the node with the OperatorLines that carries this own line; None if no node reports the voice.

    `me`: this node; `own`: voices at this node. During a short absence of the voice, its last node counts.
    """
    found = [(voice, me) for voice in own.values()]
    found += [(voice, place.node) for place in places for voice in place.voices]
    held = [(voice, node) for voice, node in found if _is_of(voice, line) and voice.holds]
    best = max(held, key=lambda one: (one[0].to_be_had, one[0].since, one[1] == me, one[1]), default=None)
    return None if best is None else best[1]


def is_at(places: Iterable[NodeInfo], line: LineId) -> bool:
    """Return True if the voice of this line is available at one of these nodes."""
    return any(_is_of(voice, line) and voice.to_be_had for place in places for voice in place.voices)


def _is_of(voice: OperatorVoice, line: LineId) -> bool:
    return voice.operator == operator_of(line) and voice.mode is mode_of(line)


def available_operators(places: Iterable[NodeInfo]) -> dict[OperatorId, OperatorLine]:
    """Return the operators available on an own voice at another node, with the mode.

    Draining nodes and nodes with an unreachable voice gate do not count.
    """
    usable = (place for place in places if place.gate and not place.draining)
    return {voice.operator: voice.mode for place in usable for voice in place.voices if voice.to_be_had}


def port_at(place: NodeInfo, line: LineId, voice: VoicePort) -> VoicePort | None:
    """Return the port by which a bridge of this node reaches a voice of another node's OperatorLines.

    None if unreachable: the path may name a different device on this node.
    """
    if voice.kind == NODE_PORT:
        return voice
    name = _name_at(place, line)
    return VoicePort(path=f"{place.gate}/{name}", kind=NODE_PORT) if place.gate and name else None


def _name_at(place: NodeInfo, line: LineId) -> str | None:
    """Return the name of the voice at that node's VoiceGate."""
    operator = operator_of(line)
    if operator is None:
        return None
    if mode_of(line) is OperatorLine.HEADSET:
        return headset_name(operator)
    return next((voice.line for voice in place.voices if voice.operator == operator), None)


def voices_for_display(own: Voices, places: Iterable[NodeInfo]) -> dict[OperatorId, OperatorVoice]:
    """Return the voice of every operator, for display: another node's if available there and not here."""
    elsewhere = {voice.operator: voice for place in places for voice in place.voices if voice.to_be_had}
    return {**elsewhere, **dict(_here(own, elsewhere))}


def _here(own: Voices, elsewhere: Voices) -> Iterator[tuple[OperatorId, OperatorVoice]]:
    return ((one, voice) for one, voice in own.items() if voice.to_be_had or one not in elsewhere)
