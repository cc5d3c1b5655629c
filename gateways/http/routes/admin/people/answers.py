"""What admins ask and are told of persons."""

from __future__ import annotations

from typing import Annotated

import msgspec

from gateways.http.routes.admin.answers import same_fields
from gateways.http.wire.answers import Moment, rfc3339
from messages.ids import AlertId, UserId
from model.rules.silent_phones import Checked
from store.registry.devices import DeviceKey, ProvedBy, Seeming
from store.registry.people import User
from store.registry.users.person_changes import Fields, Language, Name, Notes, Phones


class PersonRow(msgspec.Struct, frozen=True, kw_only=True):
    """One person. `phones`: the first is called first."""

    id: UserId
    first_name: str
    last_name: str
    phones: tuple[str, ...]
    language: str


class PeopleView(msgspec.Struct, frozen=True, kw_only=True):
    """Those who fit, by name, as far as was asked. `found`: how many fit; `known`: how many there are;
    `phones`: how many phones stand how with the checks that they make by themselves.
    """

    people: list[PersonRow]
    found: int
    known: int
    phones: dict[Checked, int]


class PhoneRow(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled phone: which number it proves and by what, and when an alert was last raised with it."""

    device: str
    name: str
    phone: str
    enrolled_at: Moment
    last_alert_at: Moment | None
    proved_by: ProvedBy
    checked_on: Moment | None
    """The day of its last check, by its beginning."""
    check_days: int | None
    """Each so many days it checks by itself; 0: never, null: it has not said."""
    seeming: Seeming
    """`enrolled`: added with a wrong PIN or the duress PIN, it looks enrolled and proves nothing; `revoked`:
    it looks revoked so, and proves its number as before."""


class PersonAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """All that is administered of one person. `record`: its version, 0 where there is none. `open`, `held`:
    of `alerts` those that are open, and those that are kept from being erased.
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
    """Who is added."""

    phones: Phones
    first_name: Name = ""
    last_name: Name = ""
    language: Language = "it"
    notes: Notes = ""


class PersonChange(msgspec.Struct, frozen=True, kw_only=True):
    """`now` is what is wanted, `was` what each of the same fields held when it was seen. Sent the other way
    round it takes the change back.
    """

    was: Fields
    now: Fields

    def __post_init__(self) -> None:
        same_fields(self.was, self.now)


class BothSeen(msgspec.Struct, frozen=True, kw_only=True):
    """What was shown of the two before somebody said that they are one."""

    kept: Fields
    other: Fields


class MergeOrder(msgspec.Struct, frozen=True, kw_only=True):
    """The other person is this one. `was`: what was seen of both."""

    other: UserId
    was: BothSeen


class EraseOrder(msgspec.Struct, frozen=True, kw_only=True):
    """`typed`: the last four digits of one of the person's numbers, or the whole name."""

    typed: Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class PersonErased(msgspec.Struct, frozen=True, kw_only=True):
    """The person is erased. `held`: alerts that are kept, and erased with their release. `on_disk_until`: why
    what was deleted can still be on the disk; empty where it cannot.
    """

    alerts: list[AlertId]
    held: list[AlertId]
    recordings: int
    on_disk_until: str


class Alerts(msgspec.Struct, frozen=True, kw_only=True):
    """How many alerts of a person there are."""

    alerts: int
    open: int
    held: int


def told_row(one: User) -> PersonRow:
    """The person as the list has it."""
    return PersonRow(
        id=one.id,
        first_name=one.first_name,
        last_name=one.last_name,
        phones=one.phones,
        language=one.language,
    )


def told_person(one: User, devices: list[DeviceKey], record: int, alerts: Alerts) -> PersonAnswer:
    """All of it."""
    return PersonAnswer(
        id=one.id,
        first_name=one.first_name,
        last_name=one.last_name,
        phones=one.phones,
        language=one.language,
        notes=one.notes,
        has_pin=one.has_cancel_pin,
        has_duress_pin=one.has_duress_pin,
        devices=[
            PhoneRow(
                device=phone.device,
                name=phone.name,
                phone=phone.phone,
                enrolled_at=rfc3339(phone.created_at),
                last_alert_at=None if phone.seen_at is None else rfc3339(phone.seen_at),
                proved_by=phone.proved_by,
                checked_on=None if phone.checked_on is None else rfc3339(phone.checked_on),
                check_days=phone.check_days,
                seeming=phone.seeming,
            )
            for phone in devices
        ],
        record=record,
        alerts=alerts.alerts,
        open=alerts.open,
        held=alerts.held,
        created_at=rfc3339(one.created_at),
    )
