"""Two centers watch each other: of either one's death the other wakes its own people, and of nothing else."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.features.watcher.two_centers import OneOfTwo, two_centers
from tests.support.networks import Network, missing, network
from tests.waiting import wait_until

pytestmark = [pytest.mark.process, pytest.mark.timeout(300)]

EVERY_S, SILENT_AFTER_S = 1.0, 6.0
RINGS_WITHIN_S = SILENT_AFTER_S + 25.0


@pytest.fixture(scope="module")
def there() -> Iterator[Network]:
    if why := missing():
        pytest.skip(f"NOT TESTED, that two centers watch each other: {why}")
    with network() as made:
        yield made


def struck(by: Callable[[], None], *who: OneOfTwo) -> None:
    """By this these notice that the other is silent, and their people's phones ring."""
    before = {one.name: len(one.calls()) for one in who}
    by()
    began = time.monotonic()
    for one in who:
        rings = partial(one.rings, before[one.name])
        wait_until(rings, within_s=RINGS_WITHIN_S, what=f"{one.name}'s people are called")
        print(f"{one.name}: a phone rings after {time.monotonic() - began:.1f} s")


def heard_again(*who: OneOfTwo) -> None:
    for one in who:
        one.center.until(f"{one.name} hears the other again", lambda one=one: not one.misses())
        one.center.until(f"{one.name} calls nobody any more", lambda one=one: not one.calls_people())


def test_each_wakes_its_people_for_the_others_silence_alone(
    there: Network, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("two")
    with two_centers(folder, there, every_s=EVERY_S, silent_after_s=SILENT_AFTER_S) as (a, b):
        heard_again(a, b)  # whoever was up first has waited for the other
        raised = a.missed(), b.missed()
        calls = len(a.calls()), len(b.calls())
        with ThreadPoolExecutor() as pool:
            list(pool.map(OneOfTwo.is_used, (a, b)))
        assert (a.missed(), b.missed()) == raised
        assert (len(a.calls()), len(b.calls())) == calls
        struck(a.cut, a, b)
        a.mend()
        heard_again(a, b)
        raised_by_a, calls_of_a = a.missed(), len(a.calls())
        struck(partial(a.signalled, signal.SIGSTOP), b)
        a.signalled(signal.SIGCONT)
        heard_again(b)
        a.is_used()
        assert (a.missed(), len(a.calls())) == (raised_by_a, calls_of_a), "it slept, and heard nobody"
        assert {one["line"] for one in b.calls()} <= {"sim1", "sim2", "sim3"}
