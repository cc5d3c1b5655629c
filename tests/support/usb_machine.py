"""A machine with USB modems, as a /dev, /sys, /proc and /run made for a test."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from center.modems.obstacles import Roots
from gateways.gsm.port.places import present_ports
from gateways.gsm.port.search import SeenPort

QUECTEL = "2c7c:0125"


class Machine:
    """See the module. What is plugged in stays until its directory is removed."""

    def __init__(self, root: Path) -> None:
        self.roots = Roots(dev=root / "dev", sys=root / "sys", proc=root / "proc", run=root / "run")
        self.dev, self.sys, self.proc, self.run = (root / name for name in ("dev", "sys", "proc", "run"))
        for directory in (
            self.dev,
            self.proc,
            self.run / "udev/data",
            self.sys / "class/tty",
            self.sys / "bus/usb/devices",
        ):
            directory.mkdir(parents=True)

    def plug(
        self,
        position: str,
        usb: str,
        ttys: Mapping[int, str],
        *,
        hub: str = "usb1",
        attributes: Mapping[str, str] | None = None,
        without_driver: Mapping[int, str] | None = None,
    ) -> Path:
        """A device whose interfaces are these ttys, with these further files. `without_driver`: interfaces by
        number, with their class, that nobody drives.
        """
        device = self.sys / "devices/pci0" / hub / position
        vendor, product = usb.split(":")
        files = {"idVendor": vendor, "idProduct": product, "busnum": "1", "devnum": "7", **(attributes or {})}
        for name, text in files.items():
            self._write(device / name, text)
        self._link(device)
        (self.dev / "bus/usb/001").mkdir(parents=True, exist_ok=True)
        (self.dev / "bus/usb/001/007").touch()
        (self.sys / "drivers/option").mkdir(parents=True, exist_ok=True)
        for number, name in ttys.items():
            interface = self._interface(device, number, "ff")
            (interface / "driver").symlink_to(self.sys / "drivers/option")
            acm = name.startswith("ttyACM")
            below = interface / "tty" / name if acm else interface / name / "tty" / name
            below.mkdir(parents=True)
            (below / "device").symlink_to(interface if acm else interface / name)
            self._write(below / "dev", f"188:{number}")
            (self.sys / "class/tty" / name).symlink_to(below)
            (self.dev / name).touch()
        for number, usb_class in (without_driver or {}).items():
            self._interface(device, number, usb_class)
        return device

    def process(self, pid: int, name: str, *opens: str) -> None:
        """A process that has these ports open."""
        self._write(self.proc / str(pid) / "comm", name)
        (self.proc / str(pid) / "fd").mkdir()
        for number, tty in enumerate(opens):
            (self.proc / str(pid) / "fd" / str(number)).symlink_to(self.dev / tty)

    def places(self) -> list[SeenPort]:
        return present_ports(dev=self.dev, sys=self.sys)

    def _interface(self, device: Path, number: int, usb_class: str) -> Path:
        interface = device / f"{device.name}:1.{number}"
        self._write(interface / "bInterfaceNumber", f"{number:02x}")
        self._write(interface / "bInterfaceClass", usb_class)
        self._link(interface)
        return interface

    def _link(self, target: Path) -> None:
        (self.sys / "bus/usb/devices" / target.name).symlink_to(target)

    def _write(self, file: Path, text: str) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{text}\n")
