"""The USB devices of this machine as the kernel shows them in /sys, with the driver of each interface; and
the reset of a port's device, as if it had been unplugged: the last step before a line is given up.

The data are the kernel's state in memory: no device is queried or opened (the kernel's Documentation/ABI:
sysfs-bus-usb, sysfs-devices-power). The reset is USBDEVFS_RESET on the device's node. The reset needs write
access to that node: root has access, and with the shipped udev rule and unit the center.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from gateways.gsm.port.places import DEV, SYS, usb_device_of

VENDOR_SPECIFIC: Final = 0xFF
MASS_STORAGE: Final = 0x08
"""USB classes of interfaces (usb.org, Defined Class Codes)."""
SELF_POWERED: Final = 0x40
"""Bit of bmAttributes: the device has a supply of its own (USB 2.0, 9.6.3)."""


class Interface(msgspec.Struct, frozen=True, kw_only=True):
    """An interface of a device."""

    number: int
    usb_class: int
    driver: str = ""
    """Empty: no driver is bound."""
    tty: str = ""
    """Path of its tty; empty without one."""


class UsbDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A device and its position on the bus."""

    position: str
    """Position, such as `1-2.3`."""
    usb: str
    """`vendor:product`, lower-case hexadecimal."""
    maker: str = ""
    product: str = ""
    """Name that the device reports."""
    interfaces: tuple[Interface, ...] = ()
    card: str = ""
    """Name of its sound card (`card1`); empty without one."""
    suspends: bool = False
    """True if the kernel may suspend the device while idle (`power/control` is `auto`)."""
    connected_ms: int | None = None
    """Milliseconds since the device was plugged in or came back by itself; None if not counted."""
    over_currents: int = 0
    """Number of times that its hub has cut its power because of too much current."""
    hub_has_supply: bool = True
    """True if its hub has a supply of its own; a machine's own sockets have."""

    @property
    def vendor(self) -> str:
        """Vendor id: the part of `usb` before the colon."""
        return self.usb.partition(":")[0]

    def tty_of(self, interface: int) -> str:
        """Return the path of this interface's tty; empty without one."""
        return next((one.tty for one in self.interfaces if one.number == interface), "")


def usb_devices(*, dev: Path = DEV, sys: Path = SYS) -> list[UsbDevice]:
    """Return all devices that are plugged in now, without hubs, ordered by position."""
    try:
        names = sorted((sys / "bus/usb/devices").iterdir())
    except OSError:
        return []
    found = (_device(path.resolve(), dev) for path in names if ":" not in path.name)
    return [one for one in found if one is not None]


def _device(path: Path, dev: Path) -> UsbDevice | None:
    vendor, product = read(path / "idVendor"), read(path / "idProduct")
    if not vendor or read(path / "bDeviceClass") == "09":  # a hub
        return None
    connected, cuts = read(path / "power/connected_duration"), read(path / "port/over_current_count")
    return UsbDevice(
        position=path.name,
        usb=f"{vendor}:{product}",
        maker=read(path / "manufacturer"),
        product=read(path / "product"),
        interfaces=tuple(_interfaces(path, dev)),
        card=next((one.name for one in sorted(path.glob("*/sound/card*"))), ""),
        suspends=read(path / "power/control") == "auto",
        connected_ms=int(connected) if connected.isdigit() else None,
        over_currents=int(cuts) if cuts.isdigit() else 0,
        hub_has_supply=_has_supply(path.parent),
    )


def _interfaces(path: Path, dev: Path) -> Iterator[Interface]:
    for one in sorted(path.glob(f"{path.name}:*")):
        ttys = sorted((*one.glob("ttyUSB*"), *one.glob("tty/ttyACM*")))
        yield Interface(
            number=int(read(one / "bInterfaceNumber") or "0", 16),
            usb_class=int(read(one / "bInterfaceClass") or "0", 16),
            driver=_leads_to(one / "driver"),
            tty=str(dev / ttys[0].name) if ttys else "",
        )


def _leads_to(link: Path) -> str:
    """Return the name of a link's target; empty without a link."""
    try:
        return os.path.basename(os.readlink(link))
    except OSError:
        return ""


def _has_supply(hub: Path) -> bool:
    """Return True if the hub has a supply of its own. `usbN` is the machine's own hub. True also if the
    kernel does not report the supply."""
    attributes = read(hub / "bmAttributes")
    if hub.name.startswith("usb") or not attributes:
        return True
    return bool(int(attributes, 16) & SELF_POWERED)


def read(file: Path) -> str:
    """Return the text of a kernel file without outer blanks; empty if unreadable."""
    try:
        return file.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


DONE: Final = "its USB device was reset"
USBDEVFS_RESET: Final = ord("U") << 8 | 20
"""linux/usbdevice_fs.h: _IO('U', 20)."""


def usb_reset(port: str, *, dev: Path = DEV, sys: Path = SYS) -> str:
    """Reset the USB device of a port; return the outcome as a clause that ends a sentence. Never raises: a
    reset that is impossible is left out."""
    device = usb_device_of(port, sys=sys)
    if device is None:
        return "the modem has no USB device to reset"
    try:
        numbers = [int((device / name).read_text()) for name in ("busnum", "devnum")]
    except (OSError, ValueError):
        return "its USB device has disappeared"
    node = dev / "bus" / "usb" / "{:03d}/{:03d}".format(*numbers)
    try:
        fd = os.open(node, os.O_WRONLY | os.O_CLOEXEC)
    except PermissionError:
        return f"its USB device cannot be reset: this account may not write to {node}"
    except OSError as error:
        return f"its USB device cannot be reset ({error.strerror})"
    try:
        fcntl.ioctl(fd, USBDEVFS_RESET, 0)
    except OSError as error:
        return f"its USB device cannot be reset ({error.strerror})"
    finally:
        os.close(fd)
    return DONE
