"""The commands `device list [PHONE] | invite --phone E164 | revoke ID`, with or without a running center."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter

from application.auditing import BY, note
from application.errors import NotFound
from application.options import DEFAULT, Common
from application.people import region_of
from application.state.journals import journal_of
from application.times import local, rfc3339
from runtime.terminal import shown

if TYPE_CHECKING:
    from store.registry.devices import DeviceKey


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolled phone."""

    device: str
    phone: str
    person: str
    name: str
    created_at: str
    seen_at: str | None
    proved_by: str
    """`code`, `text` (an invitation by SMS), `staff` (an invitation handed over); empty: unknown."""
    seeming: str
    """`enrolled`: added with a wrong PIN or the duress PIN, the phone seems enrolled and proves nothing.
    `revoked`: the phone seems revoked in the same way, and still proves its number. Empty for all others.
    """


def list_(
    phone: Annotated[str | None, Parameter(help="Only phones that prove this number, E.164.")] = None,
    /,
    *,
    common: Common = DEFAULT,
) -> None:
    """List the enrolled phones, oldest first; with PHONE, those that prove this number."""
    from store.audit.entry import Action
    from store.registry.devices import all_devices
    from store.registry.numbers import of_a_person

    number = None if phone is None else of_a_person(phone, region_of(common.directory))
    with journal_of(common.directory) as journal:
        found = [one for one in all_devices(journal) if number in (None, one.phone)]
        note(journal, common.directory, Action.READ_LIST, (one.person for one in found), "device list")
    if common.json:
        common.data([_row(one) for one in found])
        return
    common.table(
        ("device", "phone", "name", "since", "last alert", "proved by", "only seems"),
        [
            (
                one.device,
                one.phone,
                shown(one.name),
                local(one.created_at),
                "" if one.seen_at is None else local(one.seen_at),
                one.proved_by.value,
                one.seeming.value,
            )
            for one in found
        ],
        "no phone is enrolled",
    )


def invite(
    *,
    phone: Annotated[str, Parameter(help="Number of the phone to enrol, E.164.")],
    common: Common = DEFAULT,
) -> None:
    """Invite one phone to enrol for this number, once and within a day; the last line is the invitation."""
    from store.audit.entry import Action
    from store.registry import devices
    from store.registry.numbers import of_a_person
    from store.registry.registry import Registry

    number = of_a_person(phone, region_of(common.directory))
    with journal_of(common.directory, create=True) as journal:
        made = journal.transact(lambda tx: devices.invite(tx, number, BY))
        user = Registry(journal).user_by_phone(number)
        ids = () if user is None else (user.id,)
        note(journal, common.directory, Action.CHANGE_KEY, ids, "invitation")
    if common.json:
        common.data({"phone": number, "invitation": made})
        return
    if sys.stdout.isatty():
        import segno

        segno.make(made, error="m").terminal(compact=True)
    common.print_line(
        f"enrols {number}, once and within a day: enter the code in the app, or open the app's page with "
        "#invitation=CODE"
    )
    common.print_line(made)


def revoke(
    device: Annotated[str, Parameter(help="Id of the device, as device list prints it.")],
    /,
    *,
    common: Common = DEFAULT,
) -> None:
    """Revoke an enrolled phone: it proves nothing any more, within a second."""
    from store.audit.entry import Action
    from store.registry import devices, phones

    with journal_of(common.directory) as journal:
        known = devices.apparent_key_of(journal, device)
        if not journal.transact(lambda tx: phones.revoke(tx, device, BY)):
            raise NotFound(f"no enrolled phone has the id {shown(device)}")
        ids = () if known is None else (known.person,)
        note(journal, common.directory, Action.CHANGE_KEY, ids, "device revoked")
    common.print_json({"revoked": device}, f"{shown(device)} is revoked")


def _row(one: DeviceKey) -> Row:
    return Row(
        device=one.device,
        phone=one.phone,
        person=one.person,
        name=one.name,
        created_at=rfc3339(one.created_at),
        seen_at=None if one.seen_at is None else rfc3339(one.seen_at),
        proved_by=one.proved_by.value,
        seeming=one.seeming.value,
    )
