"""Real voices on the virtual clock: the conference's own ports and mixer, between it and the simulated modems
PTYs that are read and written once in 20 ms.
"""

from __future__ import annotations

import fcntl
import os
import sys
import termios
import tty
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path

from msgspec.structs import replace

from actors.alert_case.wishes import desired_bridge
from actors.mixer.decider import clips, heard_by
from media.conference.beat import Tick
from media.conference.conference import Conference
from media.conference.sounds import Sounds
from media.ports.opening import open_port
from media.ports.voice_port import VoicePortSpec
from messages.ids import LegId
from model.alert.leg import Leg
from simulator.modem.modem import Modem
from simulator.network.sound import tone
from tests.scenarios.world import World
from tests.waiting import wait_until

TICK_S = 0.02


class Sounding:
    """The legs that are joined now, each by what its line has said of its voice."""

    def __init__(self, world: World, own: Path | None) -> None:
        """`own`: the folder of the center's own recordings."""
        self._world = world
        self._legs: Mapping[LegId, Leg] = {leg.leg: leg for leg in world.case.legs.values() if leg.joined}
        self._ends = {leg: os.openpty() for leg in self._legs}
        self._ticks = 0
        self._specs: dict[str, VoicePortSpec] = {}
        for name, leg in self._legs.items():
            master, slave = self._ends[name]
            tty.setraw(slave)
            os.set_blocking(master, False)
            assert leg.voice is not None
            self._specs[name] = VoicePortSpec(
                path=os.ttyname(slave),
                rate_hz=leg.voice.rate_hz,
                frame_bytes=leg.voice.frame_bytes,
                pace=leg.voice.pace,
            )
        self.conference = Conference(
            open_port=partial(open_port, keeps_wide=True, now_s=lambda: world.network.now_s),
            load_sound=Sounds(own).load,
            spawn=lambda work: work(),
        )
        self.conference.set_members(self._specs)

    def wished(self) -> None:
        """Have the conference do what the case wishes now."""
        wish = desired_bridge(self._world.case)
        self.conference.set_members(self._specs, heard_by(wish))
        # The bridge that mixes nothing has begun what this one plays.
        playing = {name: replace(clip, begun=False) for name, clip in clips(wish).items()}
        self.conference.set_playing(playing)

    def advance(self, seconds: float) -> None:
        """Let them talk."""
        for _ in range(round(seconds / TICK_S)):
            self._tick()

    def stand_still(self, seconds: float) -> None:
        """The modems go on, and nobody mixes."""
        for _ in range(round(seconds / TICK_S)):
            self._modems_speak()
            self._world.advance(TICK_S)

    def _tick(self) -> None:
        self._modems_speak()
        self.conference.turn(Tick(self._ticks))
        self._ticks += 1
        for name, (master, _) in self._ends.items():
            with suppress(BlockingIOError):
                self._modem(name).voice_write(os.read(master, 65536), self._world.network.now_s)
        self._world.advance(TICK_S)

    def _modems_speak(self) -> None:
        for name, (master, slave) in self._ends.items():
            modem, before = self._modem(name), _arrived(slave)
            pcm = modem.voice_read(modem.voice.frame_bytes, self._world.network.now_s)
            os.write(master, pcm)
            wait_until(partial(_has_arrived, slave, before + len(pcm)), what="the modem's frame is there")

    def _modem(self, leg: LegId) -> Modem:
        return self._world.network.carrier.modem(self._legs[leg].line)

    def close(self) -> None:
        """The calls stay up."""
        self.conference.stop()
        for ends in self._ends.values():
            for end in ends:
                os.close(end)


def _arrived(slave: int) -> int:
    return int.from_bytes(fcntl.ioctl(slave, termios.FIONREAD, b"\0\0\0\0"), sys.byteorder)


def _has_arrived(slave: int, count: int) -> bool:
    """It goes there by way of a kernel's thread."""
    return _arrived(slave) >= count


@contextmanager
def sounding(world: World, own: Path | None = None) -> Iterator[Sounding]:
    """The voices of whoever is joined now."""
    made = Sounding(world, own)
    try:
        yield made
    finally:
        made.close()


def says(world: World, number: str, hz: float) -> None:
    """This phone says a tone from now on, at -12 dBFS."""
    world.network.carrier.phones[number].said = tone(hz)


def hears(world: World, number: str, last_s: float) -> bytes:
    """What this phone has heard until a moment ago, at 8 kHz."""
    pcm = world.network.carrier.phones[number].heard_pcm(world.network.now_s)
    assert pcm is not None
    return pcm[:-1600][-round(last_s * 16000) // 2 * 2 :]
