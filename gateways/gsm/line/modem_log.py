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
            log.warning("the modem does not hang up a call", line=line, attempts=attempts)
        case VoiceFailed(text=text):
            log.warning(
                "the modem refuses audio: check that its firmware supports voice", line=line, error=text
            )
        case RequestFailed(request=request, text=text):
            log.warning("the modem refuses a request", line=line, what=request, error=text)
        case UnreportedCall():
            log.warning(
                "a call came without result codes: check that the port is the one with unsolicited codes",
                line=line,
            )
        case ModemRebooted():
            log.warning("the modem has rebooted", line=line)
        case CommandRefused(command=command, error=error):
            log.info("the modem refuses a setting", line=line, command=command, error=error)
        case SmsSent(failure=failure, text=text):
            log.info("a short message was sent", line=line, failure=failure, result=text)
        case UnknownLine(text=text):
            # The text behind the first word may be a telephone number.
            log.debug("unknown line", line=line, text=text.partition(":")[0])
        case _:
            log.debug("modem", line=line, what=type(event).__name__)
