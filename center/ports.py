"""The serial ports of this machine beside the configured lines, and how a running center's lines are."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from center.in_use import settings_in_use
from center.state_dir import StateDir, running
from gateways.gsm.addresses import is_address
from gateways.gsm.detection import by_usb, role_of
from gateways.gsm.dialects import installed


class PortRow(msgspec.Struct, frozen=True, kw_only=True):
    """A port of this machine, a configured line, or both."""

    port: str
    line: str | None
    trunk: str | None
    number: str | None
    imei: str | None
    usb: str | None
    """`vendor:product` and the interface's number, as the dialects' port roles name them."""
    product: str | None
    dialect: str | None = None
    """By the USB ids alone; none when no dialect lists them."""
    does: str | None = None
    """`at`, `voice` or `urc`, where the dialect knows what this interface does."""
    present: bool
    """Whether the port exists, which of one over TCP is not known; False for a line that is known by its IMEI
    alone."""
    state: str | None
    """Of a running center's line: `up`, `starting`, `quarantined`; none while no center runs."""


def ports_of(state: StateDir) -> list[PortRow]:
    from serial.tools import list_ports

    settings = settings_in_use(state)
    states = _states(state)
    rows = []
    dialects = installed()
    configured = set()
    for modem in settings.modem:
        configured.add(os.path.realpath(modem.port))
        rows.append(
            PortRow(
                port=modem.port,
                line=modem.name,
                trunk=modem.trunk,
                number=modem.number or None,
                imei=modem.imei or None,
                usb=None,
                product=None,
                present=is_address(modem.port) or (bool(modem.port) and Path(modem.port).exists()),
                state=states.get(modem.name),
            )
        )
    for found in list_ports.comports():
        if os.path.realpath(found.device) in configured:
            continue
        interface = (found.location or "").rpartition(":")[2].rpartition(".")[2]
        dialect = by_usb(dialects, found.vid, found.pid) if found.vid is not None else None
        rows.append(
            PortRow(
                port=found.device,
                line=None,
                trunk=None,
                number=None,
                imei=None,
                usb=f"{found.vid:04x}:{found.pid:04x}:{interface}" if found.vid is not None else None,
                product=found.product,
                dialect=dialect.key if dialect is not None else None,
                does=role_of(dialect, found.vid, found.pid, interface) if dialect is not None else None,
                present=True,
                state=None,
            )
        )
    return rows


def _states(state: StateDir) -> dict[str, str]:
    """Line to state, as the running center says; empty while none runs."""
    from messages.ids import LineId, Role
    from runtime.directory import FileDirectory

    if running(state) is None:
        return {}
    from center.journals import journal_of
    from store.following import Following
    from store.projections import Lines

    with journal_of(state) as journal:
        lines = Lines()
        Following(journal, lines).close()
    states = {}
    for entry in FileDirectory(state.run).all_of(Role.GSM_MODEM):
        held = lines.lines.get(LineId(entry.key))
        quarantined = held is not None and held.quarantined
        states[entry.key] = "quarantined" if quarantined else "up" if entry.ready else "starting"
    return states
