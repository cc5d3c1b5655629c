"""The clock of a node that starts: the wall's, or, in the middle of something, that of the node before it.

Deadlines are absolute times by the node's own clock, which no step of the wall clock moves while it runs. A
node that is started again must not take over a step that was made meanwhile: the deadlines of the alerts
that are open would lie an hour away, or have passed.
"""

from __future__ import annotations

from typing import Final

from application.state.state_dir import NodeFile, StateDir, boot_id, read_json
from messages.ids import NodeId
from runtime.clock import SystemClock

SAME_US: Final = 1000
"""Two clocks so close to each other are the same one: reading two of them takes a moment."""


def clock_for(state: StateDir, journal_url: str, node: NodeId) -> SystemClock:
    """The clock of the node that starts here now; the state directory must be ours already.

    Where nothing is open, the wall clock is right by definition. CLOCK_BOOTTIME begins anew with every boot,
    so that what an earlier boot has anchored is worth nothing.
    """
    wall = SystemClock.anchored()
    last = read_json(state.node_file, NodeFile)
    if last is None or last.boot != boot_id():
        return wall
    before = SystemClock(last.anchor_us)
    if abs(before.anchor_us - wall.anchor_us) <= SAME_US or anything_open(journal_url, state, before, node):
        return before
    return wall


def clock_taken_s(state: StateDir) -> float | None:
    """Return when a node last started again for the clock's sake, in seconds since this boot."""
    last = read_json(state.node_file, NodeFile)
    return None if last is None or last.boot != boot_id() else last.clock_taken_s


def anything_open(journal_url: str, state: StateDir, clock: SystemClock, node: NodeId) -> bool:
    """Return whether an alert is open. Asked only after a step of the wall clock. What cannot be read may be
    open.
    """
    # Imported here: a start that needs none of it is not to wait for it.
    from center.node.composition import journal_opened
    from store.alerts.accepting import any_open
    from store.errors import StoreError

    try:
        journal = journal_opened(journal_url, node, clock, state.run)
    except StoreError:
        return True
    try:
        return any_open(journal)
    except StoreError:
        return True
    finally:
        journal.close()
