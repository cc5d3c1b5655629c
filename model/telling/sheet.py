"""An alert with all displayed data: its case, the basis of rules, and data that no rule uses. Pure.

A second fold of the alert's two streams, kept by the parts that display an alert or inform others: the
console, 112's page and its data, the dossier, the app's answer. No actor and no rule imports it.

Total, like `model.alert.evolve`: an unreadable event is counted, and applied as far as its kind allows.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, get_args

import msgspec
from msgspec.structs import replace

from messages import events as ev
from messages.ids import (
    Assurance,
    BriefingField,
    Channel,
    ClaimKind,
    DataKind,
    Doubt,
    Instant,
    OperatorId,
    PersonalKind,
)
from messages.journal import AnyEvent, Recorded, Unreadable
from model.alert import evolve as cases
from model.alert.case import Case
from model.alert.evolve import receipt
from model.alert.folds.legs import LegEvent
from model.alert.folds.signals import known_position
from model.alert.parts import KnownPosition
from model.telling.psap_snapshot import PsapSnapshot

_OF_CALLS: Final = frozenset(get_args(LegEvent)) - {ev.LegPressed}
"""Events that change only the case, the majority. A pressed key may also answer a question."""


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """A note of an operator."""

    by: OperatorId
    at: Instant
    text: str


class BriefingEntry(msgspec.Struct, frozen=True, kw_only=True):
    """Content of one field of the briefing."""

    text: str
    by: OperatorId
    """Author; empty for the user."""
    at: Instant


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """The page for 112's call-taker."""

    code: str
    """Code of the page; empty once erased."""
    viewed_from: tuple[str, ...] = ()
    """Addresses of viewers, in the order of their first visit."""
    viewed_at: Instant | None = None
    """Time of the first visit."""


class SentData(msgspec.Struct, frozen=True, kw_only=True):
    """Data about the alert sent to one of 112's own systems."""

    version: int
    """Newest version begun."""
    kind: DataKind
    digest: str
    at: Instant
    """Time at which its sending first began."""
    receipt: str = ""
    received_at: Instant | None = None
    """Time at which the newest version was accepted; None if not yet, or never."""
    refused_at: Instant | None = None
    status: int = 0
    reason: str = ""
    """Reason for which the newest version was refused."""
    may_have: tuple[tuple[int, Instant], ...] = ()
    """Versions that the target has, or may have, with their start: the last confirmed and all later."""
    had_at: Instant | None = None
    """Time at which the target last accepted a version."""


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """A statement from a sender who does not speak for the alert."""

    alias: str
    kind: ClaimKind
    at: Instant
    proof: Assurance
    """Assurance level; `device`: another enrolled phone of the alert's number."""
    key_enrolled_at: Instant | None = None
    """Signal only: time of that phone's enrolment."""
    position: KnownPosition | None = None
    silent: bool = False
    """True if the signal requests silence, which has no effect."""
    text: str = ""
    skipped: int = 0
    """Number of earlier statements that were not kept."""


class Sheet(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as displayed."""

    case: Case

    # signals
    doubt: Doubt | None = None
    """Reason why the alert was not proved, although it carried a proof."""
    key_enrolled_at: Instant | None = None
    """Enrolment time of the device that signed the alert."""
    battery_pct: int | None = None
    signals: int = 1
    """Number of times, over all channels, that the alert was raised."""
    claims: tuple[Claim, ...] = ()
    """Statements under aliases (`model.rules.proof`), in the order of arrival."""
    unread_texts: int = 0
    """Number of the user's SMS that could not be read."""
    unreadable: int = 0
    """Number of events that this version cannot read."""
    restarts: int = 0
    """Number of times another AlertCase has taken the alert over."""

    # notes and briefing
    notes: tuple[Note, ...] = ()
    contacts: str = ""
    """Names of the contacts notified by SMS at the user's request."""
    briefing: dict[BriefingField, BriefingEntry] = {}
    """Known fields only."""
    changed: dict[BriefingField, int] = {}
    """Version of the alert at which each field of the briefing last changed."""

    # data held by 112
    briefed: PsapSnapshot | None = None
    """Data read to 112 when an operator last confirmed the briefing."""
    page: Page | None = None
    data: dict[str, SentData] = {}
    """Data sent to 112's own systems, by target."""

    @property
    def told(self) -> PsapSnapshot:
        """Present content of the text for 112."""
        fields = {field: filled.text for field, filled in self.briefing.items()}
        return PsapSnapshot(fields=fields, address=self.case.address, position=self.case.position)


def fold(recorded: Iterable[Recorded]) -> Sheet | None:
    """Return the sheet after these events of both streams, in order; None without `alert.received`."""
    sheet: Sheet | None = None
    for one in recorded:
        sheet = evolve(sheet, one) if sheet is not None else begin(one)
    return sheet


def begin(recorded: Recorded) -> Sheet | None:
    """Return the sheet of a new alert; None for any other event."""
    case, event = cases.begin(recorded), receipt(recorded)
    if case is None or event is None:
        return None
    return Sheet(
        case=case,
        doubt=event.doubt,
        key_enrolled_at=event.key_enrolled_at,
        battery_pct=event.battery_pct,
        unreadable=int(isinstance(recorded.event, Unreadable)),
    )


def evolve(sheet: Sheet, recorded: Recorded) -> Sheet:
    """Return the sheet after one more event of either stream."""
    return _after(sheet, cases.evolve(sheet.case, recorded), recorded.event, recorded.at_us)


def _after(sheet: Sheet, case: Case, event: AnyEvent, at: Instant) -> Sheet:
    """Return the sheet after this event, with `case` as its new case."""
    before, sheet = sheet.case, replace(sheet, case=case)
    if type(event) in _OF_CALLS:
        return sheet
    match event:
        case ev.AlertSignalAdded(alias=alias) if alias:
            return _claimed(sheet, event, at)
        case ev.ClaimAdded():
            return _claimed(sheet, event, at)
        case ev.AlertSignalAdded(battery_pct=battery_pct):
            left = sheet.battery_pct if battery_pct is None else battery_pct
            return replace(sheet, signals=sheet.signals + 1 + event.skipped, battery_pct=left)
        case ev.TextUnreadable():
            return replace(sheet, unread_texts=sheet.unread_texts + 1)
        case ev.NoteAdded():
            return replace(sheet, notes=(*sheet.notes, Note(by=event.by, at=at, text=event.text)))
        case ev.CaseOpened():
            return replace(sheet, restarts=sheet.restarts + (before.owner is not None))
        case ev.ContactsTexted(names=names):
            return replace(sheet, contacts=names)
        case ev.BriefingFilled(field=field, text=text, by=by):
            others = {name: filled for name, filled in sheet.briefing.items() if name is not field}
            known = {field: BriefingEntry(text=text, by=by, at=at)} if text else {}
            return _with_briefing(sheet, others | known)
        case ev.DialogueSaid() | ev.LegPressed():
            return _answered(sheet, before, at)
        case ev.BriefingGiven() | ev.PsapCalledElsewhere():
            return replace(sheet, briefed=sheet.told)
        case ev.PageOpened(code=code):
            return replace(sheet, page=sheet.page or Page(code=code))
        case ev.PageViewed(origin=origin) if sheet.page is not None:
            seen = sheet.page.viewed_from
            viewed_from = seen if origin in seen else (*seen, origin)
            page = replace(sheet.page, viewed_from=viewed_from, viewed_at=sheet.page.viewed_at or at)
            return replace(sheet, page=page)
        case ev.DataSent() | ev.DataReceived() | ev.DataRefused():
            given = _given(sheet.data.get(event.target), event, at)
            return sheet if given is None else replace(sheet, data=sheet.data | {event.target: given})
        case ev.AlertReopened():
            return _reopened(sheet)
        case ev.AlertErased(kinds=kinds):
            for kind in kinds:
                sheet = _without(sheet, kind)
            return sheet
        case Unreadable(kind=kind):
            sheet = replace(sheet, unreadable=sheet.unreadable + 1)
            return _reopened(sheet) if kind == "alert.reopened" else sheet
        case _:
            return sheet


def _claimed(sheet: Sheet, event: ev.AlertSignalAdded | ev.ClaimAdded, at: Instant) -> Sheet:
    """Return the sheet with a statement from a sender who does not speak for the alert."""
    said = event.position
    claim = Claim(
        alias=event.alias,
        kind=ClaimKind.SIGNAL,
        at=at,
        proof=event.proof or Assurance.APP,
        position=None if said is None else known_position(said, at, Channel.DATA),
        skipped=event.skipped,
    )
    match event:
        case ev.AlertSignalAdded(silent=silent, key_enrolled_at=key_enrolled_at):
            claim = replace(claim, silent=silent, key_enrolled_at=key_enrolled_at)
        case ev.ClaimAdded(kind=kind, text=text):
            claim = replace(claim, kind=kind, text=text)
    more = event.skipped + isinstance(event, ev.AlertSignalAdded)
    return replace(sheet, claims=(*sheet.claims, claim), signals=sheet.signals + more)


def _answered(sheet: Sheet, before: Case, at: Instant) -> Sheet:
    """Return the sheet with the briefing filled by the user's answer, if the event was an answer."""
    dialogue = sheet.case.dialogue
    if dialogue is before.dialogue:
        return sheet
    for was, question in zip(before.dialogue, dialogue, strict=False):
        known = question.yes if question.answer == "yes" else question.no
        if was.answer or not question.answer or question.fills is None or not known:
            continue
        filled = sheet.briefing.get(question.fills)
        text = known if filled is None or known in filled.text else f"{filled.text}; {known}"
        answered = BriefingEntry(text=text, by=OperatorId(""), at=at)
        return _with_briefing(sheet, sheet.briefing | {question.fills: answered})
    return sheet


def _with_briefing(sheet: Sheet, briefing: dict[BriefingField, BriefingEntry]) -> Sheet:
    fields = [field for field in BriefingField if briefing.get(field) != sheet.briefing.get(field)]
    changed = sheet.changed | dict.fromkeys(fields, sheet.case.version)
    return replace(sheet, briefing=briefing, changed=changed)


def _given(
    before: SentData | None, event: ev.DataSent | ev.DataReceived | ev.DataRefused, at: Instant
) -> SentData | None:
    """Return the data sent to a target after this event; None if the event is no news."""
    match event:
        case ev.DataSent(version=version, kind=kind):
            if before is not None and version <= before.version:
                return None
            # Versions that the target may have and that the message refers to; a first message refers to
            # none.
            had = () if before is None or kind is DataKind.ALERT else before.may_have
            return SentData(
                version=version,
                kind=kind,
                digest=event.digest,
                at=at,
                may_have=(*had, (version, at)),
                had_at=None if before is None else before.had_at,
            )
        case ev.DataReceived(version=version, receipt=taken) if before is not None:
            # A late response confirms an earlier version; the newest is still in transit.
            may_have = tuple(one for one in before.may_have if one[0] >= version)
            given = replace(before, may_have=may_have, had_at=at)
            if version == before.version and before.received_at is None:
                given = replace(given, received_at=at, receipt=taken, refused_at=None, reason="")
            return given
        case ev.DataRefused(version=version) if before is not None:
            may_have = tuple(one for one in before.may_have if one[0] != version)
            given = replace(before, may_have=may_have)
            if version == before.version and before.received_at is None:
                given = replace(given, refused_at=at, status=event.status, reason=event.reason)
            return given
        case _:
            return None


def _reopened(sheet: Sheet) -> Sheet:
    # Earlier holders of the page's code must not see the page now.
    return replace(sheet, page=None, briefed=None)


def _without(sheet: Sheet, kind: PersonalKind) -> Sheet:
    """Return the sheet without the data read before the key was destroyed."""
    match kind:
        case PersonalKind.POSITION:
            claims = tuple(replace(one, position=None) for one in sheet.claims)
            briefed = None if sheet.briefed is None else replace(sheet.briefed, position=None, address=None)
            return replace(sheet, claims=claims, briefed=briefed)
        case PersonalKind.WORDS:
            sheet = replace(
                sheet,
                notes=tuple(replace(note, text="") for note in sheet.notes),
                claims=tuple(replace(one, text="") for one in sheet.claims),
                briefed=None if sheet.briefed is None else replace(sheet.briefed, fields={}),
                page=None if sheet.page is None else replace(sheet.page, code=""),
            )
            return _with_briefing(sheet, {})
        case _:
            return sheet
