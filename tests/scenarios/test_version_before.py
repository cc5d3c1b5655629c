"""A state of the version before: what its journal says is kept, and its open alerts go on.

`states/before-user-rang.db.gz` is the journal of a center that was killed, all of it at once, with two alerts
open: in one the operator had left user and 112 talking, and the user had been called back since; in the other
the operator was on the line, the user could not be reached and the deadline had passed. Its carrier is gone.
"""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Final

import pytest

from messages.ids import SECOND, AlertId, NodeId, OperatorCommand, Party
from model.alert.evolve import fold
from runtime.clock import VirtualClock
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.journal.seal_written import seal_written
from store.journal.verify import verify
from store.streams import alert_of
from tests.scenarios.conftest import MakeWorld
from tests.scenarios.world import World

STATES: Final = Path(__file__).parent / "states"
LAST_SEQ: Final = 75
DIGEST: Final = "895314b1dc391f73"
"""As `securwoman journal verify` of the version before has printed it."""
HANDED_OVER, TALKING = AlertId("1m8e6b5kwj3qdq4x4s"), AlertId("1m8e6dss88ktjwcq4k")
LAST_US: Final = 1_795_772_885_656_467


def unpack(folder: Path) -> None:
    """Put the state where a center looks for it."""
    packed = (STATES / "before-user-rang.db.gz").read_bytes()
    (folder / "journal.db").write_bytes(gzip.decompress(packed))


@pytest.fixture
def started(make_world: MakeWorld, tmp_path: Path) -> World:
    """A center of this version, a minute later."""
    unpack(tmp_path)
    return make_world(operators=0, begins_us=LAST_US + 60 * SECOND)


def test_what_the_version_before_has_written_is_kept_to_the_byte(started: World) -> None:
    kept = started.journal.read_all(0, LAST_SEQ)
    assert (kept[-1].seq, verify(started.journal).problems) == (LAST_SEQ, ())
    case = fold(one for one in kept if alert_of(one.stream) == HANDED_OVER)
    assert case is not None
    assert case.met_at is not None, "the older `user.reached` by ringing meets the deadline"
    assert (case.met_at, case.reached_at) == (case.rang_at, None)


def test_its_digest_is_the_one_that_the_version_before_has_printed(tmp_path: Path) -> None:
    unpack(tmp_path)
    clock = VirtualClock(LAST_US).now_us
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    journal = Journal.open(url, node=NodeId("vm"), clock=clock, notify=LocalNotifier())
    try:
        assert verify(journal).digest[: len(DIGEST)] == DIGEST
    finally:
        journal.close()


def test_open_alerts_of_the_version_before_go_on(started: World) -> None:
    started.alert = HANDED_OVER
    started.until("who was left talking is together again", lambda: _together(started), 120)
    assert started.case.operator is not None, "the only operator is with the user who was heard"
    started.alert = TALKING
    assert (started.case.closed_at, started.case.operator) == (None, None)
    started.alert = HANDED_OVER
    started.order(OperatorCommand.LEAVE)
    started.alert = TALKING
    started.until("an operator has it again", lambda: started.case.operator is not None, 90)
    assert any(leg.attempt > 1 or leg.since > LAST_US for leg in started.case.of(Party.OPERATOR))


def test_they_go_on_while_what_it_has_written_is_sealed(
    started: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("store.journal.seal_written.PORTION", 10)
    started.alert = HANDED_OVER
    phone = started.case.phone
    assert phone is not None
    steps = seal_written(started.journal)
    started.until(
        "who was left talking is together again", lambda: not next(steps, None) and _together(started), 120
    )
    assert started.case.phone == phone
    assert started.journal.scrub() == ""
    found = b"".join(one.read_bytes() for one in tmp_path.glob("journal.db*"))
    assert found.count(phone.encode()) == 5, (
        "the registry's row and the alias, each with its index; and what a person is searched for by"
    )
    assert verify(started.journal).problems == ()


def _together(world: World) -> bool:
    return {leg.party for leg in world.case.legs.values() if leg.joined} >= {Party.USER, Party.PSAP}
