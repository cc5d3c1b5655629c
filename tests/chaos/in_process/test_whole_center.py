"""The whole center comes right, whatever is done to it. More of the same: `scripts/chaos/in_process`.

The seed is fixed, so that a failure here is a failure anywhere, and names the script that repeats it.
"""

from __future__ import annotations

import pytest

from tests.chaos.in_process.search import search
from tests.support.depth import WHOLE

SEED = 1001
RUNS = 25 if WHOLE else 3


@pytest.mark.scenario
@pytest.mark.timeout(400)
def test_whatever_is_lost_or_killed_everything_comes_right() -> None:
    found = search(SEED, RUNS, shrink=False)
    if found.broken is not None:
        pytest.fail(
            "\n".join((*found.broken.faults, f"scripts/chaos/in_process --script '{found.broken.script}'"))
        )
    assert found.met["alerts"] >= RUNS // 2, "the runs are not empty"
    assert found.met["actors started again"] > 0
    assert sum(count for what, count in found.met.items() if what.startswith("message ")) > 0
