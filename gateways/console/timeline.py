"""Events of one alert as listed on the screen, according to the row of each event type (`messages.rows`).

Entries hold facts only; the page has the words in the operator's language.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from messages import events as ev
from messages.event_kinds import KERNEL, PERSONAL
from messages.ids import (
    Advice,
    Assurance,
    Carried,
    Channel,
    ClaimKind,
    DataKind,
    Instant,
    LegId,
    LineId,
    OperatorId,
    Outcome,
    Party,
)
from messages.journal import AnyEvent, Recorded, Unreadable, event_type
from messages.rows import Listed
from model.alert.case import Case
from model.telling.sheet import Sheet

_POSITION: Final = "position.updated"
_ADDRESS: Final = "address.found"
_CLAIM: Final = "claim.added"
_LISTED: Final[dict[str, Listed]] = {
    str(kind.__struct_config__.tag): kind.listed for kind in (*KERNEL, Unreadable) if hasattr(kind, "listed")
}
ITEMS: Final = {what: listed.items for what, listed in _LISTED.items()}
"""Rows of the page's list, by event type."""
_PERSONAL: Final = {
    what: PERSONAL[what].get(listed.takes.get("text", ""))
    for what, listed in _LISTED.items()
    if what in PERSONAL
}
"""Kind of personal data in the text, by event type."""
LENGTH_MAX: Final = 300
"""Most entries kept of an alert. The whole story stays in the journal."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A line of the list. `what` is the event's type; the other fields are set if they apply."""

    at_us: Instant
    what: str
    party: Party | None = None
    operator: OperatorId | None = None
    to: OperatorId | None = None
    """Operator named in a handover."""
    line: LineId | None = None
    attempt: int = 1
    cause: int | None = None
    talked: bool = False
    """True for a released leg that had been answered."""
    reason: str = ""
    text: str = ""
    channel: Channel | None = None
    advice: Advice | None = None
    outcome: Outcome | None = None
    doubt: bool = False
    """True for an answer that the line's report alone does not prove, and for a claim that no phone of the
    user signed.
    """
    duress: bool = False
    accuracy_m: float | None = None
    times: int = 1
    """Number of such events in a row. Positions of a source, which is their `text`, are counted rather than
    listed. For a signal and a claim: earlier ones that were not kept are included.
    """


def add(
    entries: tuple[Entry, ...], recorded: Recorded, sheet: Sheet, most: int = LENGTH_MAX
) -> tuple[Entry, ...]:
    """Return the list with this event; `sheet` is the state after the event. Events without meaning for an
    operator add nothing.
    """
    if isinstance(recorded.event, ev.AlertErased):
        gone = recorded.event.kinds
        entries = tuple(
            msgspec.structs.replace(one, text="") if _PERSONAL.get(one.what) in gone else one
            for one in entries
        )
    entry = _entry(recorded, sheet)
    if entry is None:
        return entries
    if entry.what == _ADDRESS:
        told = next((one for one in reversed(entries) if one.what == _ADDRESS), None)
        if told is not None and (told.text, told.reason) == (entry.text, entry.reason):
            return entries
    last = entries[-1] if entries else None
    if last is not None and entry.what == _POSITION == last.what and entry.text == last.text:
        return (*entries[:-1], msgspec.structs.replace(entry, times=last.times + 1))
    if len(entries) >= most:
        entries = (entries[0], *entries[2:])
    return (*entries, entry)


def _of_leg(case: Case, leg: LegId, entry: Entry) -> Entry | None:
    """Return the entry with the data of the leg; None for an unknown leg or attempt."""
    found = case.legs.get(leg)
    if found is None or found.attempt != entry.attempt:
        return None
    return msgspec.structs.replace(entry, party=found.party, operator=found.operator, line=found.line)


def _inbound(case: Case, leg: LegId) -> str:
    """Return the reason `inbound` for a call from the user to the center, else an empty text."""
    found = case.legs.get(leg)
    return "inbound" if found is not None and found.call is not None else ""


def _entry(recorded: Recorded, sheet: Sheet) -> Entry | None:
    event = recorded.event
    what = event_type(event)
    listed = _LISTED.get(what)
    more = None if listed is None else _more(event, sheet)
    if listed is None or more is None:
        return None
    taken: dict[str, Any] = {field: getattr(event, of) for field, of in listed.takes.items()}
    leg = taken.pop("leg", None)
    entry = Entry(**{"at_us": recorded.at_us, "what": what, **taken, **more})
    return entry if leg is None else _of_leg(sheet.case, leg, entry)


def _more(event: AnyEvent, sheet: Sheet) -> dict[str, Any] | None:
    """Return the fields that are not copied from the event; None if this event is not listed."""
    case = sheet.case
    match event:
        case ev.AlertReceived(received_at=received_at):
            return {"at_us": received_at}
        case ev.AlertSignalAdded(alias=alias, silent=silent) if alias:
            kind = "silent" if silent else ClaimKind.SIGNAL
            doubt = event.proof is not Assurance.DEVICE
            return {"what": _CLAIM, "reason": kind, "doubt": doubt, "times": 1 + event.skipped}
        case ev.AlertSignalAdded(skipped=skipped):
            return {"times": 1 + skipped}
        case ev.ClaimAdded(proof=proof, skipped=skipped):
            return {"doubt": proof is not Assurance.DEVICE, "times": 1 + skipped}
        case ev.PositionUpdated(position=at):
            return None if at is None else {"accuracy_m": at.accuracy_m, "text": at.source}
        case ev.AddressFound(address=at):
            if at is None:
                return None
            return {"text": f"{at.street} {at.number}".strip(), "reason": at.nearness}
        case ev.PinRefused(none_set=none_set):
            return {"reason": "none_set" if none_set else ""}
        case ev.DialogueCarried(became=became, failure=failure):
            return None if became is Carried.SENT else {"reason": failure or ""}
        case ev.CaseOpened():
            # The first `CaseOpened` means nothing to an operator; a later one means that the case was taken
            # up again.
            return {} if sheet.restarts else None
        case ev.OperatorWanted(holder=holder):
            return {"reason": "" if holder == case.alert else "asks"}
        case ev.LegOriginating(leg=leg):
            return {"reason": "beside_lost" if case.legs[leg].beside_lost else _inbound(case, leg)}
        case ev.LegAnswered(leg=leg, confirmed=confirmed):
            return {"doubt": not confirmed, "reason": _inbound(case, leg)}
        case ev.LegReleased(leg=leg):
            ended = case.legs.get(leg)
            return {} if ended is None else {"talked": ended.was_answered, "reason": ended.reason}
        case ev.DataSent(version=version, kind=kind):
            # Only the first and the last version: the screen shows updates by itself.
            return {} if kind is not DataKind.UPDATE or version == 1 else None
        case ev.DataReceived(target=target, version=version):
            given = sheet.data.get(target)
            news = given is not None and given.version == version and given.kind is not DataKind.UPDATE
            return {} if news else None
        case ev.DataRefused(status=status, reason=reason):
            return {"text": f"{status} {reason}".strip()}
        case ev.ContactsTexted(texts=texts):
            return {} if texts else None
        case ev.AlertErased(kinds=kinds):
            return {"text": " ".join(kinds)}
        case _:
            return {}
