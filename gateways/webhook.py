"""Signed POST requests according to Standard Webhooks v1 (standardwebhooks.com)."""

from __future__ import annotations

import base64
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlsplit

import httpx
from standardwebhooks import Webhook

from gateways.outside import NOT_BEYOND, Delivered, Later, Refused, Sent, is_here, secret_in, trust
from messages.ids import SECOND, Instant

STEP_S: Final = 8.0
"""Limit for connecting and for each read or write; the whole request has a limit of its own."""
KEY_MIN: Final = 24
"""Shortest key, in bytes, according to the standard."""
_LATER: Final = frozenset({408, 425, 429})
"""Statuses of client errors (RFC 9110, 15.5) that pass without any change of the request."""


def post(
    to: str,
    name: str,
    content: bytes,
    *,
    key: str,
    key_file: str,
    authority: str = "",
    here_alone: bool = False,
) -> Sent:
    """Post the message of this name. Blocks; raises no error that the receiver or the network causes.

    `key` is the setting that names `key_file`. `authority` is a PEM file that adds to the machine's
    authorities. With `here_alone` no message leaves this machine.
    """
    host = host_of(to)
    if host is None:
        return Refused(why="expected the address of a webhook, https://…")
    if here_alone and not is_here(host):
        return NOT_BEYOND
    if not key_file:
        return Refused(why=f"{key} is not set")
    try:
        headers = signed(name, content, secret_in(key_file), datetime.now(UTC))
    except ValueError:
        return Refused(why=f"{key} must hold a webhook key, whsec_…")
    except OSError as error:
        return Refused(why=f"{key}: {error.strerror}")
    try:
        with (
            httpx.Client(verify=trust(authority), timeout=STEP_S, trust_env=False) as client,
            # Of the response only the status is read: a body may have no end.
            client.stream("POST", to, content=content, headers=headers) as answer,
        ):
            return _meaning(answer.status_code)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        # The text of httpx is left out: the address in it may hold a key.
        return Later(why=f"webhook: {type(error).__name__}")
    except OSError as error:
        return Later(why=f"webhook: {error.strerror or type(error).__name__}")


def signed(name: str, content: bytes, key: str, now: datetime) -> dict[str, str]:
    """Return the headers of a signed message. Raises ValueError if `key` is no key.

    Receivers reject signatures that are five minutes old. `now` is UTC; the library treats every time as UTC.
    """
    return {
        "content-type": "application/json",
        "user-agent": "securwoman",
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(key_of(key)).sign(name, now, content.decode()),
    }


def key_of(text: str) -> bytes:
    """Return the key in the text of a key file. Raises ValueError if the text is no key, or the key is too
    short.
    """
    key = base64.b64decode(text.removeprefix("whsec_"), validate=True)
    if len(key) < KEY_MIN:
        raise ValueError(f"{len(key)} bytes are no key")
    return key


def host_of(to: str) -> str | None:
    """Return the host of the address; None if no message can be posted to the address. `http` is accepted for
    this machine only.
    """
    try:
        parts = urlsplit(to)
    except ValueError:
        return None
    fit = parts.scheme == "https" or (parts.scheme == "http" and is_here(parts.hostname))
    return parts.hostname if fit else None


def rfc3339(at: Instant) -> str:
    """Return the moment in UTC, with milliseconds."""
    return datetime.fromtimestamp(at / SECOND, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _meaning(status: int) -> Sent:
    if 200 <= status < 300:
        return Delivered()
    if status >= 500 or status in _LATER:
        return Later(why=f"the webhook answers {status}")
    return Refused(why=f"the webhook answers {status}")
