"""What can go wrong with what lasts.

    StoreError
    ├── StoreMisuse                our own defect: closed, used across a fork, a name that is none
    ├── JournalError
    │   ├── JournalRefusal         the journal works and refuses this piece of work alone; nothing was written
    │   │   ├── VersionConflict    somebody else was first
    │   │   ├── JournalNotDurable  not while the journal goes on in memory
    │   │   └── LeaseLost          the alert is another node's now
    │   ├── JournalFull            no space (ENOSPC, a quota); nothing was written
    │   ├── JournalLocked          somebody else holds the write lock for too long; nothing was written
    │   ├── JournalReadOnly        file, file system or server refuses writing; nothing was written
    │   ├── JournalTorn            the file or the database is not a journal, or is damaged
    │   └── JournalUnavailable     the disk failed, or neither file nor server can be had; see `outcome_known`
    │       └── JournalNewer       a newer version wrote the file; this one leaves it alone
    ├── NodeNameTaken              another machine is a member by this name
    ├── RegistryError
    │   ├── NumberRefused          not a telephone number, or one that must not be a person's
    │   ├── AlreadyTaken           the number, device or id is somebody else's
    │   ├── NobodyThere            no such person
    │   ├── ChangedMeanwhile       a field is not what the one who changes it has seen
    │   ├── LastAdmin              nobody would be left who may administer
    │   ├── LastKey                no app could raise an alert any more
    │   └── InAnAlert              an alert of this person is open
    └── TransferError              an export that cannot be read, or must not be imported here

    JournalRenumbered              none of them: nobody may take it for a failure that passes

All of JournalError but VersionConflict, LeaseLost and JournalTorn are worth trying again: the same Journal
object works again as soon as the cause is gone.
"""

from __future__ import annotations


class StoreError(Exception):
    """The root of the package's errors."""


class StoreMisuse(StoreError):
    """The caller has done what must not be done; a defect, not an event."""


class JournalError(StoreError):
    """The journal could not do what was asked of it."""


class JournalRefusal(JournalError):
    """The journal works, and refuses one piece of work for a reason of its own.

    Neither the disk nor other work is concerned: nothing changes over to memory, nothing else fails with it.
    """


class VersionConflict(JournalRefusal):
    """The stream is not at the version that the writer expected."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class JournalFull(JournalError):
    """There is no space left for what was to be written."""


class JournalLocked(JournalError):
    """Another writer held the journal for longer than the patience given."""


class JournalReadOnly(JournalError):
    """The journal can be read and not written."""


class JournalTorn(JournalError):
    """What is in the file is not what was written."""


class JournalUnavailable(JournalError):
    """The journal cannot be opened, read or flushed.

    `outcome_known` is false where a flush failed, or the answer to a commit was lost, and the journal
    could not be read again after it: what was to be written may or may not be there. Append again at the
    same expected version: a conflict then means that it was.
    `silent`: nobody has said so, a server has not answered at all; to wait for it, as for one that is
    being started again, is no use.
    """

    def __init__(self, text: str, *, outcome_known: bool = True, silent: bool = False) -> None:
        super().__init__(text)
        self.outcome_known = outcome_known
        self.silent = silent


class JournalNewer(JournalUnavailable):
    """The file has a form that this version does not know."""


class JournalNotDurable(JournalRefusal):
    """What was asked for has to last, and nothing does while the journal goes on in memory."""


class LeaseLost(JournalRefusal):
    """The writer's node does not have this alert, or has had it for too long without a word."""

    def __init__(self, stream: str, node: str) -> None:
        super().__init__(f"{stream} is not {node}'s to write to")
        self.stream = stream


class NodeNameTaken(StoreError):
    """Two nodes of one name would take each other's alerts for their own."""


class JournalRenumbered(Exception):
    """What was read from this journal has other places and versions now: start anew, and read it again.

    After a return to a disk that holds something else than the journal that was left there. Every
    use of a Journal that was opened before raises it, so that its process ends and is started again.
    """


class RegistryError(StoreError):
    """The registry refuses; nothing was changed."""


class NumberRefused(RegistryError):
    """This cannot be a person's telephone number."""


class AlreadyTaken(RegistryError):
    """This belongs to somebody else. `holder` is whose id it is."""

    def __init__(self, what: str, holder: str) -> None:
        super().__init__(f"{what} belongs to {holder}")
        self.what = what
        self.holder = holder


class InAnAlert(RegistryError):
    """An alert of this person is open."""


class NobodyThere(RegistryError):
    """No person of this id, number or device."""


class ChangedMeanwhile(RegistryError):
    """Somebody else has changed this field since it was read. `is_now`: what it holds."""

    def __init__(self, field: str, is_now: str) -> None:
        super().__init__(f"{field} was changed meanwhile")
        self.field = field
        self.is_now = is_now


class LastAdmin(RegistryError):
    """Without this one nobody could administer the center."""


class LastKey(RegistryError):
    """Without this one no app could raise an alert."""


class TransferError(StoreError):
    """An export that cannot be read, or that must not be imported here."""
