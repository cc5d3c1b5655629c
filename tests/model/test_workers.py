"""Each worker's voice is held by one mixer, and each mixer knows whose voices it holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from model.workers import SHARE, mixer_of, worker_name, workers_of


@given(st.integers(min_value=0, max_value=999))
def test_a_worker_is_among_those_of_its_mixer_and_no_more_are_than_share_one(number: int) -> None:
    worker = worker_name(number)
    assert worker in workers_of(mixer_of(worker))
    assert len(workers_of(mixer_of(worker))) == SHARE
    assert {mixer_of(one) for one in workers_of(mixer_of(worker))} == {mixer_of(worker)}
