"""The rows of a backup: all of a center's, out of a database of either kind and into one of either."""

import struct
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import BigInteger, Boolean, Integer, LargeBinary, Table, Text

from features.backup.form import Begin, Block, End, File, Part, Reader, Rows, encoded
from features.backup.rows import DatabaseWriter, blocks, origin_of
from store.database.dialect import url_of
from store.database.kept_tables import ERASABLE, KEPT, LASTING, NOT_KEPT
from store.database.migrate import REVISION
from store.errors import JournalNewer, TransferError
from store.journal.journal import Journal
from store.journal.moving import move_journal
from store.journal.verify import verify_journal
from tests.store.databases import Database, PostgresDatabase, SqliteFile, new_schema
from tests.store.places import START, Clock, journal_at, on_both, signal
from tests.support.next_form import install_next_version
from tests.support.postgres import PostgresServer

OTHERS = [table for table in KEPT if table.name != "event"]
BACKED_UP = [table for table in OTHERS if table in (*LASTING, *ERASABLE)]


def begun(part: Part, *, origin: str = "n1 1", revision: str = REVISION) -> Begin:
    return Begin(
        part=part, origin=origin, made_at=START, node="n1", version="1", revision=revision, signed_by=""
    )


def row_of(table: Table, n: int) -> dict[str, object]:
    made: dict[str, object] = {}
    for column in table.columns:
        match column.type:
            case Boolean():
                made[column.name] = bool(n % 2)
            case BigInteger() | Integer():
                made[column.name] = n
            case LargeBinary():
                made[column.name] = bytes((n, 0, 255))
            case Text():
                made[column.name] = f"{table.name} {column.name} è {n}"
            case kind:
                raise AssertionError(f"{table.name}.{column.name}: a test has no value of {kind}")
    return made


def fill(database: Database) -> None:
    """Two rows in each table but the journal's own."""
    for table in OTHERS:
        for n in (1, 2):
            row = row_of(table, n)
            names = ", ".join(f'"{name}"' for name in row)
            marks = ", ".join("?" * len(row))
            database.execute(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', *row.values())


def held(database: Database, table: Table) -> list[tuple[object, ...]]:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    found = database.execute(f'SELECT {names} FROM "{table.name}" ORDER BY {names}')
    return [
        tuple(bytes(one) if isinstance(one, memoryview) else one for one in row) for row in map(tuple, found)
    ]


def taken(journal: Journal, part: Part, *files: File) -> bytes:
    return journal.at_one_moment(
        lambda connection: b"".join(
            encoded(blocks(connection, begun(part, origin=origin_of(connection)), files))
        )
    )


def read(said: bytes) -> Iterator[Block]:
    reader = Reader()
    yield from reader.feed(said)
    reader.finish()


def give(url: str, *parts: bytes) -> None:
    given = DatabaseWriter(url)
    try:
        for said in parts:
            for block in read(said):
                match block:
                    case Begin():
                        given.begin(block)
                    case Rows():
                        given.rows(block)
                    case End():
                        given.end()
                    case File():
                        pass
    finally:
        given.close()


@pytest.fixture(params=["sqlite", "postgresql"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return SqliteFile(tmp_path / "restored.db")
    server: PostgresServer = request.getfixturevalue("postgres")
    return PostgresDatabase(server, server.database())


@pytest.fixture
def alerts(journal: Journal, clock: Clock) -> None:
    from store.alerts.accepting import accept

    for n in range(5):
        accept(journal, signal(clock, f"+3933311122{n:02d}"), 50.0)
        clock.forward(600)


@pytest.mark.usefixtures("alerts")
@pytest.mark.parametrize(
    ("database", "target"), [("sqlite", "postgresql"), ("postgresql", "sqlite")], indirect=True
)
def test_every_row_goes_into_either_database(database: Database, journal: Journal, target: Database) -> None:
    fill(database)
    give(target.url, *(taken(journal, part) for part in (Part.LASTING, Part.KEYS)))
    restored = journal_at(target.url)
    found = verify_journal(restored)
    assert (found.digest, found.problems) == (verify_journal(journal).digest, ())
    assert found.open_alerts == 5
    restored.close()
    for table in BACKED_UP:
        assert held(target, table) == held(database, table), table.name


@on_both
@pytest.mark.usefixtures("alerts")
def test_a_moved_center_has_all_rows(database: Database, journal: Journal, postgres: PostgresServer) -> None:
    fill(database)
    other = new_schema(postgres)
    into = journal_at(other.url)
    move_journal(journal, into)
    assert verify_journal(into).digest == verify_journal(journal).digest
    into.close()
    for table in OTHERS:
        assert held(other, table) == held(database, table), table.name


@pytest.mark.usefixtures("alerts")
def test_what_may_be_kept_for_years_is_nothing_erasable(database: Database, journal: Journal) -> None:
    fill(database)
    tables = {
        part: {block.table for block in read(taken(journal, part)) if isinstance(block, Rows)}
        for part in Part
    }
    assert tables[Part.LASTING] == {table.name for table in LASTING}
    assert tables[Part.KEYS] == {table.name for table in ERASABLE}
    assert not {table.name for table in NOT_KEPT} & (tables[Part.LASTING] | tables[Part.KEYS])


def test_rows_of_an_older_form_come_through_the_migrations(
    target: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are put into tables of that form first; later steps make of them what they make of rows."""
    columns = ("id", "name", "phone", "language", "role", "on_call", "token_hash", "created_us")
    operator = ("o", "Marta", "+39", "it", "operator", True, None, 1)
    old: list[Block] = [
        begun(Part.KEYS, origin=""),
        Rows(table="operator", columns=columns, rows=[operator]),
        End(rows={"operator": 1}),
    ]
    empty: list[Block] = [begun(Part.LASTING, origin=""), End(rows={})]
    install_next_version(monkeypatch, tmp_path / "next")
    give(target.url, *(b"".join(encoded(part)) for part in (empty, old)))
    journal_at(target.url).close()
    assert target.execute("SELECT name, role, known_as FROM operator") == [("Marta", "operator", "Marta")]


def test_newer_rows_and_another_journal_s_keys_are_refused(tmp_path: Path, journal: Journal) -> None:
    with pytest.raises(JournalNewer):
        give(url_of(tmp_path / "a.db"), b"".join(encoded([begun(Part.LASTING, revision="9999")])))
    lasting = taken(journal, Part.LASTING)
    with pytest.raises(TransferError, match="another center"):
        give(url_of(tmp_path / "b.db"), lasting, b"".join(encoded([begun(Part.KEYS, origin="n2 5")])))


@pytest.mark.usefixtures("alerts")
def test_a_journal_with_events_is_left_alone(database: Database, journal: Journal) -> None:
    before = verify_journal(journal).digest
    with pytest.raises(TransferError, match="holds events"):
        give(database.url, taken(journal, Part.LASTING))
    assert verify_journal(journal).digest == before


def test_blocks_are_known_from_pieces_of_any_length_and_missed_where_one_is_cut_off() -> None:
    told: list[Block] = [
        begun(Part.KEYS),
        File(name="keys/app.key", content=b"\0" * 3000),
        Rows(table="person", columns=("id", "age"), rows=[("è", 1), (None, True)]),
        End(rows={"person": 2}),
    ]
    said = b"".join(encoded(told))
    for step in (1, 7, len(said)):
        reader = Reader()
        pieces = (said[at : at + step] for at in range(0, len(said), step))
        assert [block for piece in pieces for block in reader.feed(piece)] == told
        reader.finish()
    for cut in range(len(said) - 8):  # gzip's own sum comes last
        reader = Reader()
        assert list(reader.feed(said[:cut])) == told[: len(list(Reader().feed(said[:cut])))]
        if cut < len(said) // 2:
            with pytest.raises(TransferError, match="cut short"):
                reader.finish()


@pytest.mark.parametrize(
    "told",
    [
        [End(rows={})],
        [begun(Part.KEYS), begun(Part.KEYS)],
        [begun(Part.KEYS), End(rows={}), End(rows={})],
    ],
)
def test_blocks_out_of_their_order_are_refused(told: list[Block]) -> None:
    with pytest.raises(TransferError, match="order"):
        list(read(b"".join(encoded(told))))


@pytest.mark.parametrize("said", [b"SQLite format 3\0", b"\x1f\x8b" + b"x" * 50])
def test_what_is_no_backup_is_named_so(said: bytes) -> None:
    with pytest.raises(TransferError, match="is not a backup"):
        list(read(said))


def test_what_unpacks_to_more_than_any_backup_does_is_given_up_before_it_fills_the_memory() -> None:
    packer = zlib.compressobj(9, wbits=16 + zlib.MAX_WBITS)
    bomb = packer.compress(struct.pack(">I", 200 * 2**20) + bytes(190 * 2**20)) + packer.flush()
    tracemalloc.start()
    try:
        with pytest.raises(TransferError, match="unpacks to more"):
            list(read(bomb))
        assert tracemalloc.get_traced_memory()[1] < 40 * 2**20
    finally:
        tracemalloc.stop()


def test_a_large_file_of_nothing_but_zeros_comes_back() -> None:
    told: list[Block] = [begun(Part.KEYS), File(name="keys/zeros", content=bytes(12 * 2**20)), End(rows={})]
    assert list(read(b"".join(encoded(told)))) == told


def test_a_name_in_it_is_no_statement(tmp_path: Path) -> None:
    evil = Rows(table='event" (seq) VALUES (1); --', columns=("seq",), rows=[(1,)])
    with pytest.raises(TransferError, match="name"):
        give(url_of(tmp_path / "a.db"), b"".join(encoded([begun(Part.LASTING), evil])))
