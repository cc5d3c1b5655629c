"""The simulated carrier on the virtual clock, and its modems' ports in memory."""

from __future__ import annotations

import os
import re
from collections import Counter
from functools import cache
from pathlib import Path

import msgspec
from msgspec.structs import replace

from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.errors import PortBusy, PortLost
from gateways.gsm.line.actor import GsmModemActor
from gateways.gsm.port.dial_guard import DialGuard
from gateways.gsm.port.search import SeenPort
from gateways.gsm.port.serial_port import GuardedPort, Port
from messages.ids import SECOND
from runtime.clock import VirtualClock
from simulator.config import Config
from simulator.modem.modem import Power
from simulator.modem.vices import Vices
from simulator.network.call import Call
from simulator.network.carrier import Carrier

USERS_CALL = "+390200000001"
"""The number that users know, of the first line."""


class Door(msgspec.Struct, frozen=True):
    """What takes a connection in place of a modem that is gone: a terminal server."""

    says: bytes = b""
    closes: bool = True


class MemoryPort(GuardedPort):
    """The host's end of one modem's AT port. Readable through an eventfd, as a tty through its descriptor."""

    def __init__(self, network: Network, name: str, guard: DialGuard) -> None:
        super().__init__(guard)
        self._network = network
        self._modem = network.carrier.modem(network.modem_at(name))
        self._door = network.doors.get(name)
        if self._modem.power is Power.UNPLUGGED and self._door is None:
            raise PortLost(f"{name}: no such modem")
        if name in network.ports:
            raise PortBusy(f"{name}: another has it")
        self.name = name
        self.written = b""
        self._heard = bytearray()
        self._event = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        network.ports[name] = self
        network.openings[name] += 1
        if self._door is None:
            self._modem.port_opened(network.now_s)
        else:
            self.hear(self._door.says)
            self._close_soon()

    def fileno(self) -> int:
        return self._event

    def hear(self, data: bytes) -> None:
        """The modem has said this."""
        if data and self._event >= 0:
            self._heard += data
            os.eventfd_write(self._event, 1)

    def read(self) -> bytes:
        if self._heard:
            os.eventfd_read(self._event)
        data = bytes(self._heard)
        self._heard.clear()
        if self._door is not None:
            gone = self._network.doors.get(self.name) is not self._door
            if gone or (self._door.closes and not data):
                raise PortLost(f"{self.name}: the other side has closed the connection")
            self._close_soon()
            return data
        if self._modem.power is Power.UNPLUGGED:
            raise PortLost(f"{self.name}: unplugged")
        return data

    def _close_soon(self) -> None:
        if self._door is not None and self._door.closes:
            os.eventfd_write(self._event, 1)

    def close(self) -> None:
        if self._event >= 0:
            os.close(self._event)
            self._event = -1
            if self._network.ports.get(self.name) is self:
                del self._network.ports[self.name]
            if self._door is None:
                self._modem.port_closed(False, self._network.now_s)

    def _write_some(self, data: bytes) -> int:
        if self._door is not None:
            return len(data)
        if self._modem.power is Power.UNPLUGGED:
            raise PortLost(f"{self.name}: unplugged")
        self.written += data
        self._network.written[self._modem.config.name] += data
        self._modem.feed(data, self._network.now_s)
        self._network.pump()
        return len(data)


class Network:
    """Carries what the modems say to their ports, at the time at which they say it."""

    def __init__(self, config: Config, clock: VirtualClock) -> None:
        self._clock = clock
        self.start_us = clock.now_us()
        self.carrier = Carrier(config, 0.0)
        self.ports: dict[str, MemoryPort] = {}
        """What is open, by the port's name: the modem's, until it is plugged in as another."""
        self.names = {name: name for name in self.carrier.modems}
        """What each modem's port is called now."""
        self.doors: dict[str, Door] = {}
        """What stands before the port of this name."""
        self.openings: Counter[str] = Counter()
        self.written = dict.fromkeys(self.carrier.modems, b"")
        """All that was ever written to a modem, whoever wrote it."""
        self._plugged = dict.fromkeys(self.carrier.modems, 0)
        self._due: float | None = None

    @property
    def now_s(self) -> float:
        """The carrier's time."""
        return (self._clock.now_us() - self.start_us) / SECOND

    def take_door_away(self, name: str) -> None:
        """Have the modem answer for itself again; what stood before it closes its connection."""
        del self.doors[name]
        if name in self.ports:
            self.ports[name].hear(b"\0")

    def pump(self) -> None:
        """Deliver what the modems have said, and come back when the carrier has something to do."""
        for name, modem in self.carrier.modems.items():
            data = modem.take_output()
            port = self.ports.get(self.names[name])
            if port is not None:
                port.hear(data)
        due = self.carrier.next_deadline()
        if due is not None and (self._due is None or due < self._due or self._due <= self.now_s):
            self._due = due
            # Never in the same instant again: the carrier's seconds are floats.
            when_us = max(self.start_us + int(due * SECOND) + 1, self._clock.now_us() + 1)
            self._clock.call_at(when_us, self._tick)

    def _tick(self) -> None:
        self.carrier.advance(self.now_s)
        self._due = None
        self.pump()

    def modem_at(self, port: str) -> str:
        """The modem whose port is called so. Raises PortLost."""
        for name, called in self.names.items():
            if called == port:
                return name
        raise PortLost(f"{port}: no such port")

    def places(self) -> list[SeenPort]:
        """The ports that are there now."""
        return [
            SeenPort(
                path=port,
                mark=f"{name} {self._plugged[name]}",
                voice=f"{port}.voice" if self.carrier.modem(name).config.voice else "",
                card=f"{port}.card" if self.carrier.modem(name).config.sound_card else "",
            )
            for name, port in self.names.items()
            if self.carrier.modem(name).power is not Power.UNPLUGGED
        ]

    def hang_up(self, number: str) -> None:
        """This phone hangs up."""
        self.carrier.phone_hang_up(number, self.now_s)
        self.pump()

    def call_in(self, caller: str, number: str = USERS_CALL, *, withheld: bool = False) -> Call:
        """A phone calls one of the center's lines."""
        phone = self.carrier.phone(caller)
        if withheld:
            phone.change(replace(phone.profile, withheld=True))
        made = self.carrier.phone_call(caller, number, self.now_s)
        self.pump()
        return made

    def pins_given(self, name: str) -> list[str]:
        """The PINs that the modem's SIM was given, in order."""
        return [pin.decode() for pin in re.findall(rb'AT\+CPIN="(\d+)"', self.written[name])]

    def unplug(self, name: str) -> None:
        """Pull the modem out: its port says so."""
        self.carrier.modem(name).unplug(self.now_s)
        port = self.ports.get(self.names[name])
        if port is not None:
            port.hear(b"\0")
        self.pump()

    def vices(self, name: str, **vices: object) -> None:
        """From now on it has these, and the others as before."""
        self.carrier.modem(name).change_vices(msgspec.convert(vices, Vices))
        self.pump()

    def plug(self, name: str, port: str = "") -> None:
        """Put it back in, under the same name or another."""
        self.names[name] = port or name
        self._plugged[name] += 1
        self.carrier.modem(name).plug(self.now_s)
        self.pump()


@cache
def _dialects() -> Dialects:
    """They never change; to read them takes longer than anything else that an actor does at its start."""
    return Dialects.load(Path(__file__).parent / "dialects")


NETWORKS: list[Network] = []
"""The network of the world under test: where the modems' actors find their ports."""


class MemoryModemActor(GsmModemActor):
    """The modem's actor on a port in memory."""

    def dialects(self) -> Dialects:
        return _dialects()

    def places(self) -> list[SeenPort]:
        return NETWORKS[-1].places()

    def open_port(self, path: str, guard: DialGuard) -> Port:
        return MemoryPort(NETWORKS[-1], path, guard)
