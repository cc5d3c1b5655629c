"""Settings of 112: its numbers, and the personal data shared with it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from messages.ids import E164
from model.areas import Outline
from model.record import SHARED, SharedField
from model.settings.fields import (
    RESOLVED,
    Area,
    FilePath,
    OptionalPhoneNumber,
    OptionalPsapNumber,
    PsapNumber,
    Seconds,
    Table,
    doc,
)


class LastResort(StrEnum):
    """Fallback for 112 when its own trunk has no line left."""

    NONE = ""
    """No fallback: the operator calls 112 from another phone."""
    PUBLIC = "public"
    """A public line: the third switch of the dial guard."""


class PsapRoute(Table, frozen=True, kw_only=True):
    """An ordinary number agreed with the PSAP of an area, chosen by the user's position."""

    area: Annotated[
        Area,
        doc(
            "Area (ISO 3166)",
            "Area (ISO 3166)",
            note="of several areas with the user's position, the longest code counts",
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


class PsapSettings(Table, frozen=True, kw_only=True):
    """Calls to 112 (PSAP), and data shared with it."""

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
    """Second of the two switches that must both be on before an emergency number is dialled."""
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
            note="called after `number` was busy or silent on two lines",
            written=True,
        ),
    ] = E164("")
    test_number: Annotated[
        OptionalPhoneNumber,
        doc(
            "Number that tests call in place of 112",
            "Numero che le prove chiamano al posto del 112",
            note="test alerts and drills; empty: 112 is not called",
        ),
    ] = E164("")
    """Empty: the psap leg of a test alert is refused."""
    no_answer_s: Annotated[
        Seconds,
        doc(
            "Ringing time of 112 until it counts as silent",
            "Tempo di squillo del 112 prima che conti come muto",
        ),
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
        tuple[SharedField, ...],
        doc(
            "Parts of the record that 112 receives",
            "Dati della scheda inviati al 112",
            note='also "contacts" and "photo"',
        ),
    ] = SHARED
