"""Delivery to a target over HTTPS. A delivery blocks until the answer, within limits."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Final

import httpx

from features.psap_data.outlets import Parcel
from features.psap_data.retrying import DeliveryUncertain, Outcome, outcome
from features.psap_data.settings import DataTarget
from gateways.connection import Connection

CONNECT_S: Final = 5.0
WITHIN_S: Final = 20.0
"""Time limit of a whole message. A slower target counts as away, and delays no other."""
ANSWER_MAX: Final = 16_384
"""Bytes of an answer that are read."""


class Https:
    """Client that posts each message; `Idempotency-Key` is the message's id. Redirects are not followed."""

    def __init__(self, target: DataTarget, transport: httpx.BaseTransport | None = None) -> None:
        """`transport` replaces that of the network, for tests."""
        self._target = target
        self._connection = Connection(
            within_s=WITHIN_S,
            connect_s=CONNECT_S,
            authority=target.authority,
            certificate=target.certificate,
            key=target.key,
            transport=transport,
        )

    def deliver(self, parcel: Parcel) -> Outcome:
        try:
            return self._posted(parcel)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._connection.close()
            # httpx's own message is dropped: the URL may hold a key.
            return DeliveryUncertain(reason=type(error).__name__)
        except UnicodeError:
            # Away and not refused: a corrected token file counts at once, so the message is retried.
            return DeliveryUncertain(reason="token_file must hold a token of ASCII characters")
        except OSError as error:
            self._connection.close()
            return DeliveryUncertain(reason=f"{error.strerror or error}")

    def _posted(self, parcel: Parcel) -> Outcome:
        until_s = time.monotonic() + WITHIN_S
        headers = {"content-type": parcel.media_type, "idempotency-key": parcel.name}
        if self._target.token_file:
            token = Path(self._target.token_file).read_text(encoding="ascii").strip()
            headers["authorization"] = f"Bearer {token}"
        client = self._connection.client
        with client.stream("POST", self._target.to, content=parcel.content, headers=headers) as answer:
            said = b""
            for part in answer.iter_bytes():
                said += part
                if len(said) > ANSWER_MAX:
                    break
                if time.monotonic() > until_s:
                    return DeliveryUncertain(reason="the answer of the target is too long")
            return outcome(answer.status_code, said, parcel.name)
