"""A notification through apprise (github.com/caronc/apprise), which knows a hundred services by URLs."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from gateways.callouts.channels.sending import Notification
from gateways.outside import NOT_BEYOND, Delivered, Later, Refused, Sent, is_here
from model.setup import Setup

if TYPE_CHECKING:
    from apprise import NotifyBase

_TO_HOST: Final = frozenset(("json", "jsons", "xml", "xmls", "form", "forms"))
"""Schemes of apprise that send to the named host and to no other."""
_SENT: Final = (
    *("verify", "cto", "rto", "redirect", "retry", "wait", "overflow", "format", "emojis"),
    *("tz", "method", "mode", "region", "lang", "language", "country", "version", "api-version"),
    *("smtp",),
)
_WHO: Final = (
    *("to", "cc", "bcc", "from", "name", "reply", "sender", "source", "group"),
    *("channel", "channels", "route", "topic", "thread", "device", "room", "tags", "token"),
    *("key", "apikey", "secret", "user", "pass", "id", "sid", "webhook", "sig"),
    *("signature", "workflow", "app_id", "bot_token", "login", "e2ee"),
)
_LOOK: Final = (
    *("priority", "urgency", "severity", "level", "sound", "volume", "ttl", "expire", "silent"),
    *("flash", "tts", "call", "unicode", "batch", "status", "image", "avatar", "footer"),
    *("fields", "color", "botname", "ping", "preview", "subtitle", "badge", "alias", "entity"),
    *("action", "repeat"),
)
_SETTABLE: Final = frozenset((*_SENT, *_WHO, *_LOOK))
"""Settings that a URL may contain, by their names in apprise. All other settings are rejected: of several
hundred, some send a service the content of a file, or the response of an address within the center's network.
"""
_OWN_WORDS: Final = ("+", "-", ":")
"""Prefixes by which a URL names its own headers and fields; only schemes that send to the named host have
them.
"""


def send_to_service(to: str, notification: Notification, setup: Setup) -> Sent:
    """Send the notification to the service through apprise. Blocks; `send` sees to the time limit and to
    exceptions.
    """
    parts = _parts(to)
    if parts is None:
        return Refused(why="not a URL of apprise")
    # For most services the host is not the destination: they send to their own servers.
    if setup.simulated and not (parts.scheme in _TO_HOST and is_here(parts.hostname)):
        return NOT_BEYOND
    # Imported late: the import takes a tenth of a second, and 37 MB after the first notification.
    import apprise

    # The log of a failure may name the address, which is as good as a password.
    logging.getLogger("apprise").disabled = True
    asset = apprise.AppriseAsset(app_id="securWoman", app_desc="securWoman", async_mode=False)
    service = apprise.Apprise.instantiate(to, asset=asset)
    if service is None:
        return Refused(why="apprise does not know this kind of URL")
    if strange := _not_settable(type(service), to, own_words=parts.scheme in _TO_HOST):
        return Refused(why=f"a URL of apprise may not set {', '.join(strange)} here")
    link = f"\n\n{notification.take_url}" if notification.take_url else ""
    done = apprise.Apprise(service, asset=asset).notify(
        title=notification.subject, body=f"{notification.text}{link}", body_format=apprise.NotifyFormat.TEXT
    )
    # Apprise reports no more than the failure.
    return Delivered() if done else Later(why="apprise could not deliver it")


def _not_settable(service: type[NotifyBase], to: str, *, own_words: bool) -> list[str]:
    """Return the settings in the URL that are not allowed.

    Apprise itself parses the URL: other parsers differ on where a name begins and ends.
    """
    read = service.parse_url(to) or service.parse_native_url(to) or {}
    names = {name for kind in ("qsd", "qsd+", "qsd-", "qsd:") for name in read.get(kind) or ()}
    own = {name for name in read.get("qsd") or () if name.startswith(_OWN_WORDS)}
    if own_words:
        named = {name.lower() for name in read.get("qsd") or ()} - {name.lower() for name in own}
        return sorted(named - _SETTABLE)
    return sorted({name.lower() for name in names} - _SETTABLE)


def _parts(to: str) -> SplitResult | None:
    try:
        found = urlsplit(to)
        # Some faulty brackets raise only here.
        return found if found.hostname or found.scheme else None
    except ValueError:
        return None
