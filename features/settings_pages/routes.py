"""/v1/admin/settings: values of this node, their source, and pending changes."""

from __future__ import annotations

from typing import Final

import msgspec

from application.settings.views import SettingFault
from features.settings_pages.shown import FileView, SettingRow, ShownFile
from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routes.admin.nodes import NodeRow, rows
from gateways.http.routing.permissions import ADMIN
from gateways.http.routing.route import GET, PATCH, Answer, route
from gateways.http.wire.errors import NotDone, NotThere
from messages.ids import NodeOrder
from model.settings_edits import Value
from store.audit.entry import Action

SETTINGS: Final = "/v1/admin/settings"


class SettingsView(msgspec.Struct, frozen=True, kw_only=True):
    """Settings file of the requested node. `obstacles`: reasons that an ordered restart is not begun."""

    node: NodeRow
    file: FileView
    obstacles: list[SettingFault]


class SettingValue(msgspec.Struct, frozen=True, kw_only=True):
    """Value of the key in the file; null: none, and the default counts."""

    value: Value | None


class SettingChange(msgspec.Struct, frozen=True, kw_only=True):
    """The new value, and the value in the file as seen before."""

    was: SettingValue
    now: SettingValue


@route(
    GET,
    SETTINGS,
    by=ADMIN,
    audit="the center's own; what is secret is not told",
    listed=True,
)
def admin_settings(web: Web) -> SettingsView:
    """Return the settings of this node."""
    node = next(row for row in rows(web) if row.here)
    waits = node.order is NodeOrder.RESTART
    return SettingsView(
        node=node,
        file=ShownFile(web.state).view(),
        obstacles=web.settings_file.obstacles() if waits else [],
    )


@route(
    PATCH,
    f"{SETTINGS}/{{path}}",
    by=ADMIN,
    audit=Action.CHANGE_SETTINGS,
    says="Written.",
    refuses=((400, "Not understood, or not valid."), NotThere, NotDone),
)
def admin_change_setting(web: Web, path: str, data: SettingChange) -> Answer[SettingRow]:
    """Change a key of the settings file.

    Only if the file still has the value in `was` (or already the new one); else 409 `changed_meanwhile`, with
    the file's value in `is_now`, as JSON. The change counts after a restart. Settings with which the center
    could not start are not written: 400 `settings_faulty`, with the key in `path`.
    """
    with refusing():
        row = ShownFile(web.state).set(path, data.was.value, data.now.value)
    return Answer(row, detail=f"center.toml: {path}")
