"""What the keeper does at which moment."""

from actors.fallback_keeper.decider import Keeping, Step, must_log_failure, next_steps
from messages.ids import SECOND, Instant

NOW = Instant(1_795_000_000 * SECOND)


def later(seconds: float) -> Instant:
    return Instant(NOW + round(seconds * SECOND))


def test_a_new_keeper_looks_for_an_alarm_that_an_earlier_one_has_left() -> None:
    keeping, steps = next_steps(Keeping(), in_use=False, now_us=NOW)
    assert steps == (Step.REFILL, Step.CLEAR)
    keeping, steps = next_steps(keeping, in_use=False, now_us=later(1))
    assert steps == (Step.REPLICATE,)
    _, steps = next_steps(keeping, in_use=False, now_us=later(10))
    assert steps == (Step.REFILL,)


def test_while_the_spare_is_in_use_nothing_is_tried_but_the_way_back() -> None:
    keeping, _ = next_steps(Keeping(), in_use=False, now_us=NOW)
    keeping, steps = next_steps(keeping, in_use=True, now_us=later(1))
    assert steps == (Step.RAISE, Step.GO_BACK), "a node that has started anew knows of no alarm"
    keeping, steps = next_steps(keeping, in_use=True, now_us=later(2))
    assert steps == (Step.GO_BACK,)
    assert Step.CLEAR in next_steps(keeping, in_use=False, now_us=later(2))[1]


def test_the_log_of_a_full_disk_is_not_filled_every_second() -> None:
    keeping, say = must_log_failure(Keeping(), NOW)
    assert say
    said = [must_log_failure(keeping, later(seconds))[1] for seconds in range(1, 60)]
    assert not any(said)
    assert must_log_failure(keeping, later(60))[1]
