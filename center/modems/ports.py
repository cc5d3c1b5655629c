"""The serial ports of this machine with the configured lines, and the state of a running center's lines."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from application.settings.in_use import settings_in_use
from application.state.state_dir import StateDir, running
from center.modems.unnamed import ModemAnswers
from gateways.gsm.dialects.detection import by_usb, interface_role
from gateways.gsm.dialects.loading import installed_dialects
from gateways.gsm.port.places import resolve_port
from gateways.gsm.probing import sound_card_of
from messages.ids import LineId
from model.settings.port_names import is_address
from runtime.published import line_files


class PortRow(msgspec.Struct, frozen=True, kw_only=True):
    """A port of this machine, a configured line, or both."""

    port: str
    line: str | None
    trunk: str | None
    number: str | None
    imei: str | None
    usb: str | None
    """`vendor:product` and the interface's number, as in the port roles of the dialects."""
    socket: str | None
    """Value for `port = "usb:…"`."""
    product: str | None
    dialect: str | None = None
    """Dialect by the USB ids alone; None if no dialect lists them."""
    does: str | None = None
    """Role of the interface, `at`, `voice` or `urc`, if the dialect knows the role."""
    card: str | None = None
    """Sound card of its USB device (`voice_port = "alsa"`)."""
    present: bool
    """True if the port exists; always True for a port over TCP, and False for a line known by its
    IMEI only.
    """
    state: str | None
    """State of a running center's line: `up`, `quarantined`, or the modem's own; None while no
    center runs.
    """
    signal_dbm: int | None = None
    text: str = ""
    """Description of the fault."""
    found: ModemAnswers | None = None
    """Answers of a modem that no line names."""


def ports_of(state: StateDir) -> list[PortRow]:
    """Return the configured lines, then the serial ports without a line. Opens no port."""
    from serial.tools import list_ports

    settings = settings_in_use(state)
    states = _states(state)
    said = line_files.read_all(state.run) if states else {}
    rows = []
    dialects = installed_dialects()
    configured = set()
    for modem in settings.modem:
        report = said.get(LineId(modem.name))
        port = (report.port if report is not None else "") or resolve_port(modem.port)
        configured.add(os.path.realpath(port))
        up = states.get(modem.name)
        rows.append(
            PortRow(
                port=port,
                line=modem.name,
                trunk=modem.trunk,
                number=modem.number or None,
                imei=(report.imei if report is not None else "") or modem.imei or None,
                usb=None,
                socket=None,
                product=None,
                card=sound_card_of(port),
                present=is_address(port) or (bool(port) and Path(port).exists()),
                state=report.state if up == "up" and report is not None and report.state != "ready" else up,
                signal_dbm=None if report is None else report.signal_dbm,
                text="" if report is None else report.text,
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
                socket=f"usb:{found.location}" if found.location else None,
                product=found.product,
                dialect=dialect.key if dialect is not None else None,
                does=interface_role(dialect, found.vid, found.pid, interface)
                if dialect is not None
                else None,
                card=sound_card_of(found.device),
                present=True,
                state=None,
            )
        )
    return rows


def _states(state: StateDir) -> dict[str, str]:
    """Return the state of each line from the running center; empty if none runs."""
    from messages.ids import Role
    from runtime.published.directory import FileDirectory

    if running(state) is None:
        return {}
    from application.state.journals import journal_of
    from store.journal.following import FollowedFolds
    from store.journal.projections import Lines

    with journal_of(state) as journal:
        lines = Lines()
        FollowedFolds(journal, lines).close()
    states = {}
    for entry in FileDirectory(state.run).all_of(Role.GSM_MODEM):
        held = lines.lines.get(LineId(entry.key))
        quarantined = held is not None and held.quarantined
        states[entry.key] = "quarantined" if quarantined else "up" if entry.ready else "starting"
    return states
