"""Routes of the administration, each asked as who may: what is done, and what the audit then has."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import reduce
from types import MappingProxyType
from typing import Any

from httpx import Response

from store.audit.entry import Action
from store.registry.people import StaffRole
from tests.gateways.http.askers import MARTA, Api, Asker
from tests.gateways.http.place import entered

Route = tuple[str, str, object, StaffRole]
"""Method, path, body (a text is sent as it is), and whose it is at the least."""
NOBODY: Mapping[str, str] = MappingProxyType({})
CHANGES = (
    Action.CHANGE_STAFF,
    Action.CHANGE_KEY,
    Action.CHANGE_LINE,
    Action.CHANGE_KEPT,
    Action.CHANGE_PERSON,
    Action.CHANGE_SETTINGS,
    Action.READ_LIST,
)


def filled(said: Any, ids: Mapping[str, str]) -> Any:
    """With the ids in place of their names."""
    return json.loads(reduce(lambda text, one: text.replace(*one), ids.items(), json.dumps(said)))


def asked(who: Asker, method: str, path: str, body: object, ids: Mapping[str, str]) -> Response:
    sent: dict[str, Any] = {"content": body} if isinstance(body, str) else {"json": filled(body, ids)}
    return who.request(method, filled(path, ids), **sent)


def refused_or_not_entered(
    api: Api, routes: Iterable[Route], ids: Mapping[str, str] = NOBODY
) -> dict[str, Any]:
    """What goes wrong, by the route, where each is asked by who may.

    One after the other, in the order of the table: what an earlier one has left is there for the next.
    """
    wrong = {}
    for method, path, body, wanted in routes:
        api.grant(wanted)
        before = len(entered(api.web))
        done = asked(api.marta, method, path, body, ids)
        made = [(one.actor, one.action in CHANGES) for one in entered(api.web)[before:]]
        if not done.is_success or (method != "GET" and made != [(MARTA, True)]):
            wrong[f"{method} {path}"] = (done.status_code, done.text, made)
        if "etag" in done.headers:
            # Asked for again where nothing has changed it is neither told nor entered once more.
            same = api.marta.again(filled(path, ids), done)
            if (same.status_code, same.content, len(entered(api.web))) != (304, b"", before + len(made)):
                wrong[f"{method} {path} again"] = (same.status_code, done.text, same.text)
    return wrong
