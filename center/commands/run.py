"""`run`: replaces this process by the node. The pid stays; no memory of the command line remains.

A start waits for the imports of this module, then for the imports of the node: import nothing of the store
here.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Annotated, Final

import msgspec
from cyclopts import Parameter

from application.errors import NotRunning, SettingsError, StateError, UsageError
from application.options import DEFAULT, Common
from application.settings.check import faults_of
from application.settings.file import load
from application.settings.where import config_file, shipped
from center.node.launching import NodeOptions, node_command
from model.settings import Settings

LOOK_S: Final = 0.2
"""Pause between two polls for the end of a drained node, in seconds."""


def run(
    *,
    config: Annotated[Path | None, Parameter(help="Settings file; default: the shipped settings.")] = None,
    simulate: Annotated[
        str | None,
        Parameter(help="Simulate the carrier in place of modems, from this file or the shipped file."),
    ] = None,
    host: Annotated[
        str | None, Parameter(help="IP address to listen on; default: from the settings.")
    ] = None,
    port: Annotated[
        int | None, Parameter(help="HTTP port to listen on; 0: any free port; default: from the settings.")
    ] = None,
    join: Annotated[
        tuple[str, ...], Parameter(help="Address of another node of this center; may be repeated.")
    ] = (),
    drain: Annotated[
        bool,
        Parameter(negative="", help="Drain the node running here: no new alerts, end after the last call."),
    ] = False,
    common: Common = DEFAULT,
) -> None:
    """Start the center, and stop it in order with Ctrl-C."""
    if drain:
        drained(common)
        return
    if port is not None and not 0 <= port <= 65535:
        raise UsageError(f"--port: {port} is not a port (0 to 65535)")
    settings_file = config_file(config).absolute()
    # Also checked here, so that a fault of the settings is reported before any change.
    settings = load(settings_file)
    for_want = simulate is None and not settings.modem
    if for_want:
        simulate = ""
    simulation = None if simulate is None else Path(simulate) if simulate else shipped("simulation.toml")
    if simulation is not None and not simulation.is_file():
        raise SettingsError(str(simulation), ["the file does not exist"])
    options = NodeOptions(
        state=common.directory.path,
        config=settings_file,
        simulate=simulation.absolute() if simulation is not None else None,
        until_modems=for_want,
        host=host,
        port=port,
        join=_checked(settings, join),
    )
    arguments, environment = node_command(options)
    sys.stdout.flush()
    os.execve(arguments[0], arguments, environment)


def _checked(settings: Settings, join: tuple[str, ...]) -> tuple[str, ...]:
    """Check the addresses by the rules of the settings, and return them. Raises UsageError."""
    if not join:
        return ()
    from store.database.dialect import is_server

    if not is_server(settings.journal.url):
        raise UsageError("--join: nodes share a journal in PostgreSQL (journal.url, in the settings)")
    cluster = msgspec.structs.replace(settings.cluster, join=join)
    if faults := faults_of(msgspec.structs.replace(settings, cluster=cluster)):
        raise UsageError(f"--join: {faults[0]}")
    return join


def drained(common: Common) -> None:
    """Order this directory's node to refuse new alerts, to pass waiting alerts to other nodes, and to end
    with its last call; wait for its end.

    The order is a file in the node's run directory: the node serves no requests. A restarting node deletes
    the order. Raises NotRunning, StateError, and UsageError if no other
    nodes could continue.
    """
    from application.state.state_dir import running
    from runtime.environment import DRAINING
    from runtime.published.file import publish
    from store.database.dialect import is_server

    state = common.directory
    node = running(state)
    if node is None:
        raise NotRunning(str(state))
    if not is_server(node.journal):
        raise UsageError("--drain: no other node shares the journal of this node; stop the node instead")
    try:
        # Empty, even if a page has ordered a drain that keeps the node running (STAYS).
        publish(state.run / DRAINING, b"")
    except OSError as error:
        raise StateError(f"the order to drain cannot be written: {error.strerror}") from error
    common.print_line(f"{node.node} accepts no more alerts, and ends after its last call")
    while (still := running(state)) is not None and still.process == node.process:
        time.sleep(LOOK_S)
    common.print_line(f"{node.node} has ended")
    if common.json:
        common.data({"node": node.node, "drained": True})
