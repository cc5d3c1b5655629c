"""Modems that are plugged in and that no `[[modem]]` names, by what the kernel shows alone: none is opened.

A line with a port has the device at that port; one with an `imei` the device where its modem was found last
(`lines/NAME.port`, and what the running center says). While a line has not found its modem, any that nobody
has may be it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from application.state.state_dir import StateDir
from center.modems.obstacles import HERE, Roots
from gateways.gsm.dialects.detection import by_usb_ids
from gateways.gsm.dialects.dialect import UsbPorts
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.port.places import mark_of, resolved, usb_device_of
from gateways.gsm.port.search import roles_of
from gateways.gsm.port.usb_devices import UsbDevice
from gateways.gsm.port.whereabouts import Claim
from messages.base import MALFORMED
from messages.ids import LineId
from model.settings.lines import Modem
from runtime.published import line_files


class Unnamed(msgspec.Struct, frozen=True, kw_only=True):
    """One modem that is nobody's."""

    position: str
    """Where it is plugged in: `1-2.3`."""
    usb: str
    """`vendor:product`."""
    maker: str = ""
    product: str = ""
    """As the device names itself."""
    dialect: str = ""
    """By its USB ids; empty: it shows itself as a disk."""
    ports: tuple[str, ...] = ()
    """The paths of its ports that may take commands: the one that its dialect names, then the others."""
    voice: str = ""
    """The path of its voice port; empty where none is known."""
    card: str = ""
    """Its sound card (`card1`); empty: none."""
    perhaps: tuple[LineId, ...] = ()
    """The lines that have not found their modem yet: it may be theirs."""


def unnamed(
    devices: Iterable[UsbDevice],
    specs: Iterable[Modem],
    state: StateDir,
    dialects: Dialects,
    *,
    roots: Roots = HERE,
) -> list[Unnamed]:
    """Those of these modems that no line has, by their place."""
    taken: set[str] = set()
    looking: list[LineId] = []
    said = line_files.read_all(state.run)
    for spec in specs:
        report = said.get(spec.line)
        places = set(_places(spec, state, "" if report is None else report.port, roots))
        taken |= places
        if spec.imei and not places:
            looking.append(spec.line)
    roles = roles_of(dialects)
    found = []
    for device in devices:
        if device.position in taken:
            continue
        known = roles.get(device.usb)
        dialect = by_usb_ids(dialects, device.usb)
        found.append(
            Unnamed(
                position=device.position,
                usb=device.usb,
                maker=device.maker,
                product=device.product,
                dialect=dialect.key if dialect is not None else "",
                ports=tuple(_ports(device, known)),
                voice=device.tty_of(known.voice) if known is not None and known.voice is not None else "",
                card=device.card,
                perhaps=tuple(looking),
            )
        )
    return found


def _ports(device: UsbDevice, known: UsbPorts | None) -> list[str]:
    """Its command port first, its voice port not at all, where it is known which that is."""
    at, voice = (None, None) if known is None else (known.at, None if known.others else known.voice)
    ttys = [one for one in device.interfaces if one.tty and (voice is None or one.number != voice)]
    return [one.tty for one in sorted(ttys, key=lambda one: one.number != at)]


def _places(spec: Modem, state: StateDir, said: str, roots: Roots) -> Iterator[str]:
    """Where on the bus a line's modem is, as far as anybody has said."""
    paths = [resolved(spec.port, dev=roots.dev, sys=roots.sys), _claimed(spec, state)]
    # What a line has said last outlasts its center; a port of that name may be another's by now.
    for path in (*paths, *((said,) if spec.imei and not any(paths) else ())):
        if path and (device := usb_device_of(path, sys=roots.sys)) is not None:
            yield device.name


def _claimed(spec: Modem, state: StateDir) -> str:
    """Where a line with an `imei` has found its modem, if that was not unplugged since."""
    if not spec.imei:
        return ""
    file: Path = state.path / "lines" / f"{spec.line}.port"
    try:
        claim = msgspec.json.decode(file.read_bytes(), type=Claim)
    except (OSError, *MALFORMED):
        return ""
    return claim.path if mark_of(claim.path) == claim.mark else ""
