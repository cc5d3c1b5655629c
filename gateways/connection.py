"""A connection to one server outside the center, kept from one message to the next."""

from __future__ import annotations

import ssl

import httpx


class Connection:
    """An HTTP client of one server. Redirects are not followed: a message is for the configured address."""

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
        """Keep the parameters; no connection is opened yet. `within_s` limits each step after connecting,
        `connect_s` the connecting. `authority`, `certificate` and `key` are paths of PEM files; `authority`
        replaces the machine's authorities. `transport` replaces the transport of the network.
        """
        self._timeout = httpx.Timeout(within_s, connect=connect_s)
        self._authority, self._certificate, self._key = authority, certificate, key
        self._transport = transport
        self._client: httpx.Client | None = None

    @property
    def client(self) -> httpx.Client:
        """The open client, or a new client. Raises OSError if one of the three files cannot be used."""
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
        """Close the client; the next message opens a new connection, which resolves the name and reads the
        certificate again.
        """
        if self._client is not None:
            self._client.close()
            self._client = None
