"""Every recorded session gives the calls that stand beside it, however its bytes arrive and whatever
comes between."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Final

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.gsm.tracing.replay import ReplayEvent, dialect_of, replay
from gateways.gsm.tracing.trace import Entry, Side, Trace, read_trace
from tests.gateways.gsm.bench import DIALECTS
from tests.gateways.gsm.reported import marked, orphans, told
from tests.support.depth import often, some
from tests.support.each import each

TRACES: Final = Path(__file__).resolve().parents[2] / "traces"
FILES: Final = sorted(TRACES.rglob("*.trace"))
NAMES: Final = [str(path.relative_to(TRACES).with_suffix("")) for path in FILES]
TEXTS: Final = {name: path.read_text("utf-8") for name, path in zip(NAMES, FILES, strict=True)}
LOADED: Final = {name: read_trace(text) for name, text in TEXTS.items()}
REPORTED: Final = [name for name in NAMES if name.startswith("reported/")]
"""Of which the source of each line, and what is expected, stand in the trace itself (`reported.py`)."""

NOISE: Final = (
    "^RSSI:18", "^BOOT:20952548,0,0,0,75", "+CGEV: NW MODIFY 1,0,0", "+CREG: 1", "FOO BAR",
    "+XYZZY: 1,2", "+CSQ: 17,99", "^MODE:5,4", "+U", "1,", "+CSSI: 1", '^HCSQ:"LTE",30,30',
    '+CUSD: 0,"ciao",15',
)  # fmt: skip

JUNK: Final = st.binary(max_size=40).map(lambda data: re.sub(rb"[A-Za-z\r\n>^+*#$%]", b"\x80", data))


def _shape(events: list[ReplayEvent]) -> list[tuple[str, int | None, str | None, int | None]]:
    return [(event.event, event.call, event.number, event.cause) for event in events]


def _lines_apart(trace: Trace) -> list[Entry]:
    """The same, with an entry for each line of the modem's."""
    apart: list[Entry] = []
    for entry in trace.entries:
        pieces = (
            re.findall(rb"[\r\n]*[^\r\n]+[\r\n]*", entry.data) if entry.side is Side.MODEM else [entry.data]
        )
        apart += [Entry(entry.at_s, entry.side, piece) for piece in pieces]
    return apart


@each("name", NAMES)
def test_the_calls_are_those_written_beside_the_trace(name: str) -> None:
    found = replay(LOADED[name], DIALECTS)
    if name in REPORTED:
        assert [told(event) for event in found] == marked(TEXTS[name], "#=")
    else:
        written = (TRACES / name).with_suffix(".events").read_text("utf-8").splitlines()
        assert [msgspec.to_builtins(event) for event in found] == [json.loads(line) for line in written]


@each("name", REPORTED)
def test_of_every_line_that_was_reported_it_stands_from_whom(name: str) -> None:
    assert orphans(TEXTS[name]) == []


@each("name", NAMES)
def test_byte_by_byte_it_is_the_same(name: str) -> None:
    trace = LOADED[name]
    entries = tuple(
        Entry(entry.at_s, entry.side, bytes((byte,))) if entry.side is not Side.LOST else entry
        for entry in trace.entries
        for byte in (entry.data if entry.side is not Side.LOST else b"x")
    )
    assert replay(Trace(entries, trace.dialect), DIALECTS) == replay(trace, DIALECTS)


@given(name=st.sampled_from(NAMES), garbage=JUNK, ended=st.booleans())
@settings(max_examples=often(500))
def test_garbage_in_front_changes_nothing(name: str, garbage: bytes, ended: bool) -> None:
    trace = LOADED[name]
    front = Entry(0.0, Side.MODEM, garbage + (b"\r\n" if ended else b""))
    assert replay(Trace((front, *trace.entries), trace.dialect), DIALECTS) == replay(trace, DIALECTS)


def _noise(after: list[Entry]) -> list[Entry]:
    """All the codes, each as a line of its own, at the time of the last entry."""
    at_s = after[-1].at_s if after else 0.0
    return [Entry(at_s, Side.MODEM, b"\r\n" + noise.encode() + b"\r\n") for noise in NOISE]


@each("name", NAMES)
def test_codes_between_any_lines_change_nothing(name: str) -> None:
    trace = LOADED[name]
    dialect = dialect_of(trace, DIALECTS).key
    whole, entries = _shape(replay(trace, DIALECTS)), _lines_apart(trace)
    for place in some(2, range(len(entries) + 1)):
        noisy = (*entries[:place], *_noise(entries[:place]), *entries[place:])
        assert _shape(replay(Trace(noisy, dialect), DIALECTS)) == whole, place
    everywhere = [*_noise([]), *(entry for one in entries for entry in (one, *_noise([one])))]
    assert _shape(replay(Trace(tuple(everywhere), dialect), DIALECTS)) == whole


def _cut(entries: tuple[Entry, ...], left: int) -> tuple[Entry, ...]:
    """The first so many bytes, of either side."""
    kept: list[Entry] = []
    for entry in entries:
        if left <= 0:
            break
        kept.append(Entry(entry.at_s, entry.side, entry.data[:left]))
        left -= len(entry.data)
    return tuple(kept)


@each("name", NAMES)
def test_cut_at_any_byte_it_tells_a_beginning_of_the_same_calls(name: str) -> None:
    trace = LOADED[name]
    dialect = dialect_of(trace, DIALECTS).key
    whole = replay(trace, DIALECTS)
    ends = {event.call: event.t for event in whole if event.event == "call.released"}
    for left in some(5, range(sum(len(entry.data) for entry in trace.entries) + 1)):
        part = replay(Trace(_cut(trace.entries, left), dialect), DIALECTS)
        for call in {event.call for event in part}:
            story = [event.event for event in part if event.call == call]
            full = [event.event for event in whole if event.call == call]
            # An end whose cause, or whose caller's number, was cut off is reported without it.
            steps = [step for step in story if step != "call.released"]
            assert steps == [step for step in full if step != "call.released"][: len(steps)], left
            assert story.count("call.released") <= full.count("call.released"), left
        assert all(ends[event.call] >= event.t for event in part if event.event == "call.released"), left


@given(name=st.sampled_from(NAMES), data=st.data())
@settings(max_examples=often(500))
def test_lines_repeated_or_lost_never_end_a_call_twice(name: str, data: st.DataObject) -> None:
    trace = LOADED[name]
    entries: list[Entry] = []
    for entry in _lines_apart(trace):
        entries += [entry] * data.draw(st.sampled_from((0, 1, 1, 1, 2)))
    events = replay(Trace(tuple(entries), trace.dialect), DIALECTS)
    for call in {event.call for event in events if event.call is not None}:
        story = [event.event for event in events if event.call == call]
        assert story.count("call.released") <= 1
        assert "call.released" not in story[:-1]
        assert story.count("call.answered") <= 1
        assert story.count("call.ringing") <= 1


@each("name", NAMES)
def test_without_its_header_it_is_read_in_the_same_dialect_or_in_one_that_tells_the_same(name: str) -> None:
    trace = LOADED[name]
    headless = Trace(trace.entries)
    found = dialect_of(headless, DIALECTS)
    meant = DIALECTS.get(name.split("/")[-2])
    assert found.key in meant.data.lineage
    assert _shape(replay(headless, DIALECTS)) == _shape(replay(trace, DIALECTS))


@each("dialect", DIALECTS.names())
def test_every_dialect_has_a_trace_of_each_kind(dialect: str) -> None:
    have = {name.partition("/")[2] for name in NAMES if name.startswith(f"{dialect}/")}
    for kind in (
        "outbound_answered",
        "outbound_busy",
        "outbound_no_answer",
        "inbound",
        "inbound_withheld",
        "call_waiting",
    ):
        assert any(name.startswith(kind) for name in have), kind
