"""Calls of a modem, as numbered and shown by `AT+CLCC` (TS 27.007 7.18). Must not contact the network."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.network.call import Call, Party
from simulator.network.voice import ListeningPosition, VoiceQueue


class Stat(enum.IntEnum):
    """Values of <stat> in +CLCC; 6 is SIMCom's own."""

    ACTIVE = 0
    HELD = 1
    DIALLING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5
    RELEASED = 6


OUTGOING_SETUP_STATES = (Stat.DIALLING, Stat.ALERTING)
CONNECTED_STATES = (Stat.ACTIVE, Stat.HELD)


@dataclass(eq=False, slots=True)
class Leg:
    """Call as its modem sees it. `stat` is the reported state, which an early-answer modem reports too
    early.
    """

    id: int
    call: Call
    outgoing: bool
    stat: Stat
    mpty: bool = False
    connected_at_s: float | None = None
    """Time at which the modem reported the answer."""
    listening_position: ListeningPosition = field(default_factory=ListeningPosition)
    voice_queue: VoiceQueue = field(default_factory=VoiceQueue)

    def peer(self, line: Party) -> Party | None:
        """Return the other end of the call; None if there is none."""
        return self.call.other(line)


ID_LIMIT = 7
"""Most calls of one subscriber (TS 24.008 4.4: transaction identifiers 0 to 6)."""


class ModemLegs:
    """Legs ordered by id; a freed id is reused at once, as by most modems, or only in its turn."""

    def __init__(self, *, any_end_ends_period: bool = False) -> None:
        self._any_end_ends_period = any_end_ends_period
        self.reuses_ids = True
        self._by_id: dict[int, Leg] = {}
        self._last_id = 0
        self.voice_period = 0
        """Counter that grows with a first leg and after the last one: a setting for one call ends with its
        period.
        """

    def __iter__(self) -> Iterator[Leg]:
        return iter([self._by_id[id_] for id_ in sorted(self._by_id)])

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, call: Call, *, outgoing: bool, stat: Stat) -> Leg:
        self.voice_period += not self._by_id
        first = 1 if self.reuses_ids else self._last_id + 1
        ids = ((first + step - 1) % ID_LIMIT + 1 for step in range(ID_LIMIT))
        id_ = self._last_id = next(id_ for id_ in ids if id_ not in self._by_id)
        leg = self._by_id[id_] = Leg(id_, call, outgoing, stat)
        return leg

    def remove(self, leg: Leg) -> None:
        """Remove the leg; a multiparty with one remaining member becomes an ordinary call."""
        del self._by_id[leg.id]
        self.voice_period += self._any_end_ends_period or not self._by_id
        self.reset_single_multiparty()

    def reset_single_multiparty(self) -> None:
        """Reset a multiparty of one member (TS 22.084)."""
        for stat in CONNECTED_STATES:
            members = [leg for leg in self.in_states(stat) if leg.mpty]
            if len(members) == 1:
                members[0].mpty = False

    def leg_of(self, call: Call) -> Leg | None:
        return next((leg for leg in self._by_id.values() if leg.call is call), None)

    def get(self, id_: int) -> Leg | None:
        return self._by_id.get(id_)

    def in_states(self, *stats: Stat) -> list[Leg]:
        """Return the legs in one of these states."""
        return [leg for leg in self if leg.stat in stats]
