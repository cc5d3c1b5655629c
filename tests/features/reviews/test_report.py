"""A month on paper and as a table, by the command."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center.cli import main
from features.reviews.report_paper import ENDS, MONTHS, WORDS
from messages.ids import (
    CalloutEnd,
)
from tests.support.papers import pages_made
from tests.support.watched import watched


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """A center that was watched for four minutes of a month, of which one was lost."""
    path = tmp_path / "state"
    with journal_of(StateDir(path), create=True) as journal:
        watched(journal, 0, 0, 6, 0)
    return path


def month(state: Path) -> str:
    with journal_of(StateDir(state)) as journal:
        from gateways.console.tally import local

        return f"{local(journal.now_us()):%Y-%m}"


def run(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


SAID = {
    "it": ("Le ore sono quelle del centro (", "Veri oltre la scadenza", "Prove del centro", "pagina 1 di"),
    "en": ("Times are the center’s (", "Real, past the deadline", "page 1 of"),
}


def test_a_month_is_written_as_paper_in_either_language_and_as_a_table(
    state: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = pages_made(monkeypatch)
    for language, said in SAID.items():
        paper, table = tmp_path / f"{language}.pdf", tmp_path / f"{language}.csv"
        files = ("--pdf", str(paper), "--csv", str(table))
        assert run("report", month(state), "--state", str(state), *files, "--language", language) == 0
        assert paper.read_bytes().startswith(b"%PDF-")
        year, number = month(state).split("-")
        assert f"{MONTHS[int(number) - 1][language == 'en']} {year}".encode() in paper.read_bytes()
        with table.open(newline="", encoding="utf-8") as text:
            rows = {what: value for _, what, value in csv.reader(text)}
        assert int(rows["minutes_watched"]) <= 4
        assert rows["real"] == "0"
        assert [one for one in said if one not in "".join(pages)] == []


def test_without_a_file_its_figures_are_printed(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report", month(state), "--state", str(state)) == 0
    assert "minutes_lost" in capsys.readouterr().out


def test_what_is_no_month_is_refused(state: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("report", "november", "--state", str(state)) == 2
    assert "as 2026-11" in capsys.readouterr().err


def test_every_end_has_words_in_both_languages() -> None:
    assert set(ENDS) == set(CalloutEnd)
    assert all(len(both) == 2 and all(both) for both in (*WORDS.values(), *ENDS.values()))
