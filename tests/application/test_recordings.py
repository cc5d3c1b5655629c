"""The folder of recordings: listed, mended, deleted, and told; and a journal that was emptied meanwhile."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from application.errors import CenterError
from application.recordings import (
    DAY_US,
    RETENTION,
    Kept,
    delete,
    delete_erased,
    expired,
    mend_all,
    not_held,
    recordings,
)
from application.state.journals import begin_anew, journal_of
from application.state.state_dir import StateDir
from media.sound.sound_file import SoundFileFailed, SoundWriter
from messages import events as ev
from messages.ids import E164, SECOND, AlertId, Channel, ErasureReason, Instant, NodeId, PersonalKind
from model.rules.signal import Signal
from runtime.clock import VirtualClock
from store import streams
from store.alerts.accepting import accept
from store.fallback.fallback import Fallback
from store.journal.journal import Append, Journal
from store.journal.notify import LocalNotifier
from tests.support.journals import empty_journal

NUMBERS = (E164("+393331112223"), E164("+393331112224"))


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    clock = VirtualClock()
    url = empty_journal(tmp_path / "journal.db")
    return Journal.open(url, node=NodeId("n"), clock=clock.now_us, notify=LocalNotifier())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "recordings"
    made.mkdir()
    return made


def alert_of(journal: Journal, phone: E164) -> AlertId:
    signal = Signal(channel=Channel.DATA, phone=phone, received_at=Instant(10**15))
    return accept(journal, signal, 50.0).alert


def written(folder: Path, name: str, at_s: float) -> Kept:
    (folder / name).write_bytes(b"1234")
    os.utime(folder / name, (at_s, at_s))
    (found,) = [one for one in recordings(folder) if one.file == name]
    return found


def test_what_is_there_is_listed_oldest_first_and_nothing_else(folder: Path) -> None:
    written(folder, "b.1.flac", 200)
    written(folder, "a.2.1.opus", 100)
    (folder / "notes.txt").write_text("mine")
    assert [(one.file, one.alert, one.bytes, one.ended_at) for one in recordings(folder)] == [
        ("a.2.1.opus", "a.2", 4, 100 * SECOND),
        ("b.1.flac", "b", 4, 200 * SECOND),
    ]
    assert recordings(folder / "none") == []


def test_what_is_older_than_its_days_is_over(folder: Path) -> None:
    old, young = written(folder, "a.1.flac", 0), written(folder, "b.1.flac", 1)
    now = Instant(30 * DAY_US + SECOND // 2)
    assert list(expired((old, young), 30, now)) == [old]
    assert list(expired((old, young), 31, now)) == []


def test_deleting_is_written_into_the_alerts_story_first(journal: Journal, folder: Path) -> None:
    alert = alert_of(journal, NUMBERS[0])
    of_user = written(folder, f"{alert}.1.flac", 1)
    unknown = written(folder, "nobodys.1.flac", 1)
    assert delete(journal, folder, (of_user, unknown), RETENTION) == [of_user.file, unknown.file]
    assert list(folder.iterdir()) == []
    last = journal.last(streams.inbox(alert))
    assert last is not None
    assert last.event == ev.RecordingDeleted(file=of_user.file, reason="retention")
    assert journal.version(streams.inbox(AlertId("nobodys"))) == 0, "no alert is made of it"


def test_those_of_an_erased_person_go_and_those_of_a_held_alert_stay(journal: Journal, folder: Path) -> None:
    erased, held = (alert_of(journal, number) for number in NUMBERS)
    files = [written(folder, f"{alert}.{n}.flac", n) for n in (1, 2) for alert in (erased, held)]
    gone = ev.AlertErased(by="a", kinds=tuple(PersonalKind), reason=ErasureReason.PERSON)
    for alert, event in ((erased, gone), (held, ev.AlertHeld(by="a", reason="a court"))):
        journal.append(Append(streams.inbox(alert), None, (event,)))
    assert [one.alert for one in not_held(journal, files)] == [erased, erased]
    assert delete_erased(journal, folder) == [f"{erased}.1.flac", f"{erased}.2.flac"]


def test_a_folder_is_mended_but_for_what_is_being_written(folder: Path) -> None:
    writing = SoundWriter(folder / "b.1.flac", 1)
    cut = SoundWriter(folder / "a.1.flac", 1)
    for writer in (writing, cut):
        writer.write(np.arange(20_000, dtype=np.int16).reshape(-1, 1))
    (folder / "c.1.flac.part").write_bytes((folder / "a.1.flac.part").read_bytes())
    (folder / "c.1.flac.mended").write_bytes(b"of one who died at it")
    cut.close()
    mended = [one.name for one in mend_all(folder) if not isinstance(one, SoundFileFailed)]
    assert mended == ["c.1.flac"]
    writing.close()
    assert sorted(path.name for path in folder.iterdir()) == ["a.1.flac", "b.1.flac", "c.1.flac"]


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    """A node is about to start; the file is there and empty."""
    state = StateDir(tmp_path / "state")
    state.create()
    state.run.mkdir(exist_ok=True)
    Fallback.make(state.run)
    (state.path / "journal.db").touch()
    return state


def durable(state: StateDir) -> bool:
    with journal_of(state, create=True) as journal:
        return journal.durable


def test_a_node_begins_anew_where_the_journal_was_emptied(state: StateDir) -> None:
    begin_anew(state, state.journal_url)
    assert durable(state)


def test_what_memory_still_holds_is_written_into_an_emptied_journal_by_the_keeper(state: StateDir) -> None:
    (state.run / "fallback.db").touch()
    begin_anew(state, state.journal_url)
    assert (state.path / "journal.db").stat().st_size == 0
    assert not durable(state)


def test_without_a_spare_an_empty_journal_is_made_where_it_is(state: StateDir) -> None:
    (state.run / "fallback.state").unlink()
    begin_anew(state, state.journal_url)
    assert (state.path / "journal.db").stat().st_size == 0
    assert durable(state)


def test_a_journal_that_is_not_empty_is_left(state: StateDir) -> None:
    (state.path / "journal.db").write_bytes(b"something")
    begin_anew(state, state.journal_url)
    assert (state.path / "journal.db").read_bytes() == b"something"


def test_an_address_that_is_none_is_said(state: StateDir) -> None:
    with pytest.raises(CenterError, match="neither sqlite"):
        begin_anew(state, "sqlite://nowhere")
