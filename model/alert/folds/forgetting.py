"""What is personal and gone from an alert for good. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, PersonalKind
from model.alert.case import NOWHERE, Case
from model.alert.parts import Erased


def fold_forgetting(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.AlertErased(kinds=kinds, reason=reason):
            for kind in kinds:
                case = _without(case, kind)
            before = () if case.erased is None else case.erased.kinds
            gone = tuple(sorted({*before, *kinds}))
            return replace(case, erased=Erased(at=at, kinds=gone, reason=reason))
        case _:
            return None


def _without(case: Case, kind: PersonalKind) -> Case:
    """What was told of it before the key was gone: others read the events as those that are empty."""
    match kind:
        case PersonalKind.NUMBER:
            legs = {name: replace(leg, number=None) for name, leg in case.legs.items()}
            return replace(case, phone=None, device=None, key="", legs=legs)
        case PersonalKind.POSITION:
            return replace(case, positions=NOWHERE, address_found=None)
        case PersonalKind.WORDS:
            return replace(
                case,
                dialogue=tuple(replace(one, text="", yes="", no="", answer="") for one in case.dialogue),
                legs={name: replace(leg, pressed="") for name, leg in case.legs.items()},
                hand_over=None if case.hand_over is None else replace(case.hand_over, text=""),
                corrected=None if case.corrected is None else replace(case.corrected, reason=""),
            )
