"""Every exception that this gateway raises.

    GsmError
    ├── Misuse               a fault of the program or of a setting
    │   ├── DialRefused      the dial guard kept bytes from the modem
    │   ├── RequestRefused   a request that the state of the calls does not allow now
    │   └── DialectError     a dialect file is wrong; names the file and the key
    └── Trouble              the modem, the port or a file misbehaved
        ├── PortBusy         another process holds the port
        ├── PortLost         the port is lost: unplugged, reset, or never present
        ├── TraceError       a trace file cannot be read; names the line
        └── PduError         a short message in a format unknown here

An unknown or broken line from a modem is an event, never an exception.
"""

from __future__ import annotations

from pathlib import Path


class GsmError(Exception):
    """The root of this package's errors."""


class Misuse(GsmError):
    """A request that is impossible: a fault of the program or of a setting."""


class DialRefused(Misuse):
    """Bytes that the dial guard has blocked: the bytes would, or might, call an emergency number."""


class RequestRefused(Misuse):
    """A request that does not fit the state of the calls: no such call, or a call in another state."""


class DialectError(Misuse):
    """A wrong dialect file, or a dialect name that does not exist."""


class Trouble(GsmError):
    """Misbehaviour of the modem, of its port, or of the modem's output."""


class PortBusy(Trouble):
    """A port that another process holds."""


class PortLost(Trouble):
    """The port is lost, as reported by SerialException, OSError or termios.error."""


class TraceError(Trouble):
    """A trace file that cannot be read."""


class PduError(Trouble):
    """A short message's PDU in a format unknown here."""


def where_raised(error: Exception) -> str:
    """Return the error's class and the place that raised it, for a log. The error's text is left out: it may
    quote a person's message."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return type(error).__name__
    return f"{type(error).__name__} at {Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"
