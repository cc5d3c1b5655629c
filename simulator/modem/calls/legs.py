"""Calls of a modem, as numbered and shown by `AT+CLCC` (TS 27.007 7.18). Must not contact the network."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass, field

from simulator.network.call import Call, Party
from simulator.network.voice import Ear, Inbox


class Stat(enum.IntEnum):
    """Values of <stat> in +CLCC; 6 is SIMCom's own."""

    ACTIVE = 0
    HELD = 1
    DIALLING = 2
    ALERTING = 3
    INCOMING = 4
    WAITING = 5
    RELEASED = 6


SETTING_UP = (Stat.DIALLING, Stat.ALERTING)
CONNECTED = (Stat.ACTIVE, Stat.HELD)


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
    ear: Ear = field(default_factory=Ear)
    inbox: Inbox = field(default_factory=Inbox)

    def peer(self, line: Party) -> Party | None:
        """Return the other end of the call; None if there is none."""
        return self.call.other(line)


ID_LIMIT = 7
"""Most calls of one subscriber (TS 24.008 4.4: transaction identifiers 0 to 6)."""


class Legs:
    """Legs ordered by id; a freed id is reused at once, as by most modems, or only in its turn."""

    def __init__(self, *, part_ends_spell: bool = False) -> None:
        self._part_ends_spell = part_ends_spell
        self.reuses_ids = True
        self._by_id: dict[int, Leg] = {}
        self._last_id = 0
        self.spell = 0
        """Counter that grows with a first leg and after the last one: a setting for one call ends with its
        spell.
        """

    def __iter__(self) -> Iterator[Leg]:
        return iter([self._by_id[id_] for id_ in sorted(self._by_id)])

    def __len__(self) -> int:
        return len(self._by_id)

    def add(self, call: Call, *, outgoing: bool, stat: Stat) -> Leg:
        self.spell += not self._by_id
        first = 1 if self.reuses_ids else self._last_id + 1
        ids = ((first + step - 1) % ID_LIMIT + 1 for step in range(ID_LIMIT))
        id_ = self._last_id = next(id_ for id_ in ids if id_ not in self._by_id)
        leg = self._by_id[id_] = Leg(id_, call, outgoing, stat)
        return leg

    def remove(self, leg: Leg) -> None:
        """Remove the leg; a multiparty with one remaining member becomes an ordinary call."""
        del self._by_id[leg.id]
        self.spell += self._part_ends_spell or not self._by_id
        self.settle()

    def settle(self) -> None:
        """Reset a multiparty of one member (TS 22.084)."""
        for stat in CONNECTED:
            members = [leg for leg in self.having(stat) if leg.mpty]
            if len(members) == 1:
                members[0].mpty = False

    def of(self, call: Call) -> Leg | None:
        return next((leg for leg in self._by_id.values() if leg.call is call), None)

    def get(self, id_: int) -> Leg | None:
        return self._by_id.get(id_)

    def having(self, *stats: Stat) -> list[Leg]:
        """Return the legs in one of these states."""
        return [leg for leg in self if leg.stat in stats]
