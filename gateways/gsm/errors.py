"""Everything that this gateway raises.

    GsmError
    ├── Misuse               we asked for what cannot be
    │   ├── DialRefused      the dial guard kept bytes from the modem
    │   ├── RequestRefused   a request that the calls' state does not allow now
    │   └── DialectError     a dialect file is wrong; says which file and which key
    └── Trouble              the world outside misbehaved
        ├── PortBusy         another process holds the port
        ├── PortLost         the port is gone: unplugged, reset, or never there
        ├── TraceError       a trace file cannot be read; says which line
        └── PduError         a short message that follows no format known here

An unknown or broken line from a modem is an event, never one of these.
"""

from __future__ import annotations

from pathlib import Path


class GsmError(Exception):
    """The root of this package's errors."""


class Misuse(GsmError):
    """We asked for what cannot be: a fault of ours or of a setting."""


class DialRefused(Misuse):
    """The dial guard kept these bytes from the modem: they would, or might, call an emergency number."""


class RequestRefused(Misuse):
    """The request does not fit the state of the calls: no such call, or not in that state."""


class DialectError(Misuse):
    """A dialect file is wrong, or the dialect named does not exist."""


class Trouble(GsmError):
    """The modem, its port, or what came out of it misbehaved."""


class PortBusy(Trouble):
    """Another process holds the port."""


class PortLost(Trouble):
    """The port is gone: whatever of SerialException, OSError and termios.error said so."""


class TraceError(Trouble):
    """A trace file cannot be read."""


class PduError(Trouble):
    """A short message's PDU that follows no format known here."""


def where_raised(error: Exception) -> str:
    """The error's kind and the place that raised it, for a log: its words may be somebody's message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
