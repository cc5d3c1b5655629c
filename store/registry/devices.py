"""Keys of phones. A key proves that a request comes from a phone with a proved number: proved by a code that
was sent to the number, or by an invitation from staff.

A key belongs to a person, and is valid as long as the person has the number that it proves. Proving an
unassigned number creates a person of the registry, known by the number alone.

A key that was enrolled or revoked with a PIN other than the person's own only seems so to the app (decision
137): `DeviceAppearance`. `key_of` returns keys that prove a number; `devices_for_app` returns the keys that
the app lists.
"""

from __future__ import annotations

import secrets
from enum import Enum, StrEnum
from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select, update

from messages.ids import E164, SECOND, Instant, TextId, UserId
from model.rules.phones_that_check import PhoneCount
from store.database.query import Query, Row
from store.database.schema import device_key, enrolment, invitation, person_phone
from store.errors import RegistryError
from store.journal.journal import Journal, Transaction
from store.registry.access.credentials import fingerprint, new_secret
from store.registry.numbers import DEFAULT_REGION
from store.registry.people import Person
from store.registry.users.merged import record_change
from store.registry.users.users import PreparedEntry, owner_of_phone, write_user

CODE_LIFE_S: Final = 600
TRIES_MAX: Final = 5
NUMBER_PAUSE_S: Final = 60
NUMBER_A_DAY: Final = 10
CENTER_AN_HOUR: Final = 300
"""Maximum of codes per hour for all numbers together: each has a cost. A single requester is stopped long
before (`gateways.http.security.budgets`).
"""
INVITATION_LIFE_S: Final = 24 * 3600
"""Default validity of an invitation, in seconds."""
NAME_MAX: Final = 64
YOUNG_S: Final = 72 * 3600
"""Seconds for which a key that was added beside an older one gives no priority over other senders."""
DAY_S: Final = 86_400
_HOUR_US: Final = 3600 * SECOND
_DAY_US: Final = 24 * _HOUR_US
OWN: Final = UserId("center")
"""Owner of the center's own phone: no person of the registry."""
APP: Final = "the app"
"""Author of changes that a person makes with a proved phone."""


class DeviceAppearance(StrEnum):
    """Difference between a key and its appearance in the app."""

    NOTHING = ""
    ENROLLED = "enrolled"
    """The phone appears enrolled, and its key proves nothing."""
    REVOKED = "revoked"
    """The phone appears revoked, and its key still proves its number."""


_k, _e, _i = device_key.c, enrolment.c, invitation.c
_older = device_key.alias()
_BESIDE_OLDER: Final = exists().where(
    _older.c.person == _k.person,
    _older.c.phone == _k.phone,
    _older.c.created_us < _k.created_us,
    _older.c.seeming != DeviceAppearance.ENROLLED,
    # A recently revoked phone may have been revoked by the person who added this one.
    or_(_older.c.revoked_us.is_(None), _older.c.revoked_us > _k.created_us - YOUNG_S * SECOND),
)
_SHOWN: Final = (
    select(
        _k.device,
        _k.person,
        _k.phone,
        _k.key,
        _k.name,
        _k.created_us,
        _k.seen_us,
        _k.proved_by,
        _k.checked_us,
        _k.check_days,
        _k.seeming,
        _BESIDE_OLDER,
    )
    .outerjoin(person_phone, and_(person_phone.c.phone == _k.phone, person_phone.c.person == _k.person))
    .where(_k.revoked_us.is_(None), or_(person_phone.c.phone.is_not(None), _k.person == OWN))
    .order_by(_k.created_us, _k.device)
)
_ANY: Final = Query(_SHOWN.where(_k.device == bindparam("id")), "id")
_ONE: Final = Query(_SHOWN.where(_k.device == bindparam("id"), _k.seeming != DeviceAppearance.ENROLLED), "id")
_OF_PERSON: Final = Query(_SHOWN.where(_k.person == bindparam("id")), "id")
_ALL: Final = Query(_SHOWN.where(_k.person != OWN))
_CHECKS: Final = Query(
    select(_k.checked_us, _k.check_days, func.count())
    .where(_k.revoked_us.is_(None), _k.person != OWN, _k.seeming != DeviceAppearance.ENROLLED)
    .group_by(_k.checked_us, _k.check_days)
)
_ADD: Final = Query(insert(device_key), *(column.name for column in device_key.columns))
_REVOKE: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(revoked_us=bindparam("at")),
    "at",
    "which",
)
_SEEM_REVOKED: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(seeming=DeviceAppearance.REVOKED),
    "which",
)
_SEEN: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(seen_us=bindparam("at")), "at", "which"
)
_CHECKED: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(checked_us=bindparam("at")),
    "at",
    "which",
)
_CHECKS_EVERY: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(check_days=bindparam("days")),
    "days",
    "which",
)
_ASK: Final = Query(insert(enrolment), *(column.name for column in enrolment.columns))
_ASKED: Final = Query(
    select(_e.phone, _e.key, _e.name, _e.created_us, _e.code, _e.tries).where(_e.device == bindparam("id")),
    "id",
)
_TRIED: Final = Query(
    update(enrolment).where(_e.device == bindparam("which")).values(tries=bindparam("now")), "now", "which"
)
_FORGET: Final = Query(delete(enrolment).where(_e.created_us <= bindparam("before")), "before")
_OF_NUMBER: Final = Query(
    select(func.count(), func.max(_e.created_us)).where(_e.phone == bindparam("phone")), "phone"
)
_OF_THE_HOUR: Final = Query(
    select(func.count(), func.min(_e.created_us)).where(_e.created_us > bindparam("since")), "since"
)
_INVITE: Final = Query(insert(invitation), *(column.name for column in invitation.columns))
_INVITED: Final = Query(
    select(_i.phone, _i.by, _i.text)
    .where(_i.hash == bindparam("hash"), _i.used_us.is_(None), _i.until_us > bindparam("now")),
    "hash", "now",
)  # fmt: skip
_BROUGHT: Final = Query(
    update(invitation).where(_i.hash == bindparam("which")).values(text=bindparam("by_text")),
    "by_text",
    "which",
)
_USED: Final = Query(
    update(invitation).where(_i.hash == bindparam("which")).values(used_us=bindparam("at")), "at", "which"
)


class ProofMethod(StrEnum):
    """Method by which the number was proved to be the phone's."""

    CODE = "code"
    """A code that was sent to the number came back from the phone."""
    TEXT = "text"
    """An invitation that was sent to the number was used: its user has read the message."""
    STAFF = "staff"
    """An invitation that staff has handed over was used."""


class DeviceKey(msgspec.Struct, frozen=True, kw_only=True):
    """Key of an enrolled phone."""

    device: str
    person: UserId
    phone: E164
    """Number that the key proves."""
    key: bytes
    """Point of P-256, uncompressed (SEC 1, 2.3.3): 65 bytes."""
    name: str
    """Name that the phone reports for itself."""
    created_at: Instant
    seen_at: Instant | None
    """Time at which the key last raised an alert."""
    proved_by: ProofMethod
    checked_on: Instant | None = None
    """Start of the day (UTC) of the phone's last successful check."""
    check_days: int | None = None
    """Days between automatic checks of the phone, by its user's choice; 0: none; None: not reported."""
    seeming: DeviceAppearance = DeviceAppearance.NOTHING
    beside_older: bool = False
    """True if another phone of the number was enrolled before, and valid within YOUNG_S of this enrolment."""

    def is_young(self, at: Instant) -> bool:
        """Return True while the key may be that of a thief who held the older phone for five minutes: for
        YOUNG_S after an enrolment beside an older phone. An invitation handed over by staff is proof enough.
        """
        if not self.beside_older or self.proved_by is ProofMethod.STAFF:
            return False
        return at < self.created_at + YOUNG_S * SECOND


class PendingEnrolment(msgspec.Struct, frozen=True, kw_only=True):
    """Enrolment that waits for its code, which is not stored."""

    device: str
    code: str
    """Six digits."""


class CodeRefusal(Enum):
    """Reason why a code enrols no phone."""

    WRONG = "the code is wrong"
    OVER = "the code is over: ask for another one"
    """The code is too old, was tried too often or used, or was never requested."""


class TooManyCodes(RegistryError):
    """No code can be sent now."""

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


# ------------------------------------------------------------------------------------- enrolling


def start_enrolment(tx: Transaction, phone: E164, key: bytes, name: str) -> PendingEnrolment:
    """Start an enrolment of this key for this number; return device and code. Raises TooManyCodes."""
    tx.write(_FORGET, tx.at_us - _DAY_US)
    count, newest = tx.one(_OF_NUMBER, phone) or (0, None)
    if newest is not None and tx.at_us < newest + NUMBER_PAUSE_S * SECOND:
        raise TooManyCodes("a code was sent to this number a moment ago", NUMBER_PAUSE_S)
    if count >= NUMBER_A_DAY:
        raise TooManyCodes("too many codes were sent to this number today", _DAY_US // SECOND)
    lately, oldest = tx.one(_OF_THE_HOUR, tx.at_us - _HOUR_US) or (0, None)
    if lately >= CENTER_AN_HOUR:
        left_us = (oldest or tx.at_us) + _HOUR_US - tx.at_us
        raise TooManyCodes("too many codes were sent within an hour", -(-left_us // SECOND))
    made = PendingEnrolment(
        device=tx.chance(_new_device), code=tx.chance(lambda: f"{secrets.randbelow(1_000_000):06}")
    )
    tx.write(_ASK, made.device, phone, key, name[:NAME_MAX], tx.at_us, _code(made.device, made.code), 0)
    return made


def number_proved_by(journal: Journal, device: str, code: str, now_us: Instant) -> E164 | None:
    """Return the number that this code proves for this phone, without counting the attempt; None if `confirm`
    would enrol no phone.
    """
    row = journal.row(_ASKED, device)
    return None if row is None or _refused(row, device, code, now_us) is not None else E164(row[0])


def confirm(
    tx: Transaction, device: str, code: str, *, seeming: DeviceAppearance = DeviceAppearance.NOTHING
) -> DeviceKey | CodeRefusal:
    """Enrol the phone if `code` is the one sent to its number; return the key or the reason of the refusal. A
    wrong code counts as an attempt. `seeming`: ENROLLED for a phone that shall appear enrolled and prove
    nothing.
    """
    row = tx.one(_ASKED, device)
    if row is None:
        return CodeRefusal.OVER
    phone, key, name, _, _, tries = row
    refused = _refused(row, device, code, tx.at_us)
    if refused is CodeRefusal.WRONG:
        tx.write(_TRIED, tries + 1, device)
    if refused is not None:
        return refused
    # The row stays for a day: it counts among the sent codes.
    tx.write(_TRIED, TRIES_MAX, device)
    return _enrol(tx, device, E164(phone), bytes(key), name, APP, ProofMethod.CODE, seeming)


def _refused(asked: Row, device: str, code: str, now_us: Instant) -> CodeRefusal | None:
    *_, created_us, kept, tries = asked
    if tries >= TRIES_MAX or now_us >= created_us + CODE_LIFE_S * SECOND:
        return CodeRefusal.OVER
    return None if secrets.compare_digest(bytes(kept), _code(device, code)) else CodeRefusal.WRONG


def invite(tx: Transaction, phone: E164, by: str, life_s: int = INVITATION_LIFE_S) -> str:
    """Return the secret of a new invitation, which enrols one phone for this number once, within `life_s`."""
    made = tx.chance(lambda: new_secret("swi"))
    tx.write(_INVITE, fingerprint(made), phone, by, tx.at_us, tx.at_us + life_s * SECOND, None, None)
    return made


def sign_of(secret: str) -> str:
    """Return a short sign that identifies an invitation without revealing it."""
    return fingerprint(secret).hex()[:8]


def record_invitation_text(tx: Transaction, secret: str, text: TextId) -> None:
    """Record the short message that delivers the invitation to its number, the only way of delivery."""
    tx.write(_BROUGHT, text, fingerprint(secret))


def accept_invitation(tx: Transaction, secret: str, key: bytes, name: str) -> DeviceKey | None:
    """Enrol by an invitation; return None if it is unknown, used or expired."""
    row = tx.one(_INVITED, fingerprint(secret), tx.at_us)
    if row is None:
        return None
    tx.write(_USED, tx.at_us, fingerprint(secret))
    phone, by, text = row
    proof = ProofMethod.STAFF if text is None else ProofMethod.TEXT
    device = tx.chance(_new_device)
    return _enrol(tx, device, E164(phone), key, name[:NAME_MAX], f"invited by {by}", proof)


def _enrol(
    tx: Transaction,
    device: str,
    phone: E164,
    key: bytes,
    name: str,
    by: str,
    proof: ProofMethod,
    seeming: DeviceAppearance = DeviceAppearance.NOTHING,
) -> DeviceKey:
    person = owner_of_phone(tx, phone)
    if person is None:
        person = UserId(tx.chance(lambda: f"u{secrets.token_hex(6)}"))
        write_user(tx, person, PreparedEntry(Person(phones=(phone,)), DEFAULT_REGION), by)
    tx.write(_ADD, device, person, phone, key, name, tx.at_us, None, None, proof, None, None, seeming)
    record_change(tx, person, by, f"device {device} {'seemingly ' * bool(seeming)}enrolled")
    made = apparent_key_of(tx, device)
    assert made is not None, "it was just written"
    return made


# --------------------------------------------------------------------------------- asking, ending


def key_of(journal: Journal | Transaction, device: str) -> DeviceKey | None:
    """Return the valid key of an enrolled device; None if there is none."""
    return _found(journal, _ONE, device)


def apparent_key_of(journal: Journal | Transaction, device: str) -> DeviceKey | None:
    """Return the key of a device that is enrolled, or only seems enrolled; None for other devices. The key of
    a device that only seems enrolled proves nothing.
    """
    return _found(journal, _ANY, device)


def _found(journal: Journal | Transaction, query: Query, device: str) -> DeviceKey | None:
    row = journal.row(query, device) if isinstance(journal, Journal) else journal.one(query, device)
    return None if row is None else _key(row)


def devices_of(journal: Journal | Transaction, person: UserId) -> list[DeviceKey]:
    """Return a person's devices, oldest first, including those that only seem enrolled or revoked."""
    found = (
        journal.rows(_OF_PERSON, person) if isinstance(journal, Journal) else journal.all(_OF_PERSON, person)
    )
    return [_key(row) for row in found]


def devices_for_app(journal: Journal, person: UserId) -> list[DeviceKey]:
    """Return the devices that the app of any of the person's phones lists, oldest first."""
    return [one for one in devices_of(journal, person) if one.seeming is not DeviceAppearance.REVOKED]


def all_devices(journal: Journal) -> list[DeviceKey]:
    """Return the devices of all persons."""
    return [_key(row) for row in journal.rows(_ALL)]


def count_checks(journal: Journal) -> list[PhoneCount]:
    """Return the numbers of phones by day of the last check and by interval of automatic checks."""
    return [
        PhoneCount(None if day is None else Instant(day), every, int(phones))
        for day, every, phones in journal.rows(_CHECKS)
    ]


def revoke(tx: Transaction, device: str, by: str) -> bool:
    """Revoke the key; return False if the device is not enrolled."""
    known = apparent_key_of(tx, device)
    if known is None:
        return False
    tx.write(_REVOKE, tx.at_us, device)
    record_change(tx, known.person, by, f"device {device} revoked")
    return True


def pretend_revoked(tx: Transaction, device: str, by: str) -> bool:
    """Let the device appear revoked in the app while its key still proves its number; return False if it
    appears so already. A device that only seemed enrolled is revoked.
    """
    known = apparent_key_of(tx, device)
    if known is None or known.seeming is DeviceAppearance.REVOKED:
        return False
    if known.seeming is DeviceAppearance.ENROLLED:
        return revoke(tx, device, by)
    tx.write(_SEEM_REVOKED, device)
    record_change(tx, known.person, by, f"device {device} seemingly revoked")
    return True


def record_alert(tx: Transaction, device: str) -> None:
    """Record an alert raised with the key. The date may be lost while the journal is not durable: recording
    never delays an alert.
    """
    tx.write_nondurable(_SEEN, tx.at_us, device)


def record_check(tx: Transaction, device: str, every_days: int | None) -> None:
    """Record a check of the device. Only the day is kept, so that the record reveals no hours of use."""
    tx.write(_CHECKED, tx.at_us - tx.at_us % _DAY_US, device)
    if every_days is not None:
        tx.write(_CHECKS_EVERY, every_days, device)


def _new_device() -> str:
    return f"d{secrets.token_hex(8)}"


def _code(device: str, code: str) -> bytes:
    return fingerprint(f"{device}:{code}")


def _key(row: Row) -> DeviceKey:
    device, person, phone, key, name, created_us, seen_us, proved_by, *more = row
    checked_us, check_days, seeming, older = more
    return DeviceKey(
        device=device,
        person=UserId(person),
        phone=E164(phone),
        key=bytes(key),
        name=name,
        created_at=Instant(created_us),
        seen_at=None if seen_us is None else Instant(seen_us),
        proved_by=ProofMethod(proved_by),
        checked_on=None if checked_us is None else Instant(checked_us),
        check_days=check_days,
        seeming=DeviceAppearance(seeming),
        beside_older=bool(older),
    )
