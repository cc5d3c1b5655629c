"""GET /v1/psap/feed: alerts with a call to 112, as GeoJSON, for a PSAP's map that polls the feed.

A request has the token of a `[[psap.data]]` with `to = "feed"`, and receives the alerts of that table's area.
The audit records each answer that shows a person.
"""

from __future__ import annotations

import asyncio
import hmac
from pathlib import Path

from litestar import Response

from features.psap_data.alert import PsapAlert, psap_alert
from features.psap_data.due import called_off, serves, wanted
from features.psap_data.geojson import MEDIA_TYPE, collection
from features.psap_data.settings import TOKEN_MIN, DataTarget
from features.psap_data.store import who_is
from gateways.http.parts.context import Web
from gateways.http.routing.permissions import FEED, Caller
from gateways.http.routing.route import GET, route
from gateways.http.security.auth import bearer
from gateways.http.wire.errors import NotSignedOn
from model.telling.sheet import Sheet
from runtime import logs
from store.audit.entry import Action

log = logs.get("http.psap_feed")


@route(GET, "/v1/psap/feed", by=FEED, audit=Action.READ_LIST)
async def psap_feed(web: Web, who: Caller) -> Response[bytes]:
    """Return alerts with a call to 112, for a PSAP's map.

    GeoJSON (RFC 7946): a feature for each open alert in the area of the token, with the data for 112. Needs
    the token of a `[[psap.data]]` with `to = "feed"`.
    """
    feeds = [target for target in DataTarget.of(web.settings.center) if target.is_feed]
    target = await asyncio.to_thread(_feed_of, feeds, bearer(who.request) or "")
    if target is None:
        raise NotSignedOn("the request needs the token of a feed")
    open_now = [known.sheet for known in web.following.read_model.open()]
    shown = await asyncio.to_thread(_shown, web, target, [one for one in open_now if wanted(one.case)])
    if shown:
        await who.note([one.alert for one in shown], actor=f"psap:{target.name}", detail="feed")
    else:
        web.audit.enters_nothing(who.request)
    headers = {"cache-control": "no-store"}
    return Response(collection(shown, target.spoken), media_type=MEDIA_TYPE, headers=headers)


def _feed_of(feeds: list[DataTarget], token: str) -> DataTarget | None:
    """Return the feed of this token; its file is read each time, so that a new token counts at once."""
    found = None
    for one in feeds:
        try:
            own = Path(one.token_file).read_text(encoding="ascii").strip()
        except (OSError, UnicodeDecodeError) as error:
            log.error("the token of the feed cannot be read", feed=one.name, reason=str(error))
            continue
        if len(own) >= TOKEN_MIN and hmac.compare_digest(own.encode(), token.encode()):
            found = one
    return found


def _shown(web: Web, target: DataTarget, sheets: list[Sheet]) -> list[PsapAlert]:
    alerts = (
        psap_alert(sheet, who_is(web.journal, sheet.case.user, web.settings.center.psap.shares))
        for sheet in sheets
        if not called_off(sheet.case)
    )
    return [alert for alert in alerts if serves(target, alert)]
