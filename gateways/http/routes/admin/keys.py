"""/v1/admin/keys, for administrators: the keys by which apps raise alerts."""

from __future__ import annotations

from typing import Annotated, Final

import msgspec

from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN
from gateways.http.routing.route import DELETE, GET, POST, Answer, route
from gateways.http.wire.answers import Moment, Secret, derived, rfc3339
from gateways.http.wire.errors import BadBody, NotThere, Why
from store.audit.entry import Action
from store.registry.access.app_keys import revoke_key
from store.registry.access.credentials import fingerprint
from store.registry.people import AppKey

PATH: Final = "/v1/admin/keys"
NAME_MAX: Final = 64


class KeyRow(msgspec.Struct, frozen=True, kw_only=True):
    """Valid app key. `sign` distinguishes two keys with the same name."""

    sign: str
    name: str
    issued_at: Moment


class KeysView(msgspec.Struct, frozen=True, kw_only=True):
    """Valid app keys, oldest first."""

    keys: list[KeyRow]


class NewKey(msgspec.Struct, frozen=True, kw_only=True):
    """Name of a new key. Keys with the same name are all valid."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=NAME_MAX)]


class KeyIssued(msgspec.Struct, frozen=True, kw_only=True):
    """New key with its row."""

    row: KeyRow
    key: Secret


@route(GET, PATH, by=ADMIN, audit="keys have names, and are no person's", listed=True, says="Oldest first.")
def admin_keys(web: Web) -> KeysView:
    """List the valid app keys."""
    return KeysView(keys=[_row(one) for one in web.registry.app_keys()])


@route(POST, PATH, by=ADMIN, audit=Action.CHANGE_KEY, status=201, says="Told once.")
def admin_issue_key(web: Web, data: NewKey) -> Answer[KeyIssued]:
    """Issue an app key.

    The existing keys stay valid.
    """
    name = data.name.strip()
    if not name or not name.isprintable():
        raise BadBody("the key needs a name", "$.name", Why.EMPTY)
    key = web.registry.issue_app_key(name)
    made = next(one for one in web.registry.app_keys() if one.hash == fingerprint(key))
    issued = KeyIssued(row=_row(made), key=key)
    return Answer(issued, detail=f"app key issued: {made.name} {made.sign}")


@route(DELETE, f"{PATH}/{{sign}}", by=ADMIN, audit=Action.CHANGE_KEY, refuses=(NotThere, Why.LAST_KEY))
async def admin_revoke_key(web: Web, sign: str) -> Answer[None]:
    """Revoke an app key.

    The key becomes invalid within a second. The last key cannot be revoked.
    """
    with refusing():
        found = await web.writing.run(lambda tx: revoke_key(tx, sign))
    if found is None:
        raise NotThere("no valid app key has this name")
    return Answer(None, detail=f"app key revoked: {found.name} {found.sign}")


def _row(one: AppKey) -> KeyRow:
    return derived(KeyRow, one, issued_at=rfc3339(one.created_at))
