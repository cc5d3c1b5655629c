"""Phones that are added to a number or taken from it: done, and told to the person by short messages.

The words are the same for what is done and for what only seems so (`store.registry.devices.Seeming`): the
phone that shows them may be in a stranger's hand. They name neither the center nor what the number is for.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from sqlalchemy import bindparam, func, or_, select

from messages.ids import E164, SECOND, Instant, TextPurpose, UserId
from store.database.query import Query
from store.database.schema import device_key
from store.journal.transaction import Transaction
from store.registry import devices
from store.registry.devices import DeviceKey, NoCode, Seeming
from store.registry.users.users import read_user
from store.texts import ask_text

TEXTS_A_DAY: Final = 6
"""Changes of the phones of one number, within a day, that are told by short messages; each is paid for."""
TOLD_WITHIN_US: Final = Instant(3600 * SECOND)
"""A text that waits longer for a line is given up: the app's list tells as well."""
ADDED: Final = {
    "it": "Un telefono è stato aggiunto al tuo numero ({at} UTC). Non lo sai? Avvisa chi ti ha dato l'app.",
    "en": "A phone was added to your number ({at} UTC). Not by you? Tell those who gave you the app.",
}
REMOVED: Final = {
    "it": "Un telefono è stato tolto dal tuo numero ({at} UTC). Non lo sai? Avvisa chi ti ha dato l'app.",
    "en": "A phone was removed from your number ({at} UTC). Not by you? Tell those who gave you the app.",
}

_k = device_key.c
_CHANGES: Final = Query(
    select(func.count()).where(
        _k.phone == bindparam("phone"),
        or_(_k.created_us > bindparam("added"), _k.revoked_us > bindparam("removed")),
    ),
    *("phone", "added", "removed"),
)


def confirm(
    tx: Transaction, device: str, code: str, *, seeming: Seeming = Seeming.NOTHING
) -> DeviceKey | NoCode:
    """Enrol by a code (`store.registry.devices.confirm`), and tell the person."""
    made = devices.confirm(tx, device, code, seeming=seeming)
    if isinstance(made, DeviceKey):
        _tell(tx, made, ADDED)
    return made


def accept_invitation(tx: Transaction, secret: str, key: bytes, name: str) -> DeviceKey | None:
    """Enrol by an invitation (`store.registry.devices.accept_invitation`), and tell the person."""
    made = devices.accept_invitation(tx, secret, key, name)
    if made is not None:
        _tell(tx, made, ADDED)
    return made


def revoke(tx: Transaction, device: str, by: str, *, seeming: bool = False) -> bool:
    """Revoke a phone, or let it look revoked, and tell the person; False where there is none."""
    known = devices.known_of(tx, device)
    done = known is not None and (devices.seem_revoked if seeming else devices.revoke)(tx, device, by)
    # What only seemed revoked is revoked in truth now: the person has been told.
    if done and known is not None and known.seeming is not Seeming.REVOKED:
        _tell(tx, known, REMOVED)
    return done


def _tell(tx: Transaction, of: DeviceKey, words: dict[str, str]) -> None:
    at = f"{datetime.fromtimestamp(tx.at_us / SECOND, UTC):%d/%m %H:%M}"
    text = words[_language(tx, of.person)].format(at=at)
    for number in dict.fromkeys((of.phone, *(one.phone for one in devices.devices_of(tx, of.person)))):
        if _changes_of_the_day(tx, number) <= TEXTS_A_DAY:
            ask_text(tx, number, text, TextPurpose.NOTICE, Instant(tx.at_us + TOLD_WITHIN_US))


def _changes_of_the_day(tx: Transaction, number: E164) -> int:
    since = tx.at_us - devices.DAY_S * SECOND
    return int((tx.one(_CHANGES, number, since, since) or (0,))[0])


def _language(tx: Transaction, person: UserId) -> str:
    """Return the language of the person that there are words in: Italian, and English for all others."""
    known = read_user(tx, person)
    return "it" if known is None or known.language == "it" else "en"
