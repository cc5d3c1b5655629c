"""Log entries for the modem's events that have no other effect."""

from __future__ import annotations

from gateways.gsm.driver.events import (
    CommandRefused,
    Event,
    HangUpStuck,
    ModemRebooted,
    RequestFailed,
    SmsSent,
    UnknownLine,
    UnreportedCall,
    VoiceFailed,
)
from runtime.logs import Logger


def note(log: Logger, line: str, event: Event) -> None:
    """Log the event, at a level that fits its severity."""
    match event:
        case HangUpStuck(attempts=attempts):
            log.warning("a call does not end", line=line, attempts=attempts)
        case VoiceFailed(text=text):
            log.warning("the modem refuses its voice: has its firmware any?", line=line, error=text)
        case RequestFailed(request=request, text=text):
            log.warning("the modem refuses", line=line, what=request, error=text)
        case UnreportedCall():
            log.warning("rung by a modem that has not said so: is this the port of its codes?", line=line)
        case ModemRebooted():
            log.warning("the modem has started anew", line=line)
        case CommandRefused(command=command, error=error):
            log.info("the modem refuses a setting", line=line, command=command, error=error)
        case SmsSent(failure=failure, text=text):
            log.info("a short message was sent", line=line, failure=failure, result=text)
        case UnknownLine(text=text):
            # The text behind the first word may be a telephone number.
            log.debug("unknown line", line=line, text=text.partition(":")[0])
        case _:
            log.debug("modem", line=line, what=type(event).__name__)
