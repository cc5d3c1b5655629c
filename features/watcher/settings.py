"""The list `[[watched]]` of the settings' file: centers that are heard here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

import msgspec
from msgspec import Meta

from model.feature import FeatureRow
from model.settings import Settings
from model.settings.fields import FilePath, Name, doc, twice


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """After how long somebody is woken."""

    silent_after_s: float = 40.0
    """Four heartbeats: what a net loses by itself, and a restart, are less; a phone rings within 90 s."""
    unwell_after_s: float = 60.0
    """A center that is alive wakes people by itself; its own call comes first."""


class WatchedCenter(FeatureRow, frozen=True, kw_only=True):
    """Another centre that says here that it is well: its silence is an alarm of this one."""

    table: ClassVar[str] = "watched"

    name: Annotated[
        Name,
        doc(
            "Name of the centre that is watched from here",
            "Nome del centro sorvegliato da qui",
            example="milano",
        ),
    ]
    key_file: Annotated[
        FilePath,
        Meta(min_length=1),
        doc(
            "File with the key that both have",
            "File con la chiave in comune",
            example="milano.key",
            by_hand=True,
        ),
    ]
    silent_after_s: Annotated[
        float, Meta(ge=3, le=3600), doc("Silence that becomes an alarm", "Silenzio che diventa allarme")
    ] = Patience().silent_after_s

    @property
    def patience(self) -> Patience:
        """After how long somebody is woken."""
        return Patience(silent_after_s=self.silent_after_s)


def faults(settings: Settings) -> Iterator[str]:
    """Two of one name."""
    yield from twice("watched", "name", (one.name for one in WatchedCenter.of(settings)))
