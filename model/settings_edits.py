"""Edits of the settings' file: a key set or removed, a table of a list added or removed.

A path is `region`, `psap.no_answer_s`, or within a list of tables `modem[milano1].gain_in_db`: rows are
addressed by name, routes by area.

  EditError
  ├── EditMissed          the key, or the table of this name, does not exist
  ├── EditElsewhere       the key is not changed in this way
  ├── EditFaulty          the center could not start with the edit; `faults` lists each fault by its path
  ├── ChangedOnDisk       the file has changed since it was read
  └── NotWritable         this process cannot write the file
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Value = str | bool | int | float | list[str] | dict[str, str]
Row = dict[str, Value]


class Anything:
    """Value of `was` if the file's earlier content does not matter."""


ANYTHING: Final = Anything()


@dataclass(frozen=True)
class Set:
    """Edit that sets the key at `path` to `now`; None removes the key, so that its default applies."""

    path: str
    now: Value | None
    was: Value | Anything | None = ANYTHING
    """Content of the file when it was read; None: no value."""


@dataclass(frozen=True)
class Add:
    """Edit that appends a table to the list `modem`, `trunk`, `psap.route` or `psap.data`."""

    table: str
    row: Row


@dataclass(frozen=True)
class Remove:
    """Edit that removes the table `name` from the list."""

    table: str
    name: str
    was: Row | Anything = ANYTHING


Edit = Set | Add | Remove


class EditError(Exception):
    """Root of all errors of an edit; nothing was written."""


class EditMissed(EditError):
    """The key, or the table of this name, does not exist."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


class EditElsewhere(EditError):
    """The key is changed by hand, or in another place of the administration."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not changed here")
        self.path = path


class EditFaulty(EditError):
    """The center could not start with the edit. A fault is a path, which may be empty, and its reason."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {reason}" if path else reason for path, reason in faults))
        self.faults = tuple(faults)


class ChangedOnDisk(EditError):
    """The file has changed since it was read. `is_now`: present content of `path`; None: no value."""

    def __init__(self, path: str, is_now: Value | Row | None) -> None:
        super().__init__(f"{path} has been changed meanwhile")
        self.path = path
        self.is_now = is_now


class NotWritable(EditError):
    """This process cannot write the file."""
