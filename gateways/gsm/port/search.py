"""Which ports may be asked for a line's modem, and which of its ports carries its voice. Pure.

A port that is another line's is never asked: any byte may abort a dial there.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Final

import msgspec

from gateways.gsm.dialects.dialect import CompiledDialect, UsbPorts

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
