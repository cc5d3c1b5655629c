"""What stands in a trace of `tests/traces/reported` besides the session: whose each line is, what it means.

# from WHOM        whose report, manual or clause the lines down to the next of these follow
#= T EVENT …       what a replay tells, behind the line that says so (`told`)
#! WORDS           what the driver tells besides calls, in its order (`said`)
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.driver import events
from gateways.gsm.tracing.replay import AnsweredReplayEvent, ReplayEvent, SmsReplayEvent

USUAL: Final = ("sim READY", "registered home", "ready")
"""Of a modem that has nothing to say of itself: told before any session begins."""


def told(event: ReplayEvent) -> str:
    """One event of a replay in a line: seconds, name, call, number, cause, or what was written."""
    words = [f"{event.t:g} {event.event}"]
    words += [str(word) for word in (event.call, event.number, event.cause) if word is not None]
    match event:
        case AnsweredReplayEvent(confirmed=False):
            words.append("unconfirmed")
        case SmsReplayEvent():
            words.append(event.text)
    return " ".join(words)


def said(event: events.Event) -> str | None:
    """One event of the driver's in words; none for calls, and for what every session has."""
    match event:
        case events.Ready():
            return "ready"
        case events.SimState():
            return f"sim {event.code}"
        case events.RegistrationChanged():
            return f"registered {event.state.name.lower()}"
        case events.ModemRebooted():
            return "rebooted"
        case events.VoiceReady():
            return f"voice {event.call}"
        case events.VoiceFailed():
            return f"no voice {event.call}"
        case events.SmsReceived():
            return f"sms {event.number}: {event.text}"
        case events.RequestFailed():
            return f"refused {event.request}: {event.text}"
        case events.RequestDone():
            return f"done {event.request}"
        case events.Unresponsive():
            return f"unresponsive {event.stage}"
        case events.HangUpStuck():
            return f"stuck {event.call}"
        case events.UnknownLine():
            return f"unknown {event.text}"
        case _:
            return None


def marked(text: str, mark: str) -> list[str]:
    """The remarks of a kind, without their mark."""
    return [line.removeprefix(mark).strip() for line in text.splitlines() if line.startswith(mark)]


def orphans(text: str) -> list[str]:
    """The lines of the session above which nobody stands from whom they come."""
    lines = text.splitlines()
    first = next((place for place, line in enumerate(lines) if line.startswith("# from ")), len(lines))
    return [line for line in lines[:first] if not line.startswith("#")]
