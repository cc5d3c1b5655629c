"""Settings table `[proof]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar, Final

from msgspec.structs import replace

from messages.ids import E164
from messages.proofs import ProofStep
from model.feature import FeatureTable
from model.settings import Settings
from model.settings.fields import Clock, OptionalClock, OptionalPhoneNumber, doc

PROVED_AT: Final = "03:30"
"""The hour with the fewest alerts."""


class SelfTestSettings(FeatureTable, frozen=True, kw_only=True):
    """Nightly test of the whole chain; see docs/operations/alarms.md."""

    table: ClassVar[str] = "proof"

    at: Annotated[
        OptionalClock | None,
        doc(
            "Time of the nightly self-test",
            "Ora della prova notturna",
            note='by the machine\'s time, once no alert is open; "": none, as in a simulated run',
            example=PROVED_AT,
        ),
    ] = None
    """`PROVED_AT` by default, and never in a simulated run (`begins_at`)."""
    until: Annotated[
        Clock,
        doc(
            "Latest end",
            "Fine al più tardi",
            note="remaining steps are left for the next night",
        ),
    ] = "06:00"
    leave_out: Annotated[
        tuple[ProofStep, ...],
        doc(
            "Steps to leave out",
            "Passi da saltare",
            note="of voice, emergency, text, credit, chain, journal, audit, backup, clock, certificate, disk",
        ),
    ] = ()
    phone: Annotated[
        OptionalPhoneNumber,
        doc(
            "Line of the centre that the test alert calls",
            "Linea del centro chiamata dall’allarme di prova",
            note="its number; empty: the first line that can be called",
        ),
    ] = E164("")

    @property
    def begins_at(self) -> str:
        """`HH:MM`, by the machine's own time; empty: no night, and on demand alone."""
        return PROVED_AT if self.at is None else self.at


def faults(settings: Settings) -> Iterator[str]:
    """Yield a fault if the phone is not that of a line."""
    phone = SelfTestSettings.of(settings).phone
    if phone and phone not in {one.number for one in settings.modem}:
        yield "proof.phone: must be the number of one of the center's lines"


def simulated(settings: Settings) -> Settings:
    """Disable nightly self-tests of a simulated run unless set."""
    own = SelfTestSettings.of(settings)
    return replace(own, at=own.at or "").put(settings)
