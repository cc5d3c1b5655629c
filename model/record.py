"""The record of a person: what whoever answers, and 112, has to know before the person can say it. Pure data.

It is entered by staff or by the person, and is kept sealed (`store.registry.users.records`). Bounds are there
so that all of it can be read at one look, and so that nobody fills a disk with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Final

import msgspec
from msgspec import Meta

PictureId = Annotated[str, Meta(pattern=r"^([0-9a-f]{32})?$(?!\n)")]
"""Of a picture that was sent before; empty: none."""
Line = Annotated[str, Meta(max_length=200)]
Text = Annotated[str, Meta(max_length=1000)]
Named = Annotated[str, Meta(min_length=1, max_length=100)]

ADDRESSES_MAX: Final = 5
CONTACTS_MAX: Final = 8
DANGEROUS_MAX: Final = 4


class _Part(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A part of a record; a field that is not here is a fault, and not lost without a word."""


class Contact(_Part, frozen=True, kw_only=True):
    """Somebody whom the person trusts."""

    name: Named
    number: Annotated[str, Meta(max_length=40)] = ""
    """E.164, once it is kept; what was entered before that."""
    relation: Line = ""
    tell: bool = False
    """Is told by a short message that 112 was called: the person's word, given beforehand."""
    where: bool = False
    """Is told the address or position as well."""

    @property
    def in_one_line(self) -> str:
        """Who it is, and by which number."""
        return ", ".join(filter(None, (self.name, self.relation, self.number)))


class Dangerous(_Part, frozen=True, kw_only=True):
    """Somebody of whom the person is in danger."""

    name: Named
    car: Line = ""
    """Make, colour, plate."""
    note: Text = ""
    """How to know this person, weapons, what happened before."""
    picture: PictureId = ""

    @property
    def in_one_line(self) -> str:
        """Who it is, and how to know this one."""
        return ", ".join(filter(None, (self.name, self.car, self.note)))


class PersonRecord(_Part, frozen=True, kw_only=True):
    """All of it; empty is what is not known."""

    dangerous: Annotated[tuple[Dangerous, ...], Meta(max_length=DANGEROUS_MAX)] = ()
    children: Text = ""
    medical: Text = ""
    court_order: Text = ""
    safe_word: Annotated[str, Meta(max_length=60)] = ""
    """By which an operator knows that the person speaks freely. For operators alone."""
    reach: Line = ""
    """How the person wants to be reached."""
    photo: PictureId = ""
    addresses: Annotated[tuple[Line, ...], Meta(max_length=ADDRESSES_MAX)] = ()
    contacts: Annotated[tuple[Contact, ...], Meta(max_length=CONTACTS_MAX)] = ()

    @property
    def pictures(self) -> Iterator[str]:
        """The ids of all pictures that it names."""
        yield from filter(None, (self.photo, *(one.picture for one in self.dangerous)))

    @property
    def tells(self) -> bool:
        """Whether anybody is to be told when 112 was called."""
        return any(one.tell and one.number for one in self.contacts)


EMPTY: Final = PersonRecord()


class Shared(StrEnum):
    """What of a record 112 may be told, in the order in which 112 asks. The safe word is not among it, and
    contacts are: they are others' numbers, which the settings have to name."""

    ADDRESSES = "addresses"
    DANGEROUS = "dangerous"
    CHILDREN = "children"
    MEDICAL = "medical"
    COURT_ORDER = "court_order"
    REACH = "reach"
    CONTACTS = "contacts"
    PHOTO = "photo"


SHARED: Final = tuple(one for one in Shared if one not in (Shared.CONTACTS, Shared.PHOTO))
"""Unless the settings say otherwise: what is needed to save lives (Regulation (EU) 2016/679, art. 6(1)(d),
9(2)(c)). Pictures of those who are dangerous go with them."""


def shared(record: PersonRecord, fields: tuple[Shared, ...]) -> PersonRecord:
    """What of it may be told to 112."""
    return PersonRecord(**{one.value: getattr(record, one.value) for one in fields})


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """What the registry knows of the user, as far as 112 is told."""

    name: str = ""
    language: str = ""
    """ISO 639; empty where it is not known."""
    notes: str = ""
    record: PersonRecord = EMPTY
    """Of it, what the settings let 112 be told (`psap.shares`)."""


def facts(record: PersonRecord) -> Iterator[tuple[str, str]]:
    """What 112 is told of it, a line a fact, each with its field, in the order in which 112 asks."""
    yield from (("address", one) for one in record.addresses)
    yield from (("dangerous", one.in_one_line) for one in record.dangerous)
    for field in ("children", "medical", "court_order", "reach"):
        if text := getattr(record, field):
            yield field, text
    yield from (("contact", one.in_one_line) for one in record.contacts)


def joined(kept: PersonRecord, other: PersonRecord) -> PersonRecord:
    """The record of two who are one: of texts both, of lists both without what is there twice, of the photo
    the one that is kept. Raises TooMuch: it would not fit into one.
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
        raise TooMuch(str(error)) from error


class TooMuch(ValueError):
    """Two records hold more than one can."""


def filled(kept: PersonRecord, entered: PersonRecord) -> PersonRecord:
    """Return the kept record with each field that is entered in place of the one that is kept; an empty field
    of `entered` changes nothing.
    """
    fields = (field.name for field in msgspec.structs.fields(PersonRecord))
    return msgspec.structs.replace(
        kept, **{name: value for name in fields if (value := getattr(entered, name))}
    )
