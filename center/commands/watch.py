"""`watch`: becomes the watcher, on a machine that is not the center's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from center.errors import UsageError
from center.options import DEFAULT, Common


def watch(
    *urls: Annotated[
        str, Parameter(help="Only ask these intakes, without heartbeats and without a file: https://…")
    ],
    roster: Annotated[
        Path | None, Parameter(help="Who is called: as `duty export` writes it. With URLs alone.")
    ] = None,
    modem: Annotated[str, Parameter(help="The modem's port, to phone by. With URLs alone.")] = "",
    config: Annotated[Path, Parameter(help="Whom it watches, and by which modem it phones.")] = Path(
        "/etc/securwoman/watch.toml"
    ),
    common: Common = DEFAULT,
) -> None:
    """Hear a center's heartbeats, ask its intake from outside, and phone people when it falls silent."""
    from center.watching.running import run
    from center.watching.settings import load, probing
    from runtime import logs

    if urls and roster is None:
        raise UsageError("--roster FILE has to say who is called")
    if not urls and (roster is not None or modem):
        raise UsageError("--roster and --modem are for URLs; the file has both")
    settings = load(config) if roster is None else probing(urls, roster, modem)
    logs.configure(common.directory.logs, "watch")

    def began(port: int) -> None:
        names = ", ".join(one.name for one in settings.center)
        if common.json:
            common.data({"port": port, "centers": [one.name for one in settings.center]})
        else:
            common.say(f"watching {names}" + ("" if urls else f"; heartbeats come to port {port}"))

    run(settings, common.directory, began)
