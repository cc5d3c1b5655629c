"""Settings table `[ear]`."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address
from typing import Annotated, ClassVar

from msgspec import Meta

from model.feature import FeatureTable
from model.settings import Settings
from model.settings.fields import doc


class EarSettings(FeatureTable, frozen=True, kw_only=True):
    """The user's microphone over data, heard before any call; off without a port."""

    table: ClassVar[str] = "ear"

    port: Annotated[
        Annotated[int, Meta(ge=1, le=65535)] | None,
        doc(
            "UDP port for the users' microphones",
            "Porta UDP per i microfoni degli utenti",
            note="phones reach it from the internet; 443 passes most firewalls; left out: no microphone",
            example=443,
        ),
    ] = None
    addresses: Annotated[
        tuple[str, ...],
        Meta(max_length=4),
        doc(
            "Public addresses of this port",
            "Indirizzi pubblici di questa porta",
            note="IPv4 and IPv6, as phones see them: a router must forward the port to this machine",
            example=("198.51.100.7",),
        ),
    ] = ()


def faults(settings: Settings) -> Iterator[str]:
    """Yield faults of the addresses."""
    own = EarSettings.of(settings)
    if own.port is not None and not own.addresses:
        yield "ear.addresses: the public address of ear.port is missing: phones could not find the port"
    for number, address in enumerate(own.addresses):
        try:
            found = ip_address(address)
        except ValueError:
            yield f"ear.addresses[{number}]: expected an IP address, not {address!r}"
            continue
        if found.is_unspecified or found.is_multicast:
            yield f"ear.addresses[{number}]: {address} is no address that a phone can reach"
