"""What a node says of itself in its state directory."""

from __future__ import annotations

import os

from application.state.processes import ProcessId, identity
from application.state.state_dir import NodeFile, boot_id


def node_file(journal: str = "", *, pid: int | None = None, **said: object) -> NodeFile:
    """Of this process, unless it says otherwise; of one that there is not it has pid 1."""
    process = identity(os.getpid() if pid is None else pid) or ProcessId(pid=1, started=1)
    given: dict[str, object] = {
        "process": process, "boot": boot_id(), "node": "n", "version": "1", "since_us": 0, "anchor_us": 0,
        "config": "", "simulation": None, "journal": journal,
    }  # fmt: skip
    return NodeFile(**{**given, **said})  # type: ignore[arg-type]
