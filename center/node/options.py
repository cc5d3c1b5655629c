"""What a node is started with, and the command that becomes it. Light: the command line imports it."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from application.state.state_dir import StateDir
from center.node.launching import child_environment


@dataclass(frozen=True, kw_only=True)
class NodeOptions:
    """What the node is started with."""

    state: Path
    config: Path
    simulate: Path | None
    """The simulation's file; None: the modems of the settings."""
    host: str | None = None
    port: int | None = None
    until_modems: bool = False
    """The simulation is taken for want of modems: a start with some goes without."""
    join: tuple[str, ...] = ()
    """Addresses of nodes of which one has to be there, in place of those of the settings."""


def command(options: NodeOptions) -> tuple[list[str], dict[str, str]]:
    """What to execute to become this node: its arguments and its environment, which carries the mark."""
    arguments = [sys.executable, "-m", "center.node.node", "--state", str(options.state)]
    arguments += ["--config", str(options.config)]
    if options.simulate is not None:
        arguments += ["--simulate", str(options.simulate)]
    if options.until_modems:
        arguments.append("--until-modems")
    if options.host is not None:
        arguments += ["--host", options.host]
    if options.port is not None:
        arguments += ["--port", str(options.port)]
    for address in options.join:
        arguments += ["--join", address]
    return arguments, child_environment(StateDir(options.state).path)
