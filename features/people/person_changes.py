"""Changes of a person by staff, who says what each field held when it was seen."""

from __future__ import annotations

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, UnsetType

from features.people.seen import Seen, to_change
from messages.ids import UserId
from store.errors import NobodyThere
from store.journal.transaction import Transaction
from store.registry import numbers
from store.registry.people import Person, User
from store.registry.users.users import Entry, read_user, write_user

Name = Annotated[str, msgspec.Meta(max_length=100)]
Phones = Annotated[
    tuple[Annotated[str, msgspec.Meta(min_length=1, max_length=40)], ...],
    msgspec.Meta(
        min_length=1, max_length=10, description="E.164, or of the region; the first is called first."
    ),
]
Language = Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}$(?!\n)", description="ISO 639.")]
Notes = Annotated[str, msgspec.Meta(max_length=4000)]


class Fields(Seen, frozen=True, kw_only=True, omit_defaults=True):
    """What of a person staff can change; what is not set is not meant."""

    phones: Phones | UnsetType = UNSET
    first_name: Name | UnsetType = UNSET
    last_name: Name | UnsetType = UNSET
    language: Language | UnsetType = UNSET
    notes: Notes | UnsetType = UNSET


def change(
    tx: Transaction, who: UserId, was: Fields, now: Fields, *, by: str, region: str
) -> tuple[User, tuple[str, ...]]:
    """Change what `now` sets, where each field still holds what `was` says, or already what is wanted; the
    person, and the names of the fields that are changed.

    Raises NobodyThere, ChangedMeanwhile, NumberRefused, AlreadyTaken (a number of somebody else's),
    JournalNotDurable.
    """
    known = read_user(tx, who)
    if known is None:
        raise NobodyThere(f"no user {who}")
    wanted = as_kept(now, region)
    changed = to_change(known, was, wanted)
    if not changed:
        return known, ()
    entered = Person(**{one: wanted[one] for one in changed})
    return write_user(tx, known.id, Entry(entered, region), by), changed


def as_kept(fields: Fields, region: str) -> dict[str, Any]:
    """Those that are set, as the registry writes them. Raises NumberRefused."""
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
