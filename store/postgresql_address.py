"""What libpq is given: the address as it is, and how soon a server that is gone is known to be gone."""

from __future__ import annotations

from typing import Final

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from store.dialect import shown
from store.errors import StoreMisuse

_ALIVE: Final[dict[str, str]] = {
    # The kernel's own patience with a peer that has vanished is 15 minutes.
    "connect_timeout": "2",
    "keepalives": "1",
    "keepalives_idle": "2",
    "keepalives_interval": "1",
    "keepalives_count": "2",
    "tcp_user_timeout": "2000",
    "application_name": "securwoman",
    "client_encoding": "UTF8",
}


def conninfo_of(url: str) -> str:
    """As libpq reads it, of `postgresql://…` or `postgresql+psycopg://…`. Raises StoreMisuse."""
    scheme, _, rest = url.partition("://")
    try:
        given = conninfo_to_dict(f"{scheme.partition('+')[0]}://{rest}")
    except psycopg.Error:
        # Not in libpq's words: they repeat what may be a password.
        raise StoreMisuse(f"{shown(url)!r} is no address of a PostgreSQL database") from None
    said = {key: str(value) for key, value in given.items() if value is not None}
    if "," in said.get("host", "") or "," in said.get("hostaddr", ""):
        # A standby among them would show what was, and refuse every append.
        said.setdefault("target_session_attrs", "read-write")
    return make_conninfo("", **{**_ALIVE, **said})
