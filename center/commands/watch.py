"""`watch`: becomes the watcher, on a machine that is not the center's."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from center.options import DEFAULT, Common


def watch(
    *,
    config: Annotated[Path, Parameter(help="Whom it watches, and by which modem it phones.")] = Path(
        "/etc/securwoman/watch.toml"
    ),
    common: Common = DEFAULT,
) -> None:
    """Hear a center's heartbeats, ask its intake from outside, and phone people when it falls silent."""
    from center.watching.running import run
    from center.watching.settings import load
    from runtime import logs

    settings = load(config)
    logs.configure(common.directory.logs, "watch")

    def began(port: int) -> None:
        names = ", ".join(one.name for one in settings.center)
        if common.json:
            common.data({"port": port, "centers": [one.name for one in settings.center]})
        else:
            common.say(f"watching {names}; heartbeats come to port {port}")

    run(settings, common.directory, began)
