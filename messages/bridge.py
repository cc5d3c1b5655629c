"""Between an AlertCase and its ConferenceBridge.

The members are told whole, so that telling twice changes nothing.
"""

from __future__ import annotations

import msgspec

from messages.base import Message, VoicePort
from messages.ids import AlertId, BridgeId, CrewId, LegId


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """One leg in the conference and where its voice is."""

    leg: LegId
    voice: VoicePort
    muted: bool = False


class SetMembers(Message, frozen=True, kw_only=True, tag="bridge.set_members"):
    """Exactly these are to hear each other. None: the conference is over and all ports are closed."""

    alert: AlertId
    bridge: BridgeId
    members: tuple[Member, ...]


class BridgeReport(Message, frozen=True, kw_only=True, tag="bridge.report"):
    """Who is joined now, and whose port could not be opened or was lost."""

    bridge: BridgeId
    joined: tuple[LegId, ...]
    lost: tuple[LegId, ...] = ()


class BridgeReady(Message, frozen=True, kw_only=True, tag="bridge.ready"):
    """The ConferenceBridge of this crew has started and mixes nothing: tell it its members.

    Or, where the envelope names an alert, it has heard nothing of that alert's case for a while: tell it
    whether it is still needed.
    """

    crew: CrewId
