"""A port for a server that a test starts soon, and perhaps again later."""

from __future__ import annotations

import random
import socket
from contextlib import suppress
from typing import Final

OURS: Final = range(10_000, 30_000)
"""Below those that the kernel gives to whoever connects: beside other tests one of those is soon taken."""


def free_port(address: str = "127.0.0.1") -> int:
    """One that nobody has just now, and hardly anybody will have."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        port = random.SystemRandom().choice(OURS)
        with socket.socket(family) as found, suppress(OSError):
            found.bind((address, port))
            return port
