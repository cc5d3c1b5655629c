"""`python -m center.node.web_alone SETTINGS.json`: the web process alone, for tests and measurements.

Prints nothing. If a second argument names a file, the process writes host and port into that file once it
listens.
"""

from __future__ import annotations

import sys
from pathlib import Path

from center import features
from gateways.http.server import serve
from gateways.http.settings import decoded


def main(settings: Path, listening: Path | None) -> None:
    """Serve with the settings in a file (JSON)."""

    def tell(host: str, port: int) -> None:
        if listening is not None:
            part = listening.with_suffix(".part")
            part.write_text(f"{host} {port}")
            part.replace(listening)

    features.install()
    read = decoded(settings.read_bytes())
    features.install(read.center.features_off)
    serve(read, tell)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]) if len(sys.argv) > 2 else None)
