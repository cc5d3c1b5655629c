"""`duty export | import | list`: the roster as a file, with what changes, and where a fault is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from application.roster_file import FileFaulty, parse
from application.settings.file import parse as parse_settings
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from center import cli
from features.duty.roster_file import first_roster, format_roster, roster_changes
from messages.ids import DutyWay, PersonId
from model.callouts.roster import EMPTY, Contact, Roster, on_duty
from store.audit.entry import Action
from store.audit.search import entries
from store.roster import roster_of

FILE = """\
zone = "Europe/Rome"

[[person]]
name = "Anna Bianchi"
language = "it"
ways = ["call 333 000 0010", "sms +393330000010", "email anna@example.org"]

[[person]]
name = "Carla \\"C\\" Rossi"
ways = ["call +393330000011"]

[[shift]]
name = "Notte"
days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
begins = "20:00"
ends = "08:00"
people = ["anna bianchi", "Carla \\"C\\" Rossi"]

[[override]]
from = 2026-12-24T20:00:00
to = 2026-12-25T07:00:00Z
people = ["Carla \\"C\\" Rossi"]
instead_of = "Anna Bianchi"
why = "Christmas"

[[holiday]]
date = 2026-12-25
name = "Natale"
"""


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    made = StateDir(tmp_path / "state")
    with journal_of(made, create=True):
        return made


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "roster.toml"
    made.write_text(FILE)
    return made


def typed(state: StateDir, *words: str) -> int:
    return cli.run(["duty", *words, "--state", str(state.path)])


def kept(state: StateDir) -> Roster:
    with journal_of(state) as journal:
        return roster_of(journal).roster


def read(text: str, before: Roster = EMPTY) -> Roster:
    ids = (f"p-{n}" for n in range(10))
    return parse(text, before, lambda: next(ids))


def test_what_is_written_is_read_again_with_the_same_ids() -> None:
    roster = read(FILE)
    assert read(format_roster(roster)) == roster
    assert read(FILE.replace("zone", "# by hand\nzone"), roster) == roster, "known by their names"
    anna = roster.people[0]
    assert anna.contacts[0] == Contact(way=DutyWay.CALL, to="333 000 0010")
    assert roster.shifts[0].people == (anna.id, PersonId("p-1"))
    assert roster.overrides[0].instead_of == anna.id
    assert (roster.overrides[0].to_at - roster.overrides[0].from_at) == 12 * 3600 * 1_000_000


@pytest.mark.parametrize(
    ("was", "now", "line", "words"),
    [
        ('"20:00"', '"25:00"', 15, "25:00|matching"),
        ('"sat", ', '"sab", ', 14, "sab"),
        ('people = ["anna', 'people = ["Luca", "anna', 17, "Luca: no person of the roster"),
        ("call 333 000 0010", "fax 333 000 0010", 6, "fax 333 000 0010"),
        ('why = "C', 'because = "C', 19, "because"),
        ('"Europe/Rome"', '"Europe/Atlantis"', 1, "time zone is unknown"),
        ("date = 2026-12-25", 'date = "Natale"', 27, "date"),
        ("[[holiday]]", "[[holiday]", 0, "line 26"),
        ("from = 2026-12-24T20:00:00", "from = 0001-01-01T00:00:00", 20, "the date does not exist"),
        ('why = "Christmas"', f"why = {'[' * 100_000}", 0, "nested too deeply"),
    ],
)
def test_a_fault_says_in_which_line_it_is(was: str, now: str, line: int, words: str) -> None:
    with pytest.raises(FileFaulty, match=words) as refused:
        read(FILE.replace(was, now, 1))
    assert str(refused.value).startswith(f"{line}: " if line else "")


def test_a_file_is_taken_with_what_changes_and_is_in_the_audit(
    state: StateDir, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert typed(state, "import", str(file), "--check") == 0
    assert kept(state) == EMPTY
    assert typed(state, "import", str(file), "--yes") == 0
    out, err = capfd.readouterr()
    assert '+ people = ["Anna Bianchi", "Carla \\"C\\" Rossi"]' in out
    assert "have no shift" in err
    roster = kept(state)
    assert roster.people[0].contacts[0].to == "+393330000010"
    file.write_text(FILE.replace('"08:00"', '"09:00"'))
    assert typed(state, "import", str(file), "--yes") == 0
    out, _ = capfd.readouterr()
    assert out.splitlines() == [
        "shift Notte",
        '  - ends = "08:00"',
        '  + ends = "09:00"',
        *out.splitlines()[3:],
    ]
    assert kept(state).people == roster.people
    assert typed(state, "export") == 0
    out, _ = capfd.readouterr()
    assert list(roster_changes(kept(state), read(out))) == []
    with journal_of(state) as journal:
        said = [one.said for one in entries(journal)]
    said.reverse()
    assert [(one.action, one.detail) for one in said] == [
        (Action.CHANGE_STAFF, "roster 1"),
        (Action.CHANGE_STAFF, "roster 2"),
        (Action.EXPORT, "roster 2"),
    ]
    assert not [one for one in said if "Anna" in str(one)]


def test_numbers_that_must_not_be_called_are_refused_each_with_its_line(
    state: StateDir, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    file.write_text(FILE.replace("call 333 000 0010", "call 112").replace("+393330000011", "+39899123456"))
    assert typed(state, "import", str(file), "--yes") == 1
    _, err = capfd.readouterr()
    assert f"{file}:6: 112: this is an emergency number" in err
    assert f"{file}:10: +39899123456: [dialling] in the settings does not permit this number" in err
    assert kept(state) == EMPTY


def test_it_says_who_is_called_at_a_time(
    state: StateDir, file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    assert typed(state, "list") == 1
    typed(state, "import", str(file), "--yes")
    capfd.readouterr()
    assert typed(state, "list", "--at", "2026-12-23T23:00") == 0
    out, _ = capfd.readouterr()
    assert out.splitlines() == ["1. Anna Bianchi", '2. Carla "C" Rossi', "until 2026-12-24 08:00"]
    assert typed(state, "list", "--at", "2026-12-24T23:00+01:00", "--json") == 0
    out, _ = capfd.readouterr()
    said = json.loads(out)
    assert (said["people"], said["covered"]) == ([kept(state).people[1].id], True)
    assert typed(state, "list", "--at", "0001-01-01T00:00") == 2
    assert typed(state, "list", "--at", "9999-12-31T00:00") == 2
    assert typed(state, "list", "--at", "2028-02-29T00:00") == 0
    assert typed(state, "list", "--at", "2026-12-24T12:00") == 0
    out, err = capfd.readouterr()
    assert "no shift covers this time" in err
    assert out.splitlines()[:2] == ["1. Anna Bianchi", '2. Carla "C" Rossi']


def test_the_settings_people_are_the_first_roster_and_change_no_later_one(state: StateDir) -> None:
    settings = parse_settings(
        '[[duty.person]]\nname = "Anna Bianchi"\nways = ["call 333 000 0010", "email anna@example.org"]\n'
        '[[duty.person]]\nname = "Carla Rossi"\nways = ["call +393330000011"]\n'
    )
    with journal_of(state) as journal:
        assert first_roster(settings, journal) == ["2 people are on duty, imported from duty.person"]
        made = roster_of(journal).roster
        assert [one.name for one in on_duty(made, journal.now_us())] == ["Anna Bianchi", "Carla Rossi"]
        assert made.people[0].contacts[0] == Contact(way=DutyWay.CALL, to="+393330000010")
        assert first_roster(settings, journal) == []


@pytest.mark.parametrize(
    ("way", "why"), [("call 112", "emergency number"), ("shout loudly", "expected a channel")]
)
def test_a_person_of_the_settings_who_cannot_be_reached_is_said_and_not_kept(
    state: StateDir, way: str, why: str
) -> None:
    settings = parse_settings(f'[[duty.person]]\nname = "Anna"\nways = ["{way}"]\n')
    with journal_of(state) as journal:
        [told] = first_roster(settings, journal)
        assert why in told
        assert roster_of(journal).version == 0
