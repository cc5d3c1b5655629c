"""The ports at which a modem may be, as the kernel shows them, and the settings' names of a line's port.

A port's number changes if its modem is plugged in again or its hub is reset; its mark distinguishes each
plugging in. Only /dev and /sys are read; no port is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final

from gateways.gsm.port.search import SeenPort
from model.settings.port_names import POSITION, USB

DEV: Final = Path("/dev")
SYS: Final = Path("/sys")
USB_TTYS: Final = ("ttyUSB", "ttyACM")
"""The kernel's names for the ports of USB devices."""
_DESCRIPTOR: Final = ("Class", "SubClass", "Protocol")
PSEUDO_TERMINALS: Final = range(136, 144)
"""Major numbers of pseudo-terminals (the kernel's admin-guide/devices.txt). A port is checked four times a
second: a test of each part of its path would be a dozen lookups."""


def present_ports(simulated: Path | None = None, *, dev: Path = DEV, sys: Path = SYS) -> list[SeenPort]:
    """Return every present USB port, and the simulated carrier's ports in the directory `simulated`."""
    found = [place for name in _usb_ttys(sys) if (place := _usb_port(name, dev, sys)) is not None]
    if simulated is not None:
        names = _names_in(simulated)
        for link in sorted(f"{simulated}/{name}" for name in names if name.endswith(".at")):
            if mark := mark_of(link):
                voice, card = (f"{link.removesuffix('.at')}.{kind}" for kind in ("voice", "card"))
                there = {path for path in (voice, card) if os.path.basename(path) in names}
                found.append(
                    SeenPort(
                        path=link,
                        mark=mark,
                        voice=voice if voice in there else "",
                        card=card if card in there else "",
                    )
                )
    return found


def mark_of(path: str) -> str:
    """Return the mark of the device plugged in at this path, new at each plugging in; empty without a device.

    A device node is new each time, with its own inode number. A pseudo-terminal's number is reused, its time
    of creation is not.
    """
    try:
        stat = os.stat(path)
    except OSError:
        return ""
    made = f".{stat.st_ctime_ns}" if os.major(stat.st_rdev) in PSEUDO_TERMINALS else ""
    return f"{_boot_id()}.{stat.st_rdev:x}.{stat.st_ino}{made}"


def resolve_port(port: str, *, dev: Path = DEV, sys: Path = SYS) -> str:
    """Return the path of a configured port: the port itself, or the path for `usb:…`, with the first tty if
    no interface is named. Empty if no device is plugged in there.
    """
    match = POSITION.fullmatch(port)
    if match is None:
        return port
    device = sys / "bus/usb/devices"
    wanted = f"{match['device']}:{match['interface'] or '*'}"
    for interface in sorted(device.glob(wanted)):
        for tty in (*interface.glob("ttyUSB*"), *interface.glob("tty/ttyACM*")):
            return str(dev / tty.name)
    return ""


def usb_device_of(path: str, *, sys: Path = SYS) -> Path | None:
    """Return the directory in /sys of the USB device that a tty belongs to; None for another tty."""
    interface = _interface(Path(os.path.realpath(path)).name, sys)
    return None if interface is None else interface.parent


@cache
def _boot_id() -> str:
    """Return an id of this start of the machine: inode numbers begin again with each start."""
    return _read(Path("/proc/sys/kernel/random/boot_id"))[:8]


def _usb_ttys(sys: Path) -> Iterator[str]:
    yield from sorted(
        (name for name in _names_in(sys / "class/tty") if name.startswith(USB_TTYS)), key=_natural
    )


def _names_in(directory: Path) -> frozenset[str]:
    try:
        return frozenset(os.listdir(directory))
    except OSError:
        return frozenset()


def _natural(name: str) -> tuple[str, int]:
    stem = name.rstrip("0123456789")
    return stem, int(name[len(stem) :] or 0)


def _usb_port(name: str, dev: Path, sys: Path) -> SeenPort | None:
    interface = _interface(name, sys)
    mark = mark_of(str(dev / name))
    if interface is None or not mark:
        return None
    device = interface.parent
    return SeenPort(
        path=str(dev / name),
        mark=mark,
        usb=f"{_read(device / 'idVendor')}:{_read(device / 'idProduct')}",
        position=device.name,
        card=f"{USB}{device.name}",
        interface=int(_read(interface / "bInterfaceNumber") or "0", 16),
        descriptor="/".join(_read(interface / f"bInterface{name}") for name in _DESCRIPTOR),
    )


def _interface(name: str, sys: Path) -> Path | None:
    """Return the USB interface that makes this tty: the nearest directory above with an interface number."""
    try:
        directory = (sys / "class/tty" / name / "device").resolve(strict=True)
    except OSError:
        return None
    for above in (directory, *directory.parents):
        if (above / "bInterfaceNumber").is_file():
            return above
    return None


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return ""
