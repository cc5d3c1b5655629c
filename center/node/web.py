"""The web process, `python -m center.node.web --state DIR`: serves as `run/web-settings.json` says.

With `--standby` it waits, the start rehearsed, until standard input says `go`; it ends when that is closed.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import msgspec

from center.backup.for_web import ForWeb as BackupsForWeb
from center.giving.for_web import ForWeb
from center.node.processes import identity
from center.node.web_group import SETTINGS_NAME
from center.node.web_standby import GO
from center.state.state_dir import StateDir, WebFile, write_json
from gateways.http.settings import WebSettings
from runtime.clock import SystemClock


def main(arguments: list[str] | None = None) -> int:
    """Serves until SIGTERM. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="center.node.web")
    parser.add_argument("--state", type=Path, required=True)
    parser.add_argument("--standby", action="store_true")
    given = parser.parse_args(arguments)
    state = StateDir(given.state)
    if given.standby and not _told_to_go():
        return 0
    settings = msgspec.json.decode((state.run / SETTINGS_NAME).read_bytes(), type=WebSettings)
    process = identity(os.getpid())
    assert process is not None

    def answering(host: str, port: int) -> None:
        since_us = SystemClock(settings.anchor_us).now_us()
        write_json(state.web_file, WebFile(process=process, host=host, port=port, since_us=since_us))

    # Late, so that a wrong argument or file is told at once.
    from center.doctor.for_web import Measures
    from center.modems.for_web import PluggedIn
    from center.settings.for_web import CenterFile
    from gateways.http.server import serve

    giving = ForWeb(state, settings.policy.recording.tracks, settings.policy.language)
    backups = BackupsForWeb(state)
    plugged_in, file, measures = PluggedIn(state, settings.lines), CenterFile(state), Measures(state)
    serve(settings, answering, giving, backups, plugged_in, file, measures)
    return 0


def _told_to_go() -> bool:
    """Waits. False: whoever has started us is gone."""
    from center.modems import for_web  # noqa: F401 - imported now, so that nobody waits for it later
    from gateways.http.rehearsal import rehearse

    rehearse()
    # By the descriptor: what is buffered of standard input would be read twice.
    return os.read(0, len(GO)) == GO


if __name__ == "__main__":
    sys.exit(main())
