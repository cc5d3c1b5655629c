"""What a watcher remembers of callouts and probes: a row costs a row, and damage only what it has hit."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from features.watcher.ears import state_of
from features.watcher.program import state
from features.watcher.program.probing import KEPT_MINUTES, Probing
from features.watcher.program.settings import probing as of_addresses
from features.watcher.program.state import PROBES, SPARE, STORIES, AppendedFile, Story, callouts_in
from messages.events import CalloutFailed, CalloutOpened, CalloutTold
from messages.ids import SECOND, Instant
from model.availability import ProbeResult
from tests.features.watcher.stage import Stage
from tests.support.each import each
from tests.support.unreadable import GARBAGE

MINUTE_US = 60 * SECOND
READERS: dict[str, Callable[[Path], object]] = {
    "watch.json": state.read,
    "a.heard": lambda folder: state_of(folder, "a"),
}


@each("content", GARBAGE.values())
@pytest.mark.parametrize("name", READERS)
def test_a_file_that_cannot_be_read_stops_no_reader(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    READERS[name](tmp_path)


@pytest.mark.parametrize("name", READERS)
def test_a_folder_in_the_place_of_a_file_stops_no_reader(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    READERS[name](tmp_path)


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def row(minute: int) -> ProbeResult:
    return ProbeResult(watcher="w", minute=minute, tried=6, failed=0, worst_ms=120)


def minutes(file: AppendedFile[ProbeResult]) -> list[int]:
    return [one.minute for one in file.read()]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


@pytest.fixture
def file(path: Path) -> AppendedFile[ProbeResult]:
    return AppendedFile(path, ProbeResult, 2 * SPARE)


def append(file: AppendedFile[ProbeResult], *of: int, needed: int = 10_000) -> None:
    file.append([row(minute) for minute in of], needed, lambda: map(row, of))


@pytest.mark.parametrize("torn", [b"\x00\x00", b'{"watcher":"w","minu', b"\xff\xfe\n", b"[]\n"])
def test_what_stands_behind_a_damaged_line_is_read(
    file: AppendedFile[ProbeResult], path: Path, torn: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    append(file, 1, 2)
    path.write_bytes(path.read_bytes() + torn)
    again: AppendedFile[ProbeResult] = AppendedFile(path, ProbeResult, 2 * SPARE)
    assert minutes(again) == [1, 2]
    assert "rows of the watcher's log cannot be read" in "".join(capfd.readouterr())
    append(again, 3)
    assert minutes(again) == [1, 2, 3]


def test_rows_that_a_full_disk_has_refused_are_written_with_the_next(
    file: AppendedFile[ProbeResult], path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    append(file, 1)
    with monkeypatch.context() as disk:
        disk.setattr(state.os, "fsync", _full)
        for minute in (2, 3):
            with pytest.raises(OSError, match="No space"):
                append(file, minute)
    append(file, 4)
    # What a failed flush leaves nobody knows: twice does no harm.
    assert sorted(set(minutes(file))) == [1, 2, 3, 4]


def _full(_: int) -> None:
    raise OSError(28, "No space left on device")


def test_a_row_costs_a_row_until_most_lines_are_of_no_more_use(
    file: AppendedFile[ProbeResult], path: Path
) -> None:
    append(file, *range(SPARE - 1), needed=0)
    inode, size = path.stat().st_ino, path.stat().st_size
    append(file, SPARE, needed=0)
    assert path.stat().st_ino == inode
    assert path.stat().st_size - size < 100
    append(file, SPARE + 1, needed=0)
    assert minutes(file) == [SPARE + 1], "written anew"


def test_a_watcher_that_starts_again_goes_on_with_its_minutes(tmp_path: Path) -> None:
    stage = Stage(tmp_path, probe="https://center.test/healthz")
    for _ in range(9):
        stage.probe(answered=False)
        stage.pass_s(10)
    before = stage.watcher.probings["milano"].rows
    stage.watcher.stopped()
    stage.begin()
    assert stage.watcher.probings["milano"].rows == before
    stage.probe(answered=True)
    stage.pass_s(90)
    stage.begin()
    found = stage.watcher.probings["milano"].rows
    assert sum(one.tried for one in found) == 10
    assert len({one.minute for one in found}) == len(found)


def test_while_the_center_is_away_a_minute_costs_a_row(tmp_path: Path) -> None:
    stage = Stage(tmp_path, probe="https://center.test/healthz")
    for ago in range(KEPT_MINUTES, 0, -1):
        at = Instant(stage.now - ago * MINUTE_US)
        stage.watcher.probings["milano"].add(at, 120_000, answered=True)
    stage.pass_s(31)
    before = (tmp_path / PROBES).stat()
    stage.probe(answered=True)
    stage.pass_s(90)
    after = (tmp_path / PROBES).stat()
    assert before.st_size > 40 * KEPT_MINUTES
    assert 0 < after.st_size - before.st_size < 200
    assert after.st_ino == before.st_ino


def test_a_watcher_that_only_probes_keeps_no_rows(tmp_path: Path, stage: Stage) -> None:
    roster = tmp_path / "roster.toml"
    roster.write_text('[[person]]\nname = "Anna"\nways = ["call +393330000001"]\n')
    stage.settings = of_addresses(["https://center.test"], roster, "")
    stage.begin()
    (probing,) = stage.watcher.probings.values()
    for _ in range(9):
        probing.add(stage.now, 40_000, answered=True)
        stage.pass_s(20)
    assert probing.rows == ()
    assert not (tmp_path / PROBES).exists()
    assert stage.watcher.verdicts["center-test"] == "well"


def test_rows_of_minutes_ahead_do_not_keep_the_true_ones_out_of_the_file() -> None:
    probing = Probing("w")
    for minute in (100, 5000, 101):
        probing.add(Instant(minute * MINUTE_US), 1000, answered=True)
        if minute == 5000:
            assert [one.minute for one in probing.unwritten(5001)] == [100, 5000]
    assert [one.minute for one in probing.unwritten(102)] == [101]


def test_the_story_of_callouts_has_a_bound_also_while_the_watcher_runs() -> None:
    story = Story("w", ())
    for n in range(STORIES + 10):
        story.add(CalloutTold(callout="a", attempt=n), Instant(n))
    assert len(story.recorded) == STORIES


def test_a_callout_that_is_open_is_known_after_a_restart(stage: Stage) -> None:
    stage.say()
    stage.pass_s(60)
    assert stage.hands.people == ["anna"]
    stage.begin()
    stage.pass_s(60)
    told = [type(one.event) for one in callouts_in(stage.folder).read()]
    assert told.count(CalloutOpened) == 1
    assert CalloutFailed in told, "the call of the watcher before is lost"


NOW = Instant(29_900_000 * 60 * SECOND)


def test_minutes_that_a_wrong_clock_has_counted_ahead_keep_no_true_ones_back() -> None:
    probing = Probing("w")
    probing.add(Instant(NOW - MINUTE_US), 1000, answered=True)
    for ahead in range(3):
        probing.add(Instant(NOW + (1_000_000 + ahead) * MINUTE_US), 1000, answered=False)
    probing.add(NOW, 1000, answered=True)
    probing.add(Instant(NOW + MINUTE_US), 1000, answered=True)
    later = Instant(NOW + 2 * MINUTE_US)
    this = NOW // MINUTE_US
    assert [(one.minute, one.failed) for one in probing.whole(later)] == [
        (this - 1, 0),
        (this, 0),
        (this + 1, 0),
    ]
    probing.taken(this)
    assert [one.minute for one in probing.whole(later)] == [this + 1]
