"""Changes of a person by staff, with the value of each field as seen before."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from features.people.conditional_change import SeenFields, to_change
from messages.ids import UserId
from store.errors import NotRegistered
from store.journal.transaction import Transaction
from store.registry import numbers
from store.registry.people import Person, User
from store.registry.users.users import PreparedEntry, read_user, write_user

Name = Annotated[str, msgspec.Meta(max_length=100)]
Phones = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=40)], ...],
    msgspec.Meta(
        min_length=1, max_length=10, description="E.164, or of the region; the first is called first."
    ),
]
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$(?!\n)", description="ISO 639.")]
Notes = Annotated[str, msgspec.Meta(max_length=4000)]


class Fields(SeenFields, frozen=True, kw_only=True, omit_defaults=True):
    """Fields of a person that staff can change; an unset field is left unchanged."""

    phones: Phones | UnsetType = UNSET
    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET


def change(
    tx: Transaction, who: UserId, was: Fields, now: Fields, *, by: str, region: str
) -> tuple[User, tuple[str, ...]]:
    """Set the fields of `now` if each still has the value in `was`, or already the new one. Returns the
    person, and the names of the changed fields.

    Raises NotRegistered, ChangedMeanwhile, NumberRefused, AlreadyTaken (another person's number),
    JournalNotDurable.
    """
    known = read_user(tx, who)
    if known is None:
        raise NotRegistered(f"no user has the id or number {who}")
    wanted = as_kept(now, region)
    changed = to_change(known, was, wanted)
    if not changed:
        return known, ()
    entered = Person(**{one: wanted[one] for one in changed})
    return write_user(tx, known.id, PreparedEntry(entered, region), by), changed


def as_kept(fields: Fields, region: str) -> dict[str, Any]:
    """Return the set fields in the registry's form. Raises NumberRefused."""
    wanted = fields.said()
    for name in ("first_name", "last_name"):
        if name in wanted:
            wanted[name] = " ".join(wanted[name].split())
    if "phones" in wanted:
        phones = (numbers.of_a_person(one, region) for one in wanted["phones"])
        wanted["phones"] = tuple(dict.fromkeys(phones))
    if "notes" in wanted:
        wanted["notes"] = wanted["notes"].strip()
    return wanted
