"""A file of people is looked at before it is taken in: each line has its verdict, a bad one its reason."""

from __future__ import annotations

import csv

import pytest

from features.people.importing import ImportPreview, LineOutcome, import_file, preview_import
from features.people.people_file import ROWS_MAX, Encoding, Flaw, ImportFaulty, read
from messages.ids import E164
from store.errors import ChangedMeanwhile
from store.journal.journal import Journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.store.places import on_both
from tests.support.there import there

GIULIA = Person(
    phones=("+393331112223",), first_name="Giulia", last_name="Rossi", notes="asthma", devices=("d1",)
)
MARIA = Person(phones=("+393339999999",), devices=("d9",))
FILE = (
    "phone;first_name;last_name;notes;device;safe_word\n"
    "333 111 2223;Giulia;Rossi;asthma;d1;\n"
    "+393331112223|+39029999991;Giulia;Verdi;asthma;;mela\n"
    "+393330000001;Anna;Neri;;;\n"
    "3,93331E+11;Eva;Gialli;;;\n"
    "+393330000002;Marta\n"
    "112;;;;;\n"
    "+393330000003;Ida;;;d9;\n"
)


@pytest.fixture
def registry(journal: Journal) -> Registry:
    made = Registry(journal)
    for one in (GIULIA, MARIA):
        made.add_user(one, by="x")
    return made


def seen(journal: Journal, text: str | bytes) -> ImportPreview:
    content = text.encode() if isinstance(text, str) else text
    return preview_import(journal, content, "people.csv", "IT")


def test_each_line_says_what_becomes_of_it_nothing_is_kept(registry: Registry, journal: Journal) -> None:
    before = journal.last_seq()
    # The first two lines name one number: the second of them is taken for a slip.
    found = seen(journal, FILE)
    assert [(one.line, one.verdict, one.changed) for one in found.seen[:3]] == [
        (2, LineOutcome.SAME, ()),
        (3, LineOutcome.BAD, ()),
        (4, LineOutcome.NEW, ()),
    ]
    flaws = [[(fault.column, fault.flaw) for fault in one.faults] for one in found.seen]
    assert flaws == [
        [],
        [("phone", Flaw.TWICE)],
        [],
        [("phone", Flaw.ROUNDED)],
        [("", Flaw.CELLS)],
        [("phone", Flaw.EMERGENCY)],
        [("device", Flaw.OF_OTHERS)],
    ]
    assert journal.last_seq() == before
    alone = seen(journal, "\n".join((FILE.splitlines()[0], *FILE.splitlines()[2:3])))
    assert [(one.verdict, one.changed) for one in alone.seen] == [
        (LineOutcome.CHANGES, ("phone", "last_name", "safe_word"))
    ]


@on_both
def test_the_good_lines_are_taken_and_the_bad_ones_come_back_with_the_reason_and_mended(
    registry: Registry, journal: Journal
) -> None:
    found = seen(journal, FILE)
    _, done = import_file(journal, FILE.encode(), "people.csv", tag=found.tag, by="anna", region="IT")
    assert (done.added, done.changed, done.unchanged) == (1, 0, 1)
    assert there(registry.user_by_phone(E164("+393330000001"))).name == "Anna Neri"
    bad = found.bad_rows().decode("utf-8-sig")
    heading, *rows = bad.splitlines()
    assert heading == "phone;first_name;last_name;notes;device;safe_word;why_not"
    assert len(rows) == 5
    assert "a spreadsheet rounded it" in rows[1]
    # The short row has its reason where it ends: it is mended as it stands in the file.
    assert rows[2].startswith("+393330000002;Marta;has 2 cells")
    mended = bad.replace("3,93331E+11", "+393330000009")
    again = seen(journal, mended)
    assert [one.verdict for one in again.seen][1] is LineOutcome.NEW


def test_what_was_seen_is_what_is_done_or_nothing(registry: Registry, journal: Journal) -> None:
    text = "phone,first_name\n+393331112223,Julia\n"
    tag = seen(journal, text).tag
    giulia = there(registry.user_by_phone(E164("+393331112223")))
    registry.change_user(giulia.id, Person(first_name="Julia"), by="another")
    with pytest.raises(ChangedMeanwhile):
        import_file(journal, text.encode(), "people.csv", tag=tag, by="anna", region="IT")


ROWS = "phone{0}first_name\n+393330000001{0}Zoë\n"


@pytest.mark.parametrize(
    ("content", "encoding", "separator"),
    [
        (ROWS.format(";").encode("utf-8-sig"), Encoding.UTF_8, ";"),
        (ROWS.format(",").encode("cp1252"), Encoding.WINDOWS, ","),
        (ROWS.format("\t").encode("utf-16"), Encoding.UTF_16, "\t"),
        (b"sep=|\r\n" + ROWS.format("|").encode(), Encoding.UTF_8, "|"),
        (b'phone;first_name\r\n"=""+393330000001""";Zo\xeb\r\n', Encoding.WINDOWS, ";"),
    ],
)
def test_files_as_spreadsheets_write_them_are_read_and_their_encoding_is_told(
    content: bytes, encoding: Encoding, separator: str
) -> None:
    sheet = read(content, "people.csv")
    assert (sheet.encoding, sheet.separator) == (encoding, separator)
    assert sheet.columns == ("phone", "first_name")
    assert [cells for _, cells in sheet.rows] == [["+393330000001", "Zoë"]]


def test_a_row_of_several_lines_is_told_by_the_line_on_which_it_begins() -> None:
    sheet = read(b'phone,notes\n+393330000001,"one\ntwo"\n\n+393330000002,x\n', "people.csv")
    assert [line for line, _ in sheet.rows] == [2, 5]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"phone" + b",notes" * 1_000_000, "is too long to name columns"),
        (b"phone\n" + b"1\n" * (ROWS_MAX + 1), "has more than 100000 rows"),
    ],
)
def test_what_is_no_list_of_people_is_refused_before_it_takes_long(content: bytes, why: str) -> None:
    with pytest.raises(ImportFaulty) as refused:
        read(content, "people.csv")
    assert [one.reason for one in refused.value.faults] == [why]


def test_a_cell_that_a_spreadsheet_would_run_comes_back_as_text_and_again_itself(journal: Journal) -> None:
    text = 'phone,first_name,notes\n+39 112,"=HYPERLINK(""http://x"")",@SUM(1)\n'
    found = seen(journal, text)
    bad = found.bad_rows()
    (row,) = list(csv.reader(bad.decode("utf-8-sig").splitlines()))[1:]
    assert row[:3] == ["+39 112", '\'=HYPERLINK("http://x")', "'@SUM(1)"]
    assert read(bad, "people.csv").rows == found.sheet.rows
