"""Facts that 112 was told of an alert for certain, for its user at the end. Pure."""

from __future__ import annotations

from messages.ids import BriefingField, PsapKnows
from model.alert.case import Case
from model.rules.calls.quiet import hushed, told_112
from model.rules.said.announcing import CANNOT_SPEAK
from model.telling.told import told


def psap_knows(case: Case) -> tuple[PsapKnows, ...]:
    """Return what 112 was told: by the operator who has read it the text, by its page, or by the center's own
    voice. What was said in a conversation is not known.
    """
    looked = case.page is not None and case.page.viewed_at is not None
    if not told_112(case) and not looked:
        return ()
    read = told(case) if looked else case.briefed
    knows = [PsapKnows.ALERT]
    if read is not None and (read.position or read.address or read.fields.get(BriefingField.WHERE)):
        knows.append(PsapKnows.PLACE)
    heard = any(clip.startswith(f"{CANNOT_SPEAK}:") for clip in case.played)
    if hushed(case) and (read is not None or heard):
        knows.append(PsapKnows.SILENCE)
    return tuple(knows)
