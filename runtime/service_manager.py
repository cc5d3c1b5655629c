"""Tells systemd that the center is ready, alive or stopping (sd_notify(3)); nothing under anything else."""

from __future__ import annotations

import os
import socket
from collections.abc import Mapping
from contextlib import suppress


def tell(state: str, environment: Mapping[str, str] = os.environ) -> None:
    """Sends `READY=1`, `WATCHDOG=1`, `STOPPING=1` or `STATUS=…`. Never fails."""
    address = environment.get("NOTIFY_SOCKET", "")
    if not address.startswith(("/", "@")):
        return
    if address.startswith("@"):  # the abstract namespace
        address = "\0" + address[1:]
    with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as manager:
        manager.sendto(state.encode(), socket.MSG_DONTWAIT, address)
