"""The search for a line's modem: which ports may be asked, the question to whoever is there, for its IMEI,
and which of its ports carries its voice. Pure.

A port that is another line's is never asked: any byte may abort a dial there. Nothing but the IMEI is
asked for: no setting is touched, no call is listed.
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
"""The fifteenth is a check digit; some modems tell their software's version instead (23.003 clause 6.2)."""


class SeenPort(msgspec.Struct, frozen=True, kw_only=True):
    """One port as it is now."""

    path: str
    mark: str
    """Changes with every plugging in."""
    usb: str = ""
    """`vendor:product`, lower-case hexadecimal; empty for a simulated port."""
    position: str = ""
    """Where on the bus: `1-2.3`."""
    interface: int | None = None
    descriptor: str = ""
    """`class/subclass/protocol` of the interface, hexadecimal: `ff/01/02`."""
    card: str = ""
    """Where its device's sound card would be (`media.ports.cards`): the USB socket, at which it may have any
    name; of a simulated port, the card's path."""
    voice: str = ""
    """Of a simulated port: where its voice is."""


Roles = Mapping[str, UsbPorts]
"""By `vendor:product`."""


def roles_of(dialects: Iterable[CompiledDialect]) -> dict[str, UsbPorts]:
    """What the dialects' files say of USB interfaces."""
    return {ports.usb: ports for dialect in dialects for ports in dialect.data.port}


def may_be_asked(
    places: Sequence[SeenPort], roles: Roles, taken: Collection[str], silent: Collection[str] = ()
) -> list[SeenPort]:
    """The command ports among these that are nobody's: `taken` and `silent` are marks.

    No port of a device of which one is taken: it is one modem, and may be in a call. Of a device that is
    known, the one interface that takes commands, and the others where that one is silent or not there; of
    devices that are not known all that are not silent: any may be it.
    """
    devices = {place.position for place in places if place.mark in taken} - {""}

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
        if place.mark not in taken
        and place.mark not in silent
        and place.position not in devices
        and takes_commands(place)
    ]


def voice_beside(place: SeenPort, places: Iterable[SeenPort], roles: Roles) -> str:
    """The path of the voice port of the same device, where `place` takes commands; empty where none is
    known.
    """
    known = roles.get(place.usb)
    if known is None or known.voice is None:
        return place.voice
    layouts = ((known.at, known.voice), *known.others)
    # A configured port may be another than the table's (a modem's second one): its voice is the same.
    voice = next((voice for at, voice in layouts if at == place.interface), known.voice)
    return next(
        (
            other.path
            for other in places
            if other.position == place.position and other.interface == voice and other != place
        ),
        "",
    )


def takes_codes(place: SeenPort, roles: Roles) -> bool:
    """Whether this is known to be the interface of its device that takes commands, and says all codes."""
    known = roles.get(place.usb)
    if known is None:
        return False
    ats = (known.at, *(at for at, _ in known.others))
    return place.interface in ats or place.descriptor in known.descriptors


def same_imei(one: str, other: str) -> bool:
    """Whether both name one device."""
    return len(one) >= _IMEI_DIGITS and one[:_IMEI_DIGITS] == other[:_IMEI_DIGITS]


class Asking:
    """One port's question, sans-IO as the driver is. `base` is the dialect that everybody understands.

    `imei` is none until it is over, and empty when nobody has answered or told one.
    """

    def __init__(self, base: CompiledDialect, now_s: float) -> None:
        self._base = base
        self._engine = Engine(base.rules)
        self._questions = ["AT+CGSN", "ATI"]
        self.imei: str | None = None
        self.answered = False
        """Whether a modem is there at all."""
        self._engine.start(now_s)
        self._work(now_s)

    def receive(self, data: bytes, now_s: float) -> None:
        """Bytes from the port."""
        self._engine.receive(data, now_s)
        self._work(now_s)

    def tick(self, now_s: float) -> None:
        """Time has passed."""
        self._engine.tick(now_s)
        self._work(now_s)

    def take_output(self) -> bytes:
        """Bytes to write now."""
        return self._engine.take_output()

    def _work(self, now_s: float) -> None:
        for event in self._engine.take_events():
            match event:
                case at.InSync():
                    self.answered = True
                    self._ask(now_s)
                case at.Finished(lines=lines):
                    imei = parse_imei(lines)
                    if imei:
                        self.imei = imei
                    else:
                        self._ask(now_s)
                case at.SyncLost():
                    self.imei = self.imei or ""
                case _:
                    pass

    def _ask(self, now_s: float) -> None:
        if self.imei is not None:
            return
        if self._questions:
            question = command_of(self._base, self._questions.pop(0), Urgency.SET_UP)
            self._engine.submit(question, now_s)
        else:
            self.imei = ""
