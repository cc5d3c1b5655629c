"""Verify, export, import: what goes out comes back exactly, and what is wrong is told with its place."""

import io
import json
import math
import typing
from pathlib import Path

import msgpack
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import inspect

from messages import base, events
from messages import events as ev
from messages.base import Position
from messages.event_kinds import kinds
from messages.ids import E164, Assurance, Channel, Instant, LineId, NodeId, OperatorId, Outcome, WorkerId
from messages.proofs import ProofStep, StepResult
from messages.trials import WayShown
from store.errors import TransferError
from store.journal import rows
from store.journal.journal import Append, Journal
from store.journal.transfer import _FLOATS, Format, export_events, import_file
from store.journal.verify import verify_journal
from tests.store.databases import Database
from tests.store.places import START, answered, journal_at, journal_in, on_both, returned
from tests.support.journals import empty_journal

FORMS = pytest.mark.parametrize("form", list(Format))


def received(phone: str = "+393331112223") -> ev.AlertReceived:
    return ev.AlertReceived(
        channel=Channel.DATA, proof=Assurance.APP, raised_at=Instant(START - 1), received_at=START,
        deadline_at=Instant(START + 50_000_000), phone=E164(phone),
        position=Position(lat=45.0, lon=9.19, at=START, accuracy_m=12.5),
    )  # fmt: skip


def fill(journal: Journal) -> None:
    node = ev.NodeStarted(version="1", pid=7)
    journal.append(Append("node-n1", 0, (node,)), Append("inbox-x", 0, (received(),)))
    opened = ev.CaseOpened(node=NodeId("n1"), worker=WorkerId("c00"), incarnation=1)
    journal.append(Append("alert-x", 0, (opened, answered(), ev.AlertClosed(outcome=Outcome.HANDED_OVER))))
    note = ev.NoteAdded(by=OperatorId("anna"), text='à "quoted"\nline\u2028 😀 at 2026-01-01T00:00:00Z')
    journal.append(
        Append("inbox-x", 1, (note, ev.PositionUpdated(position=Position(lat=-0.0, lon=180.0, at=START))))
    )
    journal.append(Append("inbox-y", 0, (received("+391"),)))


def dump(journal: Journal) -> list[tuple[object, ...]]:
    return [tuple(row) for row in journal.rows(rows.AFTER, 0, 100_000)]


def exported(journal: Journal, form: Format, since: int = 0) -> bytes:
    out = io.BytesIO()
    export_events(journal, out, form, since=since)
    return out.getvalue()


# --------------------------------------------------------------------------------------- verify


def test_a_sound_journal_verifies(journal: Journal) -> None:
    fill(journal)
    found = verify_journal(journal)
    assert found.problems == ()
    assert (found.events, found.streams, found.alerts, found.open_alerts, found.unknown) == (8, 4, 2, 1, 0)


def test_an_empty_journal_verifies(journal: Journal) -> None:
    assert verify_journal(journal).problems == ()


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM event WHERE seq = 4", "event 5 (alert-x 3, alert.closed): follows version 1"),
        (
            "UPDATE event SET data = BROKEN WHERE seq = 4",
            "event 4 (alert-x 2, leg.answered): does not decode",
        ),
        (
            "UPDATE event SET type = 'leg.ringing' WHERE seq = 4",
            "(alert-x 2, leg.ringing): holds leg.answered",
        ),
        ("UPDATE event SET stream = 'boat-1' WHERE seq = 1", "'boat-1' is no stream"),
        ("UPDATE event SET stream = 'alert-z' WHERE stream = 'alert-x'", "a case without its alert"),
        ("UPDATE event SET stream = 'inbox-z' WHERE seq = 1", "an inbox begins with alert.received"),
        ("DELETE FROM open_alert", "alert y is open and does not stand there"),
        ("INSERT INTO open_alert VALUES ('x', 2)", "alert x stands among the open and is not"),
    ],
)
def test_each_kind_of_damage_is_told(journal: Journal, database: Database, statement: str, told: str) -> None:
    fill(journal)
    database.without_rules(statement.replace("BROKEN", database.broken))
    assert any(told in problem for problem in verify_journal(journal).problems), verify_journal(
        journal
    ).problems


def test_a_page_full_of_garbage_is_told(path: Path) -> None:
    journal = journal_in(path)
    journal.append(Append("line-a", 0, (returned(),) * 2000))
    journal.checkpoint()
    journal.close()
    with path.open("r+b") as file:
        file.seek(4096 * (path.stat().st_size // 4096 * 3 // 4))
        file.write(b"\xa5" * 4096)
    journal = journal_in(path)
    assert any(problem.startswith("file:") for problem in verify_journal(journal).problems)


# ------------------------------------------------------------------------------------- transfer


def test_a_line_is_as_the_interface_says(journal: Journal) -> None:
    fill(journal)
    lines = [json.loads(line) for line in exported(journal, Format.JSONL).splitlines()]
    plain = ["seq", "stream", "version", "type", "at", "node", "data"]
    assert [list(line) for line in lines] == [plain, [*plain, "keys"], *[plain] * 5, [*plain, "keys"]]
    assert set(lines[1].pop("keys")) == {"number", "position", "words"}
    assert lines[1] == {
        "seq": 2, "stream": "inbox-x", "version": 1, "type": "alert.received", "node": "n1",
        "at": "2026-11-18T11:06:40.000000Z",
        "data": {
            "channel": "data", "phone": "+393331112223", "device": None, "test": False, "silent": False,
            "raised_at": "2026-11-18T11:06:39.999999Z", "received_at": "2026-11-18T11:06:40.000000Z",
            "deadline_at": "2026-11-18T11:07:30.000000Z", "battery_pct": None, "line": None, "call": None,
            "proof": "app", "key": "", "key_enrolled_at": None, "doubt": None, "check": None, "asked": "",
            "position": {
                "lat": 45.0, "lon": 9.19, "at": "2026-11-18T11:06:40.000000Z", "accuracy_m": 12.5,
                "source": "",
            },
        },
    }  # fmt: skip


def test_an_independent_reader_understands_the_maps(journal: Journal) -> None:
    fill(journal)
    unpacker = msgpack.Unpacker(io.BytesIO(exported(journal, Format.MSGPACK)))
    maps = list(unpacker)
    assert [one["seq"] for one in maps] == list(range(1, 9))
    assert msgpack.unpackb(maps[1]["data"])["phone"] == "+393331112223"


@on_both
@FORMS
def test_what_goes_out_comes_back_exactly(journal: Journal, tmp_path: Path, form: Format) -> None:
    fill(journal)
    file = tmp_path / "export"
    file.write_bytes(exported(journal, form))
    other = journal_in(tmp_path / "other.db")
    assert import_file(other, file) == 8
    assert dump(other) == dump(journal)
    assert verify_journal(other).problems == ()
    assert exported(other, form) == file.read_bytes()
    other.append(Append("inbox-y", 1, (ev.PositionUpdated(position=Position(lat=1.0, lon=2.0, at=START)),)))


@FORMS
def test_since_leaves_out_what_is_known(journal: Journal, form: Format) -> None:
    fill(journal)
    assert exported(journal, form, since=8) == b""
    assert exported(journal, form).endswith(exported(journal, form, since=5))


@FORMS
def test_holes_other_nodes_and_newer_events_come_back_too(
    journal: Journal, database: Database, tmp_path: Path, form: Format
) -> None:
    data = msgspec.msgpack.encode({"type": "line.polished", "shine": 0.5, "seen_at": 5, "by": [{"at": 7}]})
    database.execute("INSERT INTO event VALUES (5, 'line-a', 1, 'line.polished', -1, 'n2', 3, ?)", data)
    journal.append(Append("line-a", 1, (returned(),)))
    file = tmp_path / "export"
    file.write_bytes(exported(journal, form))
    again = journal_in(tmp_path / "other.db")
    import_file(again, file)
    assert dump(again) == dump(journal)


def test_an_import_needs_an_empty_journal(journal: Journal, tmp_path: Path) -> None:
    fill(journal)
    file = tmp_path / "export"
    file.write_bytes(exported(journal, Format.JSONL))
    with pytest.raises(TransferError, match="holds events up to seq 8; an import needs an empty one"):
        import_file(journal, file)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"hello\n", "export: map 1"),
        (b'{"seq": 1}\n', "export:1: Object missing required field"),
        (b"GOOD" + b"GOOD", "export:9: seq 1 does not follow 8"),
        (b"GOOD" + b'{"seq": 9', "export:9: "),
        (b"TAIL", "export:1: version 2 of alert-x follows 0; only a whole journal"),
        (b"MAPS" + b"\x88\xa3se", "export: map 9 is cut off"),
        (b"MAPS" + b"\xc1", "export: map 9"),
        (b"MAPS" + b"\x01", "export: map 9: Expected `object`, got `int`"),
        (b"BADEVENT", "export:1: leg.answered does not decode"),
        (b"BADTIME", "export:1: Invalid isoformat"),
    ],
)
def test_a_faulty_file_is_named_with_its_place_and_nothing_is_taken(
    journal: Journal, tmp_path: Path, content: bytes, told: str
) -> None:
    fill(journal)
    line = '{"seq":1,"stream":"alert-x","version":1,"type":"leg.answered","at":"%s","node":"n","data":{}}\n'
    for word, what in {
        b"GOOD": exported(journal, Format.JSONL),
        b"TAIL": exported(journal, Format.JSONL, since=3),
        b"MAPS": exported(journal, Format.MSGPACK),
        b"BADEVENT": (line % "2026-11-24T00:00:00Z").encode(),
        b"BADTIME": (line % "yesterday").encode(),
    }.items():
        content = content.replace(word, what)
    file = tmp_path / "export"
    file.write_bytes(content)
    other = journal_in(tmp_path / "other.db")
    with pytest.raises(TransferError) as error:
        import_file(other, file)
    assert told in str(error.value)
    assert other.last_seq() == 0


def test_an_import_of_nothing_is_nothing(journal: Journal, tmp_path: Path) -> None:
    (tmp_path / "export").write_bytes(b"")
    assert import_file(journal, tmp_path / "export") == 0
    with pytest.raises(TransferError, match="cannot be read"):
        import_file(journal, tmp_path / "missing")


# Any event whatever, by its type: what the app may send has no bounds here. One not-a-number is like another:
# JSON keeps neither its sign nor its payload.
FLOATS = st.floats(allow_nan=False) | st.just(math.nan)
st.register_type_strategy(float, FLOATS)
st.register_type_strategy(Position, st.builds(Position, lat=FLOATS, lon=FLOATS, accuracy_m=FLOATS))


@given(
    written=st.lists(st.one_of(*map(st.from_type, kinds())), min_size=1, max_size=5),
    form=st.sampled_from(Format),
)
def test_any_event_comes_back_exactly(
    tmp_path_factory: pytest.TempPathFactory, written: list[ev.Event], form: Format
) -> None:
    folder = tmp_path_factory.mktemp("transfer")
    one, other = (journal_at(empty_journal(folder / name)) for name in ("one.db", "other.db"))
    try:
        one.append(Append("line-a", 0, tuple(written)))
    except Exception:
        # More than 64 bits, a lone surrogate: refused by the journal itself.
        assert one.last_seq() == 0
        return
    file = folder / "export"
    file.write_bytes(exported(one, form))
    import_file(other, file)
    assert dump(other) == dump(one)


@FORMS
@pytest.mark.parametrize("level", [math.inf, -math.inf, math.nan])
def test_a_measured_level_need_not_be_finite(tmp_path: Path, form: Format, level: float) -> None:
    one, other = (journal_at(empty_journal(tmp_path / name)) for name in ("one.db", "other.db"))
    step = ev.ProofStepEnded(
        proof="p1",
        step=ProofStep.VOICE,
        result=StepResult.OK,
        figures={"level": level},
        ways=(WayShown(speaker=LineId("L1"), listener=LineId("L2"), level_db=level, lost_percent=level),),
    )
    one.append(Append("line-a", 0, (step,)))
    (tmp_path / "export").write_bytes(exported(one, form))
    import_file(other, tmp_path / "export")
    assert dump(other) == dump(one)


def test_numbers_that_may_not_be_finite_are_told_by_their_names() -> None:
    """The import lists every field of an event that holds a float; no text has such a name."""
    found: dict[str, set[type]] = {}
    for kind in kinds():
        named_types(inspect.type_info(kind), "", found)
    assert {name for name, held in found.items() if inspect.FloatType in held} == _FLOATS
    assert not any(inspect.StrType in found[name] for name in _FLOATS)


def named_types(held: inspect.Type, name: str, found: dict[str, set[type]]) -> None:
    """Note the types of numbers and texts that each name holds, in structs, lists and maps."""
    match held:
        case inspect.StructType(fields=fields):
            for field in fields:
                named_types(field.type, field.encode_name, found)
        case inspect.UnionType(types=several) | inspect.TupleType(item_types=several):
            for one in several:
                named_types(one, name, found)
        case inspect.ListType(item_type=inner) | inspect.VarTupleType(item_type=inner):
            named_types(inner, name, found)
        case inspect.DictType(value_type=inner):
            named_types(inner, name, found)
        case inspect.FloatType() | inspect.StrType():
            found.setdefault(name, set()).add(type(held))


def test_moments_are_told_by_their_names() -> None:
    """The export writes every `at` and `…_at` as RFC 3339: every Instant is called so, and nothing else."""
    structs = [kind for module in (events, base) for kind in vars(module).values() if isinstance(kind, type)]
    for struct in structs:
        if not issubclass(struct, msgspec.Struct):
            continue
        for name, hint in typing.get_type_hints(struct).items():
            moment = hint is Instant or Instant in typing.get_args(hint)
            assert (name == "at" or name.endswith("_at")) is moment, f"{struct.__name__}.{name}"
