r"""AT traces: the traffic of a port, with times, as text for people and for `modem replay`.

    # dialect: simcom7600            (optional; without it the dialect is detected from the lines)
    0.000 > ATD+393331112223;\r
    0.041 < \r\nOK\r\n

`>` host to modem, `<` modem to host, bytes escaped as in Python. A line `2.500 ! reason` records that the
port was lost. A PIN is never recorded.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Final, TextIO

import msgspec

from gateways.gsm.errors import TraceError

_LINE: Final = re.compile(r"\s*(?P<time>\d+(?:\.\d*)?|\.\d+)\s+(?P<side>[<>!])(?: (?P<data>.*)|\s*)")
_HEADER: Final = re.compile(r"#\s*dialect\s*[:=]\s*(?P<name>[\w.+-]+)", re.IGNORECASE)
_ESCAPE: Final = re.compile(r"\\(?:x([0-9a-fA-F]{2})|([0-7]{1,3})|(.))", re.DOTALL)
_SIMPLE: Final = {
    "r": 13,
    "n": 10,
    "t": 9,
    "0": 0,
    "a": 7,
    "b": 8,
    "f": 12,
    "v": 11,
    "\\": 92,
    "'": 39,
    '"': 34,
}
_NAMED: Final = {13: "\\r", 10: "\\n", 9: "\\t", 92: "\\\\"}
_IDENTITY_QUERY: Final = re.compile(rb"\s*AT(?:I\d?|\+C?GM[IMR])\s*", re.IGNORECASE)
_CODE: Final = re.compile(r"[+^*#$%](?!C?GM[IMR]\b)")
_PIN: Final = re.compile(rb"(AT\+CPIN=)[^\r]*", re.IGNORECASE)


class Side(Enum):
    """Sender of an entry's bytes."""

    HOST = ">"
    MODEM = "<"
    LOST = "!"
    """No sender: the port was lost."""


class Entry(msgspec.Struct, frozen=True):
    """A line of a trace."""

    at_s: float
    side: Side
    data: bytes


class Trace(msgspec.Struct, frozen=True):
    """A whole trace."""

    entries: tuple[Entry, ...]
    dialect: str | None = None
    """Dialect named in the header."""

    def lines(self) -> list[str]:
        """Return the text lines of both sides, for the detection of the dialect."""
        found: list[str] = []
        for side in (Side.HOST, Side.MODEM):
            data = b"".join(entry.data for entry in self.entries if entry.side is side)
            text = data.decode("latin-1")
            found += [line.strip() for line in re.split(r"[\r\n]+", text) if line.strip()]
        return found

    def identity(self) -> list[str]:
        """Return the lines of the modem's answers to ATI, +CGMI, +CGMM and +CGMR; other codes are omitted."""
        typed, identity_requested, received = bytearray(), False, bytearray()
        for entry in self.entries:
            if entry.side is Side.HOST:
                typed += entry.data
                while (end := typed.find(b"\r")) >= 0:
                    identity_requested = _IDENTITY_QUERY.fullmatch(typed, 0, end) is not None
                    del typed[: end + 1]
            elif entry.side is Side.MODEM and identity_requested:
                received += entry.data
        lines = [line.strip() for line in re.split(r"[\r\n]+", received.decode("latin-1"))]
        return [line for line in lines if line and _CODE.match(line) is None]


def read_trace(text: str) -> Trace:
    """Return the trace in a file's text. Raises TraceError with the number of the line."""
    entries: list[Entry] = []
    dialect: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        if line.lstrip().startswith("#"):
            header = _HEADER.search(line)
            if header is not None and dialect is None:
                dialect = header["name"]
            continue
        entries.append(_entry(line, number, entries[-1].at_s if entries else 0.0))
    return Trace(tuple(entries), dialect)


def format_trace(trace: Trace) -> str:
    """Return the text of a trace. The reverse of `read_trace`."""
    header = [f"# dialect: {trace.dialect}"] if trace.dialect else []
    return "\n".join((*header, *(format_entry(entry) for entry in trace.entries))) + "\n"


def format_entry(entry: Entry) -> str:
    """Return the line of an entry, without its end."""
    return f"{entry.at_s:.3f} {entry.side.value} {escape(entry.data)}"


def escape(data: bytes) -> str:
    """Return the bytes as Python writes them, with plain quotes. A blank at the end is escaped too, because
    editors remove it."""
    text = "".join(
        _NAMED.get(byte) or (chr(byte) if 0x20 <= byte <= 0x7E else f"\\x{byte:02x}") for byte in data
    )
    return text[:-1] + "\\x20" if text.endswith(" ") else text


def unescape(text: str) -> bytes:
    """Return the bytes of an escaped text. Raises ValueError for an unknown escape or a non-byte."""
    out = bytearray()
    place = 0
    for match in _ESCAPE.finditer(text):
        out += text[place : match.start()].encode("latin-1")
        place = match.end()
        if match[1] is not None:
            out.append(int(match[1], 16))
        elif match[2] is not None:
            out.append(int(match[2], 8) & 0xFF)
        elif match[3] in _SIMPLE:
            out.append(_SIMPLE[match[3]])
        else:
            raise ValueError(f"no such escape: \\{match[3]}")
    rest = text[place:]
    if "\\" in rest:
        raise ValueError("a backslash at the end")
    return bytes(out + rest.encode("latin-1"))


class TraceWriter:
    """A trace written during the session; every line is flushed, so that a kill loses nothing."""

    def __init__(self, file: TextIO, start_s: float, dialect: str | None = None) -> None:
        self._file = file
        self._start_s = start_s
        if dialect:
            self._file.write(f"# dialect: {dialect}\n")

    def record_host(self, data: bytes, now_s: float) -> None:
        """Record bytes that were written."""
        self._write(Side.HOST, _PIN.sub(rb'\1"****"', data), now_s)

    def record_modem(self, data: bytes, now_s: float) -> None:
        """Record bytes that were read."""
        self._write(Side.MODEM, data, now_s)

    def record_loss(self, reason: str, now_s: float) -> None:
        """Record the loss of the port."""
        self._write(Side.LOST, reason.encode("latin-1", "replace"), now_s)

    def _write(self, side: Side, data: bytes, now_s: float) -> None:
        if data:
            self._file.write(format_entry(Entry(max(0.0, now_s - self._start_s), side, data)) + "\n")
            self._file.flush()


def _entry(line: str, number: int, earlier_s: float) -> Entry:
    match = _LINE.fullmatch(line)
    if match is None:
        raise TraceError(f"line {number}: neither a comment nor `TIME > bytes` or `TIME < bytes`")
    try:
        data = unescape(match["data"] or "")
    except ValueError as error:
        raise TraceError(f"line {number}: {error}") from error
    # Two recordings may have been merged by hand: time never runs backwards here.
    return Entry(max(earlier_s, float(match["time"])), Side(match["side"]), data)
