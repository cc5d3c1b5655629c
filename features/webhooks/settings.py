"""Settings table `[webhooks]`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from model.feature import FeatureTable
from model.settings import Settings
from model.settings.fields import FilePath, doc


class WebhookSettings(FeatureTable, frozen=True, kw_only=True):
    """Receiver of each alert that has ended: a signed POST, without personal data."""

    table: ClassVar[str] = "webhooks"

    url: Annotated[
        str,
        doc(
            "Address that each ended alert is posted to",
            "Indirizzo a cui si invia ogni allarme concluso",
            note="https; http on this machine alone; empty: none is posted",
            by_hand=True,
        ),
    ] = ""
    key_file: Annotated[
        FilePath,
        doc(
            "File with the key of the signatures",
            "File con la chiave delle firme",
            note='"whsec_…" (standardwebhooks.com; beside this file, if relative)',
            by_hand=True,
        ),
    ] = ""
    authority: Annotated[
        FilePath,
        doc(
            "Trusted certificates in place of the machine's, PEM",
            "Certificati riconosciuti al posto di quelli della macchina (PEM)",
            by_hand=True,
        ),
    ] = ""
    tests: Annotated[bool, doc("Test alerts as well", "Anche gli allarmi di prova")] = False


def faults(settings: Settings) -> Iterator[str]:
    """Yield a fault for an address without a key."""
    own = WebhookSettings.of(settings)
    if own.url and not own.key_file:
        yield "webhooks.key_file: needed where webhooks.url is set"
