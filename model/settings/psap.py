"""Settings of 112: its numbers, what it is told of a person, and its own systems."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Final, Literal

import msgspec
from msgspec import Meta

from messages.ids import E164
from model.areas import Outline
from model.record import SHARED, Shared
from model.settings.fields import (
    RESOLVED,
    Area,
    FilePath,
    Name,
    OptionalArea,
    OptionalPhoneNumber,
    OptionalPsapNumber,
    PsapNumber,
    Seconds,
    Table,
    doc,
    text,
)

FEED: Final = "feed"
"""In place of an address: the target asks."""
TOKEN_MIN: Final = 20
"""Characters of a feed's token. Who types a wrong one is not made to wait: a shorter one could be guessed."""

Code = Annotated[str, Meta(min_length=1, max_length=200)]


class LastResort(StrEnum):
    """Where 112 is dialled when its own trunk has no line left."""

    NONE = ""
    """Nowhere: the operator calls it from another phone."""
    PUBLIC = "public"
    """On a public line: the third switch of the dial guard."""


class DataFormat(StrEnum):
    """In which form an alert is written down."""

    CAP = "cap"
    """Common Alerting Protocol 1.2 (OASIS, ITU-T X.1303 bis)."""
    GEOJSON = "geojson"
    """RFC 7946."""
    EDS = "eds"
    """PEMEA's Emergency Data Send (ETSI TS 103 478), as far as it is known here: decision 108."""


class PsapRoute(Table, frozen=True, kw_only=True):
    """An ordinary number agreed with the PSAP of an area, chosen by the user's position."""

    area: Annotated[
        Area,
        doc(
            "Area (ISO 3166)",
            "Area (ISO 3166)",
            note="of several that hold the user's position the longest code wins",
            example="IT-25",
        ),
    ]
    number: Annotated[
        PsapNumber,
        doc("Number of 112 for this area", "Numero del 112 di quest’area", example="+390200000000"),
    ]
    area_file: Annotated[
        FilePath,
        doc(
            "GeoJSON file with its outline",
            "File GeoJSON con i confini",
            note="polygons, WGS 84 (beside this file, if relative)",
            example="lombardia.geojson",
        ),
    ] = ""
    outline: Annotated[Outline | None, RESOLVED] = None


class DataTarget(Table, frozen=True, kw_only=True):
    """A system of 112's that has the data of alerts, from when 112 is called; see docs/operations/psap.md."""

    name: Annotated[Name, doc("Name of 112’s system", "Nome del sistema del 112", example="questura")]
    format: Annotated[
        DataFormat,
        doc(
            "Format of the data",
            "Formato dei dati",
            note='"cap" (CAP 1.2), "geojson"; "eds" (PEMEA) is NOT ETSI\'s form yet, see docs/decisions/0108',
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
            "Alerts of this area alone",
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
    """None: the center's own, where it is one of the two, else English; told when the file is loaded."""
    sender: Annotated[
        str,
        text(r"[^\s,<&]{1,100}", "a name without spaces, commas, '<' and '&', at most 100"),
        doc("What the centre is called there", "Come si chiama lì il centro", note="CAP `sender`, as agreed"),
    ] = "securwoman"
    code: Annotated[
        tuple[Code, ...],
        doc(
            "CAP codes as agreed",
            "Codici CAP concordati",
            note='CAP `code`, as a profile or an agreement asks for it: ["…"]',
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
            note="what is said as `Authorization: Bearer`; of a feed, what is asked for",
            by_hand=True,
        ),
    ] = ""
    certificate: Annotated[
        FilePath,
        doc(
            "Certificate of the centre (PEM)",
            "Certificato del centro (PEM)",
            note="with key: how the centre proves itself there (mutual TLS)",
        ),
    ] = ""
    key: Annotated[FilePath, doc("Key of the certificate", "Chiave del certificato")] = ""
    authority: Annotated[
        FilePath,
        doc(
            "Authority that is trusted there (PEM)",
            "Autorità di fiducia lì (PEM)",
            note="in place of this machine's",
        ),
    ] = ""
    outline: Annotated[Outline | None, RESOLVED] = None
    """Alerts whose position lies in it, and no others; None: all."""

    @property
    def spoken(self) -> str:
        """The language of its texts."""
        return self.language or "en"

    @property
    def is_feed(self) -> bool:
        """Whether it asks, and is sent nothing."""
        return self.to == FEED


class PsapSettings(Table, frozen=True, kw_only=True):
    """Who answers for 112."""

    number: Annotated[
        PsapNumber,
        doc(
            "Number of 112",
            "Numero del 112",
            note="a simulated run calls a simulated number instead",
            written=True,
        ),
    ] = E164("112")
    live: Annotated[
        bool,
        doc(
            "Switch 2: the real 112",
            "Interruttore 2: il vero 112",
            note="needs emergency = true on a trunk as well, which is switch 1",
            written=True,
        ),
    ] = False
    """One of the two switches without which no emergency number is ever dialled."""
    last_resort: Annotated[
        LastResort,
        doc(
            "With no emergency line left, 112 over a public line as well (public)",
            "Senza linee riservate libere, il 112 anche da una linea pubblica (public)",
            note="switch 3",
        ),
    ] = LastResort.NONE
    alternate: Annotated[
        OptionalPsapNumber,
        doc(
            "Number if 112 is busy or silent",
            "Numero se il 112 è occupato o muto",
            note="called when `number` was so on two lines",
            written=True,
        ),
    ] = E164("")
    test_number: Annotated[
        OptionalPhoneNumber,
        doc(
            "What tests call in place of 112",
            "Numero che le prove chiamano al posto del 112",
            note="test alerts and drills; empty: nobody",
        ),
    ] = E164("")
    """Empty: the psap leg of a test alert is refused."""
    no_answer_s: Annotated[
        Seconds, doc("Ringing of 112, then it counts as silent", "Squillo del 112, poi conta come muto")
    ] = 20.0
    pause_s: Annotated[
        Seconds,
        doc(
            "Pause before all numbers are tried again",
            "Pausa prima di riprovare tutti i numeri",
            note="after all numbers and lines have failed",
        ),
    ] = 2.0
    route: tuple[PsapRoute, ...] = ()
    shares: Annotated[
        tuple[Shared, ...],
        doc(
            "What of the record 112 is told",
            "Che cosa della scheda si dice al 112",
            note='also "contacts" and "photo"',
        ),
    ] = SHARED
    data: tuple[DataTarget, ...] = ()
