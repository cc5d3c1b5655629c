"""112's own systems, to which the settings have the data of alerts sent. Plain data."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from model.areas import Outline

FEED: Final = "feed"
"""In place of an address: the target asks."""

TOKEN_MIN: Final = 20
"""Characters of a feed's token. Who types a wrong one is not made to wait: a shorter one could be guessed."""


class DataFormat(StrEnum):
    """In which form an alert is written down."""

    CAP = "cap"
    """Common Alerting Protocol 1.2 (OASIS, ITU-T X.1303 bis)."""
    GEOJSON = "geojson"
    """RFC 7946."""
    EDS = "eds"
    """PEMEA's Emergency Data Send (ETSI TS 103 478), as far as it is known here: decision 108."""


class DataTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One system of a PSAP."""

    name: str
    format: DataFormat
    to: str
    """`https://…`, or the path of a folder; `feed`: it asks for what it wants."""
    area: str = ""
    """ISO 3166, for those who read; empty: everywhere."""
    outline: Outline | None = None
    """Alerts whose position lies in it, and no others; None: all."""
    tests: bool = False
    """Whether it is sent test alerts as well, marked so."""
    language: str = "it"
    sender: str = "securwoman"
    """What the center is called there (CAP `sender`)."""
    codes: tuple[str, ...] = ()
    """CAP `code`, as agreed: the profile's name, say."""
    event_codes: tuple[tuple[str, str], ...] = ()
    """CAP `eventCode`: name and value, as agreed."""
    token_file: str = ""
    """A file with what is said as `Authorization: Bearer`; empty: nothing."""
    certificate: str = ""
    """PEM: how the center proves itself (mutual TLS). With `key`."""
    key: str = ""
    authority: str = ""
    """PEM: whose certificates are believed in place of the machine's."""

    @property
    def is_feed(self) -> bool:
        """Whether it asks, and is sent nothing."""
        return self.to == FEED
