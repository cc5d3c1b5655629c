"""An input that ends its reader is read twice and no more, whatever dies of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from gateways.gsm.line.files import FailedReads
from messages.ids import SECOND, Instant

NOW = Instant(1_700_000_000_000_000)
DAY = Instant(24 * 3600 * SECOND)


class Killed(BaseException):
    """The process is no more: nothing of it runs."""


def die() -> None:
    raise Killed


def test_what_ends_its_process_twice_is_given_up_by_the_third(tmp_path: Path) -> None:
    for _ in range(2):
        reads = FailedReads(tmp_path / "lines" / "one.unread")
        assert not reads.is_given_up("a")
        with pytest.raises(Killed):
            reads.read("a", die, NOW)
    reads = FailedReads(tmp_path / "lines" / "one.unread")
    assert reads.is_given_up("a")
    assert not reads.is_given_up("b")


def test_what_is_read_well_counts_for_nothing(tmp_path: Path) -> None:
    reads = FailedReads(tmp_path / "one.unread")
    assert [reads.read("a", lambda: None, NOW) for _ in range(5)] == [None] * 5
    assert not FailedReads(tmp_path / "one.unread").is_given_up("a")


def test_two_failures_of_different_days_are_two_accidents(tmp_path: Path) -> None:
    reads = FailedReads(tmp_path / "one.unread")
    assert not reads.count_failure("a", NOW)
    assert not reads.count_failure("a", Instant(NOW + DAY))
    assert reads.count_failure("a", Instant(NOW + DAY + 1))


def test_it_is_bounded_and_bears_with_a_damaged_file_and_a_full_disk(tmp_path: Path) -> None:
    file = tmp_path / "one.unread"
    file.write_bytes(b"{damaged")
    reads = FailedReads(file)
    for n in range(1000):
        reads.count_failure(str(n), NOW)
    assert file.stat().st_size < 10_000
    nowhere = FailedReads(tmp_path / "one.unread" / "a" / "b")
    assert not nowhere.count_failure("a", NOW)
    assert nowhere.count_failure("a", NOW)
