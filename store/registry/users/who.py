"""What the registry has of a user, as far as 112 is told."""

from __future__ import annotations

from messages.ids import UserId
from model.record import Shared, Who, shared
from store.journal.journal import Journal
from store.registry.users import records
from store.registry.users.users import read_user


def who_is(journal: Journal, user: UserId | None, shares: tuple[Shared, ...]) -> Who | None:
    """What 112 is told of the person, of the record as far as `shares` lets it; None: nobody is known.

    Raises StoreError.
    """
    if user is None:
        return None
    known, kept = journal.at_one_moment(lambda one: (read_user(one, user), records.read(one, user)))
    if known is None:
        return None
    # Pictures are not told here: 112's page has them.
    fields = tuple(one for one in shares if one is not Shared.PHOTO)
    record = shared(kept.record, fields)
    return Who(name=known.name, language=known.language, notes=known.notes, record=record)
