"""Lets a process fork that has a journal open: the child inherits nothing of it.

SQLite must not be carried across a fork. What the library remembers of a file (which locks this
process has on it, whether the log's index is set up) is true of the parent alone, since a child
inherits no lock; a child that opened the same file on top of that would work without locks, until
somebody who starts later takes the file for unused. And a thread of ours that is within the
library at that moment would leave one of its mutexes taken in the child for ever.

So before a fork every journal of the process waits for its threads and lets go of the file, and
opens it anew with its next use. An actor that starts others does so within a millisecond.
"""

from __future__ import annotations

import os
import weakref
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from store.journal.access import Access

_watched: Final[weakref.WeakSet[Access]] = weakref.WeakSet()
_waiting: Final[list[Access]] = []


def watch(one: Access) -> None:
    """Care for this one too, as long as it lives."""
    _watched.add(one)


def _before() -> None:
    for one in list(_watched):
        one.before_fork()
        _waiting.append(one)


def _after() -> None:
    while _waiting:
        _waiting.pop().after_fork()


os.register_at_fork(before=_before, after_in_parent=_after, after_in_child=_after)
