"""The text form of a trace: written and read without a loss, faults named by their line, no PIN in it."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.gsm.errors import TraceError
from gateways.gsm.tracing.replay import dialect_of, replay
from gateways.gsm.tracing.trace import (
    Entry,
    Side,
    Trace,
    TraceWriter,
    escape,
    format_trace,
    read_trace,
    unescape,
)
from tests.gateways.gsm.bench import DIALECTS
from tests.support.each import each

TEXT = """\
# dialect: simcom7600            (optional header; without it the dialect is found from the lines)
0.000 > ATD+393331112223;\\r
0.041 < \\r\\nOK\\r\\n

# a remark
2.310 < \\r\\n+CLCC: 1,0,3,0,0,"+393331112223",145\\r\\n
"""


def test_the_documented_form_is_read() -> None:
    trace = read_trace(TEXT)
    assert trace.dialect == "simcom7600"
    assert trace.entries == (
        Entry(0.0, Side.HOST, b"ATD+393331112223;\r"),
        Entry(0.041, Side.MODEM, b"\r\nOK\r\n"),
        Entry(2.31, Side.MODEM, b'\r\n+CLCC: 1,0,3,0,0,"+393331112223",145\r\n'),
    )
    assert [event.event for event in replay(trace, DIALECTS)] == ["call.dialing", "call.ringing"]


@given(st.binary(max_size=60))
def test_every_byte_survives_its_escape(data: bytes) -> None:
    text = escape(data)
    assert unescape(text) == data
    assert text == text.strip() or not text.strip() or text.startswith(" ")
    assert "\n" not in text
    assert "\r" not in text


@each(
    ("text", "data"),
    [
        (r"\r\n\t\x1b\x00\\", b"\r\n\t\x1b\x00\\"),
        (r"\0", b"\x00"),
        (r"\033", b"\x1b"),
        (r"\"\'", b"\"'"),
        ("> ", b"> "),
        ("\xe9", b"\xe9"),
    ],
)
def test_escapes_are_pythons(text: str, data: bytes) -> None:
    assert unescape(text) == data


@given(
    st.lists(
        st.tuples(
            st.integers(0, 10_000),
            st.sampled_from([Side.HOST, Side.MODEM]),
            st.binary(min_size=1, max_size=20),
        ),
        max_size=10,
    ),
    st.sampled_from([None, "huawei"]),
)
def test_a_written_trace_is_read_back(entries: list[tuple[int, Side, bytes]], dialect: str | None) -> None:
    made = tuple(
        Entry(ms / 1000, side, data) for ms, side, data in sorted(entries, key=lambda entry: entry[0])
    )
    trace = Trace(made, dialect)
    assert read_trace(format_trace(trace)) == trace


@each(
    ("text", "message"),
    [
        ("0.0 > AT\\r\nrubbish", "line 2"),
        ("0.0 ? AT", "line 1"),
        ("> AT", "line 1"),
        ("0.0 > \\q", r"line 1: no such escape: \\q"),
        ("0.0 > AT\\", "line 1: a backslash at the end"),
        ("0.0 > €", "line 1"),
    ],
)
def test_a_fault_is_named_by_its_line(text: str, message: str) -> None:
    with pytest.raises(TraceError, match=message):
        read_trace(text)


def test_time_never_runs_backwards() -> None:
    trace = read_trace("5.0 > AT\\r\n3.0 < OK\\r\n6.0 < OK\\r")
    assert [entry.at_s for entry in trace.entries] == [5.0, 5.0, 6.0]


def test_an_empty_trace_tells_nothing() -> None:
    assert replay(read_trace(""), DIALECTS) == []


def test_an_unknown_header_leaves_the_finding_to_the_lines() -> None:
    trace = read_trace("# dialect: nokia3310\n0.0 < \\r\\n^CONF:1\\r\\n")
    assert dialect_of(trace, DIALECTS).key == "huawei"


def test_the_writer_writes_what_the_reader_reads_and_masks_the_pin() -> None:
    file = io.StringIO()
    writer = TraceWriter(file, 100.0, "huawei")
    writer.record_host(b'AT+CPIN="1234"\r', 100.5)
    writer.record_modem(b"\r\nOK\r\n", 100.75)
    writer.record_host(b"", 101.0)
    writer.record_loss("unplugged", 102.0)
    assert "1234" not in file.getvalue()
    assert read_trace(file.getvalue()) == Trace(
        (
            Entry(0.5, Side.HOST, b'AT+CPIN="****"\r'),
            Entry(0.75, Side.MODEM, b"\r\nOK\r\n"),
            Entry(2.0, Side.LOST, b"unplugged"),
        ),
        "huawei",
    )


def test_a_lost_port_is_told_and_ends_its_calls() -> None:
    trace = read_trace("# dialect: huawei\n0 > ATD+393331112223;\\r\n0.1 < \\r\\nOK\\r\\n1 ! gone")
    assert [event.event for event in replay(trace, DIALECTS)] == ["call.dialing"]
    trace = read_trace("# dialect: huawei\n0 > ATD+393331112223;\\r\n0.1 < \\r\\nOK\\r\\n\n1 ! gone")
    assert [event.event for event in replay(trace, DIALECTS)] == [
        "call.dialing", "call.released", "modem.lost",
    ]  # fmt: skip


def test_a_message_in_a_trace_is_told() -> None:
    pdu = "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07"
    (event,) = replay(read_trace(f"0.5 < \\r\\n+CMT: ,24\\r\\n{pdu}\\r\\n"), DIALECTS)
    assert (event.t, event.event, event.call, event.number) == (0.5, "sms.received", None, "+31641600986")
