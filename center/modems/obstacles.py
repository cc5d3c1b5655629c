"""Why a modem that is plugged in cannot be used, or will fail in a call, as far as the machine itself tells.

Looks into /sys, /proc and /run/udev, under roots that are given, and opens nothing. What it finds is a code;
its sentence is made in `center.checks.obstacles`.
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
"""A device that is there for so much less than the machine runs was plugged in later, or has come back."""
LATELY_MS: Final = 3_600_000
"""Whoever has plugged it in longer ago than this knows that it has stayed since."""


class Obstacle(StrEnum):
    """What stands in the way."""

    STORAGE = "storage"
    """It shows itself as a disk with its driver on it, and has to be switched over (usb_modeswitch)."""
    NO_DRIVER = "no_driver"
    """An interface that should be a port has no driver."""
    HELD = "held"
    """Another process has its port open."""
    MODEM_MANAGER = "modem_manager"
    """ModemManager runs, and no rule keeps it from this device."""
    NOT_ALLOWED = "not_allowed"
    """This account may not open its port."""
    CARD_NOT_ALLOWED = "card_not_allowed"
    """This account may not open its sound card."""
    SUSPENDS = "suspends"
    """The kernel puts it to sleep while it is idle: it then misses the call."""
    OVER_CURRENT = "over_current"
    """Its hub has cut its power for drawing too much."""
    HUB_WITHOUT_SUPPLY = "hub_without_supply"
    """It hangs on a hub that has nothing but what the machine gives it."""
    UNDER_VOLTAGE = "under_voltage"
    """The machine's own supply has sagged (Raspberry Pi)."""
    CAME_BACK = "came_back"
    """It was plugged in within the last hour, or has fallen off and come back."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """One obstacle, and what it is about."""

    obstacle: Obstacle
    position: str = ""
    """The device's place (`1-2.3`); empty where it is the machine."""
    about: str = ""
    """The path, the group, the process or the ids that it is about."""
    count: int = 0
    """How often; of `came_back`: minutes ago."""


class Roots(msgspec.Struct, frozen=True, kw_only=True):
    """Where the machine is looked at: another tree in tests."""

    dev: Path = Path("/dev")
    sys: Path = Path("/sys")
    proc: Path = Path("/proc")
    run: Path = Path("/run")


HERE: Final = Roots()


def modems_of(dialects: Dialects, roots: Roots = HERE) -> list[UsbDevice]:
    """The devices that a dialect knows, and those of a modem maker that show themselves as a disk."""
    vendors = {usb.partition(":")[0] for dialect in dialects for usb in dialect.data.match.usb}
    return [
        device
        for device in usb_devices(dev=roots.dev, sys=roots.sys)
        if by_usb_ids(dialects, device.usb) is not None or (device.vendor in vendors and _is_storage(device))
    ]


def obstacles(
    devices: Iterable[UsbDevice], dialects: Dialects, *, ours: Collection[int] = (), roots: Roots = HERE
) -> list[Found]:
    """What is in the way of these, the gravest of each first. `ours`: processes that may have ports open."""
    devices = list(devices)
    held = _held(ours, roots)
    found = [one for device in devices for one in _of_device(device, dialects, held, roots)]
    if devices and any(read(file) == "1" for file in _under_voltage(roots)):
        found.append(Found(obstacle=Obstacle.UNDER_VOLTAGE))
    return found


def _of_device(
    device: UsbDevice, dialects: Dialects, held: Mapping[str, str], roots: Roots
) -> Iterator[Found]:
    def one(obstacle: Obstacle, about: str = "", count: int = 0) -> Found:
        return Found(obstacle=obstacle, position=device.position, about=about, count=count)

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
    """A stick before usb_modeswitch: a disk, and nothing that could be a port."""
    return {interface.usb_class for interface in device.interfaces} == {MASS_STORAGE}


def _has_no_driver(device: UsbDevice, number: int | None) -> bool:
    """Whether this interface has none; where none is named, whether no interface has one."""
    ports = [one for one in device.interfaces if one.usb_class == VENDOR_SPECIFIC]
    if number is None:
        return bool(ports) and not any(one.driver for one in device.interfaces)
    return any(one.number == number and not one.driver for one in ports)


def _held(ours: Collection[int], roots: Roots) -> dict[str, str]:
    """By tty, which process of somebody else's has it open, as `name (number)`. Those of other accounts show
    nothing but to root (proc(5)).
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
    """None where that is another account's, or has ended."""
    try:
        return os.listdir(directory)
    except OSError:
        return []


def _runs(name: str, roots: Roots) -> bool:
    return any(read(directory / "comm") == name for directory in roots.proc.glob("[0-9]*"))


def _left_alone(tty: str, roots: Roots) -> bool:
    """Whether a udev rule has ModemManager leave this port alone (its `ID_MM_PORT_IGNORE`)."""
    number = read(roots.sys / "class/tty" / Path(tty).name / "dev")
    return "ID_MM_PORT_IGNORE=1" in read(roots.run / "udev/data" / f"c{number}")


def _group(node: Path) -> str:
    try:
        return node.group()
    except (OSError, KeyError):
        return "root"


def _under_voltage(roots: Roots) -> Iterator[Path]:
    """The alarm of a Raspberry Pi's supply (drivers/hwmon/raspberrypi-hwmon.c)."""
    for monitor in (roots.sys / "class/hwmon").glob("hwmon*"):
        if read(monitor / "name") == "rpi_volt":
            yield monitor / "in0_lcrit_alarm"
