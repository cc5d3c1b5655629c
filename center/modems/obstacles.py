"""Reasons why a plugged-in modem cannot be used, or will fail in a call, as visible to the machine itself.

This module reads /sys, /proc and /run/udev under given roots, and opens no device. Results are codes;
`center.checks.obstacles` has their sentences.
"""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from gateways.gsm.dialects.detection import by_usb_ids
from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.port.search import roles_of
from gateways.gsm.port.usb_devices import MASS_STORAGE, VENDOR_SPECIFIC, UsbDevice, read, usb_devices

MODEM_MANAGER: Final = "ModemManager"
LATER_MS: Final = 120_000
"""Time by which the uptime must exceed the connected time of a device plugged in later, or reconnected."""
LATELY_MS: Final = 3_600_000
"""Connected time above which a device counts as stable, and a reconnection is no longer reported."""


class Obstacle(StrEnum):
    """A reason why a modem cannot be used, or will fail."""

    STORAGE = "storage"
    """The modem appears as a disk with its driver, and must be switched over (usb_modeswitch)."""
    NO_DRIVER = "no_driver"
    """An interface that should be a port has no driver."""
    HELD = "held"
    """Another process has the modem's port open."""
    MODEM_MANAGER = "modem_manager"
    """ModemManager runs, and no rule keeps it from this device."""
    NOT_ALLOWED = "not_allowed"
    """This account may not open the modem's port."""
    CARD_NOT_ALLOWED = "card_not_allowed"
    """This account may not open the modem's sound card."""
    SUSPENDS = "suspends"
    """The kernel suspends the modem while idle: the modem then misses calls."""
    OVER_CURRENT = "over_current"
    """The hub has cut the modem's power because of an overcurrent."""
    HUB_WITHOUT_SUPPLY = "hub_without_supply"
    """The modem is at a hub that has only the power of the machine."""
    UNDER_VOLTAGE = "under_voltage"
    """The machine's own supply has sagged (Raspberry Pi)."""
    CAME_BACK = "came_back"
    """The modem was plugged in within the last hour, or has dropped off and come back."""


class FoundObstacle(msgspec.Struct, frozen=True, kw_only=True):
    """An obstacle, and its subject."""

    obstacle: Obstacle
    position: str = ""
    """Position of the device (`1-2.3`); empty for the machine itself."""
    about: str = ""
    """Path, group, process or ids that the obstacle is about."""
    count: int = 0
    """Number of occurrences; for `came_back` the minutes since."""


class Roots(msgspec.Struct, frozen=True, kw_only=True):
    """Roots of the machine's directories: another tree in tests."""

    dev: Path = Path("/dev")
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    run: Path = Path("/run")


HERE: Final = Roots()


def modems_of(dialects: Dialects, roots: Roots = HERE) -> list[UsbDevice]:
    """Return the devices that a dialect knows, and devices of a modem maker that appear as a disk."""
    vendors = {usb.partition(":")[0] for dialect in dialects for usb in dialect.data.match.usb}
    return [
        device
        for device in usb_devices(dev=roots.dev, sys=roots.sys)
        if by_usb_ids(dialects, device.usb) is not None or (device.vendor in vendors and _is_storage(device))
    ]


def obstacles(
    devices: Iterable[UsbDevice], dialects: Dialects, *, ours: Collection[int] = (), roots: Roots = HERE
) -> list[FoundObstacle]:
    """Return the obstacles of these devices, the most severe of each device first. `ours` are pids of the
    center's own processes, which may have ports open.
    """
    devices = list(devices)
    held = _held(ours, roots)
    found = [one for device in devices for one in _of_device(device, dialects, held, roots)]
    if devices and any(read(file) == "1" for file in _under_voltage(roots)):
        found.append(FoundObstacle(obstacle=Obstacle.UNDER_VOLTAGE))
    return found


def _of_device(
    device: UsbDevice, dialects: Dialects, held: Mapping[str, str], roots: Roots
) -> Iterator[FoundObstacle]:
    def one(obstacle: Obstacle, about: str = "", count: int = 0) -> FoundObstacle:
        return FoundObstacle(obstacle=obstacle, position=device.position, about=about, count=count)

    if _is_storage(device):
        yield one(Obstacle.STORAGE, device.usb)
        return
    roles = roles_of(dialects).get(device.usb)
    if any(_has_no_driver(device, number) for number in ((roles.at, roles.voice) if roles else (None,))):
        yield one(Obstacle.NO_DRIVER, device.usb)
    ttys = [interface.tty for interface in device.interfaces if interface.tty]
    if holder := next((tty for tty in ttys if tty in held), ""):
        yield one(Obstacle.HELD, held[holder])
    elif ttys and not _left_alone(ttys[0], roots) and _runs(MODEM_MANAGER, roots):
        yield one(Obstacle.MODEM_MANAGER)
    if ttys and not os.access(ttys[0], os.R_OK | os.W_OK) and Path(ttys[0]).exists():
        yield one(Obstacle.NOT_ALLOWED, _group(Path(ttys[0])))
    sounds = (
        sorted((roots.dev / "snd").glob(f"pcmC{device.card.removeprefix('card')}D*")) if device.card else []
    )
    if any(not os.access(sound, os.R_OK | os.W_OK) for sound in sounds):
        yield one(Obstacle.CARD_NOT_ALLOWED, _group(sounds[0]))
    if device.suspends:
        yield one(Obstacle.SUSPENDS)
    if device.over_currents:
        yield one(Obstacle.OVER_CURRENT, count=device.over_currents)
    if not device.hub_has_supply:
        yield one(Obstacle.HUB_WITHOUT_SUPPLY)
    uptime_ms = float((read(roots.proc / "uptime").split() or ["0"])[0]) * 1000
    there_ms = device.connected_ms
    if there_ms is not None and there_ms < LATELY_MS and uptime_ms - there_ms > LATER_MS:
        yield one(Obstacle.CAME_BACK, count=there_ms // 60_000)


def _is_storage(device: UsbDevice) -> bool:
    """Return True for a stick before usb_modeswitch: a disk, without any possible port."""
    return {interface.usb_class for interface in device.interfaces} == {MASS_STORAGE}


def _has_no_driver(device: UsbDevice, number: int | None) -> bool:
    """Return True if this interface has no driver; if `number` is None, if no interface has a driver."""
    ports = [one for one in device.interfaces if one.usb_class == VENDOR_SPECIFIC]
    if number is None:
        return bool(ports) and not any(one.driver for one in device.interfaces)
    return any(one.number == number and not one.driver for one in ports)


def _held(ours: Collection[int], roots: Roots) -> dict[str, str]:
    """Return the foreign process that has each tty open, as `name (pid)`, by the path of the tty. Descriptors
    of other accounts are visible to root only (proc(5)).
    """
    found = {}
    for process in roots.proc.glob("[0-9]*"):
        if int(process.name) in (*ours, os.getpid()):
            continue
        for descriptor in _names_in(process / "fd"):
            with suppress(OSError):  # closed meanwhile
                found[os.readlink(process / "fd" / descriptor)] = process
    return {
        path: f"{read(process / 'comm')} ({process.name})"
        for path, process in found.items()
        if path.startswith(f"{roots.dev}/tty")
    }


def _names_in(directory: Path) -> list[str]:
    """Return the names in the directory; none if another account owns the directory, or it has gone."""
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _runs(name: str, roots: Roots) -> bool:
    return any(read(directory / "comm") == name for directory in roots.proc.glob("[0-9]*"))


def _left_alone(tty: str, roots: Roots) -> bool:
    """Return True if a udev rule makes ModemManager ignore this port (`ID_MM_PORT_IGNORE`)."""
    number = read(roots.sys / "class/tty" / Path(tty).name / "dev")
    return "ID_MM_PORT_IGNORE=1" in read(roots.run / "udev/data" / f"c{number}")


def _group(node: Path) -> str:
    try:
        return node.group()
    except (OSError, KeyError):
        return "root"


def _under_voltage(roots: Roots) -> Iterator[Path]:
    """Yield the files of the undervoltage alarm of a Raspberry Pi (drivers/hwmon/raspberrypi-hwmon.c)."""
    for monitor in (roots.sys / "class/hwmon").glob("hwmon*"):
        if read(monitor / "name") == "rpi_volt":
            yield monitor / "in0_lcrit_alarm"
