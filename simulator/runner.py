"""Carrier in real time: every modem on two pseudo-terminals, one thread, one event loop.

Codec clocks tick every 20 ms for all modems together; the hosts' voice is read, and the parties' voice
written, on that tick. Nothing here blocks: unread output is dropped, as by a real codec.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from simulator.modem.modem import Modem
from simulator.modem.ptys import PortPoll, Pty
from simulator.modem.voice import FRAME_S
from simulator.network.carrier import Carrier

CATCH_UP_FRAMES = 10
"""Most frames sent at once after a stall of the machine; older ones are lost."""

log = logging.getLogger("simulator")


@dataclass(eq=False, slots=True)
class Station:
    """Modem with its ports; no ports while unplugged."""

    modem: Modem
    at: Pty | None = None
    voice: Pty | None = None
    card: Pty | None = None
    """Port in place of a sound card's driver."""
    urc: Pty | None = None
    """Port for unsolicited lines, if other than the command port."""
    at_open: bool = False
    ports: str = ""
    """Present name of the ports; empty: the modem's name."""


class Runner:
    """Driver of a simulated carrier in real time; `start` and `stop` must be called within a running event
    loop.
    """

    def __init__(self, carrier: Carrier, directory: Path, clock: Callable[[], float]) -> None:
        self.carrier = carrier
        self.directory = directory
        self.clock = clock
        self.stations = {name: Station(modem) for name, modem in carrier.modems.items()}
        self._loop = asyncio.get_running_loop()
        self._watch = PortPoll()
        self._deadline: asyncio.TimerHandle | None = None
        self._next_frame_s = 0.0
        self._tick_timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Open all ports, and start the carrier's clock."""
        for station in self.stations.values():
            self._open_ports(station)
        self._next_frame_s = self._loop.time() + FRAME_S
        self._tick()

    def stop(self) -> None:
        """Close all ports."""
        for timer in (self._tick_timer, self._deadline):
            if timer is not None:
                timer.cancel()
        for station in self.stations.values():
            self._close_ports(station)
        self._watch.close()

    def unplug(self, name: str) -> None:
        """Close the modem's ports, then end its calls. Raises NoSuchParty."""
        modem = self.carrier.modem(name)
        self._close_ports(self.stations[name])
        modem.unplug(self.clock())
        self.settle()

    def plug(self, name: str, ports: str = "") -> None:
        """Open new ports, under the present links or another name; a modem that was plugged in loses its
        power for an instant. Raises NoSuchParty.
        """
        modem = self.carrier.modem(name)
        self._close_ports(self.stations[name])
        self.stations[name].ports = ports
        modem.plug(self.clock())
        self._open_ports(self.stations[name])
        self.settle()

    def settle(self) -> None:
        """Run what is due, deliver the modems' output, and schedule the next run."""
        self.carrier.advance(self.clock())
        for station in self.stations.values():
            if station.modem.has_output:
                output, elsewhere = station.modem.take_output(), station.modem.take_other_port_output()
                if station.urc is not None:
                    station.urc.send_or_drop(elsewhere)
                if station.at is not None and station.at_open:
                    station.at.send(output)
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
        due_s = self.carrier.next_deadline()
        if due_s is not None:
            self._deadline = self._loop.call_later(max(0.0, due_s - self.clock()), self.settle)

    # ------------------------------------------------------------------------------------------ ports

    def _open_ports(self, station: Station) -> None:
        name = station.ports or station.modem.config.name
        station.at = Pty(self.directory / f"{name}.at")
        self._watch.add(station.at)
        self._update_voice_port(station)
        if station.modem.line.vices.codes_elsewhere:
            station.urc = Pty(self.directory / f"{name}.urc")

    def _update_voice_port(self, station: Station) -> None:
        """Open or close the voice port: present while its modem is plugged in and has a voice port."""
        modem = station.modem
        wanted = station.at is not None and modem.voice.available and not modem.line.vices.voice_port_gone
        if wanted and station.voice is None:
            station.voice = Pty(self.directory / f"{station.ports or modem.config.name}.voice")
            self._watch.add(station.voice)
        elif station.voice is not None and not wanted:
            self._watch.remove(station.voice)
            station.voice.close()
            station.voice = None
        if station.at is not None and modem.voice.has_card and station.card is None:
            station.card = Pty(self.directory / f"{station.ports or modem.config.name}.card")
            self._watch.add(station.card)

    def _close_ports(self, station: Station) -> None:
        if station.at is not None:
            if station.at_open:
                self._loop.remove_reader(station.at.fd)
            else:
                self._watch.remove(station.at)
            station.at.close()
        for voice in filter(None, (station.voice, station.card)):
            self._watch.remove(voice)
            voice.close()
        if station.urc is not None:
            station.urc.close()
        station.at, station.voice, station.card, station.urc, station.at_open = None, None, None, None, False

    def _on_at_opened(self, station: Station, port: Pty) -> None:
        station.at_open = True
        self._watch.remove(port)
        station.modem.port_opened(self.clock())
        self._loop.add_reader(port.fd, self._on_at_readable, station, port)

    def _on_at_readable(self, station: Station, port: Pty) -> None:
        # Once: the loop calls again for more, and a read without data may wait (see `Watch`).
        data = port.read()
        if data:
            station.modem.feed(data, self.clock())
        if data is None:
            self._loop.remove_reader(port.fd)
            station.at_open = False
            hupcl = port.hupcl()
            port.drop_unread()
            station.modem.port_closed(hupcl, self.clock())
            log.info("%s: port closed, HUPCL %s", station.modem.config.name, "set" if hupcl else "clear")
            self._watch.add(port)
        self.settle()

    # ------------------------------------------------------------------------------------------ voice

    def _tick(self) -> None:
        now = self._loop.time()
        frames = int((now - self._next_frame_s) / FRAME_S) + 1
        self._next_frame_s += frames * FRAME_S
        self._tick_timer = self._loop.call_at(self._next_frame_s, self._tick)
        hostless, readable = self._watch.poll()
        now_s = self.clock()
        for station in self.stations.values():
            if station.at is not None and not station.at_open and station.at.fd not in hostless:
                self._on_at_opened(station, station.at)
            self._update_voice_port(station)
            voice = station.card if station.modem.voice.by_card else station.voice
            if voice is not None:
                takes = not station.modem.line.vices.takes_no_voice
                if takes and voice.fd in readable and (pcm := self._watch.read(voice)):
                    station.modem.voice_write(pcm, now_s)
                if voice.fd not in hostless:
                    _send_voice(station.modem, voice, min(frames, CATCH_UP_FRAMES), now_s)
                elif not station.modem.voice.is_flowing():
                    voice.drop_unread()  # else the next call would begin with the end of this one


def _send_voice(modem: Modem, port: Pty, frames: int, now_s: float) -> None:
    if not modem.voice.is_flowing():
        return
    for _ in range(frames):
        port.send_or_drop(modem.voice_read(modem.voice.frame_bytes, now_s))


def wall_clock() -> Callable[[], float]:
    """Return a clock of seconds since 1970 that never jumps: the present wall clock, continued by a monotonic
    one.
    """
    origin_s = time.time() - time.monotonic()
    return lambda: origin_s + time.monotonic()
