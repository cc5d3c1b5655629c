"""Bytes into lines: every habit of modems, fed whole, byte by byte, after garbage and with a tail."""

from __future__ import annotations

import re
from collections.abc import Iterable

from hypothesis import given
from hypothesis import strategies as st

from gateways.gsm.at.lines import Item, Line, LineReader, Overrun, Prompt
from tests.support.each import each

UNTERMINATED = re.compile(r"\+CSS[IU]: ?\d+(?:, ?\d*)*")

CASES: list[tuple[bytes, list[str]]] = [
    (b"\r\nOK\r\n", ["OK"]),
    (b"\r\r\nOK\r\r\n", ["OK"]),
    (b"OK\r", ["OK"]),
    (b'\rRING\r\r+CLIP: "",128\r', ["RING", '+CLIP: "",128']),
    (b"OK\n", ["OK"]),
    (b'\r\nERROR+CNUM: "","1",129\r\n', ["ERROR", '+CNUM: "","1",129']),
    (b"\r\nOK^CONF:1\r\n", ["OK", "^CONF:1"]),
    (b"\r\nNO CARRIERRING\r\n", ["NO CARRIER", "RING"]),
    (b"\r\n+CME ERROR: 100^RSSI:3\r\n", ["+CME ERROR: 100", "^RSSI:3"]),
    (b"\r\nCOMMAND NOT SUPPORT\r\n", ["COMMAND NOT SUPPORT"]),
    (b"\r\n+CSSU: 2^CEND:1,0,104,16\r\n", ["+CSSU: 2", "^CEND:1,0,104,16"]),
    (b"\r\n+CSSI: 1,4\r\nOK\r\n", ["+CSSI: 1,4", "OK"]),
    (b"AT+CLCC\r\r\n+CLCC: 1,0,0\r\n\r\nOK\r\n", ["AT+CLCC", "+CLCC: 1,0,0", "OK"]),
    (b"\x00\xff\x80OK\r\n", ["OK"]),
    (b"\r\n  OK  \r\n", ["OK"]),
    (b"\r\nVOICE CALL: END: 000008\r\n", ["VOICE CALL: END: 000008"]),
]


def _drain(reader: LineReader, *, want_prompt: bool = False) -> list[Item]:
    found: list[Item] = []
    while (item := reader.next(want_prompt=want_prompt)) is not None:
        found.append(item)
    return found


def _reader(**options: int) -> LineReader:
    reader = LineReader(**options)
    reader.unterminated = UNTERMINATED
    return reader


def _texts(items: Iterable[Item]) -> list[str]:
    return [item.text for item in items if isinstance(item, Line)]


@each("size", [1, 1000])
@each(("data", "lines"), CASES)
def test_bytes_are_cut_into_their_lines_whole_or_one_by_one_and_behind_garbage(
    data: bytes, lines: list[str], size: int
) -> None:
    for garbage in (b"", b"\xff\xfe#!~garbage\r\n"):
        reader, whole, found = _reader(), garbage + data, list[Item]()
        for at in range(0, len(whole), size):
            reader.push(whole[at : at + size])
            found += _drain(reader)
        assert _texts(found)[bool(garbage) :] == lines


@each(("data", "lines"), CASES)
def test_an_unfinished_tail_waits_for_its_end(data: bytes, lines: list[str]) -> None:
    reader = _reader()
    reader.push(data + b"\r\n+CLCC: 1,0")
    assert _texts(_drain(reader)) == lines
    reader.push(b",3\r\n")
    assert _texts(_drain(reader)) == ["+CLCC: 1,0,3"]


def test_a_prompt_is_seen_only_by_a_command_that_waits_for_it() -> None:
    reader = LineReader()
    reader.push(b"\r\n> ")
    assert _drain(reader, want_prompt=True) == [Prompt()]
    reader.push(b"\r\n> text\r\n")
    assert _texts(_drain(reader)) == ["> text"]


def test_what_comes_right_behind_a_prompt_is_a_line_though_half_of_it_came_before_it() -> None:
    reader = LineReader()
    reader.push(b"\r\n> +CLIP: 1")
    assert _drain(reader) == []
    reader.push(b"2\r\nOK\r\n")
    assert _drain(reader, want_prompt=True) == [Prompt(), Line("+CLIP: 12"), Line("OK")]


def test_a_prompt_without_its_blank_counts_once_the_modem_is_silent() -> None:
    reader = LineReader()
    reader.push(b"\r\n>")
    assert _drain(reader, want_prompt=True) == []
    assert reader.flush_unterminated(want_prompt=True) == Prompt()


@each("reads", [1, 2, 600])
def test_a_line_that_is_too_long_is_dropped_and_the_next_one_read(reads: int) -> None:
    reader, data = LineReader(max_line=100), b"+CREG: 1\r\n" + b"x" * 500 + b"\r\nOK\r\n"
    step = -(-len(data) // reads)
    found = []
    for begin in range(0, len(data), step):
        reader.push(data[begin : begin + step])
        found += _drain(reader)
    assert found == [Line("+CREG: 1"), Overrun(500), Line("OK")]


@given(st.lists(st.binary(max_size=40), max_size=20))
def test_how_the_bytes_are_cut_into_reads_changes_nothing(chunks: list[bytes]) -> None:
    whole, pieces = _reader(max_line=64), _reader(max_line=64)
    whole.push(b"".join(chunks))
    expected = [item for item in _drain(whole) if isinstance(item, Line)]
    found: list[Item] = []
    for chunk in chunks:
        pieces.push(chunk)
        found += _drain(pieces)
    if all(len(line) <= 64 for line in re.split(rb"[\r\n]", b"".join(chunks))):
        assert [item for item in found if isinstance(item, Line)] == expected


@given(st.lists(st.binary(max_size=200), max_size=30))
def test_no_bytes_make_it_raise_or_hoard(chunks: list[bytes]) -> None:
    reader = _reader(max_line=128)
    for chunk in chunks:
        reader.push(chunk)
        for item in _drain(reader):
            assert not isinstance(item, Line) or item.text
    reader.push(b"\r\nOK\r\n")
    assert _texts(_drain(reader))[-1] == "OK"
