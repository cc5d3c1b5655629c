"""What the registry has of a user for `model.psap_alert`."""

from __future__ import annotations

from messages.ids import UserId
from model.psap_alert import Who
from store.registry.registry import Registry


def who_is(registry: Registry, user: UserId | None) -> Who | None:
    """What 112 is told of the person; None where nobody is known. Raises StoreError."""
    known = None if user is None else registry.user(user)
    return None if known is None else Who(name=known.name, language=known.language, notes=known.notes)
