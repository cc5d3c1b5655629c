"""The web process, `python -m center.node.web --state DIR`: serves according to `run/web-settings.json`.

The started process imports all modules, rehearses the start, and waits. At each order on standard input, a
socket, it forks a web, which answers with its pid and serves. The process ends when the socket is closed.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from functools import partial
from pathlib import Path

from application.state.processes import identity
from application.state.state_dir import StateDir, WebFile, write_json
from center import features
from center.modems.plugged_in import PluggedIn
from center.node.web_group import GO, PID_BYTES, SETTINGS_NAME
from gateways.http.server import rehearse, serve
from gateways.http.settings import decoded
from messages.rows import Sentence
from model.checks import Finding
from runtime.clock import SystemClock


def main(arguments: list[str] | None = None) -> int:
    """Wait, and serve in each forked process until SIGTERM. Return the exit code."""
    parser = argparse.ArgumentParser(prog="center.node.web")
    parser.add_argument("--state", type=Path, required=True)
    state = StateDir(parser.parse_args(arguments).state)
    features.install()
    rehearse()
    # The node sees the death of a web itself; no process has to collect its exit code.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    # Read from the descriptor: a buffer of standard input would be read twice.
    while os.read(0, len(GO)) == GO:
        if os.fork() == 0:
            return _serve(state)
    return 0


def check_lines(state: StateDir) -> list[tuple[Finding, Sentence]]:
    """Return the findings on lines and modems with their remedies. Imports the checks when called."""
    from center.checks.table import of_lines

    return of_lines(state)


def _serve(state: StateDir) -> int:
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.setsid()
    try:
        os.write(0, os.getpid().to_bytes(PID_BYTES))
    except BrokenPipeError:
        # The node has ended, or has dropped the standby: this web is not needed.
        return 0
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    settings = decoded((state.run / SETTINGS_NAME).read_bytes())
    features.install(settings.center.features_off)
    process = identity(os.getpid())
    assert process is not None

    def answering(host: str, port: int) -> None:
        since_us = SystemClock(settings.anchor_us).now_us()
        write_json(state.web_file, WebFile(process=process, host=host, port=port, since_us=since_us))

    serve(settings, answering, PluggedIn(state, settings.center.lines), partial(check_lines, state))
    return 0


if __name__ == "__main__":
    sys.exit(main())
