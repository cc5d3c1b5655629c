"""What a watcher makes of two ways, of which each may fall silent."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.watcher.verdict import SLEPT_US, Heard, Verdict, after_sleep, verdict
from messages.ids import SECOND, Instant
from model.settings.watching import Patience

PATIENCE = Patience()
NOW = Instant(1_800_000_000 * SECOND)


def ago(seconds: float) -> Instant:
    return Instant(NOW - round(seconds * SECOND))


@pytest.mark.parametrize(
    ("beat", "well", "probe", "told"),
    [
        (5, 5, 5, Verdict.WELL),
        (41, 41, 41, Verdict.SILENT),
        (41, 41, None, Verdict.SILENT),
        (41, 41, 5, Verdict.NO_HEARTBEAT),
        (5, 5, 41, Verdict.NO_INTAKE),
        (5, 61, 5, Verdict.UNWELL),
        (5, 61, 41, Verdict.NO_INTAKE),
        (5, 59, 5, Verdict.WELL),
    ],
)
def test_each_way_that_is_silent_tells_something_else(
    beat: float, well: float, probe: float | None, told: Verdict
) -> None:
    heard = Heard(beat_at=ago(beat), well_at=ago(well), probed_at=None if probe is None else ago(probe))
    assert verdict(heard, PATIENCE, NOW) is told


def test_planned_work_is_waited_for_and_no_longer() -> None:
    heard = Heard(beat_at=ago(300), well_at=ago(300), probed_at=ago(300), planned_until=Instant(NOW + 1))
    assert verdict(heard, PATIENCE, NOW) is Verdict.PLANNED
    assert verdict(heard, PATIENCE, Instant(NOW + 1)) is Verdict.SILENT


@given(
    st.floats(0, 39.9),
    st.floats(0, 59.9),
    st.none() | st.floats(0, 39.9),
    st.floats(SLEPT_US / SECOND + 0.1, 1e6),
)
def test_a_watcher_that_slept_holds_nothing_against_the_center(
    beat: float, well: float, probe: float | None, slept_s: float
) -> None:
    heard = Heard(beat_at=ago(beat), well_at=ago(well), probed_at=None if probe is None else ago(probe))
    slept_us = round(slept_s * SECOND)
    assert verdict(after_sleep(heard, slept_us), PATIENCE, Instant(NOW + slept_us)) is Verdict.WELL
