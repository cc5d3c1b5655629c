"""Identity of a user if number and device may point to two users. Pure."""

from __future__ import annotations

import msgspec

from messages.cases import Identified, Identify
from messages.ids import E164, UserId


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Data of a user that an alert needs."""

    user: UserId
    phones: tuple[E164, ...] = ()
    language: str = ""
    name: str = ""
    tells: bool = False


def identity(asked: Identify, by_phone: Person | None, by_device: Person | None) -> Identified:
    """Return the answer. The number has priority: it is the number to call, and a device may be lent."""
    person = by_phone or by_device
    if person is None:
        return Identified(alert=asked.alert)
    phone = asked.phone or (person.phones[0] if person.phones else None)
    return Identified(
        alert=asked.alert,
        user=person.user,
        phone=phone,
        language=person.language,
        name=person.name,
        tells=person.tells,
    )
