"""What a proof consists of, when it is due, and what its measures mean."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.selftest.judging import DAY_US, alarms_of, days_left, evaluate_disk
from features.selftest.proving import SelfTests
from features.selftest.steps import KINDS, ends, night, planned
from messages.events import ProofBegun, ProofStepEnded
from messages.ids import E164, SECOND, Instant, NodeId, TrunkId
from messages.journal import Recorded
from messages.proofs import ProofItem, ProofStep, ProofWhy, Shown, StepResult
from model.settings.lines import Modem

ROME = timezone(timedelta(hours=1))


@pytest.fixture
def in_rome(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """As the clock of this machine."""
    with monkeypatch.context() as of:
        of.setenv("TZ", "Europe/Rome")
        time.tzset()
        yield
    time.tzset()


def lines(public: int, emergency: int = 1) -> list[Modem]:
    return [
        Modem(
            name=f"L{n}",
            trunk=TrunkId("x"),
            emergency=n > public,
            inbound=n <= public,
            number=E164(f"+3902000000{n:02d}"),
        )
        for n in range(1, public + emergency + 1)
    ]


@given(st.integers(2, 30))
def test_each_line_calls_once_and_is_called_once(count: int) -> None:
    pairs = [ends(item.subject) for item in planned(lines(count), (ProofStep.VOICE,))]
    assert [calling for calling, _ in pairs] == [f"L{n}" for n in range(1, count + 1)]
    assert sorted(called for _, called in pairs) == sorted(calling for calling, _ in pairs)
    assert all(calling != called for calling, called in pairs)


def test_a_line_that_has_none_to_call_stands_alone_and_each_step_has_its_reason() -> None:
    assert [item.subject for item in planned(lines(1), (ProofStep.VOICE,))] == ["L1"]
    assert {item.step for item in planned(lines(1))} == set(ProofStep)
    assert {kind.step for kind in KINDS} == set(ProofStep)
    assert all(kind.because for kind in KINDS)


@pytest.mark.parametrize(
    ("clock", "at", "until", "from_day"),
    [
        ("28 03:30", "03:30", "06:00", 28),
        ("28 05:59", "03:30", "06:00", 28),
        ("28 06:00", "03:30", "06:00", None),
        ("28 03:29", "03:30", "06:00", None),
        ("28 23:00", "22:30", "04:00", 28),
        ("28 03:00", "22:30", "04:00", 27),
        ("28 03:30", "", "06:00", None),
    ],
)
@pytest.mark.usefixtures("in_rome")
def test_a_night_begins_at_its_hour_any_day(clock: str, at: str, until: str, from_day: int | None) -> None:
    local = datetime.strptime(f"2026-11-{clock}", "%Y-%m-%d %H:%M").replace(tzinfo=ROME)
    found = night(Instant(round(local.timestamp()) * SECOND), at, until)
    if from_day is None:
        assert found is None
        return
    assert found is not None
    begins = datetime.fromtimestamp(found.from_us / SECOND, UTC).astimezone(ROME)
    assert f"{begins:%d %H:%M}" == f"{from_day} {at}"
    assert found.from_us <= local.timestamp() * SECOND < found.until_us


@pytest.mark.usefixtures("in_rome")
@pytest.mark.parametrize("at", ["22:30", "02:30"])
def test_a_night_in_which_the_clocks_go_back_is_one(at: str) -> None:
    """Of 25 October 2026: 03:00 is 02:00 again an hour after 00:00 UTC."""
    back = round(datetime(2026, 10, 25, 1, tzinfo=UTC).timestamp())
    found = {night(Instant((back + moved) * SECOND), at, "06:00") for moved in range(-1800, 4 * 3600, 600)}
    assert None not in found
    assert len(found) == 1


NOW = Instant(1_795_000_000 * SECOND)


@pytest.mark.parametrize(
    ("free", "before", "days"),
    [
        (40e9, [(1, 60e9)], 2.0),
        # It has filled slowly for a week, and fast since yesterday.
        (40e9, [(7, 62e9), (1, 60e9)], 2.0),
        (40e9, [(7, 40e9)], None),
        (40e9, [(1, 30e9)], None),
        (40e9, [(0.1, 60e9)], None),
        (40e9, [(30, 60e9)], None),
    ],
)
def test_a_disk_is_full_by_the_fastest_that_it_has_filled(
    free: float, before: list[tuple[float, float]], days: float | None
) -> None:
    known = [(Instant(NOW - round(ago * DAY_US)), bytes_) for ago, bytes_ in before]
    found = days_left(free, known, NOW)
    assert found == (None if days is None else pytest.approx(days))
    shown = evaluate_disk(Shown(result=StepResult.OK, figures={"free_bytes": free}), known, NOW)
    assert shown.why == (ProofWhy.NONE if days is None else ProofWhy.FULL_SOON)


@pytest.mark.parametrize(
    ("why", "stands"),
    [
        (ProofWhy.EXCLUDED, False),
        (ProofWhy.NOT_SET, False),
        (ProofWhy.ANOTHER_NODE, False),
        (ProofWhy.LINE_DOWN, True),
        (ProofWhy.LINE_IN_USE, True),
        (ProofWhy.MORNING, True),
    ],
)
def test_what_was_wrong_is_no_more_once_it_is_not_tried_any_more(why: ProofWhy, stands: bool) -> None:
    item = ProofItem(step=ProofStep.TEXT, subject="L1>L2")
    told = {"step": item.step, "subject": item.subject}
    events = (
        ProofBegun(proof="1", steps=(item,)),
        ProofStepEnded(proof="1", result=StepResult.FAILED, why=ProofWhy.NOT_RECEIVED, **told),
        ProofBegun(proof="2", steps=(item,)),
        ProofStepEnded(proof="2", result=StepResult.LEFT_OUT, why=why, **told),
    )
    at = {"stream": "proof-n", "at_us": NOW, "node": NodeId("n"), "epoch": 0}
    proving = SelfTests(
        Recorded(seq=place, version=place, event=event, **at) for place, event in enumerate(events, 1)
    )
    assert bool(alarms_of(proving, ())) is stands
