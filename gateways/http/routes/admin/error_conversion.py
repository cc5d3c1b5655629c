"""Conversion of errors of the registry and the settings file to responses with a code."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from model.settings_edits import ChangedOnDisk, EditElsewhere, EditFaulty, EditMissed, NotWritable
from store.errors import (
    AlreadyTaken,
    ChangedMeanwhile,
    LastAdmin,
    LastKey,
    NotRegistered,
    NumberRefused,
    RegistryError,
)


@contextmanager
def refusing(body: str = "$") -> Iterator[None]:
    """Convert errors of the registry and the settings file to responses, within the context.

    `body`: path of the registry's fields in the body. Fields of settings have paths of their own.
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
    except NotRegistered as error:
        raise NotThere("no person or operator has this id (any more)") from error
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
            "another operator has this name and number, or has this name as id",
            f"{body}.name",
            Why.NAME_TAKEN,
        ) from error
    except RegistryError as error:
        raise BadBody(str(error), f"{body}.name", Why.EMPTY) from error
