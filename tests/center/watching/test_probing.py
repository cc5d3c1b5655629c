"""What a watcher has counted at the intake, also while its clock was wrong."""

from __future__ import annotations

from center.watching.probing import Probing
from messages.ids import SECOND, Instant

NOW = Instant(29_900_000 * 60 * SECOND)
MINUTE_US = 60 * SECOND


def test_minutes_that_a_wrong_clock_has_counted_ahead_keep_no_true_ones_back() -> None:
    probing = Probing("w")
    probing.add(Instant(NOW - MINUTE_US), 1000, answered=True)
    for ahead in range(3):
        probing.add(Instant(NOW + (1_000_000 + ahead) * MINUTE_US), 1000, answered=False)
    probing.add(NOW, 1000, answered=True)
    probing.add(Instant(NOW + MINUTE_US), 1000, answered=True)
    later = Instant(NOW + 2 * MINUTE_US)
    this = NOW // MINUTE_US
    assert [(one.minute, one.failed) for one in probing.whole(later)] == [
        (this - 1, 0),
        (this, 0),
        (this + 1, 0),
    ]
    probing.taken(this)
    assert [one.minute for one in probing.whole(later)] == [this + 1]
