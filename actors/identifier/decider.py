"""Who it is, where number and device may speak of two people. Pure."""

from __future__ import annotations

import msgspec

from messages.cases import Identified, Identify
from messages.ids import E164, UserId


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """What has to be known of a user to be of help."""

    user: UserId
    phones: tuple[E164, ...] = ()
    language: str = ""
    name: str = ""
    tells: bool = False


def identity(asked: Identify, by_phone: Person | None, by_device: Person | None) -> Identified:
    """The answer. The number decides: it is what is called, and a phone may have been lent."""
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
