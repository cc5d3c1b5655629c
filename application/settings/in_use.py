"""Settings and simulation in use: those of the running center, or those that a start would use."""

from __future__ import annotations

from pathlib import Path

from application.settings.file import load
from application.settings.simulation import simulation, with_simulation
from application.settings.where import config_in_use, shipped
from application.state.state_dir import NodeFile, StateDir, read_json
from model.settings import Settings


def settings_in_use(state: StateDir) -> Settings:
    """Return the settings in use, with the simulation's modems if there is one. Raises SettingsError."""
    settings = load(config_in_use(state))
    simulated = simulation_in_use(settings, None, read_json(state.node_file, NodeFile))
    return settings if simulated is None else with_simulation(settings, simulation(simulated, state.run))


def simulation_in_use(settings: Settings, given: Path | None, node: NodeFile | None) -> Path | None:
    """Return the simulation that the center runs or would run with; None for real modems."""
    if given is not None:
        return given
    if node is not None:
        return Path(node.simulation) if node.simulation is not None else None
    return None if settings.modem else shipped("simulation.toml")
