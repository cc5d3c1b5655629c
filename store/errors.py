"""Errors of the store.

    StoreError
    ├── StoreMisuse                a defect of the caller: journal closed, used across a fork, invalid name
    ├── JournalError
    │   ├── JournalRefusal         the journal works and refuses this transaction alone; nothing was written
    │   │   ├── VersionConflict    another writer was first
    │   │   ├── JournalNotDurable  not possible while the journal continues in memory
    │   │   └── LeaseLost          the alert belongs to another node now
    │   ├── JournalFull            no space (ENOSPC, a quota); nothing was written
    │   ├── JournalLocked          another writer holds the write lock for too long; nothing was written
    │   ├── JournalReadOnly        file, file system or server refuses writing; nothing was written
    │   ├── JournalTorn            the file or the database is no journal, or is damaged
    │   └── JournalUnavailable     the disk failed, or file or server cannot be reached; see `outcome_known`
    │       └── JournalNewer       a newer version wrote the file; this version leaves it unchanged
    ├── NodeNameTaken              another machine is a member under this name
    ├── RegistryError
    │   ├── NumberRefused          not a telephone number, or not allowed as a person's number
    │   ├── AlreadyTaken           the number, device, name, id or token belongs to another person
    │   ├── NotRegistered            no such user, operator or credential
    │   ├── ChangedMeanwhile       a field differs from the value that the writer has read
    │   ├── LastAdmin              the last administrator must stay
    │   ├── LastKey                the last key of the app must stay
    │   └── InAnAlert              an alert of this person is open
    └── TransferError              an export that cannot be read, or must not be imported here

    JournalRenumbered              outside the tree: must not be handled as a temporary failure

All JournalErrors except VersionConflict, LeaseLost and JournalTorn are worth a retry: the same Journal object
works again as soon as the cause is removed.
"""

from __future__ import annotations


class StoreError(Exception):
    """Root of the package's errors."""


class StoreMisuse(StoreError):
    """Invalid use by the caller: a defect, not an event."""


class JournalError(StoreError):
    """The journal could not complete the operation."""


class JournalRefusal(JournalError):
    """The journal works, and refuses one transaction for a reason of its own.

    Disk and other work are not affected: the journal does not switch over to memory, and nothing else fails.
    """


class VersionConflict(JournalRefusal):
    """The stream is not at the version that the writer expected."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, not {expected}")
        self.stream = stream
        self.expected = expected
        self.actual = actual


class JournalFull(JournalError):
    """No space is left for the data to be written."""


class JournalLocked(JournalError):
    """Another writer held the journal for longer than the time limit."""


class JournalReadOnly(JournalError):
    """The journal is readable but not writable."""


class JournalTorn(JournalError):
    """The content of the file differs from what was written."""


class JournalUnavailable(JournalError):
    """The journal cannot be opened, read or flushed.

    `outcome_known` is False if a flush failed or the answer to a commit was lost, and the journal could not
    be read again afterwards: the data may or may not be written. Append again at the same expected version: a
    conflict then means that the data was written.

    `silent`: the server has not answered at all. Waiting, as for a server that is restarting, is no use.
    """

    def __init__(self, text: str, *, outcome_known: bool = True, silent: bool = False) -> None:
        super().__init__(text)
        self.outcome_known = outcome_known
        self.silent = silent


class JournalNewer(JournalUnavailable):
    """The file has a form that this version does not know."""


class JournalNotDurable(JournalRefusal):
    """The operation needs durable storage, which is not available while the journal continues in memory."""


class LeaseLost(JournalRefusal):
    """The writer's node has no valid lease on this alert."""

    def __init__(self, stream: str, node: str) -> None:
        super().__init__(f"{stream} is not {node}'s to write to")
        self.stream = stream


class NodeNameTaken(StoreError):
    """Another node is a member under this name; both would take each other's alerts for their own."""


class JournalRenumbered(Exception):
    """The events read from this journal now have other positions and versions: restart and read them again.

    Raised after a return to a disk whose journal differs from the one that was left there. Every use of a
    Journal that was opened before raises it, so that its process ends and is restarted.
    """


class RegistryError(StoreError):
    """The registry refuses the operation; nothing was changed."""


class NumberRefused(RegistryError):
    """The value is not valid as a person's telephone number."""


class AlreadyTaken(RegistryError):
    """The number, device, name, id or token belongs to another person. `holder`: id of that person."""

    def __init__(self, what: str, holder: str) -> None:
        super().__init__(f"{what} belongs to {holder}")
        self.what = what
        self.holder = holder


class InAnAlert(RegistryError):
    """An alert of this person is open."""


class NotRegistered(RegistryError):
    """No user or operator has this id, number, device or credential."""


class ChangedMeanwhile(RegistryError):
    """The field was changed since the writer read it. `is_now`: present value."""

    def __init__(self, field: str, is_now: str) -> None:
        super().__init__(f"{field} was changed meanwhile")
        self.field = field
        self.is_now = is_now


class LastAdmin(RegistryError):
    """The last administrator cannot be removed."""


class LastKey(RegistryError):
    """The last key cannot be removed: no app could raise an alert."""


class TransferError(StoreError):
    """The export cannot be read, or must not be imported here."""
