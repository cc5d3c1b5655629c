"""`doctor`: checks everything that a center needs, before it starts and while it runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

from cyclopts import Parameter

from application.errors import CenterError, SettingsError
from application.settings.file import load
from application.settings.in_use import config_in_use, simulation_in_use
from application.settings.simulation import simulation, with_simulation
from application.settings.template import with_meaning
from application.state.state_dir import NodeFile, StateDir, running
from center.doctor import (
    access,
    announcements,
    backup,
    center,
    certificate,
    data,
    dialling,
    duty,
    maps,
    nodes,
    obstacles,
    postgresql,
    recording,
    voices,
)
from center.doctor.machine import at_rest, capacity, listeners, machine, shared_memory
from center.options import DEFAULT, Common
from model.checks import Finding, Look, Verdict, examined, fail, ok
from model.settings import Settings
from model.settings.web import SecondFactor

_SIGNS: Final[dict[Verdict, str]] = {Verdict.OK: "✓", Verdict.WARN: "!", Verdict.FAIL: "✗"}


def doctor(
    *,
    config: Annotated[Path | None, Parameter(help="Settings; else those in use.")] = None,
    simulate: Annotated[Path | None, Parameter(help="Simulation, where not the one in use.")] = None,
    common: Common = DEFAULT,
) -> int:
    """Look everything that a center needs; exit 1 on a failure."""
    state = common.directory
    node = running(state)
    file = config if config is not None else config_in_use(state)
    found: list[Finding] = []
    settings: Settings | None = None
    simulated: Path | None = None
    try:
        settings = load(file)
        simulated = simulation_in_use(settings, simulate, node)
        if simulated is not None:
            settings = with_simulation(settings, simulation(simulated, state.run))
        found.append(ok("settings", f"{file}" + (f", simulation {simulated}" if simulated else "")))
    except SettingsError as error:
        found += [fail("settings", f"{error.file}: {with_meaning(fault)}") for fault in error.faults]
    for name, check in _checks(state, node, settings, simulated is not None):
        found += examined(name, check)
    return tell(common, found)


def tell(common: Common, found: Sequence[Finding]) -> int:
    """What was found, and the exit status: 1 for a failure."""
    failed = any(one.verdict is Verdict.FAIL for one in found)
    if common.json:
        common.data({"ok": not failed, "checks": found})
    else:
        common.table(
            ("", "check", "what was found"), [(_SIGNS[one.verdict], one.check, one.text) for one in found], ""
        )
        warnings = sum(one.verdict is Verdict.WARN for one in found)
        failures = sum(one.verdict is Verdict.FAIL for one in found)
        common.say(f"{failures} failures, {warnings} warnings")
    return 1 if failed else 0


def _checks(
    state: StateDir, node: NodeFile | None, settings: Settings | None, simulated: bool
) -> Iterator[tuple[str, Look]]:
    created = _can_be_used(state)
    yield "state", partial(_state, state, created)
    yield "spare", partial(machine.spare, state)
    if created is None:
        yield "disk", partial(machine.disk, state)
        yield "space", partial(machine.space, state)
        yield "keys", partial(center.keys, state)
        yield "at rest", partial(at_rest.at_rest, state, node)
        yield "journal", partial(center.journal, state)
        asked = SecondFactor.NONE if settings is None else settings.sign_on.passkeys
        yield "access", partial(access.access, state, simulated=simulated, second_factor=asked)
        yield "database", partial(postgresql.database, state, settings)
        yield "nodes", partial(nodes.nodes, state, node, settings)
    yield "clocks", partial(machine.clocks, node)
    yield "limits", machine.limits
    if settings is not None:
        yield "capacity", partial(capacity.capacity, settings)
        yield "trunks", partial(center.trunks, settings, state)
        yield "voices", partial(voices.nailed_up, settings)
        yield "psap", partial(center.psap, settings, simulated=simulated)
        yield "psap", partial(center.routes, settings)
        yield "dialling", partial(dialling.dialling, state, settings)
        if created is None:
            yield "recording", partial(recording.recording, state, settings)
            yield "backup", partial(backup.backup, state, settings, simulated=simulated)
        yield "map", partial(maps.tiles, settings)
        yield "map", partial(maps.addresses, settings)
        yield "data", partial(data.data, settings)
        yield "duty", partial(duty.duty, state, settings, simulated=simulated)
        yield "announcements", partial(announcements.announcements, settings)
        yield "address", partial(center.bind_address, settings, state)
        yield "certificate", partial(certificate.certificate, state, settings, node)
        if not simulated:
            yield "modems", partial(center.modems, settings)
            yield "modems", partial(obstacles.plugged_in, settings, state)
            yield "voice", partial(voices.of_lines, settings, state)
    yield "center", partial(center.running_center, state, node)
    if node is not None:
        yield "listeners", partial(listeners.listeners, state, node)
        yield "run", partial(shared_memory.shared_memory, state, node)
        yield "lines", partial(center.lines, state)
        if settings is not None:
            yield "voices", partial(voices.voices, state, settings)
        yield "alarms", partial(center.alarms, state, node, settings)
        yield "people", partial(center.people, state)


def _can_be_used(state: StateDir) -> str | None:
    """None: it is there and ours. A doctor may make it: the next step would be to start the center."""
    try:
        state.create()
    except CenterError as error:
        return str(error)
    return None


def _state(state: StateDir, fault: str | None) -> Iterator[Finding]:
    yield ok("state", str(state)) if fault is None else fail("state", fault)
