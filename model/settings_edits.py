"""What is wanted of the settings' file: a key set or taken out, a table of a list added or removed.

A path is `region`, `psap.no_answer_s`, or within a list of tables `modem[milano1].gain_in_db`: its rows go by
their name, routes by their area.

    EditError
    ├── EditMissed          there is no such key, or no table of this name
    ├── EditElsewhere       the key is not changed in this way
    ├── EditFaulty          the center could not start with it; `faults` has each by its path
    ├── ChangedOnDisk       the file does not hold any more what was seen
    └── NotWritable         this process cannot write the file
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

Value = str | bool | int | float | list[str] | dict[str, str]
Row = dict[str, Value]


class Anything:
    """`was`, where it does not matter what the file held."""


ANYTHING: Final = Anything()


@dataclass(frozen=True)
class Set:
    """The key at `path` is to hold `now`; None: it is taken out, and its default counts."""

    path: str
    now: Value | None
    was: Value | Anything | None = ANYTHING
    """What the file held when it was seen; None: nothing."""


@dataclass(frozen=True)
class Add:
    """A table more in the list `modem`, `trunk`, `psap.route` or `psap.data`, after those that are there."""

    table: str
    row: Row


@dataclass(frozen=True)
class Remove:
    """The table `name` of the list is to go."""

    table: str
    name: str
    was: Row | Anything = ANYTHING


Edit = Set | Add | Remove


class EditError(Exception):
    """The root of what can go wrong; nothing was written."""


class EditMissed(EditError):
    """There is no such key, or no table of this name."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path


class EditElsewhere(EditError):
    """The key is changed by hand, or in another place of the administration."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path} is not changed here")
        self.path = path


class EditFaulty(EditError):
    """The center could not start with it. A fault is a path, which may be empty, and what is wrong there."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{path}: {reason}" if path else reason for path, reason in faults))
        self.faults = tuple(faults)


class ChangedOnDisk(EditError):
    """The file does not hold any more what was seen. `is_now`: what `path` holds; None: nothing."""

    def __init__(self, path: str, is_now: Value | Row | None) -> None:
        super().__init__(f"{path} has been changed meanwhile")
        self.path = path
        self.is_now = is_now


class NotWritable(EditError):
    """This process cannot write the file."""
