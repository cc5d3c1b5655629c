"""The phone that the center itself is, to raise checks as phones do: a key that is nobody's of the registry.

It has a device's row and no person's, so that no list, search or figure of persons knows of it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Final

from sqlalchemy import bindparam, insert, update

from messages.ids import E164
from store.database.query import Query
from store.database.schema import device_key
from store.journal.journal import Transaction
from store.registry.devices import OWN, ProvedBy, key_of

NO_NUMBER: Final = E164("+99900000000")
"""Of a center that names no number to be called: in a country code that nobody has (ITU-T E.164, list of
assigned codes). It is never dialled: a check of the arrival calls nobody."""

_k = device_key.c
_ADD: Final = Query(insert(device_key), *(column.name for column in device_key.columns))
_CALLED: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(phone=bindparam("number")),
    "number",
    "which",
)


def know(tx: Transaction, point: bytes, phone: E164 | None) -> str:
    """Let the registry know this key (P-256, uncompressed) as the center's own; the device's id.

    `phone`: the number that its checks with a call ring; none: a check of the arrival, which calls nobody and
    leaves the number as it is. Whoever has read the key keeps it for a moment.
    """
    device = f"center-{sha256(point).hexdigest()[:16]}"
    known = key_of(tx, device)
    if known is None:
        number = phone or NO_NUMBER
        tx.write(
            _ADD, device, OWN, number, point, "center", tx.at_us, None, None, ProvedBy.STAFF, None, None, ""
        )
    elif phone not in (None, known.phone):
        tx.write(_CALLED, phone, device)
    return device
