"""A bridge that joins everybody at once and mixes nothing: a virtual clock leaves no time for sound."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping

from actors.conference_bridge.actor import ConferenceBridgeActor, Mixer
from media.conference import ConferenceStatus, Pace
from media.levels import LevelReport
from media.voice_port import VoicePortSpec


class SilentMixer:
    """Who would be joined."""

    def __init__(self) -> None:
        self.members: dict[str, VoicePortSpec] = {}
        self.muted: set[str] = set()

    def set_members(self, members: Mapping[str, VoicePortSpec]) -> None:
        self.members = dict(members)

    def mute(self, leg: str, on: bool) -> None:
        (self.muted.add if on else self.muted.discard)(leg)

    def levels(self) -> dict[str, LevelReport]:
        return {leg: LevelReport() for leg in self.members}

    def status(self) -> ConferenceStatus:
        return ConferenceStatus(
            running=True, joined=tuple(self.members), lost={}, muted=tuple(self.muted), pace=Pace()
        )

    def start(self) -> None:
        pass

    def stop(self) -> None:
        self.members.clear()


class SilentBridgeActor(ConferenceBridgeActor):
    """The bridge's actor with that mixer."""

    def new_mixer(self, on_change: Callable[[], None]) -> Mixer:
        return SilentMixer()

    @property
    def members(self) -> tuple[str, ...]:
        """The legs whose ports are open."""
        return tuple(self._mixer.members) if isinstance(self._mixer, SilentMixer) else ()

    @property
    def unheard(self) -> frozenset[str]:
        """The legs that are muted, as the mixer has them."""
        return frozenset(self._mixer.muted) if isinstance(self._mixer, SilentMixer) else frozenset()

    def let_go(self) -> None:
        """What the kernel closes when this process is killed."""
        if "_changed" in vars(self):
            os.close(self._changed)
