"""Choice of the address that may be stated for a position: the part that is certain within the accuracy.
Pure.

A wrong house number sends help to the wrong door. A number or a street is stated if no other number or street
is nearer from any point of the circle in which the position may be. Otherwise, while the circle is small,
"near" a street is stated; else no address. A source (`features.maps`) provides the addresses.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians
from typing import Final

import msgspec

from messages.base import Address, Position
from messages.ids import Nearness

LEAST_ACCURACY_M: Final = 3.0
"""Best accuracy assumed of a phone, even if the phone reports better; metres."""
NUMBER_ACCURACY_M: Final = 15.0
"""Worst accuracy for a house number; beyond, even a solitary house may have its entrance on another road."""
STREET_ACCURACY_M: Final = 50.0
NEAR_ACCURACY_M: Final = 100.0
NEAR_M: Final = 150.0
"""Greatest possible distance from the user to an address stated as "near"."""
DOOR_M: Final = 25.0
"""Greatest distance from the doors of a street to a position stated as in that street."""
ALONE_NUMBER_M: Final = 5.0
"""Worst accuracy for the number of an address without known neighbours: half of the usual 10 m between doors.
"""
ALONE_STREET_M: Final = 15.0
HOLDS_M: Final = 5.0
"""Greatest distance within which a satellite receiver cannot prove a movement."""
METRES_PER_DEGREE: Final = 111_195.0
"""Metres per degree of latitude, on a sphere of 6371 km."""


class Nearby(msgspec.Struct, frozen=True, kw_only=True):
    """An address with its offset from the position."""

    street: str
    number: str = ""
    """House number; empty for the street itself, or a house without a number."""
    town: str = ""
    east_m: float
    north_m: float

    @property
    def distance_m(self) -> float:
        """Straight-line distance in metres."""
        return hypot(self.east_m, self.north_m)


class NearbyAddresses(msgspec.Struct, frozen=True, kw_only=True):
    """Addresses that a source knows around a position."""

    addresses: tuple[Nearby, ...] = ()
    """Addresses, nearest first."""
    within_m: float = 0.0
    """Radius in metres within which the list is complete; 0 if the neighbours of the nearest are unknown."""


def nearby_addresses(addresses: Sequence[Nearby], within_m: float = 0.0) -> NearbyAddresses:
    """Return the addresses sorted by distance."""
    return NearbyAddresses(
        addresses=tuple(sorted(addresses, key=lambda one: one.distance_m)), within_m=within_m
    )


def offset_m(lat: float, lon: float, to_lat: float, to_lon: float) -> tuple[float, float]:
    """Return the offset to a point close by, in metres to the east and to the north."""
    east = ((to_lon - lon + 180.0) % 360.0 - 180.0) * METRES_PER_DEGREE * cos(radians(lat))
    return east, (to_lat - lat) * METRES_PER_DEGREE


def address_of(position: Position, known: NearbyAddresses) -> Address | None:
    """Return the address that may be stated for the position; None if any address would be a guess."""
    if position.accuracy_m is None or position.accuracy_m > NEAR_ACCURACY_M or not known.addresses:
        return None
    accuracy_m = max(position.accuracy_m, LEAST_ACCURACY_M)
    nearest = known.addresses[0]
    if nearest.distance_m + accuracy_m > NEAR_M:
        return None
    nearness = _nearness(nearest, known, accuracy_m)
    return Address(
        lat=position.lat,
        lon=position.lon,
        accuracy_m=position.accuracy_m,
        nearness=nearness,
        street=nearest.street,
        number=nearest.number if nearness is Nearness.NUMBER else "",
        town=nearest.town,
        distance_m=round(nearest.distance_m),
    )


def address_still_holds(address: Address, position: Position) -> bool:
    """Return True if the address of one position also holds for another: same place, accuracy not worse."""
    if position.accuracy_m is None or position.accuracy_m > address.accuracy_m:
        return False
    return hypot(*offset_m(address.lat, address.lon, position.lat, position.lon)) <= HOLDS_M


def is_displayed_alike(one: Address | None, other: Address) -> bool:
    """Return True if both addresses are displayed in the same words, regardless of the distance."""
    return one is not None and (one.nearness, one.street, one.number, one.town) == (
        other.nearness,
        other.street,
        other.number,
        other.town,
    )


def in_one_line(known: Address) -> str:
    """Return street, number (if certain) and town in one line; `nearness` states the certainty."""
    return ", ".join(filter(None, (f"{known.street} {known.number}".strip(), known.town)))


def _nearness(nearest: Nearby, known: NearbyAddresses, accuracy_m: float) -> Nearness:
    if nearest.distance_m > DOOR_M:
        return Nearness.NEAR
    reach_m = nearest.distance_m + 2 * accuracy_m
    if known.within_m < reach_m:
        if nearest.number and accuracy_m <= ALONE_NUMBER_M:
            return Nearness.NUMBER
        return Nearness.STREET if accuracy_m <= ALONE_STREET_M else Nearness.NEAR
    # An address further away is nearer from no point of the circle.
    rivals = [one for one in known.addresses if one.distance_m < reach_m]
    street = [one for one in rivals if one.street.casefold() == nearest.street.casefold()]
    house = [one for one in street if one.number == nearest.number]
    if nearest.number and accuracy_m <= NUMBER_ACCURACY_M and _sure(house, rivals, accuracy_m):
        return Nearness.NUMBER
    if accuracy_m <= STREET_ACCURACY_M and _sure(street, rivals, accuracy_m):
        return Nearness.STREET
    return Nearness.NEAR


def _sure(own: Sequence[Nearby], rivals: Sequence[Nearby], accuracy_m: float) -> bool:
    """Return True if for each rival some address of `own` is nearer from every point of the circle."""
    others = (one for one in rivals if one not in own)
    return all(any(_nearer(one, other, accuracy_m) for one in own) for other in others)


def _nearer(one: Nearby, other: Nearby, accuracy_m: float) -> bool:
    """Return True if the line of equal distance to both addresses lies outside the circle."""
    apart_m = hypot(other.east_m - one.east_m, other.north_m - one.north_m)
    return apart_m > 0 and other.distance_m**2 - one.distance_m**2 >= 2 * accuracy_m * apart_m
