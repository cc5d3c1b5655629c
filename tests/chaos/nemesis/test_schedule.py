"""A round is its seed's: the same again, less of it without changing the rest, and as it was written down."""

from __future__ import annotations

from tests.chaos.nemesis.deeds import from_json, to_json
from tests.chaos.nemesis.schedule import KINDS, schedule
from tests.support.each import each

MINUTES = 3.0


def test_a_seed_has_one_schedule_and_another_seed_another() -> None:
    assert schedule(1, MINUTES) == schedule(1, MINUTES) != schedule(2, MINUTES)


@each("kind", KINDS)
def test_every_kind_is_there_and_its_absence_leaves_the_others_as_they_are(kind: str) -> None:
    # Of the rarest kinds ten minutes always have some.
    whole = schedule(1, 10.0)
    rest = tuple(deed for deed in whole if type(deed).__name__.lower() != kind)
    assert schedule(1, 10.0, {kind}) == rest != whole


def test_what_is_written_down_is_read_again_and_may_be_cut_and_moved_by_hand() -> None:
    deeds = schedule(1, MINUTES)
    lines = to_json(deeds).splitlines()
    assert from_json("\n".join(lines)) == deeds
    assert from_json("\n".join(reversed(lines[3:5]))) == deeds[3:5]


def test_deeds_are_in_the_order_of_their_time_and_within_the_round() -> None:
    deeds = schedule(3, MINUTES)
    assert [one.at_s for one in deeds] == sorted(one.at_s for one in deeds)
    assert all(0 < one.at_s < MINUTES * 60 for one in deeds)
