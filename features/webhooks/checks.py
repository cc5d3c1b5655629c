"""Check of the webhook's address, key and certificates."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from application.checks import CheckCondition, CheckContext, check_row
from features.webhooks.settings import WebhookSettings
from gateways.outside import secret_in, trust
from gateways.webhook import host_of, key_of
from messages.rows import Sentence
from model.checks import Cost, Finding, fail, ok

PART: Final = "webhooks"


def webhooks(around: CheckContext) -> Iterator[Finding]:
    """Check the settings; yield nothing if no address is set."""
    own = WebhookSettings.of(around.settings)
    if own.url:
        faults = [*_faults(own)]
        yield from (fail(PART, fault) for fault in faults)
        if not faults:
            yield ok(PART, f"each alert that has ended is posted to {host_of(own.url)}")


def _faults(own: WebhookSettings) -> Iterator[str]:
    host = host_of(own.url)
    if host is None:
        yield "webhooks.url: expected https://…, or http:// of this machine"
    else:
        try:
            socket.getaddrinfo(host, urlsplit(own.url).port or 443, type=socket.SOCK_STREAM)
        except (OSError, ValueError) as error:
            yield f"webhooks.url: {host} is not a known host ({error})"
    try:
        key_of(secret_in(own.key_file))
    except ValueError:
        yield f"webhooks.key_file: {own.key_file} must hold a key: whsec_ and at least 24 bytes in base64"
    except OSError as error:
        yield f"webhooks.key_file: {error.strerror}: {own.key_file}"
    try:
        trust(own.authority)
    except OSError as error:
        yield f"webhooks.authority: {error}"


CHECKS: Final = (
    check_row(
        PART,
        Sentence("Ended alerts can be posted", "Gli allarmi conclusi si potrebbero inviare"),
        Sentence("Set [webhooks] right", "Correggere [webhooks]"),
        webhooks,
        CheckCondition.SETTINGS,
        cost=Cost.WORK,
    ),
)
