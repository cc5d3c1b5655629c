"""Resets the USB device of a port, as if it had been unplugged: the last rung before a line is given up.

By USBDEVFS_RESET on the device's node, which whoever may write there may do: root, and with the shipped udev
rule and unit the center. Never to be called while the modem may hold a call.
"""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import Final

from gateways.gsm.port.places import DEV, SYS, usb_device_of

DONE: Final = "its USB device was reset"
USBDEVFS_RESET: Final = ord("U") << 8 | 20
"""linux/usbdevice_fs.h: _IO('U', 20)."""


def usb_reset(port: str, *, dev: Path = DEV, sys: Path = SYS) -> str:
    """What came of it, in words that end a sentence. Never raises: where it cannot be done it is left out."""
    device = usb_device_of(port, sys=sys)
    if device is None:
        return "it has no USB device that could be reset"
    try:
        numbers = [int((device / name).read_text()) for name in ("busnum", "devnum")]
    except (OSError, ValueError):
        return "its USB device is gone"
    node = dev / "bus" / "usb" / "{:03d}/{:03d}".format(*numbers)
    try:
        fd = os.open(node, os.O_WRONLY | os.O_CLOEXEC)
    except PermissionError:
        return f"its USB device could be reset by who may write to {node} only"
    except OSError as error:
        return f"its USB device cannot be reset ({error.strerror})"
    try:
        fcntl.ioctl(fd, USBDEVFS_RESET, 0)
    except OSError as error:
        return f"its USB device cannot be reset ({error.strerror})"
    finally:
        os.close(fd)
    return DONE
