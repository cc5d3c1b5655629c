"""The registry: who the users are, who answers them, and which keys open the door.

Tables of its own in the journal's database, changed in one transaction with the event that tells
of the change: `user.data_changed` in `user-ID` for a user, in `operator-ID` for an operator. The
events name the person by id and say which fields changed, never what they hold.

Erasing removes everything from these tables, and destroys the keys of what is personal in the journal's
alerts (`store.alerts.erasing`); the person's id stays in it, which is chance.
"""

from __future__ import annotations

from store.registry.access.app_keys import AppKeys
from store.registry.staff import Staff
from store.registry.users.users import Users


class Registry(Users, Staff, AppKeys):
    """Everything of the registry, over one process's journal. For any thread."""


__all__ = ["Registry"]
