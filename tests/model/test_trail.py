"""The positions of an alert are what a tuple of them would be, and an older trail stays as it was."""

from hypothesis import given
from hypothesis import strategies as st

from model.alert.trail import PIECE, Trail


@given(st.integers(0, 2 * PIECE + 3), st.integers(0, PIECE + 3))
def test_a_trail_is_its_positions_in_their_order(begun: int, more: int) -> None:
    trail: Trail[int] = Trail(range(begun))
    before, every = trail, tuple(range(begun + more))
    for one in range(begun, begun + more):
        trail = trail.with_one(one)
    assert (tuple(trail), len(trail), trail == Trail(every)) == (every, len(every), True)
    assert tuple(before) == tuple(range(begun))
    assert trail[-5:] == every[-5:]
    assert [trail[at] for at in range(-len(every), len(every))] == [
        every[at] for at in range(-len(every), len(every))
    ]


def test_of_a_long_trail_only_the_last_piece_is_made_anew() -> None:
    trail: Trail[int] = Trail(range(50 * PIECE + 1))
    longer = trail.with_one(0)
    assert longer._whole is trail._whole
    assert len(longer._last) == 2
