"""Record of a person: facts that operators and 112 need before the person can state them. Pure data.

Staff or the person enters the record; the store keeps it encrypted (`store.registry.users.records`). Limits
keep a record readable at a glance, and its size small.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

PictureId = Annotated[str, Meta(pattern=r"^([0-9a-f]{32})?$(?!\n)")]
"""Id of a picture uploaded before; empty: none."""
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=1000)]
Named = Annotated[str, Meta(min_length=1, max_length=100)]

ADDRESSES_MAX: Final = 5
CONTACTS_MAX: Final = 8
DANGEROUS_MAX: Final = 4


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a record; an unknown field is a fault, so that no data is dropped silently."""


class Contact(_Part, frozen=True, kw_only=True):
    """Person trusted by the user."""

    name: Named
    number: Annotated[str, Meta(max_length=40)] = ""
    """Number as E.164 once stored; before, as entered."""
    relation: Line = ""
    tell: bool = False
    """True if an SMS notifies the contact that 112 was called, by the person's prior consent."""
    where: bool = False
    """True if the SMS also contains the address or position."""

    @property
    def in_one_line(self) -> str:
        """Name, relation and number in one line."""
        return ", ".join(filter(None, (self.name, self.relation, self.number)))


class DangerousPerson(_Part, frozen=True, kw_only=True):
    """Person who is a danger to the user."""

    name: Named
    car: Line = ""
    """Make, colour, plate."""
    note: Text = ""
    """Appearance, weapons, earlier incidents."""
    picture: PictureId = ""

    @property
    def in_one_line(self) -> str:
        """Name, car and note in one line."""
        return ", ".join(filter(None, (self.name, self.car, self.note)))


class PersonRecord(_Part, frozen=True, kw_only=True):
    """Whole record; empty fields are unknown."""

    dangerous: Annotated[tuple[DangerousPerson, ...], Meta(max_length=DANGEROUS_MAX)] = ()
    children: Text = ""
    medical: Text = ""
    court_order: Text = ""
    safe_word: Annotated[str, Meta(max_length=60)] = ""
    """Word by which an operator recognises that the person speaks freely. For operators only."""
    reach: Line = ""
    """Channel by which the person prefers to be reached."""
    photo: PictureId = ""
    addresses: Annotated[tuple[Line, ...], Meta(max_length=ADDRESSES_MAX)] = ()
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=CONTACTS_MAX)] = ()

    @property
    def pictures(self) -> Iterator[str]:
        """Ids of all pictures in the record."""
        yield from filter(None, (self.photo, *(one.picture for one in self.dangerous)))

    @property
    def tells(self) -> bool:
        """True if a contact is to be notified when 112 was called."""
        return any(one.tell and one.number for one in self.contacts)


EMPTY: Final = PersonRecord()


class SharedField(StrEnum):
    """Fields of a record that 112 may receive, in the order in which 112 asks. The safe word is excluded.
    Contacts are other people's numbers, which the settings must allow by name.
    """

    ADDRESSES = "addresses"
    DANGEROUS = "dangerous"
    CHILDREN = "children"
    MEDICAL = "medical"
    COURT_ORDER = "court_order"
    REACH = "reach"
    CONTACTS = "contacts"
    PHOTO = "photo"


SHARED: Final = tuple(one for one in SharedField if one not in (SharedField.CONTACTS, SharedField.PHOTO))
"""Default fields: those needed to save lives (Regulation (EU) 2016/679, art. 6(1)(d), 9(2)(c)). Pictures of
dangerous people are included.
"""


def shared_with_psap(record: PersonRecord, fields: tuple[SharedField, ...]) -> PersonRecord:
    """Return the record with only these fields, for 112."""
    return PersonRecord(**{one.value: getattr(record, one.value) for one in fields})


class PsapPerson(msgspec.Struct, frozen=True, kw_only=True):
    """Registry data of the user, as far as 112 receives it."""

    name: str = ""
    language: str = ""
    """Language, ISO 639; empty if unknown."""
    notes: str = ""
    record: PersonRecord = EMPTY
    """Part of the record that the settings share with 112 (`psap.shares`)."""


def facts(record: PersonRecord) -> Iterator[tuple[str, str]]:
    """Yield the facts for 112, one per line with its field, in the order in which 112 asks."""
    yield from (("address", one) for one in record.addresses)
    yield from (("dangerous", one.in_one_line) for one in record.dangerous)
    for field in ("children", "medical", "court_order", "reach"):
        if text := getattr(record, field):
            yield field, text
    yield from (("contact", one.in_one_line) for one in record.contacts)


def merge_records(kept: PersonRecord, other: PersonRecord) -> PersonRecord:
    """Return the record of two persons merged into one: texts joined, lists without duplicates, the photo of
    `kept`.

    Raises RecordTooLarge if the result exceeds the limits.
    """
    made: dict[str, object] = {}
    for field in msgspec.structs.fields(PersonRecord):
        one, two = getattr(kept, field.name), getattr(other, field.name)
        if isinstance(one, tuple):
            made[field.name] = (*one, *(part for part in two if part not in one))
        elif field.name == "photo" or not two or two in one:
            made[field.name] = one or two
        else:
            made[field.name] = f"{one} / {two}" if one else two
    try:
        return msgspec.convert(msgspec.to_builtins(made), PersonRecord)
    except msgspec.ValidationError as error:
        raise RecordTooLarge(str(error)) from error


class RecordTooLarge(ValueError):
    """Two records exceed the limits of one."""


def fill_record(kept: PersonRecord, entered: PersonRecord) -> PersonRecord:
    """Return the kept record with the entered fields; empty fields of `entered` change nothing."""
    fields = (field.name for field in msgspec.structs.fields(PersonRecord))
    return msgspec.structs.replace(
        kept, **{name: value for name in fields if (value := getattr(entered, name))}
    )
