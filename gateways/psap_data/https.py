"""A target over HTTPS. A delivery blocks as long as the other side does, within bounds."""

from __future__ import annotations

import ssl
import time
from pathlib import Path
from typing import Final

import httpx

from gateways.psap_data.outlets import Away, Outcome, Parcel, outcome
from model.telling.data_target import DataTarget

CONNECT_S: Final = 5.0
WITHIN_S: Final = 20.0
"""A whole message. Who takes longer is away, and keeps nobody else waiting."""
ANSWER_MAX: Final = 16_384
"""Bytes of an answer that are read."""


class Https:
    """A POST a message; `Idempotency-Key` is the message's name. Redirects are not followed."""

    def __init__(self, target: DataTarget, transport: httpx.BaseTransport | None = None) -> None:
        """`transport`: in place of the network's own."""
        self._target = target
        self._transport = transport
        self._client: httpx.Client | None = None

    def deliver(self, parcel: Parcel) -> Outcome:
        try:
            return self._posted(parcel)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            self._close()
            # Not what httpx says: the address may hold a key.
            return Away(reason=type(error).__name__)
        except UnicodeError:
            # Exchanged while it runs it is good at once, so it is tried on.
            return Away(reason="token_file holds no token: letters of ASCII alone")
        except OSError as error:
            self._close()
            return Away(reason=f"{error.strerror or error}")

    def _posted(self, parcel: Parcel) -> Outcome:
        until_s = time.monotonic() + WITHIN_S
        if self._client is None:
            self._client = self._made()
        headers = {"content-type": parcel.media_type, "idempotency-key": parcel.name}
        if self._target.token_file:
            token = Path(self._target.token_file).read_text(encoding="ascii").strip()
            headers["authorization"] = f"Bearer {token}"
        with self._client.stream("POST", self._target.to, content=parcel.content, headers=headers) as answer:
            said = b""
            for part in answer.iter_bytes():
                said += part
                if len(said) > ANSWER_MAX:
                    break
                if time.monotonic() > until_s:
                    return Away(reason="its answer has no end")
            return outcome(answer.status_code, said, parcel.name)

    def _made(self) -> httpx.Client:
        target = self._target
        trust = ssl.create_default_context(cafile=target.authority or None)
        if target.certificate:
            trust.load_cert_chain(target.certificate, target.key)
        return httpx.Client(
            transport=self._transport,
            verify=trust,
            timeout=httpx.Timeout(WITHIN_S, connect=CONNECT_S),
            limits=httpx.Limits(max_connections=1),
            follow_redirects=False,
        )

    def _close(self) -> None:
        # The next try begins anew: by another address of the name, with a certificate exchanged meanwhile.
        if self._client is not None:
            self._client.close()
            self._client = None
