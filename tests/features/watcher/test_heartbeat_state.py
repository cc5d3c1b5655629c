"""A heartbeat counts once, while it is new, by the clock of who hears; and what two silent ways tell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.watcher.beat import Heartbeat, UnwellReason
from features.watcher.heartbeat_state import (
    FRESH_US,
    SLEPT_US,
    CenterState,
    HeartbeatState,
    LastSigns,
    after_sleep,
    apply_heartbeat,
    center_state,
    challenge_of,
    initial_state,
    resumed,
)
from features.watcher.settings import Patience
from messages.ids import SECOND, Instant, NodeId

NODE = NodeId("one")
START = Instant(1_000_000 * SECOND)
PATIENCE = Patience()
NOW = Instant(1_800_000_000 * SECOND)


def beat(**fields: object) -> Heartbeat:
    return Heartbeat(**{"node": NODE, "at": Instant(0), "every_s": 10.0, "version": "1", **fields})  # type: ignore[arg-type]


def said(hearing: HeartbeatState, at: Instant, **fields: object) -> HeartbeatState:
    """A heartbeat as a center says it: twice where it has to be asked first."""
    node = hearing.nodes.get(NODE)
    challenge = b"" if node is None else node.challenge
    hearing, taken = apply_heartbeat(hearing, beat(challenge=challenge, **fields), at, str(at).encode())
    if not taken:
        challenge = challenge_of(hearing, NODE)
        hearing, taken = apply_heartbeat(hearing, beat(challenge=challenge, **fields), at, f"{at}'".encode())
    assert taken
    return hearing


def test_the_first_is_asked_and_the_second_counts() -> None:
    hearing, taken = apply_heartbeat(initial_state(START, probes=False), beat(), START, b"ask")
    assert not taken
    assert challenge_of(hearing, NODE) == b"ask"
    hearing, taken = apply_heartbeat(hearing, beat(challenge=b"ask"), Instant(START + 5), b"next")
    assert taken
    assert hearing.heard.beat_at == START + 5
    assert challenge_of(hearing, NODE) == b"next"


def test_what_was_kept_back_or_is_said_again_does_not_count() -> None:
    hearing = said(initial_state(START, probes=False), START)
    old = beat(challenge=challenge_of(hearing, NODE))
    hearing, taken = apply_heartbeat(hearing, old, Instant(START + 1), b"next")
    assert taken
    before = hearing.heard
    hearing, taken = apply_heartbeat(hearing, old, Instant(START + 2), b"other")
    assert not taken
    kept_back = beat(challenge=challenge_of(hearing, NODE))
    late = Instant(START + 1 + FRESH_US + 1)
    hearing, taken = apply_heartbeat(hearing, kept_back, late, b"anew")
    assert not taken
    assert hearing.heard == before
    assert challenge_of(hearing, NODE) == b"anew"


def test_a_center_that_says_it_is_not_well_is_heard_and_not_well() -> None:
    hearing = said(initial_state(START, probes=False), START)
    for n in range(1, 10):
        hearing = said(hearing, Instant(START + n * 10 * SECOND), wrong=(UnwellReason.JOURNAL,))
    now = Instant(START + 91 * SECOND)
    assert center_state(hearing.heard, PATIENCE, now) is CenterState.UNWELL
    hearing = said(hearing, now, wrong=(UnwellReason.JOURNAL,), taken=True)
    assert center_state(hearing.heard, PATIENCE, now) is CenterState.WELL


def test_one_that_is_heard_for_the_first_time_has_its_minute_however_long_it_was_waited_for() -> None:
    first = Instant(START + 200 * SECOND)
    hearing = said(initial_state(START, probes=False), first, wrong=(UnwellReason.NOT_READY,))
    assert center_state(hearing.heard, PATIENCE, first) is CenterState.WELL
    for n in range(1, 7):
        hearing = said(hearing, Instant(first + n * 10 * SECOND), wrong=(UnwellReason.NOT_READY,))
    assert center_state(hearing.heard, PATIENCE, Instant(first + 61 * SECOND)) is CenterState.UNWELL


def test_the_roster_is_kept_until_another_comes() -> None:
    hearing = said(initial_state(START, probes=False), START, roster=b"{}", roster_version=3)
    hearing = said(hearing, Instant(START + 1))
    assert (hearing.roster, hearing.roster_version) == (b"{}", 3)
    again = resumed(hearing, Instant(START + 1_000_000 * SECOND), probes=True)
    assert (again.roster, again.roster_version) == (b"{}", 3)
    assert center_state(again.heard, PATIENCE, Instant(START + 1_000_001 * SECOND)) is CenterState.WELL


@given(st.lists(st.booleans(), max_size=40), st.floats(0, 9))
def test_whatever_is_lost_it_is_silent_after_four_in_a_row(comes: list[bool], delay_s: float) -> None:
    """Each heartbeat comes, some time late, or is lost; the second looks are a second apart."""
    hearing = said(initial_state(START, probes=False), START)
    last = START
    for n, there in enumerate(comes, 1):
        due = Instant(START + n * 10 * SECOND)
        if there:
            at = Instant(due + round(delay_s * SECOND))
            hearing = said(hearing, at)
            last = at
        now = Instant(START + (n + 1) * 10 * SECOND)
        silent = center_state(hearing.heard, PATIENCE, now) is not CenterState.WELL
        assert silent == (now - last > PATIENCE.silent_after_s * SECOND)
        if silent:
            assert not any(comes[max(0, n - 3) : n])


def ago(seconds: float) -> Instant:
    return Instant(NOW - round(seconds * SECOND))


@pytest.mark.parametrize(
    ("beat", "well", "probe", "told"),
    [
        (5, 5, 5, CenterState.WELL),
        (41, 41, 41, CenterState.SILENT),
        (41, 41, None, CenterState.SILENT),
        (41, 41, 5, CenterState.NO_HEARTBEAT),
        (5, 5, 41, CenterState.NO_INTAKE),
        (5, 61, 5, CenterState.UNWELL),
        (5, 61, 41, CenterState.NO_INTAKE),
        (5, 59, 5, CenterState.WELL),
    ],
)
def test_each_way_that_is_silent_tells_something_else(
    beat: float, well: float, probe: float | None, told: CenterState
) -> None:
    heard = LastSigns(beat_at=ago(beat), well_at=ago(well), probed_at=None if probe is None else ago(probe))
    assert center_state(heard, PATIENCE, NOW) is told


def test_planned_work_is_waited_for_and_no_longer() -> None:
    heard = LastSigns(beat_at=ago(300), well_at=ago(300), probed_at=ago(300), planned_until=Instant(NOW + 1))
    assert center_state(heard, PATIENCE, NOW) is CenterState.PLANNED
    assert center_state(heard, PATIENCE, Instant(NOW + 1)) is CenterState.SILENT


@given(
    st.floats(0, 39.9),
    st.floats(0, 59.9),
    st.none() | st.floats(0, 39.9),
    st.floats(SLEPT_US / SECOND + 0.1, 1e6),
)
def test_a_watcher_that_slept_holds_nothing_against_the_center(
    beat: float, well: float, probe: float | None, slept_s: float
) -> None:
    heard = LastSigns(beat_at=ago(beat), well_at=ago(well), probed_at=None if probe is None else ago(probe))
    slept_us = round(slept_s * SECOND)
    assert center_state(after_sleep(heard, slept_us), PATIENCE, Instant(NOW + slept_us)) is CenterState.WELL
