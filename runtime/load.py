"""How busy this machine is."""

from __future__ import annotations

import os


def load_now() -> float:
    """How many processes wanted to run in the last minute, for each processor; 1.0 is all there is."""
    return os.getloadavg()[0] / (os.cpu_count() or 1)
