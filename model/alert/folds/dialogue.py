"""What user and operator have written to each other, and what is known for 112. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant
from model.alert.case import Case, Filled, Said


def fold_dialogue(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.DialogueSaid():
            if any((one.id, one.by) == (event.id, event.by) for one in case.dialogue):
                return case
            said = Said(
                number=len(case.dialogue) + 1,
                id=event.id,
                by=event.by,
                at=at,
                channel=event.channel,
                text=event.text,
                asks=event.asks,
                version=_version(case),
            )
            return replace(case, dialogue=(*case.dialogue, said))
        case ev.DialogueSeen():
            seen = tuple(_seen(one, event, at, _version(case)) for one in case.dialogue)
            return replace(case, dialogue=seen)
        case ev.BriefingFilled(field=field, text=text, by=by):
            others = {name: filled for name, filled in case.briefing.items() if name is not field}
            known = {field: Filled(text=text, by=by, at=at)} if text else {}
            return replace(case, briefing=others | known)
        case _:
            return None


def _seen(one: Said, event: ev.DialogueSeen, at: Instant, version: int) -> Said:
    """Nobody sees what the own side has written."""
    theirs = bool(one.by) != bool(event.by) and one.number <= event.upto
    if not theirs or (one.arrived_at is not None and (one.read_at is not None or not event.read)):
        return one
    read_at = one.read_at or (at if event.read else None)
    return replace(one, version=version, arrived_at=one.arrived_at or at, read_at=read_at)


def _version(case: Case) -> int:
    return case.inbox_version + case.case_version
