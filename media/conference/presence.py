"""Who takes part in a conference, and what is heard of them: plain data, for those who decide."""

from __future__ import annotations

import msgspec


class Presence(msgspec.Struct, frozen=True, kw_only=True):
    """A conference as it is now, by the names of its legs."""

    joined: tuple[str, ...]
    """Legs whose ports are open."""
    lost: dict[str, str]
    """Legs whose ports could not be opened or were lost, and why; tried again every 200 ms."""
    heard: frozenset[str] = frozenset()
    """Legs on which a person has been heard since they joined."""
    digits: dict[str, str] = msgspec.field(default_factory=dict)
    """The DTMF digits of each leg that has pressed any since it joined."""
    no_sound: frozenset[str] = frozenset()
    """Joined legs of which nothing has come but digital silence for 3 s, or which take no sound."""
    played: frozenset[str] = frozenset()
    """Clips that have been played to their end."""
    begun: frozenset[str] = frozenset()
    """Clips that have begun to be heard here."""
    cut: frozenset[str] = frozenset()
    """Clips that were begun, here or before, and are over without having been played to their end."""
    clip_troubles: dict[str, str] = msgspec.field(default_factory=dict)
    """Clips that could not be loaded, and why."""
    tones: dict[str, str] = msgspec.field(default_factory=dict)
    """What a machine says on a leg now."""
