"""One connection to somebody outside, kept from one message to the next."""

from __future__ import annotations

import ssl

import httpx


class Connection:
    """Redirects are not followed: what is sent is for the address that the settings name."""

    def __init__(
        self,
        *,
        within_s: float,
        connect_s: float,
        authority: str = "",
        certificate: str = "",
        key: str = "",
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        """Opens nothing. `within_s`: of each step but connecting. The three files are PEM; `authority` counts
        in place of the machine's. `transport`: in place of the network's own.
        """
        self._timeout = httpx.Timeout(within_s, connect=connect_s)
        self._authority, self._certificate, self._key = authority, certificate, key
        self._transport = transport
        self._client: httpx.Client | None = None

    @property
    def client(self) -> httpx.Client:
        """The one there is, or a new one. Raises OSError where a file of the three cannot be used."""
        if self._client is None:
            trust = ssl.create_default_context(cafile=self._authority or None)
            if self._certificate:
                trust.load_cert_chain(self._certificate, self._key)
            self._client = httpx.Client(
                transport=self._transport,
                verify=trust,
                timeout=self._timeout,
                limits=httpx.Limits(max_connections=1),
                follow_redirects=False,
            )
        return self._client

    def close(self) -> None:
        """The next message begins anew: at another address of the name, by an exchanged certificate."""
        if self._client is not None:
            self._client.close()
            self._client = None
