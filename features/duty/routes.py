"""/v1/admin/duty: the roster. Supervisors read the roster; admins change it and test contacts.

/v1/callouts: an operator takes a callout, so that no other person is called.

Parts of the roster have their own class names here: the types of the pages are generated from the names, and
other contacts and persons exist.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Annotated, Any, Final, TypeVar

import msgspec
from msgspec import Meta
from msgspec.structs import asdict, replace

from features.duty.flaws import Flaw, FlawKind, find_flaws, refusing_flaws
from features.duty.store import open_test, take_callout
from features.duty.verification import Verification, VerificationReader
from gateways.http.parts.context import Web, once
from gateways.http.routing.permissions import ADMIN, OPERATOR, SUPERVISOR, Caller
from gateways.http.routing.route import GET, POST, PUT, Answer, route
from gateways.http.wire.answers import Moment, derived, rfc3339
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.ids import DEMO_OPERATOR, SECOND, DutyWay, Instant, OperatorId, PersonId
from model.callouts import roster as model
from model.callouts.roster import LOOKED_AHEAD_US, Roster, Span, without_secrets
from model.callouts.times import midnight_of
from store.audit.entry import Action
from store.callouts import callouts_of
from store.journal.journal import Transaction
from store.registry.people import StaffRole
from store.roster import RosterChanged, StoredRoster, normalised, roster_of, store_roster

PATH: Final = "/v1/admin/duty"
NOT_AUDITED_WHY: Final = "alarms are the center's own; the journal has who has seen, or taken, them"
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
R = TypeVar("R", bound=Roster)
When = Annotated[datetime, Meta(tz=True)]


class DutyContact(model.Contact, frozen=True, kw_only=True):
    """A channel to reach a person: `to` is a number, an address of e-mail, a URL."""


class DutyPerson(model.Person, frozen=True, kw_only=True):
    """A person for duty; `contacts` in the order in which they are tried."""

    contacts: Annotated[tuple[DutyContact, ...], Meta(max_length=12)] = ()


class DutyShift(model.Shift, frozen=True, kw_only=True):
    """Hours repeated each week; `days`: on which the shift begins, 0 is Monday. `ends` not after `begins`: on
    the next day. `people` in calling order.
    """


class DutyHoliday(model.Holiday, frozen=True, kw_only=True):
    """A date that counts as another day of the week."""


class DutyOverride(msgspec.Struct, frozen=True, kw_only=True):
    """A single exception to the shifts. `instead_of`: the person to be replaced; without it the list replaces
    all people of that time.
    """

    from_at: When
    to_at: When
    people: Annotated[tuple[model.Id, ...], Meta(max_length=20)]
    instead_of: model.Id | None = None
    why: model.Text = ""


class DutyRoster(model.Roster, frozen=True, kw_only=True):
    """The whole roster. `zone`: time zone of the shifts (IANA). If several shifts cover one moment, the
    people of the first are called first; of several overrides the last counts.
    """

    people: Annotated[tuple[DutyPerson, ...], Meta(max_length=100)] = ()
    shifts: Annotated[tuple[DutyShift, ...], Meta(max_length=100)] = ()
    overrides: Annotated[tuple[DutyOverride, ...], Meta(max_length=500)] = ()  # type: ignore[assignment]
    holidays: Annotated[tuple[DutyHoliday, ...], Meta(max_length=200)] = ()


class DutyChange(msgspec.Struct, frozen=True, kw_only=True):
    """The new roster. `was`: the version that was seen; 0 for none."""

    was: int
    roster: DutyRoster


class DutyTest(msgspec.Struct, frozen=True, kw_only=True):
    """The person to be tested; `way`: this channel alone."""

    person: PersonId
    way: DutyWay | None = None


class DutyTestBegun(msgspec.Struct, frozen=True, kw_only=True):
    """The callout of the test; the journal has its progress."""

    callout: str


class DutySpan(msgspec.Struct, frozen=True, kw_only=True):
    """People called in an interval, in order. Not `covered`: no shift has the interval, and all
    are called.
    """

    from_at: Moment
    to_at: Moment
    people: tuple[PersonId, ...]
    covered: bool
    shifts: tuple[str, ...]
    overridden: bool


class DutyFlaw(msgspec.Struct, frozen=True, kw_only=True):
    """A flaw of the roster; `path`: place in the roster."""

    kind: FlawKind
    path: str
    about: str


class DutyOperator(msgspec.Struct, frozen=True, kw_only=True):
    """An operator, who may be on duty as well."""

    operator: OperatorId
    name: str
    phone: str
    language: str


class DutyTried(msgspec.Struct, frozen=True, kw_only=True):
    """Last test of a person's channels: time of its order and of its end; and the last time the person has
    taken a test or an alarm.
    """

    person: PersonId
    asked_at: Moment | None
    over_at: Moment | None
    taken_at: Moment | None


class DutyView(msgspec.Struct, frozen=True, kw_only=True):
    """The roster with its version, people called now, and those of 14 days from this midnight."""

    version: int
    by: str
    at: Moment | None
    roster: DutyRoster
    now: DutySpan | None
    spans: list[DutySpan]
    flaws: list[DutyFlaw]
    operators: list[DutyOperator]
    tried: list[DutyTried]


@once
def _verification_reader(web: Web) -> VerificationReader:
    return VerificationReader(web.journal)


@route(GET, PATH, by=SUPERVISOR, audit=Action.READ_STAFF, listed=True)
def admin_duty(web: Web, who: Caller) -> Answer[DutyView]:
    """Return the people on duty.

    The roster, people called now and in the next 14 days, and flaws.
    """
    view = _view(web, who.operator)
    return Answer(view, detail=f"roster {view.version}")


@route(
    PUT,
    PATH,
    by=ADMIN,
    audit=Action.CHANGE_STAFF,
    says="Kept.",
    refuses=((400, "Not understood, or with it somebody could not be reached."), Why.CHANGED_MEANWHILE),
)
async def admin_change_duty(web: Web, who: Caller, data: DutyChange) -> Answer[DutyView]:
    """Change the roster.

    The body has the whole roster. 400 names the flaw and its place; 409 `changed_meanwhile` if the current
    version differs from `was`.
    """
    by = who.operator
    roster = normalised(roster_from_http(data.roster), web.settings.center.region)
    if bad := refusing_flaws(_flaws(web, roster, web.clock.now_us())):
        first = bad[0]
        raise BadBody(f"{first.kind}: {first.about}", f"$.roster.{first.path}", first.kind)
    try:
        kept = await web.writing.run(partial(store_roster, roster=roster, was_version=data.was, by=by))
    except RosterChanged as error:
        raise NotDone(str(error), Why.CHANGED_MEANWHILE, "$.was", is_now=str(error.version)) from error
    return Answer(await asyncio.to_thread(_view, web, by), detail=f"roster {kept.version}")


@route(
    POST,
    f"{PATH}/test",
    by=ADMIN,
    audit=Action.CHANGE_STAFF,
    status=202,
    says="It is begun.",
    refuses=((404, "Nobody of this id is on the roster."),),
)
async def admin_test_duty(web: Web, who: Caller, data: DutyTest) -> Answer[DutyTestBegun]:
    """Test a person's channels.

    The person receives a test by each channel, or by `way` alone, and is asked to take it.
    """

    def work(tx: Transaction) -> str:
        if data.person not in {one.id for one in roster_of(tx).roster.people}:
            raise NotThere("no person on the roster has this id")
        return open_test(tx, data.person, who.operator, data.way)

    callout = await web.writing.run(work)
    return Answer(DutyTestBegun(callout=callout), (data.person,), f"test of ways: {callout}")


@route(POST, "/v1/callouts/{callout}/take", by=OPERATOR, audit=NOT_AUDITED_WHY, refuses=(NotThere, Why.TAKEN))
async def callout_take(web: Web, who: Caller, callout: str) -> None:
    """Take a callout.

    No other person is called for it. The link of a notification leads to the page that sends this request.
    """
    if not await web.writing.run(partial(take_callout, callout=callout, operator=who.operator)):
        known = await asyncio.to_thread(callouts_of, web.journal)
        if known.get(callout) is None:
            raise NotThere("no recent callout has this id")
        raise NotDone("the callout is taken already, or has ended", Why.TAKEN)


def _view(web: Web, reader: OperatorId) -> DutyView:
    now = web.clock.now_us()
    kept = roster_of(web.journal)
    people = web.registry.operators()
    found = _flaws(web, kept.roster, now)
    if not any(one.id == reader and one.role is StaffRole.ADMIN for one in people):
        kept = replace(kept, roster=without_secrets(kept.roster))
    staff = [derived(DutyOperator, one, operator=one.id) for one in people if one.id != DEMO_OPERATOR]
    return duty_view(
        kept, now, midnight_of(kept.roster.zone, now), found, staff, _verification_reader(web).read()
    )


def _flaws(web: Web, roster: Roster, now: Instant) -> tuple[Flaw, ...]:
    numbers = tuple(line.number for line in web.settings.center.lines if line.number)
    return find_flaws(roster, now, web.settings.center, numbers)


def roster_to_http(roster: Roster) -> DutyRoster:
    """Convert the stored roster to the form of the HTTP interface."""
    return _converted(roster, DutyRoster, _moment)


def roster_from_http(sent: DutyRoster) -> Roster:
    """Convert a sent roster to the stored form."""
    return _converted(sent, Roster, _instant)


def duty_view(
    kept: StoredRoster,
    now: Instant,
    midnight: Instant,
    found: tuple[Flaw, ...],
    staff: list[DutyOperator],
    verifications: dict[PersonId, Verification],
) -> DutyView:
    """Build the whole view. `midnight`: start of the listed intervals."""
    ends = Instant(midnight + LOOKED_AHEAD_US)
    all_spans = [_span(one) for one in model.spans(kept.roster, midnight, ends)] if kept.roster.people else []
    moment = rfc3339(now)
    return DutyView(
        version=kept.version,
        by=kept.by,
        at=rfc3339(kept.at) if kept.version else None,
        roster=roster_to_http(kept.roster),
        now=next((one for one in all_spans if one.from_at <= moment < one.to_at), None),
        spans=all_spans,
        flaws=[derived(DutyFlaw, one) for one in found],
        operators=staff,
        tried=[
            _verification_view(one.id, verifications[one.id])
            for one in kept.roster.people
            if one.id in verifications
        ],
    )


def _verification_view(person: PersonId, one: Verification) -> DutyTried:
    return derived(DutyTried, one, person=person)


def _span(one: Span) -> DutySpan:
    return derived(DutySpan, one)


def _converted(roster: Roster, kind: type[R], at: Callable[[Any], object]) -> R:
    """Convert the roster to this class, with moments converted by `at`."""
    overrides = [
        asdict(one) | {"from_at": at(one.from_at), "to_at": at(one.to_at)} for one in roster.overrides
    ]
    return msgspec.convert(asdict(roster) | {"overrides": overrides}, kind, from_attributes=True)


def _moment(at: Instant) -> datetime:
    return _EPOCH + timedelta(microseconds=at)


def _instant(at: datetime) -> Instant:
    return Instant((at - _EPOCH) // timedelta(seconds=1) * SECOND)
