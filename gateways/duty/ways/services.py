"""A notice by apprise (github.com/caronc/apprise): the hundred services that it knows, each by a URL."""

from __future__ import annotations

import logging
from typing import Final
from urllib.parse import SplitResult, parse_qsl, urlsplit

from gateways.duty.ways.notice import Delivered, Later, Notice, Refused, Sent
from gateways.duty.ways.trust import NOT_BEYOND, is_here
from model.duty.settings import DutySettings

_TO_HOST: Final = frozenset(("json", "jsons", "xml", "xmls", "form", "forms"))
"""Of what apprise knows these go to the host that is named, and nowhere else."""
_FROM_FILES: Final = frozenset(("template",))
"""By these a service is told what a file holds, or what an address within the center's network answers."""


def told(to: str, notice: Notice, settings: DutySettings) -> Sent:
    """Has apprise tell the service. Blocks; the bound, and what it may raise, are `send`'s to see to."""
    parts = _parts(to)
    if parts is None:
        return Refused(why="no URL of apprise")
    # Of most services the host is a word like any other: they go to their own.
    if settings.near_only and not (parts.scheme in _TO_HOST and is_here(parts.hostname)):
        return NOT_BEYOND
    if not _FROM_FILES.isdisjoint(name.lower() for name, _ in parse_qsl(parts.query, keep_blank_values=True)):
        return Refused(why="what is in files of this machine is told to nobody")
    # Late: it takes a tenth of a second, and 37 MB once it has sent something.
    import apprise

    # What it logs of a failure may name the address, and that is as good as a password.
    logging.getLogger("apprise").disabled = True
    asset = apprise.AppriseAsset(app_id="securWoman", app_desc="securWoman", async_mode=False)
    service = apprise.Apprise.instantiate(to, asset=asset)
    if service is None:
        return Refused(why="apprise knows no such URL")
    link = f"\n\n{notice.take_url}" if notice.take_url else ""
    done = apprise.Apprise(service, asset=asset).notify(
        title=notice.subject, body=f"{notice.text}{link}", body_format=apprise.NotifyFormat.TEXT
    )
    # It says no more than that it did not go well.
    return Delivered() if done else Later(why="apprise could not deliver it")


def _parts(to: str) -> SplitResult | None:
    try:
        found = urlsplit(to)
        # Some brackets are found to be wrong only here.
        return found if found.hostname or found.scheme else None
    except ValueError:
        return None
