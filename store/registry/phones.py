"""Phones that are added to a number or removed from it, with notifications to the person by short message.

The words are equal for real changes and for those that only seem so
(`store.registry.devices.DeviceAppearance`): the phone that shows them may be in a stranger's hand. They name
neither the center nor the purpose of the number.
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
from store.registry.devices import CodeRefusal, DeviceAppearance, DeviceKey
from store.registry.users.users import read_user
from store.sms_outbox import request_text

TEXTS_A_DAY: Final = 6
"""Changes of the phones of one number, within a day, that are notified by short message; each has a cost."""
TOLD_WITHIN_US: Final = Instant(3600 * SECOND)
"""Time after which a text that waits for a line is given up: the app lists the change as well."""
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
    tx: Transaction, device: str, code: str, *, seeming: DeviceAppearance = DeviceAppearance.NOTHING
) -> DeviceKey | CodeRefusal:
    """Enrol by a code (`store.registry.devices.confirm`), and notify the person."""
    made = devices.confirm(tx, device, code, seeming=seeming)
    if isinstance(made, DeviceKey):
        _notify_person(tx, made, ADDED)
    return made


def accept_invitation(tx: Transaction, secret: str, key: bytes, name: str) -> DeviceKey | None:
    """Enrol by an invitation (`store.registry.devices.accept_invitation`), and notify the person."""
    made = devices.accept_invitation(tx, secret, key, name)
    if made is not None:
        _notify_person(tx, made, ADDED)
    return made


def revoke(tx: Transaction, device: str, by: str, *, seeming: bool = False) -> bool:
    """Revoke a phone, or let it appear revoked, and notify the person. Return False if it is unknown."""
    known = devices.apparent_key_of(tx, device)
    done = known is not None and (devices.pretend_revoked if seeming else devices.revoke)(tx, device, by)
    # A phone that only seemed revoked is now revoked: the person was notified before.
    if done and known is not None and known.seeming is not DeviceAppearance.REVOKED:
        _notify_person(tx, known, REMOVED)
    return done


def _notify_person(tx: Transaction, of: DeviceKey, words: dict[str, str]) -> None:
    at = f"{datetime.fromtimestamp(tx.at_us / SECOND, UTC):%d/%m %H:%M}"
    text = words[_language(tx, of.person)].format(at=at)
    for number in dict.fromkeys((of.phone, *(one.phone for one in devices.devices_of(tx, of.person)))):
        if _changes_of_the_day(tx, number) <= TEXTS_A_DAY:
            request_text(tx, number, text, TextPurpose.NOTICE, Instant(tx.at_us + TOLD_WITHIN_US))


def _changes_of_the_day(tx: Transaction, number: E164) -> int:
    since = tx.at_us - devices.DAY_S * SECOND
    return int((tx.one(_CHANGES, number, since, since) or (0,))[0])


def _language(tx: Transaction, person: UserId) -> str:
    """Return the language of the texts for this person: Italian if it is the person's, else English."""
    known = read_user(tx, person)
    return "it" if known is None or known.language == "it" else "en"
