"""A key that a person presses counts, what a mailbox sends does not."""

from __future__ import annotations

import pytest

from gateways.callouts.call import ALONE_US, KeyFilter
from messages.ids import SECOND, Instant

TURN_US = SECOND // 5


def heard(*rows: tuple[float, str], over_s: float = 10.0) -> str:
    """Which keys count, of these that come at these seconds; the call is over then."""
    pressed, found, now = KeyFilter(), "", 0
    while now <= over_s * SECOND:
        keys = "".join(key for at_s, key in rows if at_s * SECOND <= now)
        found += pressed.key(keys, Instant(now), over=now + TURN_US > over_s * SECOND)
        now += TURN_US
    return found


@pytest.mark.parametrize("row", ["42170", "19", "#1", "1234567890*#"])
def test_tones_in_a_row_are_a_machines(row: str) -> None:
    assert heard(*((2 + number * 0.3, key) for number, key in enumerate(row))) == ""


def test_a_key_alone_is_a_persons_also_pressed_again_and_again_or_after_a_machines() -> None:
    assert heard((2.0, "1")) == "1"
    assert heard((2.0, "1"), (2.3, "1"), (2.6, "1")) == "1"
    assert heard((1.0, "4"), (1.2, "7"), (5.0, "9")) == "9"
    assert heard((2.0, "5"), (4.0, "1")) == "51"


def test_who_presses_faster_than_any_pause_is_heard_while_pressing() -> None:
    assert heard(*((2 + number * 0.4, "1") for number in range(30)), over_s=5.0)[:1] == "1"
    pressed = KeyFilter()
    assert not pressed.key("11", Instant(SECOND), over=False)
    assert pressed.key("111", Instant(SECOND + SECOND // 5), over=False) == "1"


def test_who_presses_and_hangs_up_at_once_has_pressed() -> None:
    assert heard((2.0, "1"), over_s=2.0 + ALONE_US / SECOND / 2) == "1"
