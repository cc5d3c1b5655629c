"""A notice by apprise (github.com/caronc/apprise): the hundred services that it knows, each by a URL."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final
from urllib.parse import SplitResult, urlsplit

from gateways.callouts.ways.sending import Notice
from gateways.outside import NOT_BEYOND, Delivered, Later, Refused, Sent, is_here
from model.setup import Setup

if TYPE_CHECKING:
    from apprise import NotifyBase

_TO_HOST: Final = frozenset(("json", "jsons", "xml", "xmls", "form", "forms"))
"""Of what apprise knows these go to the host that is named, and nowhere else."""
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
"""Which settings a URL may name, by the words of apprise. No other: of several hundred, some have a service
told what a file holds, or what an address within the center's network answers."""
_OWN_WORDS: Final = ("+", "-", ":")
"""What a URL puts before its own headers and fields, of those that go to a host alone."""


def told(to: str, notice: Notice, setup: Setup) -> Sent:
    """Has apprise tell the service. Blocks; the bound, and what it may raise, are `send`'s to see to."""
    parts = _parts(to)
    if parts is None:
        return Refused(why="no URL of apprise")
    # Of most services the host is a word like any other: they go to their own.
    if setup.simulated and not (parts.scheme in _TO_HOST and is_here(parts.hostname)):
        return NOT_BEYOND
    # Late: it takes a tenth of a second, and 37 MB once it has sent something.
    import apprise

    # What it logs of a failure may name the address, and that is as good as a password.
    logging.getLogger("apprise").disabled = True
    asset = apprise.AppriseAsset(app_id="securWoman", app_desc="securWoman", async_mode=False)
    service = apprise.Apprise.instantiate(to, asset=asset)
    if service is None:
        return Refused(why="apprise knows no such URL")
    if strange := _not_settable(type(service), to, own_words=parts.scheme in _TO_HOST):
        return Refused(why=f"a URL of apprise may not set {', '.join(strange)} here")
    link = f"\n\n{notice.take_url}" if notice.take_url else ""
    done = apprise.Apprise(service, asset=asset).notify(
        title=notice.subject, body=f"{notice.text}{link}", body_format=apprise.NotifyFormat.TEXT
    )
    # It says no more than that it did not go well.
    return Delivered() if done else Later(why="apprise could not deliver it")


def _not_settable(service: type[NotifyBase], to: str, *, own_words: bool) -> list[str]:
    """Return which names the URL sets and may not, as apprise itself reads the URL: where a name begins and
    ends, it says otherwise than other readers.
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
        # Some brackets are found to be wrong only here.
        return found if found.hostname or found.scheme else None
    except ValueError:
        return None
