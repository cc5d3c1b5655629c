"""`run --drain`: a node takes nothing more, gives what waits to the others, and ends with its last call.

What is said to the node is a file in its run directory: there is nobody to be asked, and a node that is
started again has forgotten it.
"""

from __future__ import annotations

import time
from typing import Final

from application.errors import NotRunning, StateError, UsageError
from application.options import Common
from application.state.state_dir import running
from runtime.environment import DRAINING
from runtime.published.file import publish
from store.database.dialect import is_server

LOOK_S: Final = 0.2


def drained(common: Common) -> None:
    """Drain the node of this state directory, and wait until it has ended.

    Raises NotRunning, StateError, and UsageError where there are no others to go on.
    """
    state = common.directory
    node = running(state)
    if node is None:
        raise NotRunning(str(state))
    if not is_server(node.journal):
        raise UsageError("--drain: this node shares its journal with nobody who could go on; stop it instead")
    try:
        # Empty, also where a page has said that it stays.
        publish(state.run / DRAINING, b"")
    except OSError as error:
        raise StateError(f"the node cannot be told: {error.strerror}") from error
    common.say(f"{node.node} takes no more alerts, and ends with its last call")
    while (still := running(state)) is not None and still.process == node.process:
        time.sleep(LOOK_S)
    common.say(f"{node.node} has ended")
    if common.json:
        common.data({"node": node.node, "drained": True})
