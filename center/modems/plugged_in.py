"""Plugged-in modems that no line names, from the kernel, for the plant page."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import Final

from application.state.state_dir import StateDir
from center.modems import obstacles
from center.modems.unnamed import unnamed
from gateways.console.views.infrastructure import ModemView
from gateways.gsm.dialects.loading import installed_dialects
from model.settings.lines import Modem

LOOK_S: Final = 10.0
"""Least time between two refreshes of the list, in seconds."""


class PluggedIn:
    """List of the plugged-in modems that no line names, read for each message to a console. Opens no port.

    The list is refreshed on a thread: the kernel reports a device's name only once it has finished with the
    device, which may take seconds while a device is being plugged in.
    """

    def __init__(self, state: StateDir, lines: Sequence[Modem]) -> None:
        self._state = state
        self._lines = lines
        self._looked_s = float("-inf")
        self._looks: threading.Thread | None = None
        self._found: list[ModemView] = []
        self()

    def __call__(self) -> list[ModemView]:
        """Return the list of the last refresh; start another refresh if that was LOOK_S ago or longer."""
        now_s = time.monotonic()
        if now_s - self._looked_s >= LOOK_S and (self._looks is None or not self._looks.is_alive()):
            self._looked_s = now_s
            self._looks = threading.Thread(target=self.look, name="plugged-in", daemon=True)
            self._looks.start()
        return self._found

    def look(self) -> None:
        """Refresh the list."""
        dialects, roots = installed_dialects(), obstacles.HERE
        devices = obstacles.modems_of(dialects, roots)
        found = unnamed(devices, self._lines, self._state, dialects, roots=roots)
        self._found = [
            ModemView(
                position=one.position,
                name=" ".join(filter(None, (one.maker, one.product))) or one.usb,
                ports=bool(one.ports),
                perhaps=list(one.perhaps),
            )
            for one in found
        ]
