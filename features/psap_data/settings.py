"""Settings list `[[psap.data]]`."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import Annotated, ClassVar, Final, Literal
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta
from msgspec.structs import replace

from model.areas import Outline
from model.feature import FeatureRow
from model.settings import Settings
from model.settings.fields import RESOLVED, FilePath, Name, OptionalArea, doc, is_web, text, twice

FEED: Final = "feed"
"""Value of `to` for a target that polls the feed."""
TOKEN_MIN: Final = 20
"""Shortest token of a feed in characters. Wrong tokens cause no delay: a shorter one could be guessed."""

Code = Annotated[str, Meta(min_length=1, max_length=200)]


class DataFormat(StrEnum):
    """Format of an alert's data."""

    CAP = "cap"
    """Common Alerting Protocol 1.2 (OASIS, ITU-T X.1303 bis)."""
    GEOJSON = "geojson"
    """RFC 7946."""
    EDS = "eds"
    """PEMEA's Emergency Data Send (ETSI TS 103 478), as far as known here: see README.md."""


class DataTarget(FeatureRow, frozen=True, kw_only=True):
    """A system of 112 that receives the data of alerts, once 112 is called; see docs/operations/psap.md."""

    table: ClassVar[str] = "psap.data"

    name: Annotated[Name, doc("Name of 112’s system", "Nome del sistema del 112", example="questura")]
    format: Annotated[
        DataFormat,
        doc(
            "Format of the data",
            "Formato dei dati",
            note='"cap" (CAP 1.2), "geojson"; "eds" (PEMEA) is NOT ETSI\'s form yet, see features/psap_data',
            example="cap",
        ),
    ]
    to: Annotated[
        str,
        Meta(min_length=1, max_length=2000),
        doc(
            "Address, folder or feed",
            "Indirizzo, cartella o feed",
            note='a folder beside this file, if relative; "feed": the system asks, GET /v1/psap/feed',
            example="https://psap.example.org/alerts",
        ),
    ]
    area: Annotated[
        OptionalArea,
        doc(
            "Only alerts of this area",
            "Solo allarmi di quest’area",
            note="with area_file, as for a route; empty: all",
        ),
    ] = ""
    area_file: Annotated[FilePath, doc("GeoJSON file with its outline", "File GeoJSON con i confini")] = ""
    tests: Annotated[
        bool, doc("Test alerts as well", "Anche gli allarmi di prova", note="marked as tests")
    ] = False
    language: Annotated[
        Literal["it", "en"] | None,
        doc(
            "Language of its texts",
            "Lingua dei testi",
            note='"it", "en"; left out: the centre\'s own',
            example="it",
        ),
    ] = None
    """The center's own by default if Italian or English, else English; set when the file is loaded."""
    sender: Annotated[
        str,
        text(r"[^\s,<&]{1,100}", "a name without spaces, commas, '<' and '&', at most 100"),
        doc(
            "Name of the centre at that system",
            "Nome del centro presso quel sistema",
            note="CAP `sender`, as agreed",
        ),
    ] = "securwoman"
    code: Annotated[
        tuple[Code, ...],
        doc(
            "CAP codes as agreed",
            "Codici CAP concordati",
            note='CAP `code`, as required by a profile or an agreement: ["…"]',
        ),
    ] = ()
    event_code: Annotated[
        dict[Code, Code],
        doc("CAP eventCode as agreed", "CAP eventCode concordati", note='the same: { "urn:…" = "…" }'),
    ] = msgspec.field(default_factory=dict)
    token_file: Annotated[
        FilePath,
        doc(
            "File with the token",
            "File con il token",
            note="sent as `Authorization: Bearer`; of a feed, the token that it requires",
            by_hand=True,
        ),
    ] = ""
    certificate: Annotated[
        FilePath,
        doc(
            "Certificate of the centre (PEM)",
            "Certificato del centro (PEM)",
            note="with key: identifies the centre there (mutual TLS)",
        ),
    ] = ""
    key: Annotated[FilePath, doc("Key of the certificate", "Chiave del certificato")] = ""
    authority: Annotated[
        FilePath,
        doc(
            "Trusted authority for that server (PEM)",
            "Autorità riconosciuta per quel server (PEM)",
            note="in place of this machine's",
        ),
    ] = ""
    outline: Annotated[Outline | None, RESOLVED] = None
    """Area of the alerts, by their position; None: everywhere."""

    @property
    def spoken(self) -> str:
        """Language of the target's texts."""
        return self.language or "en"

    @property
    def is_feed(self) -> bool:
        """True if the target polls the feed, and receives no messages."""
        return self.to == FEED


def faults(settings: Settings) -> Iterator[str]:
    """Yield contradictions, and addresses that would send data unencrypted."""
    targets = DataTarget.of(settings)
    yield from twice("psap.data", "name", (one.name for one in targets))
    for i, target in enumerate(targets):
        yield from (f"psap.data[{i}].{fault}" for fault in _faults(target))


def _faults(target: DataTarget) -> Iterator[str]:
    web = is_web(target.to)
    if "://" in target.to and not web:
        yield 'to: expected an address like "https://psap.example.org/alerts", a folder, or "feed"'
    elif target.to.startswith("http:"):
        yield "to: personal data would be sent unencrypted; use https://"
    elif web and ("@" in urlsplit(target.to).netloc):
        yield "to: the address must have no name and password; use token_file, or certificate and key"
    if target.to == FEED:
        if target.format is not DataFormat.GEOJSON:
            yield f'format: a feed is GeoJSON, not "{target.format}"'
        if not target.token_file:
            yield "token_file: a feed needs a token: its holder can read alerts"
    if bool(target.area) != bool(target.area_file):
        given, missing = ("area", "area_file") if target.area else ("area_file", "area")
        yield f"{given}: needs {missing} as well"
    if bool(target.certificate) != bool(target.key):
        given, missing = ("certificate", "key") if target.certificate else ("key", "certificate")
        yield f"{given}: needs {missing} as well"
    for key in ("certificate", "authority"):
        if getattr(target, key) and not web:
            yield f"{key}: only with an address, https://"
    if target.token_file and not (web or target.to == FEED):
        yield "token_file: only with an address, https://, or a feed"
    for key in ("code", "event_code"):
        if getattr(target, key) and target.format is not DataFormat.CAP:
            yield f'{key}: only with format = "cap"'


def loaded(settings: Settings, beside: Path, faults: list[str]) -> Settings:
    """Resolve paths of folders, and set languages and the areas read from files."""
    from application.settings.areas import outlines

    rows = DataTarget.of(settings)
    drawn = outlines("psap.data", (one.area_file for one in rows), faults)
    made = tuple(
        replace(
            one,
            to=one.to if one.to == FEED or is_web(one.to) else str(beside / one.to),
            language=one.language or settings.spoken,
            outline=area,
        )
        for one, area in zip(rows, drawn, strict=True)
    )
    return DataTarget.put(settings, made)


def simulated(settings: Settings) -> Settings:
    """Remove remote targets, which must not receive simulated alerts."""
    return DataTarget.put(settings, tuple(one for one in DataTarget.of(settings) if _is_near(one.to)))


def _is_near(to: str) -> bool:
    """Return True if data sent to the target stays on the machine: a folder, a feed, or a loopback URL."""
    return not is_web(to) or urlsplit(to).hostname in ("localhost", "127.0.0.1", "::1")
