"""Why something of the administration is not done: what the registry raises, as answers with a code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from typing import ClassVar

import msgspec

from gateways.http.wire.errors import BadBody, RequestError
from model.settings_edits import ChangedOnDisk, EditElsewhere, EditFaulty, EditMissed, NotWritable
from store.errors import (
    AlreadyTaken,
    ChangedMeanwhile,
    LastAdmin,
    LastKey,
    NobodyThere,
    NumberRefused,
    RegistryError,
)


class Why(StrEnum):
    """By what a page finds the words."""

    CHANGED_MEANWHILE = "changed_meanwhile"
    """Another admin was first: `path` is the field, `is_now` what it holds."""
    LAST_ADMIN = "last_admin"
    LAST_KEY = "last_key"
    YOURSELF = "yourself"
    """One's own role, sessions and record are another admin's to end."""
    ON_AN_ALERT = "on_an_alert"
    NUMBER_REFUSED = "number_refused"
    NAME_TAKEN = "name_taken"
    """Another operator has the name and the number, or the name as id."""
    EMPTY = "empty"
    NOT_A_NUMBER = "not_a_number"
    """Of a person: no number that can be called, or an emergency number."""
    NUMBER_TAKEN = "number_taken"
    """It is another person's number."""
    ONE_ALREADY = "one_already"
    """The two who are to be merged are one person."""
    RECORDS_TOO_LONG = "records_too_long"
    """What the records of two persons hold does not fit into one."""
    NOT_TYPED = "not_typed"
    """What was typed does not name who is to be erased."""
    NEVER_QUIET = "never_quiet"
    """A user in danger depends on the alarm."""
    SETTINGS_FAULTY = "settings_faulty"
    """The center could not start with them: `path` is the key."""
    ELSEWHERE = "elsewhere"
    """It is changed by hand, or in another chapter."""
    NOT_WRITABLE = "not_writable"
    """The center may not write its settings' file."""
    LAST_FOR_112 = "last_for_112"
    """No other line can call 112: its name has to be typed."""
    NO_LINE = "no_line"
    """Nothing here could send it."""
    BUSY = "busy"
    """It is being done already."""
    MEASURED = "measured"
    """No person's word counts for what is measured."""
    NOBODY_ELSE = "nobody_else"
    """No other node could go on with alerts."""
    NODE_GONE = "node_gone"
    WOULD_NOT_START = "would_not_start"
    """With the settings as they are the node would not come back: `path` is the key."""
    LINE_ELSEWHERE = "line_elsewhere"
    """It is another node's."""
    LINE_NOT_READY = "line_not_ready"
    LINE_IN_USE = "line_in_use"
    LINE_NEEDED = "line_needed"
    """An alert is open, and this is one of the last free lines."""
    NUMBER_OF_112 = "number_of_112"
    NUMBER_NOT_CALLED = "number_not_called"
    """It is no number, or the settings do not let it be called (`[dialling]`)."""
    NOT_TYPED_LIVE = "not_typed_live"
    """The sentence that turns the real 112 on was not typed."""
    TAKEN = "taken"
    """Somebody sees to it already, or nobody is called for it any more."""
    NO_NUMBER = "no_number"
    """One of two lines that are to call each other has none in the settings."""


class NotDone(RequestError):
    """It cannot be done as things are now."""

    status: ClassVar[int] = 409

    def __init__(self, reason: str, code: Why, path: str = "", is_now: str = "") -> None:
        super().__init__(reason, path)
        self.code = code
        self.is_now = is_now


class NotThere(RequestError):
    """There is nothing of this id, or not any more."""

    status: ClassVar[int] = 404


@contextmanager
def refusing(body: str = "$") -> Iterator[None]:
    """What the registry, or the settings' file, raises within, as answers.

    `body`: the path below which the registry's fields are; those of settings go by their own.
    """
    try:
        yield
    except EditMissed as error:
        raise NotThere(str(error), error.path) from error
    except EditElsewhere as error:
        raise NotDone(str(error), Why.ELSEWHERE, error.path) from error
    except ChangedOnDisk as error:
        is_now = "" if error.is_now is None else msgspec.json.encode(error.is_now).decode()
        raise NotDone(str(error), Why.CHANGED_MEANWHILE, error.path, is_now) from error
    except EditFaulty as error:
        path, reason = error.faults[0]
        raise BadBody(reason, path, Why.SETTINGS_FAULTY) from error
    except NotWritable as error:
        raise NotDone(str(error), Why.NOT_WRITABLE) from error
    except NobodyThere as error:
        raise NotThere("nobody of this id, or not any more") from error
    except ChangedMeanwhile as error:
        raise NotDone(
            str(error), Why.CHANGED_MEANWHILE, f"{body}.{error.field}", is_now=error.is_now
        ) from error
    except LastAdmin as error:
        raise NotDone(str(error), Why.LAST_ADMIN, f"{body}.role") from error
    except LastKey as error:
        raise NotDone(str(error), Why.LAST_KEY) from error
    except NumberRefused as error:
        raise BadBody(str(error), f"{body}.phone", Why.NUMBER_REFUSED) from error
    except AlreadyTaken as error:
        raise BadBody(
            "another operator has this name and number, or this name as id", f"{body}.name", Why.NAME_TAKEN
        ) from error
    except RegistryError as error:
        raise BadBody(str(error), f"{body}.name", Why.EMPTY) from error
