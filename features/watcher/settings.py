"""Settings lists `[[heartbeat]]` and `[[watched]]`: watchers of this center, and centers it watches."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Meta

from model.feature import FeatureRow
from model.settings import Settings
from model.settings.fields import FilePath, Name, doc, text, twice


class TargetKind(StrEnum):
    """Kind of a heartbeat's target."""

    WATCHER = "watcher"
    """`securwoman watch`, or another center: it answers, and a shared key authenticates the answer."""
    URL = "url"
    """Any service that calls a person when its requests stop."""


class HeartbeatTarget(FeatureRow, frozen=True, kw_only=True):
    """A watcher outside that receives heartbeats of the centre; see docs/operations/watcher.md."""

    table: ClassVar[str] = "heartbeat"

    name: Annotated[Name, doc("Name of the watcher", "Nome del sorvegliante", example="watch")]
    url: Annotated[
        Annotated[
            str, text(r"https?://[^\s]{1,2000}", 'an address, "https://watch.example.org:8114/v1/heartbeats"')
        ],
        doc("Its address", "Il suo indirizzo", example="http://192.0.2.10:8114/v1/heartbeats"),
    ]
    kind: Annotated[
        TargetKind,
        doc(
            "A watcher or another centre (watcher), or any service (url)",
            "Un sorvegliante o un altro centro (watcher), o un servizio qualunque (url)",
            note='"watcher": `securwoman watch`; "url": a service that calls people when requests stop',
        ),
    ] = TargetKind.WATCHER
    every_s: Annotated[
        float,
        Meta(ge=1, le=3600),
        doc("Interval of heartbeats", "Intervallo tra i segnali"),
    ] = 10.0
    key_file: Annotated[
        FilePath,
        doc(
            "File with the shared key",
            "File con la chiave condivisa",
            note="openssl rand -base64 32 (beside this file, if relative)",
            example="watch.key",
            by_hand=True,
        ),
    ] = ""
    """Optional for `url`: requests are then not signed."""
    authority: Annotated[
        FilePath,
        doc(
            "Trusted authority for that server (PEM)",
            "Autorità riconosciuta per quel server (PEM)",
            note="in place of this machine's",
        ),
    ] = ""


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """Times until people are woken, or an alarm is raised."""

    silent_after_s: float = 40.0
    """Four heartbeats: usual losses of a network, and a restart, are shorter; a phone rings within 90 s."""
    unwell_after_s: float = 60.0
    """A live center wakes people by itself; its own call comes first."""


class WatchedCenter(FeatureRow, frozen=True, kw_only=True):
    """Another centre that sends heartbeats to this one: its silence is an alarm here."""

    table: ClassVar[str] = "watched"

    name: Annotated[
        Name,
        doc(
            "Name of the watched centre",
            "Nome del centro sorvegliato",
            example="milano",
        ),
    ]
    key_file: Annotated[
        FilePath,
        Meta(min_length=1),
        doc(
            "File with the shared key",
            "File con la chiave condivisa",
            example="milano.key",
            by_hand=True,
        ),
    ]
    silent_after_s: Annotated[
        float, Meta(ge=3, le=3600), doc("Silence until an alarm", "Silenzio prima di un allarme")
    ] = Patience().silent_after_s

    @property
    def patience(self) -> Patience:
        """Time until the alarm."""
        return Patience(silent_after_s=self.silent_after_s)


def faults(settings: Settings) -> Iterator[str]:
    """Yield duplicate names, invalid addresses, and missing keys."""
    targets = HeartbeatTarget.of(settings)
    yield from twice("heartbeat", "name", (one.name for one in targets))
    yield from twice("watched", "name", (one.name for one in WatchedCenter.of(settings)))
    for i, target in enumerate(targets):
        where = f"heartbeat[{i}]"
        parts = urlsplit(target.url)
        if not parts.hostname or "@" in parts.netloc:
            yield f'{where}.url: expected an address like "https://watch.example.org:8114/v1/heartbeats"'
        if target.kind is TargetKind.WATCHER and not target.key_file:
            yield f"{where}.key_file: a watcher believes a heartbeat by a key that it has, too"


def outside(settings: Settings) -> tuple[str, ...]:
    """Return the targets outside that would notice the center's silence."""
    return tuple(one.name for one in HeartbeatTarget.of(settings))
