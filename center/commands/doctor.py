"""`doctor`: checks everything that a center needs, before it starts and while it runs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from application.checks import CheckContext
from application.errors import CenterError, SettingsError
from application.options import DEFAULT, Common
from application.settings.file import load
from application.settings.in_use import simulation_in_use
from application.settings.simulation import simulation, with_simulation
from application.settings.template import with_meaning
from application.settings.where import config_in_use
from application.state.state_dir import StateDir, running
from center.checks import table
from model.checks import Finding, fail, ok
from model.settings import Settings


def doctor(
    *,
    config: Annotated[Path | None, Parameter(help="Settings file; default: the file in use.")] = None,
    simulate: Annotated[Path | None, Parameter(help="Simulation file; default: the file in use.")] = None,
    common: Common = DEFAULT,
) -> int:
    """Check everything that a center needs; exit 1 on a failure."""
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
    around = CheckContext(
        state=state,
        node=node,
        known=settings,
        simulated=simulated is not None,
        fault=_cannot_be_used(state),
    )
    return common.checks([*found, *table.found(around)])


def _cannot_be_used(state: StateDir) -> str | None:
    """Return the reason why the state directory cannot be used; None if usable. A missing directory is
    created: the next step would be to start the center.
    """
    try:
        state.create()
    except CenterError as error:
        return str(error)
    return None
