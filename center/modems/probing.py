"""What is at a port: asked of the modem, or of the running center's line that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from application.errors import CenterError
from center.modems.ports import card_of

if TYPE_CHECKING:
    from application.options import Common
    from application.state.state_dir import StateDir
    from gateways.gsm.driver.events import Event

PROBE_S: Final = 15.0


class Probed(msgspec.Struct, frozen=True, kw_only=True):
    """What is at a port."""

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
    """The sound card of its USB device; empty where it has none."""
    text: str = ""
    """What is wrong."""
    known_as: str = ""
    """What people call modems of its dialect."""
    to_know: tuple[str, ...] = ()
    """What such hardware is known to do, of which the person on duty should know."""


def what_is_at(state: StateDir, path: str) -> Probed:
    """Asks where no running center's line has the port."""
    one = _with_its_kind(_in_use(state, path) or _probed(path))
    return msgspec.structs.replace(one, card=card_of(path) or "")


def _in_use(state: StateDir, path: str) -> Probed | None:
    """What the running center's line says of the modem at this port; none where no line has it."""
    from center.modems.live_trace import line_at
    from messages.ids import LineId
    from runtime.published import line_files

    line = line_at(state, path)
    report = None if line is None else line_files.read_all(state.run).get(LineId(line))
    if report is None:
        return None
    return Probed(
        port=report.port or path,
        answers=report.usable,
        imei=report.imei,
        dialect=report.dialect,
        network=report.registration,
        signal_dbm=report.signal_dbm,
        text=f"line {line} of the running center has it{f': {report.text}' if report.text else ''}",
    )


def _with_its_kind(found: Probed) -> Probed:
    """What is known of modems of its dialect, beside what it has said itself."""
    from gateways.gsm.dialects.loading import installed

    if not found.answers or found.dialect not in installed():
        return found
    kind = installed().get(found.dialect).data
    return msgspec.structs.replace(found, known_as=kind.name, to_know=kind.faults)


def _probed(path: str) -> Probed:
    from center.modems.session import opened
    from gateways.gsm.driver.events import Ready, SimState

    def decided(event: Event) -> bool:
        return isinstance(event, Ready) or (isinstance(event, SimState) and event.code != "READY")

    try:
        with opened(path) as session:
            ready = session.run(PROBE_S, decided)
            driver = session.driver
            who, network = driver.identity, driver.registration
            return Probed(
                port=path,
                answers=ready,
                **msgspec.structs.asdict(who),
                sim=driver.sim,
                network=network.name.lower() if network is not None else "",
                signal_dbm=driver.signal_dbm,
                text="" if ready else session.why_not(),
            )
    except CenterError as error:
        return Probed(port=path, answers=False, text=str(error))


def say_probed(common: Common, found: Probed) -> None:
    from center.checks.obstacles import at_port, sentence

    if not found.answers:
        common.say(f"{found.port}: {found.text.removeprefix(f'{found.port}: ')}")
        for obstacle in at_port(found.port, common.directory):
            common.say(f"  {sentence(obstacle)}")
        return
    who = " ".join(filter(None, (found.manufacturer, found.model, found.revision)))
    facts = (
        ("", who),
        ("IMEI ", found.imei),
        ("dialect ", f"{found.dialect} ({found.known_as})" if found.known_as else found.dialect),
        ("SIM ", found.sim),
        ("network ", found.network or "unknown"),
        ("sound card ", found.card),
        ("", "" if found.signal_dbm is None else f"{found.signal_dbm} dBm"),
        ("", found.text),
    )
    common.say(f"{found.port}: {', '.join(name + what for name, what in facts if what)}")
    for fault in found.to_know:
        common.say(f"  to know: {fault}")
