"""What the control API tells of calls, phones and modems: plain JSON objects. It must not change anything.

Times are RFC 3339 in UTC; the names without a unit (`started_at`) are the contract, the `_s` ones are seconds
since 1970.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Sequence

import msgspec

from simulator.modem.modem import Modem
from simulator.network.call import Call, Message
from simulator.network.phone import Phone

Json = dict[str, object]


def call_report(call: Call) -> Json:
    """One entry of `GET /calls`."""
    return {
        "id": call.id,
        "from": call.caller.number,
        "to": call.to,
        "line": call.line,
        "state": str(call.state),
        "started_at": rfc3339(call.started_at_s),
        "ringing_at": rfc3339(call.ringing_at_s),
        "answered_at": rfc3339(call.answered_at_s),
        "ended_at": rfc3339(call.ended_at_s),
        "cause": None if call.cause is None else int(call.cause),
        "ended_by": None if call.ended_by is None else call.ended_by.number,
        "emergency": call.emergency,
        "withheld": call.withheld,
        "dtmf": call.digits,
        "started_at_s": call.started_at_s,
        "ringing_at_s": call.ringing_at_s,
        "answered_at_s": call.answered_at_s,
        "ended_at_s": call.ended_at_s,
    }


def message_report(message: Message) -> Json:
    """One entry of `GET /messages`; `data` in hex."""
    return {
        "from": message.sender,
        "to": message.to,
        "text": message.text,
        "data": message.data.hex(),
        "sent_at": rfc3339(message.sent_at_s),
        "delivered": message.delivered,
    }


def text_reports(messages: Iterable[Message], to: str) -> list[Json]:
    """`GET /phones/NUMBER/texts`: the short messages that the phone shows, oldest first; a longer one when
    all of its parts are there.
    """
    shown: list[Json] = []
    parts: dict[tuple[str, int, int], dict[int, str]] = {}
    for message in messages:
        if message.to != to or not message.delivered:
            continue
        text = message.text
        if message.part is not None:
            reference, total, number = message.part
            there = parts.setdefault((message.sender, reference, total), {})
            there[number] = text
            if len(there) < total:
                continue
            text = "".join(there[number] for number in sorted(there))
            del parts[message.sender, reference, total]
        shown.append({"from": message.sender, "text": text, "at": rfc3339(message.sent_at_s)})
    return shown


def phone_report(places: Sequence[Phone]) -> Json:
    """One entry of `GET /phones`: its habits, its present call, and of an exchange the call at each place."""
    phone, calls = places[0], [None if one.call is None else one.call.id for one in places]
    habits: Json = msgspec.to_builtins(phone.profile)
    return {**habits, "state": phone.state, "call": calls[0], "calls": calls}


def modem_report(modem: Modem) -> Json:
    """One modem's state; the runner adds its ports."""
    config = modem.config
    return {
        "name": config.name,
        "dialect": config.dialect,
        "trunk": config.trunk,
        "number": config.number,
        "imei": modem.imei,
        "power": str(modem.power),
        "open": modem.opened,
        "muted": modem.muted,
        "sim": modem.sim.state if config.sim else None,
        "registration": modem.registration,
        "voice_running": modem.voice.running(),
        "calls": [leg.call.id for leg in modem.line.legs],
        "vices": {
            name: value for name, value in msgspec.to_builtins(modem.line.vices).items() if value is not None
        },
    }


def rfc3339(at_s: float | None) -> str | None:
    """The instant in UTC, to the microsecond."""
    if at_s is None:
        return None
    at = datetime.datetime.fromtimestamp(at_s, datetime.UTC)
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
