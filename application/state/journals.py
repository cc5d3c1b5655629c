"""Opening of a state directory's journal for a command, with or without a running center.

Errors of the store become CenterErrors here, so that every command reports them alike.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from application.errors import CenterError, StateError
from application.state.state_dir import NodeFile, StateDir, is_own, read_json, running
from messages.ids import NodeId
from runtime.clock import SystemClock

if TYPE_CHECKING:
    from model.settings import Settings
    from store.journal.journal import Journal


def node_name(settings: Settings) -> NodeId:
    """Return the name of this machine in the journal."""
    return NodeId(settings.node or host_name())


def host_name() -> str:
    """Return the machine's host name, reduced to characters allowed in a stream's name."""
    short = socket.gethostname().split(".")[0]
    return "".join(letter for letter in short if letter.isalnum() or letter in "-_")[:32] or "node"


@contextmanager
def journal_of(state: StateDir, *, create: bool = False, disk: bool = False) -> Iterator[Journal]:
    """Open the journal: with the running center's address and clock, else with the configured address.

    While the disk cannot be written, the journal is the fallback in memory; `disk` opens the one on disk.
    Raises StateError if there is no journal and `create` is not set; errors of the store are raised as
    CenterError.
    """
    from store.errors import StoreError
    from store.journal.journal import Journal
    from store.journal.notify import SocketNotifier

    node = running(state)
    url = node.journal if node is not None else configured_url(state)
    if create:
        state.create()
    elif (
        url == state.journal_url
        and not (state.path / "journal.db").is_file()
        and (disk or not goes_on(state))
    ):
        raise StateError(f"there is no journal in {state}")
    clock = SystemClock(node.anchor_us) if node is not None else SystemClock.anchored()
    name = NodeId(node.node if node is not None else host_name())
    try:
        journal = Journal.open(
            url,
            node=name,
            clock=clock.now_us,
            notify=SocketNotifier(state.notify),
            fallback=None if disk else state.run,
        )
        try:
            yield journal
        finally:
            journal.close()
    except StoreError as error:
        raise CenterError(str(error)) from error


def begin_anew(state: StateDir, url: str) -> None:
    """Replace a journal that was emptied while the center was down by a new one, unless memory holds its
    content. Only for a starting node, before the journal is opened. Raises CenterError.
    """
    from store.database.dialect import is_server, path_of
    from store.database.sqlite_file import is_empty, replace_file
    from store.errors import StoreError
    from store.fallback.fallback import Fallback

    try:
        if is_server(url) or not is_empty(file := path_of(url)):
            return
        fallback = Fallback.at(state.run)
        if fallback is not None and not fallback.file.exists():
            replace_file(file)
    except StoreError as error:
        raise CenterError(str(error)) from error


def goes_on(state: StateDir) -> bool:
    """Return True if the journal continues in memory because its disk cannot be written."""
    from store.fallback.fallback import Fallback

    fallback = Fallback.at(state.run)
    return fallback is not None and fallback.in_use


def configured_url(state: StateDir) -> str:
    """Return the journal's address while no center runs: by the last center's settings now, else its last."""
    from application.errors import SettingsError
    from application.settings.file import load
    from application.settings.where import config_file

    last = read_json(state.node_file, NodeFile) if is_own(state) else None
    last = last or read_json(state.last_run / state.node_file.name, NodeFile)
    known = last is not None and Path(last.config).is_file()
    try:
        return (
            load(Path(last.config) if last and known else config_file(None)).journal.url or state.journal_url
        )
    except SettingsError:
        return last.journal if last is not None else state.journal_url
