"""Which address may be said of a position: what of it is sure within the position's accuracy. Pure.

A wrong house number sends help to the wrong door. So a number, or a street, is said where no other one is
nearer from any point of the circle in which the position may be; where that is not sure, "near" a street,
while the circle is small; and else nothing. Which addresses there are a source says (`features.maps`).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import cos, hypot, radians
from typing import Final

import msgspec

from messages.base import Address, Position
from messages.ids import Nearness

LEAST_ACCURACY_M: Final = 3.0
"""No telephone is better, whatever it says of itself."""
NUMBER_ACCURACY_M: Final = 15.0
"""Beyond this a number is not said, however lonely the house: it may be known by another way in."""
STREET_ACCURACY_M: Final = 50.0
NEAR_ACCURACY_M: Final = 100.0
NEAR_M: Final = 150.0
"""As far as this from where the user may be, at most, is an address that "near" is said of."""
DOOR_M: Final = 25.0
"""As far as this from a street's doors may one stand who is said to be in that street."""
ALONE_NUMBER_M: Final = 5.0
"""Of an address of whose neighbours nothing is known: half of the 10 m at which doors follow each other."""
ALONE_STREET_M: Final = 15.0
HOLDS_M: Final = 5.0
"""Who has moved less has not moved as far as a satellite receiver can tell."""
METRES_PER_DEGREE: Final = 111_195.0
"""Of latitude, on a sphere of 6371 km."""


class Nearby(msgspec.Struct, frozen=True, kw_only=True):
    """An address, seen from the position."""

    street: str
    number: str = ""
    """Empty: the street itself, or a house without one."""
    town: str = ""
    east_m: float
    north_m: float

    @property
    def distance_m(self) -> float:
        """In a straight line, metres."""
        return hypot(self.east_m, self.north_m)


class Around(msgspec.Struct, frozen=True, kw_only=True):
    """What a source knows around a position."""

    addresses: tuple[Nearby, ...] = ()
    """Nearest first."""
    within_m: float = 0.0
    """Every address within so many metres is among them; 0: the neighbours of the nearest are not known."""


def around(addresses: Sequence[Nearby], within_m: float = 0.0) -> Around:
    """The addresses in their order."""
    return Around(addresses=tuple(sorted(addresses, key=lambda one: one.distance_m)), within_m=within_m)


def metres(lat: float, lon: float, to_lat: float, to_lon: float) -> tuple[float, float]:
    """From one point to another close by, in metres to the east and to the north."""
    east = ((to_lon - lon + 180.0) % 360.0 - 180.0) * METRES_PER_DEGREE * cos(radians(lat))
    return east, (to_lat - lat) * METRES_PER_DEGREE


def address_of(position: Position, known: Around) -> Address | None:
    """What may be said of the position; None where it would be a guess."""
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


def holds(address: Address, position: Position) -> bool:
    """Whether what was found of one position may be said of this one: of the same place, not less exact."""
    if position.accuracy_m is None or position.accuracy_m > address.accuracy_m:
        return False
    return hypot(*metres(address.lat, address.lon, position.lat, position.lon)) <= HOLDS_M


def says_the_same(one: Address | None, other: Address) -> bool:
    """Whether both are told in the same words, whatever the distance."""
    return one is not None and (one.nearness, one.street, one.number, one.town) == (
        other.nearness,
        other.street,
        other.number,
        other.town,
    )


def in_one_line(known: Address) -> str:
    """Street, number where it is sure, and town. How sure it is, `nearness` says."""
    return ", ".join(filter(None, (f"{known.street} {known.number}".strip(), known.town)))


def _nearness(nearest: Nearby, known: Around, accuracy_m: float) -> Nearness:
    if nearest.distance_m > DOOR_M:
        return Nearness.NEAR
    reach_m = nearest.distance_m + 2 * accuracy_m
    if known.within_m < reach_m:
        if nearest.number and accuracy_m <= ALONE_NUMBER_M:
            return Nearness.NUMBER
        return Nearness.STREET if accuracy_m <= ALONE_STREET_M else Nearness.NEAR
    # What is further away is nearer from no point of the circle.
    rivals = [one for one in known.addresses if one.distance_m < reach_m]
    street = [one for one in rivals if one.street.casefold() == nearest.street.casefold()]
    house = [one for one in street if one.number == nearest.number]
    if nearest.number and accuracy_m <= NUMBER_ACCURACY_M and _sure(house, rivals, accuracy_m):
        return Nearness.NUMBER
    if accuracy_m <= STREET_ACCURACY_M and _sure(street, rivals, accuracy_m):
        return Nearness.STREET
    return Nearness.NEAR


def _sure(own: Sequence[Nearby], rivals: Sequence[Nearby], accuracy_m: float) -> bool:
    """Whether of each of the others one of these is the nearer one, from every point of the circle."""
    others = (one for one in rivals if one not in own)
    return all(any(_nearer(one, other, accuracy_m) for one in own) for other in others)


def _nearer(one: Nearby, other: Nearby, accuracy_m: float) -> bool:
    """Whether the line at which both are equally far passes beyond the circle."""
    apart_m = hypot(other.east_m - one.east_m, other.north_m - one.north_m)
    return apart_m > 0 and other.distance_m**2 - one.distance_m**2 >= 2 * accuracy_m * apart_m
