"""The user: who it is, whether reached, and what is to be played or kept. Pure."""

from __future__ import annotations

from msgspec.structs import replace

from messages import events as ev
from messages.ids import Instant, Party
from model.alert.case import Case
from model.alert.folds.dialogue import with_heard
from model.alert.leg import MACHINE
from model.alert.parts import Kept


def fold_user(case: Case, event: ev.Event, at: Instant) -> Case | None:
    """The case after this event; None where it is about something else."""
    match event:
        case ev.VoicesWithheld() | ev.VoicesGiven():
            # A phone that is to keep still from now on does not sound for what is written either.
            ordered = case.texts_ordered and isinstance(event, ev.VoicesGiven)
            return replace(case, voices=isinstance(event, ev.VoicesGiven), texts_ordered=ordered)
        case ev.UserIdentified():
            return replace(
                case,
                identified=True,
                user=event.user,
                phone=case.phone or event.phone,
                language=event.language,
                tells=event.tells,
            )
        case ev.ContactsTexted():
            return replace(case, contacts_at=at)
        case ev.UserUnknown():
            return replace(case, identified=True)
        case ev.UserRang(meets_deadline=meets):
            met_at = case.met_at or (at if meets else None)
            return replace(case, rang_at=case.rang_at or at, met_at=met_at)
        case ev.UserReached():
            return _reached(case, event, at)
        case ev.CheckHeard():
            return replace(case, heard_at=case.heard_at or at)
        case ev.CallAloudRequested():
            return replace(case, aloud=True, redial=True)
        case ev.DialWithheld(reason=reason):
            return replace(case, dial_withheld=reason, redial=False)
        case ev.UserPresumedCallingPsap(reason=reason):
            return replace(case, presumed_calling_112=reason)
        case ev.RedialRequested():
            # Whoever orders it has seen which number it is, and vouches for it from then on.
            return replace(case, redial=True, dial_withheld="", dial_ordered=True)
        case ev.MachineMarked():
            return _machine(case)
        case ev.AnnouncementRequested(what=what):
            n = 1 + sum(one.startswith(f"{what}:") for one in case.asked)
            return replace(case, asked=(*case.asked, f"{what}:{n}"))
        case ev.AnnouncementPlayed(clip=clip):
            return with_heard(replace(case, played=(*case.played, clip)), clip, at)
        case ev.RecordingStarted(file=file, announce=announce):
            files = (*case.recording.files, file)
            return replace(case, recording=Kept(files=files, announced=announce))
        case ev.RecordingStopped(reason=reason):
            return replace(case, recording=replace(case.recording, fault=reason))
        case _:
            return None


def _reached(case: Case, event: ev.UserReached, at: Instant) -> Case:
    if case.reached_at is not None and case.reached_by != "app":
        return replace(case, met_at=case.met_at or at)
    # Of a user who answers the app's word is forgotten: the better word has the time of its own.
    return replace(case, met_at=case.met_at or at, reached_at=at, reached_by=event.by)


def _machine(case: Case) -> Case:
    """Count the call as answered by a machine; the deadline stays met, as the phone has seen the call.

    The user's own word in a call before this one stays.
    """
    call = case.active(Party.USER)
    before = call is not None and case.reached_at is not None and case.reached_at < call.since
    case = replace(case, user_ends=(*case.user_ends, MACHINE))
    heard_at = case.to_112.heard_user_at
    if call is not None and heard_at is not None and heard_at >= call.since:
        case = replace(case, to_112=replace(case.to_112, heard_user_at=None))
    return case if before else replace(case, reached_at=None, reached_by="")
