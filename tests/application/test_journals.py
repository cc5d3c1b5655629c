"""A journal that was emptied while the center was down."""

from pathlib import Path

import pytest

from application.errors import CenterError
from application.state.journals import begin_anew, journal_of
from application.state.state_dir import StateDir
from store.spare.spare import Spare


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    """A node is about to start; the file is there and empty."""
    state = StateDir(tmp_path / "state")
    state.create()
    state.run.mkdir(exist_ok=True)
    Spare.make(state.run)
    (state.path / "journal.db").touch()
    return state


def durable(state: StateDir) -> bool:
    with journal_of(state, create=True) as journal:
        return journal.durable


def test_a_node_begins_anew_where_the_journal_was_emptied(state: StateDir) -> None:
    begin_anew(state, state.journal_url)
    assert durable(state)


def test_what_memory_still_holds_is_written_into_an_emptied_journal_by_the_keeper(state: StateDir) -> None:
    (state.run / "spare.db").touch()
    begin_anew(state, state.journal_url)
    assert (state.path / "journal.db").stat().st_size == 0
    assert not durable(state)


def test_without_a_spare_an_empty_journal_is_made_where_it_is(state: StateDir) -> None:
    (state.run / "spare.state").unlink()
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
