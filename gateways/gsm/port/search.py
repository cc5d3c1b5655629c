"""The search for a line's modem: the ports that may be probed, the query for the IMEI at a port, and the
voice port that belongs to a command port. Pure.

A port of another line is never probed: any byte may abort a dial there. Only the IMEI is requested: no
setting is changed, no call is listed.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from gateways.gsm.at import commands as at
from gateways.gsm.at.commands import Urgency
from gateways.gsm.at.engine import Engine
from gateways.gsm.at.parse import parse_imei
from gateways.gsm.dialects.dialect import CompiledDialect, UsbPorts
from gateways.gsm.driver.startup import command_of

_IMEI_DIGITS: Final = 14
"""Digits of an IMEI that are compared. The fifteenth is a check digit; some modems report their software's
version instead (23.003 clause 6.2)."""


class SeenPort(msgspec.Struct, frozen=True, kw_only=True):
    """A port in its present state."""

    path: str
    mark: str
    """Changes each time the device is plugged in."""
    usb: str = ""
    """`vendor:product`, lower-case hexadecimal; empty for a simulated port."""
    position: str = ""
    """Position on the bus: `1-2.3`."""
    interface: int | None = None
    descriptor: str = ""
    """`class/subclass/protocol` of the interface, hexadecimal: `ff/01/02`."""
    card: str = ""
    """Position of the device's sound card (`media.ports.cards`): the USB socket, because the card's name
    varies; for a simulated port, the card's path."""
    voice: str = ""
    """Path of the voice port of a simulated port."""


Roles = Mapping[str, UsbPorts]
"""Roles of the interfaces, by `vendor:product`."""


def roles_of(dialects: Iterable[CompiledDialect]) -> dict[str, UsbPorts]:
    """Return the roles of USB interfaces from the dialects' files."""
    return {ports.usb: ports for dialect in dialects for ports in dialect.data.port}


def ports_to_probe(
    places: Sequence[SeenPort], roles: Roles, occupied: Collection[str], silent: Collection[str] = ()
) -> list[SeenPort]:
    """Return the command ports among these that may be probed: `occupied` and `silent` are marks.

    A device with a taken port is left out entirely: its ports belong to one modem, which may have a call. Of
    a known device, the interface that accepts commands is probed first; its other interfaces follow if that
    interface is silent or missing. Of unknown devices every port that is not silent is probed.
    """
    devices = {place.position for place in places if place.mark in occupied} - {""}

    def takes_commands(place: SeenPort) -> bool:
        known = roles.get(place.usb)
        if known is None or place.interface is None:
            return True
        own = [one for one in places if one.position == place.position and one.interface is not None]
        first = [one for one in own if one.descriptor in known.descriptors]
        first = first or [one for one in own if one.interface == known.at]
        return place in first or all(one.mark in silent for one in first)

    return [
        place
        for place in places
        if place.mark not in occupied
        and place.mark not in silent
        and place.position not in devices
        and takes_commands(place)
    ]


def voice_port_of(place: SeenPort, places: Iterable[SeenPort], roles: Roles) -> str:
    """Return the path of the voice port of the device with the command port `place`; empty if unknown."""
    known = roles.get(place.usb)
    if known is None or known.voice is None:
        return place.voice
    layouts = ((known.at, known.voice), *known.others)
    # The configured port may be another interface than the table's (a modem's second command port): its voice
    # port is the same.
    voice = next((voice for at, voice in layouts if at == place.interface), known.voice)
    return next(
        (
            other.path
            for other in places
            if other.position == place.position and other.interface == voice and other != place
        ),
        "",
    )


def is_command_port(place: SeenPort, roles: Roles) -> bool:
    """Return True if this interface is known to accept its device's commands, and to send all codes."""
    known = roles.get(place.usb)
    if known is None:
        return False
    ats = (known.at, *(at for at, _ in known.others))
    return place.interface in ats or place.descriptor in known.descriptors


def same_imei(one: str, other: str) -> bool:
    """Return True if both IMEIs name one device."""
    return len(one) >= _IMEI_DIGITS and one[:_IMEI_DIGITS] == other[:_IMEI_DIGITS]


class ImeiQuery:
    """The query of one port, sans-IO like the driver. `base` is the dialect that every modem understands.

    `imei` is None until the query is over; empty if no modem answered or no IMEI was reported.
    """

    def __init__(self, base: CompiledDialect, now_s: float) -> None:
        self._base = base
        self._engine = Engine(base.rules)
        self._queries = ["AT+CGSN", "ATI"]
        self.imei: str | None = None
        self.answered = False
        """True if a modem is present."""
        self._engine.start(now_s)
        self._process(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Process bytes from the port."""
        self._engine.receive(data, now_s)
        self._process(now_s)

    def tick(self, now_s: float) -> None:
        """Send the next query, or end the probe, if the time has come (`now_s`, in seconds)."""
        self._engine.tick(now_s)
        self._process(now_s)

    def take_output(self) -> bytes:
        """Return the bytes to write now."""
        return self._engine.take_output()

    def _process(self, now_s: float) -> None:
        for event in self._engine.take_events():
            match event:
                case at.InSync():
                    self.answered = True
                    self._send_next(now_s)
                case at.Finished(lines=lines):
                    imei = parse_imei(lines)
                    if imei:
                        self.imei = imei
                    else:
                        self._send_next(now_s)
                case at.SyncLost():
                    self.imei = self.imei or ""
                case _:
                    pass

    def _send_next(self, now_s: float) -> None:
        if self.imei is not None:
            return
        if self._queries:
            question = command_of(self._base, self._queries.pop(0), Urgency.SET_UP)
            self._engine.submit(question, now_s)
        else:
            self.imei = ""
