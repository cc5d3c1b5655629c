"""A notice by apprise (github.com/caronc/apprise): the hundred services that it knows, each by a URL."""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from gateways.duty.ways.notice import Delivered, Later, Notice, Refused, Sent
from gateways.duty.ways.trust import NOT_BEYOND, is_here
from model.duty.settings import DutySettings


def told(to: str, notice: Notice, settings: DutySettings) -> Sent:
    """Has apprise tell the service. Blocks; the bound, and what it may raise, are `send`'s to see to."""
    if settings.near_only and not is_here(_host(to)):
        return NOT_BEYOND
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


def _host(to: str) -> str | None:
    try:
        return urlsplit(to).hostname
    except ValueError:
        return None
