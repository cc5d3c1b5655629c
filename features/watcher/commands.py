"""The command `watch`: runs the watcher, on a machine other than the center's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from application.errors import SettingsError, UsageError
from application.options import DEFAULT, Common


def watch(
    *urls: Annotated[
        str,
        Parameter(help="Only probe the intakes at these URLs, https://…: no heartbeats, no settings file."),
    ],
    roster: Annotated[
        Path | None, Parameter(help="With URLs: roster file of the people to call, as duty export writes it.")
    ] = None,
    modem: Annotated[str, Parameter(help="With URLs: port of the modem for the calls.")] = "",
    config: Annotated[
        Path, Parameter(help="Settings file: the centers to watch, and the modem for the calls.")
    ] = Path("/etc/securwoman/watch.toml"),
    check: Annotated[
        bool, Parameter(negative="", help="Only check the settings and this machine; exit 1 on a failure.")
    ] = False,
    common: Common = DEFAULT,
) -> int:
    """Receive a center's heartbeats, probe its intake from outside, and phone people when it falls silent."""
    from features.watcher.program.checking import findings
    from features.watcher.program.running import run
    from features.watcher.program.settings import load, probing
    from model.checks import fail
    from runtime import logs
    from runtime.clock import SystemClock

    if urls and roster is None:
        raise UsageError("--roster FILE is required: it names the people to call")
    if not urls and (roster is not None or modem):
        raise UsageError("--roster and --modem are only for URLs: without URLs set both in the --config file")
    try:
        settings = load(config) if roster is None else probing(urls, roster, modem)
    except SettingsError as error:
        if not check:
            raise
        return common.checks([fail("settings", f"{error.file}: {fault}") for fault in error.faults])
    if check:
        return common.checks(findings(settings, common.directory, SystemClock.anchored().now_us()))
    logs.configure(common.directory.logs, "watch")

    def began(port: int) -> None:
        names = ", ".join(one.name for one in settings.center)
        if common.json:
            common.data({"port": port, "centers": [one.name for one in settings.center]})
        else:
            common.print_line(f"watching {names}" + ("" if urls else f"; heartbeats come to port {port}"))

    run(settings, common.directory, began)
    return 0
