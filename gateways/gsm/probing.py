"""The device at a port: queried from the modem, or from the running center's line that has the port."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

import msgspec

from application.errors import CenterError
from application.settings.in_use import settings_in_use
from application.state.state_dir import StateDir, running
from gateways.gsm.port.places import resolve_port, usb_device_of
from media.ports.cards import card_at
from messages.ids import LineId
from runtime.published import line_files

if TYPE_CHECKING:
    from gateways.gsm.driver.events import Event

PROBE_S: Final = 15.0


class ProbedPort(msgspec.Struct, frozen=True, kw_only=True):
    """The device at a port."""

    port: str
    answers: bool
    manufacturer: str = ""
    model: str = ""
    revision: str = ""
    imei: str = ""
    dialect: str = ""
    sim: str = ""
    network: str = ""
    signal_dbm: int | None = None
    card: str = ""
    """The sound card of its USB device; empty without one."""
    text: str = ""
    """The fault."""
    known_as: str = ""
    """Common name of modems with this dialect."""
    to_know: tuple[str, ...] = ()
    """Known faults of such hardware, for the operator."""


def probe_port(state: StateDir, path: str) -> ProbedPort:
    """Return the device at the port; the modem is queried only if no line of a running center has it."""
    one = _with_dialect_facts(_line_using(state, path) or _query_port(path))
    return msgspec.structs.replace(one, card=sound_card_of(path) or "")


def _line_using(state: StateDir, path: str) -> ProbedPort | None:
    """Return the report of the running center's line on the modem at this port; None if no line has it."""
    line = line_at(state, path)
    report = None if line is None else line_files.read_all(state.run).get(LineId(line))
    if report is None:
        return None
    return ProbedPort(
        port=report.port or path,
        answers=report.usable,
        imei=report.imei,
        dialect=report.dialect,
        network=report.registration,
        signal_dbm=report.signal_dbm,
        text=f"line {line} of the running center uses this modem{f': {report.text}' if report.text else ''}",
    )


def _with_dialect_facts(found: ProbedPort) -> ProbedPort:
    """Return the device with the facts known about modems of its dialect added."""
    from gateways.gsm.dialects.loading import installed_dialects

    if not found.answers or found.dialect not in installed_dialects():
        return found
    kind = installed_dialects().get(found.dialect).data
    return msgspec.structs.replace(found, known_as=kind.name, to_know=kind.faults)


def _query_port(path: str) -> ProbedPort:
    from gateways.gsm.driver.events import Ready, SimState
    from gateways.gsm.modem_session import open_modem

    def decided(event: Event) -> bool:
        return isinstance(event, Ready) or (isinstance(event, SimState) and event.code != "READY")

    try:
        with open_modem(path) as session:
            ready = session.run(PROBE_S, decided)
            driver = session.driver
            who, network = driver.identity, driver.registration
            return ProbedPort(
                port=path,
                answers=ready,
                **msgspec.structs.asdict(who),
                sim=driver.sim,
                network=network.name.lower() if network is not None else "",
                signal_dbm=driver.signal_dbm,
                text="" if ready else session.failure_text(),
            )
    except CenterError as error:
        return ProbedPort(port=path, answers=False, text=str(error))


def line_at(state: StateDir, port: str) -> str | None:
    """Return the line of the running center that has this name or this port; None without such a line."""
    if running(state) is None:
        return None
    if any(modem.name == port for modem in settings_in_use(state).modem):
        return port
    real = os.path.realpath(port)
    for line, report in line_files.read_all(state.run).items():
        if report.port and os.path.realpath(report.port) == real:
            return line
    return None


def sound_card_of(port: str) -> str | None:
    """Return the sound card of the port's USB device; None without one."""
    device = usb_device_of(resolve_port(port)) if port else None
    return None if device is None else card_at(device.name) or None
