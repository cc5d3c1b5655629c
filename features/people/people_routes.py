"""/v1/admin/people, for admins: search, add, correct and merge people who may raise alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Final

import msgspec
from litestar.params import QueryParameter

from features.people.conditional_change import same_fields
from features.people.merging import SamePerson, merge
from features.people.person_changes import Fields, Language, Name, Notes, Phones, as_kept, change
from gateways.http.parts.context import Web
from gateways.http.routes.admin.error_conversion import refusing
from gateways.http.routing.permissions import ADMIN, Caller
from gateways.http.routing.route import DELETE, GET, PATCH, POST, Answer, route
from gateways.http.wire.answers import Moment, derived, rfc3339
from gateways.http.wire.errors import BadBody, NotDone, NotThere, Why
from messages.ids import UserId
from model.record import RecordTooLarge
from model.rules.phones_that_check import PhoneCheckState, count_by_state
from store.alerts.candidates import is_open
from store.alerts.erasing import alerts_of, is_held
from store.audit.entry import Action
from store.errors import AlreadyTaken, InAnAlert, NotRegistered, NumberRefused
from store.journal.transaction import Snapshot, Transaction
from store.registry import devices, phones
from store.registry.devices import DeviceAppearance, DeviceKey, ProofMethod
from store.registry.people import Person, User
from store.registry.users import records
from store.registry.users.users import read_user

PATH: Final = "/v1/admin/people"
ONE: Final = f"{PATH}/{{person}}"
AT_ONCE: Final = 50
MOST: Final = 500
"""Limit of a search: beyond it a more specific name is needed."""


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """A person. `phones`: the first is called first."""

    id: UserId
    first_name: str
    last_name: str
    phones: tuple[str, ...]
    language: str


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    """Matching people, by name, up to the requested number. `found`: number of matches; `known`: number of
    all people; `phones`: number of phones by the state of their automatic checks.
    """

    people: list[PersonRow]
    found: int
    known: int
    phones: dict[PhoneCheckState, int]


class PhoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled phone: the number that it proves, the kind of proof, and the time of its last alert."""

    device: str
    name: str
    phone: str
    enrolled_at: Moment
    last_alert_at: Moment | None
    proved_by: ProofMethod
    checked_on: Moment | None
    """Day of the last check, as the moment when the day begins."""
    check_days: int | None
    """Interval of automatic checks in days; 0: never, null: unknown."""
    seeming: DeviceAppearance
    """`enrolled`: added with a wrong PIN or the duress PIN, the phone seems enrolled and proves nothing.
    `revoked`: the phone seems revoked in the same way, and still proves its number.
    """


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Data of one person for administration. `record`: its version, 0 without a record. `open`, `held`:
    number of `alerts` that are open, and that are kept from being erased.
    """

    id: UserId
    first_name: str
    last_name: str
    phones: tuple[str, ...]
    language: str
    notes: str
    has_pin: bool
    has_duress_pin: bool
    devices: list[PhoneRow]
    record: int
    alerts: int
    open: int
    held: int
    created_at: Moment


class NewPerson(msgspec.Struct, frozen=True, kw_only=True):
    """A new person."""

    phones: Phones
    first_name: Name = ""
    last_name: Name = ""
    language: Language = "it"
    notes: Notes = ""


class PersonChange(msgspec.Struct, frozen=True, kw_only=True):
    """`now` has the new values, `was` the value of each of these fields when it was seen. Swapped, the two
    revert the change.
    """

    was: Fields
    now: Fields

    def __post_init__(self) -> None:
        same_fields(self.was, self.now)


class BothSeen(msgspec.Struct, frozen=True, kw_only=True):
    """Fields of both persons as shown before the order to merge."""

    kept: Fields
    other: Fields


class MergeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Order to merge another person into this one. `was`: fields of both as seen."""

    other: UserId
    was: BothSeen


@route(
    GET,
    PATH,
    by=ADMIN,
    audit=Action.READ_LIST,
    listed=True,
    says="The first `most` of those who fit.",
)
def admin_people(
    web: Web,
    search: Annotated[str, QueryParameter(max_length=100)] = "",
    most: Annotated[int, QueryParameter(ge=1, le=MOST)] = AT_ONCE,
    silent: Annotated[bool, QueryParameter()] = False,
) -> Answer[PeopleView]:
    """Return people, by name.

    `search`: parts of a name or number, a whole device or id. `silent`: only people with a phone that has
    missed two of its automatic checks.
    """
    now_us, registry = web.clock.now_us(), web.registry
    people, fitting = registry.silent(now_us, limit=most) if silent else registry.found(search, limit=most)
    view = PeopleView(
        people=[derived(PersonRow, user) for user in people],
        found=fitting,
        known=registry.count_users(),
        phones=count_by_state(devices.count_checks(web.journal), now_us),
    )
    return Answer(view, [user.id for user in view.people])


@route(
    POST,
    PATH,
    by=ADMIN,
    audit=Action.CHANGE_PERSON,
    status=201,
    says="Added.",
    refuses=(BadBody, Why.NOT_A_NUMBER, Why.NUMBER_TAKEN),
)
def admin_add_person(web: Web, who: Caller, data: NewPerson) -> Answer[PersonAnswer]:
    """Add a person."""
    entered = Fields(
        phones=data.phones,
        first_name=data.first_name,
        last_name=data.last_name,
        language=data.language,
        notes=data.notes,
    )
    with _refusing():
        person = Person(**as_kept(entered, web.settings.center.region))
        made = web.registry.add_user(person, by=who.operator)
    return Answer(_found(web, made.id), (made.id,), "added")


@route(GET, ONE, by=ADMIN, audit=Action.READ_PERSON, listed=True, refuses=(NotThere,))
def admin_person(web: Web, person: UserId) -> Answer[PersonAnswer]:
    """Return a person."""
    view = _found(web, person)
    return Answer(view, (view.id,))


@route(PATCH, ONE, by=ADMIN, audit=Action.CHANGE_PERSON, says="Changed.", refuses=(NotThere, NotDone))
async def admin_change_person(
    web: Web, who: Caller, person: UserId, data: PersonChange
) -> Answer[PersonAnswer]:
    """Correct a person.

    Only if each field still has the value in `was` (or already the new one); else 409 `changed_meanwhile`
    with the field in `path` and its value in `is_now`.
    """
    by, region = who.operator, web.settings.center.region
    with _refusing("$.now"):
        made, changed = await web.writing.run(
            lambda tx: change(tx, person, data.was, data.now, by=by, region=region)
        )
    detail = ", ".join(changed) or "nothing: it was so already"
    return Answer(await asyncio.to_thread(_found, web, made.id), (made.id,), detail)


@route(
    POST,
    f"{ONE}/merge",
    by=ADMIN,
    audit=Action.CHANGE_PERSON,
    says="Both in one.",
    refuses=(NotThere, NotDone),
)
async def admin_merge_people(web: Web, who: Caller, person: UserId, data: MergeOrder) -> Answer[PersonAnswer]:
    """Merge another person into this one.

    Numbers, devices, notes, record and alerts of the other become this person's, and the other is removed.
    This cannot be undone. `was` has the fields of both as seen: 409 `changed_meanwhile` if they differ now;
    `on_an_alert` while an alert of either is open.
    """
    by, seen, region = who.operator, (data.was.kept, data.was.other), web.settings.center.region
    with _refusing("$.was"):
        made = await web.writing.run(lambda tx: merge(tx, person, data.other, seen, by=by, region=region))
    view = await asyncio.to_thread(_found, web, made.id)
    return Answer(view, (made.id, data.other), f"{data.other} merged into {made.id}")


@route(
    DELETE,
    f"{ONE}/devices/{{device}}",
    by=ADMIN,
    audit=Action.CHANGE_PERSON,
    says="Revoked.",
    refuses=(NotThere, NotDone),
)
async def admin_revoke_device(web: Web, who: Caller, person: UserId, device: str) -> Answer[PersonAnswer]:
    """Revoke an enrolled phone.

    The phone proves nothing any more; the number stays the person's.
    """

    def work(tx: Transaction) -> UserId:
        known, key = read_user(tx, person), devices.apparent_key_of(tx, device)
        if known is None or key is None or key.person != known.id:
            raise NotThere("the person has no phone with this id")
        phones.revoke(tx, device, who.operator)
        return known.id

    found = await web.writing.run(work)
    return Answer(await asyncio.to_thread(_found, web, found), (found,), "device revoked")


def _found(web: Web, person: UserId) -> PersonAnswer:
    """Return a person's data for administration; thread-safe. Raises NotThere."""
    known = web.registry.user(person)
    if known is None:
        raise NotThere("no person has this id")
    enrolled = devices.devices_of(web.journal, known.id)
    return web.journal.snapshot(lambda seen: _told(seen, known, enrolled))


def _told(seen: Snapshot, one: User, enrolled: list[DeviceKey]) -> PersonAnswer:
    theirs = alerts_of(seen, one)
    return derived(
        PersonAnswer,
        one,
        has_pin=one.has_cancel_pin,
        devices=[
            derived(
                PhoneRow,
                phone,
                enrolled_at=rfc3339(phone.created_at),
                last_alert_at=None if phone.seen_at is None else rfc3339(phone.seen_at),
            )
            for phone in enrolled
        ],
        record=records.read_record(seen, one.id).version,
        alerts=len(theirs),
        open=sum(is_open(seen, alert) for alert in theirs),
        held=sum(is_held(seen, alert) for alert in theirs),
    )


@contextmanager
def _refusing(body: str = "$") -> Iterator[None]:
    """Convert refusals about persons, then those of the whole administration, to HTTP errors."""
    with refusing(body):
        try:
            yield
        except NotRegistered as error:
            raise NotThere("no person has this id") from error
        except NumberRefused as error:
            raise BadBody(str(error), f"{body}.phones", Why.NOT_A_NUMBER) from error
        except AlreadyTaken as error:
            raise BadBody(
                "the number belongs to another person", f"{body}.phones", Why.NUMBER_TAKEN
            ) from error
        except InAnAlert as error:
            raise NotDone(str(error), Why.ON_AN_ALERT) from error
        except SamePerson as error:
            raise NotDone(str(error), Why.ONE_ALREADY) from error
        except RecordTooLarge as error:
            raise NotDone(f"the merged record would be too long: {error}", Why.RECORDS_TOO_LONG) from error
