"""Who is where."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from messages.ids import AlertId, Instant, Role
from runtime.published.directory import (
    FILE_NAME,
    PLACES_NAME,
    Directory,
    Entry,
    FileDirectory,
    MemoryDirectory,
)
from tests.support.there import there
from tests.support.unreadable import GARBAGE


def entry(
    role: Role = Role.TRUNK_POOL, key: str = "", incarnation: int = 1, alert: AlertId | None = None
) -> Entry:
    return Entry(
        role=role, key=key, address=b"T127.0.0.1:9", pid=9, born=7, incarnation=incarnation, alert=alert,
        since_us=Instant(4), restarts=5, ready=True,
    )  # fmt: skip


@pytest.fixture(params=["file", "memory"])
def directory(request: pytest.FixtureRequest, tmp_path: Path) -> Directory:
    return FileDirectory(tmp_path) if request.param == "file" else MemoryDirectory()


def test_an_empty_directory_knows_nobody(directory: Directory) -> None:
    assert directory.read() == ()
    assert directory.find(Role.TRUNK_POOL) is None
    assert directory.last_incarnation(Role.TRUNK_POOL) == 0
    assert directory.beaten_us() == 0


def test_who_was_published_is_found(directory: Directory) -> None:
    directory.publish([entry(), entry(Role.CALL_LEG, "c00/user")])
    assert directory.find(Role.CALL_LEG, "c00/user") == entry(Role.CALL_LEG, "c00/user")
    assert directory.find(Role.CALL_LEG, "c00/psap") is None
    assert directory.all_of(Role.TRUNK_POOL) == (entry(),)


def test_incarnations_outlive_those_who_had_them(directory: Directory) -> None:
    directory.publish([entry(incarnation=5)], {"AlertCase/c01": 3})
    directory.publish([], {"TrunkPool/": 2})
    assert directory.last_incarnation(Role.TRUNK_POOL) == 5
    assert directory.last_incarnation(Role.ALERT_CASE, "c01") == 3


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), max_size=12))
def test_no_sequence_of_publications_takes_an_incarnation_back(steps: list[tuple[str, int]]) -> None:
    directory = MemoryDirectory()
    highest = {"a": 0, "b": 0}
    for key, incarnation in steps:
        directory.publish([entry(Role.GSM_MODEM, key, incarnation)])
        highest[key] = max(highest[key], incarnation)
        assert {key: directory.last_incarnation(Role.GSM_MODEM, key) for key in highest} == highest


def test_the_supervisors_sign_of_life_is_seen(directory: Directory) -> None:
    directory.beat(Instant(1_700_000_000_123_456))
    assert directory.beaten_us() == 1_700_000_000_123_456


def test_a_reader_in_another_process_sees_what_is_published_later(tmp_path: Path) -> None:
    writer, reader = FileDirectory(tmp_path), FileDirectory(tmp_path)
    assert reader.read() == ()
    for incarnation in range(1, 20):
        writer.publish([entry(incarnation=incarnation)])
        assert there(reader.find(Role.TRUNK_POOL)).incarnation == incarnation


def test_a_reader_reads_the_file_again_only_when_it_has_changed(tmp_path: Path) -> None:
    writer, reader = FileDirectory(tmp_path), FileDirectory(tmp_path)
    writer.publish([entry()])
    first = reader.find(Role.TRUNK_POOL)
    assert reader.find(Role.TRUNK_POOL) is first


def test_the_file_is_its_owners_alone(tmp_path: Path) -> None:
    old = os.umask(0)
    try:
        FileDirectory(tmp_path).publish([entry()])
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / FILE_NAME).stat().st_mode) == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {FILE_NAME, PLACES_NAME}


@pytest.mark.parametrize("content", GARBAGE.values(), ids=GARBAGE)
def test_a_damaged_file_keeps_nobody_hidden_and_is_written_anew(tmp_path: Path, content: bytes) -> None:
    supervisor, reader, begins = (FileDirectory(tmp_path) for _ in range(3))
    supervisor.publish([entry(incarnation=7)])
    assert reader.find(Role.TRUNK_POOL) == entry(incarnation=7)
    assert supervisor.is_as_published()
    (tmp_path / FILE_NAME).write_bytes(content)
    assert reader.find(Role.TRUNK_POOL) == entry(incarnation=7)
    # A reader that begins just now knows nobody until the Supervisor's next look, and dies of nothing.
    begins.read()
    assert not supervisor.is_as_published()
    supervisor.publish([entry(incarnation=7)])
    assert [each.read() for each in (reader, begins)] == [(entry(incarnation=7),)] * 2
    assert FileDirectory(tmp_path).last_incarnation(Role.TRUNK_POOL) == 7


def test_a_file_of_a_later_version_is_read_without_what_is_not_known(tmp_path: Path) -> None:
    import msgspec

    known = msgspec.to_builtins(entry())
    data = {"entries": [{**known, "address": b"", "colour": "red"}], "later": 1}
    (tmp_path / FILE_NAME).write_bytes(msgspec.msgpack.encode(data))
    found = FileDirectory(tmp_path).read()
    assert [each.role for each in found] == [Role.TRUNK_POOL]


def test_a_full_disk_keeps_nobody_from_being_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    writer, reader = FileDirectory(tmp_path), FileDirectory(tmp_path)
    writer.publish([entry(key=f"a{number}") for number in range(9)])
    assert len(reader.read()) == 9
    write, open_ = os.write, os.open
    beside: set[int] = set()

    def opened(path: str, flags: int, mode: int = 0o777) -> int:
        fd = open_(path, flags, mode)
        (beside.add if str(path).endswith(".new") else beside.discard)(fd)
        return fd

    def full(fd: int, data: bytes) -> int:
        return write(fd, data[:10]) if fd in beside else write(fd, data)

    monkeypatch.setattr(os, "open", opened)
    monkeypatch.setattr(os, "write", full)
    writer.publish([entry(incarnation=2)])
    monkeypatch.undo()
    assert reader.read() == (entry(incarnation=2),)
    assert {path.name for path in tmp_path.iterdir()} == {FILE_NAME, PLACES_NAME}


def test_nothing_that_is_wrong_with_the_disk_is_raised_when_publishing(tmp_path: Path) -> None:
    directory = FileDirectory(tmp_path / "gone")
    directory.publish([entry()])
    assert directory.find(Role.TRUNK_POOL) == entry()


def test_what_somebody_is_busy_with_moves_nobody(tmp_path: Path) -> None:
    writer, reader = FileDirectory(tmp_path), FileDirectory(tmp_path)
    writer.publish([entry()])
    assert reader.find(Role.TRUNK_POOL) == entry()
    writer.publish([entry(alert=AlertId("a1"))])
    assert reader.find(Role.TRUNK_POOL) == entry(), "where it is has not changed: nothing is read"
    assert reader.read() == (entry(alert=AlertId("a1")),)
    writer.publish([entry(incarnation=2)])
    assert reader.find(Role.TRUNK_POOL) == entry(incarnation=2)
