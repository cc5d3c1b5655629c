"""Keys of phones. Each proves that a request comes from a phone whose number was proved to the center: by a
code that was sent there, or by an invitation that somebody of the staff has handed over.

A key is a person's, and stands as long as the person has the number that it proves. Whoever proves a number
that nobody has becomes a person of the registry, by the number alone.

A key that was enrolled or revoked with a PIN other than the person's own only seems so to the app
(decision 137): `Seeming`. What proves a number is `key_of`; what the app is shown is `shown_to_app`.
"""

from __future__ import annotations

import secrets
from enum import Enum, StrEnum
from typing import Final

import msgspec
from sqlalchemy import and_, bindparam, delete, exists, func, insert, or_, select, update

from messages.ids import E164, SECOND, Instant, TextId, UserId
from model.rules.phones_that_check import Counted
from store.database.query import Query, Row
from store.database.schema import device_key, enrolment, invitation, person_phone
from store.errors import RegistryError
from store.journal.journal import Journal, Transaction
from store.registry.access.credentials import fingerprint, new_secret
from store.registry.numbers import DEFAULT_REGION
from store.registry.people import Person
from store.registry.users.merged import tell
from store.registry.users.users import Entry, owner_of_phone, write_user

CODE_LIFE_S: Final = 600
TRIES_MAX: Final = 5
NUMBER_PAUSE_S: Final = 60
NUMBER_A_DAY: Final = 10
CENTER_AN_HOUR: Final = 300
"""Codes of all numbers together: each is paid for. Who asks for many is stopped long before
(`gateways.http.door.budgets`)."""
INVITATION_LIFE_S: Final = 24 * 3600
"""Where nobody says for how many days."""
NAME_MAX: Final = 64
YOUNG_S: Final = 72 * 3600
"""How long a key that was added beside an older one outranks no other sender."""
DAY_S: Final = 86_400
_HOUR_US: Final = 3600 * SECOND
_DAY_US: Final = 24 * _HOUR_US
OWN: Final = UserId("center")
"""Whose the center's own phone is: a person of no registry."""
APP: Final = "the app"
"""Who has changed what a person does with a proved phone."""


class Seeming(StrEnum):
    """What of a key is not as the app is shown it."""

    NOTHING = ""
    ENROLLED = "enrolled"
    """The phone looks enrolled, and its key proves nothing."""
    REVOKED = "revoked"
    """The phone looks revoked, and its key proves its number as before."""


_k, _e, _i = device_key.c, enrolment.c, invitation.c
_older = device_key.alias()
_BESIDE_OLDER: Final = exists().where(
    _older.c.person == _k.person,
    _older.c.phone == _k.phone,
    _older.c.created_us < _k.created_us,
    _older.c.seeming != Seeming.ENROLLED,
    # A phone that was revoked just before may have been revoked by the very hand that added this one.
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
_ONE: Final = Query(_SHOWN.where(_k.device == bindparam("id"), _k.seeming != Seeming.ENROLLED), "id")
_OF_PERSON: Final = Query(_SHOWN.where(_k.person == bindparam("id")), "id")
_ALL: Final = Query(_SHOWN.where(_k.person != OWN))
_CHECKS: Final = Query(
    select(_k.checked_us, _k.check_days, func.count())
    .where(_k.revoked_us.is_(None), _k.person != OWN, _k.seeming != Seeming.ENROLLED)
    .group_by(_k.checked_us, _k.check_days)
)
_ADD: Final = Query(insert(device_key), *(column.name for column in device_key.columns))
_REVOKE: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(revoked_us=bindparam("at")),
    "at",
    "which",
)
_SEEM_REVOKED: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(seeming=Seeming.REVOKED), "which"
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


class ProvedBy(StrEnum):
    """How the number was proved to be the phone's."""

    CODE = "code"
    """A code that was sent there came back from it."""
    TEXT = "text"
    """An invitation that was sent there: who has used it has read it."""
    STAFF = "staff"
    """An invitation that somebody of the staff has handed over."""


class DeviceKey(msgspec.Struct, frozen=True, kw_only=True):
    """The key of an enrolled phone."""

    device: str
    person: UserId
    phone: E164
    """The number that it proves."""
    key: bytes
    """A point of P-256, uncompressed (SEC 1, 2.3.3): 65 bytes."""
    name: str
    """What the phone calls itself."""
    created_at: Instant
    seen_at: Instant | None
    """When an alert was last raised with it."""
    proved_by: ProvedBy
    checked_on: Instant | None = None
    """The day, by its beginning (UTC), on which the phone last saw that an alert of its would arrive."""
    check_days: int | None = None
    """Each so many days it looks by itself, as its user has chosen; 0: not; None: it has not said."""
    seeming: Seeming = Seeming.NOTHING
    beside_older: bool = False
    """Another phone of the number was enrolled before, and stood within YOUNG_S of this enrolment."""

    def is_young(self, at: Instant) -> bool:
        """Return True while the key may be that of a thief who held the older phone for five minutes: for
        YOUNG_S after an enrolment beside an older phone. An invitation handed over by staff is proof enough.
        """
        if not self.beside_older or self.proved_by is ProvedBy.STAFF:
            return False
        return at < self.created_at + YOUNG_S * SECOND


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """An enrolment that waits for its code, which is kept nowhere."""

    device: str
    code: str
    """Six digits."""


class NoCode(Enum):
    """Why a code enrols nothing."""

    WRONG = "the code is wrong"
    OVER = "the code is over: ask for another one"
    """Too old, tried too often, used, or never asked for."""


class TooManyCodes(RegistryError):
    """No code is sent now."""

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


# ------------------------------------------------------------------------------------- enrolling


def ask(tx: Transaction, phone: E164, key: bytes, name: str) -> Asked:
    """A phone says that it has this number, and this key. Raises TooManyCodes."""
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
    made = Asked(device=tx.chance(_new_device), code=tx.chance(lambda: f"{secrets.randbelow(1_000_000):06}"))
    tx.write(_ASK, made.device, phone, key, name[:NAME_MAX], tx.at_us, _code(made.device, made.code), 0)
    return made


def number_proved_by(journal: Journal, device: str, code: str, now_us: Instant) -> E164 | None:
    """Return the number that this code proves for this phone, without counting the try; None where `confirm`
    enrols nothing.
    """
    row = journal.row(_ASKED, device)
    return None if row is None or _refused(row, device, code, now_us) is not None else E164(row[0])


def confirm(
    tx: Transaction, device: str, code: str, *, seeming: Seeming = Seeming.NOTHING
) -> DeviceKey | NoCode:
    """The code that was sent to the phone's number has come back from it, or has not. Each try counts.

    `seeming`: ENROLLED where the phone is to look enrolled and to prove nothing.
    """
    row = tx.one(_ASKED, device)
    if row is None:
        return NoCode.OVER
    phone, key, name, _, _, tries = row
    refused = _refused(row, device, code, tx.at_us)
    if refused is NoCode.WRONG:
        tx.write(_TRIED, tries + 1, device)
    if refused is not None:
        return refused
    # Its row stays for a day: it counts among those that were sent.
    tx.write(_TRIED, TRIES_MAX, device)
    return _enrol(tx, device, E164(phone), bytes(key), name, APP, ProvedBy.CODE, seeming)


def _refused(asked: Row, device: str, code: str, now_us: Instant) -> NoCode | None:
    *_, created_us, kept, tries = asked
    if tries >= TRIES_MAX or now_us >= created_us + CODE_LIFE_S * SECOND:
        return NoCode.OVER
    return None if secrets.compare_digest(bytes(kept), _code(device, code)) else NoCode.WRONG


def invite(tx: Transaction, phone: E164, by: str, life_s: int = INVITATION_LIFE_S) -> str:
    """What enrols one phone for this number, once and within this time."""
    made = tx.chance(lambda: new_secret("swi"))
    tx.write(_INVITE, fingerprint(made), phone, by, tx.at_us, tx.at_us + life_s * SECOND, None, None)
    return made


def sign_of(secret: str) -> str:
    """By which an invitation is told from others, without being it."""
    return fingerprint(secret).hex()[:8]


def brought_by(tx: Transaction, secret: str, text: TextId) -> None:
    """The invitation goes to its number by this short message, and to nobody else."""
    tx.write(_BROUGHT, text, fingerprint(secret))


def accept_invitation(tx: Transaction, secret: str, key: bytes, name: str) -> DeviceKey | None:
    """Enrol by an invitation; None for one that is none, was used, or is over."""
    row = tx.one(_INVITED, fingerprint(secret), tx.at_us)
    if row is None:
        return None
    tx.write(_USED, tx.at_us, fingerprint(secret))
    phone, by, text = row
    proof = ProvedBy.STAFF if text is None else ProvedBy.TEXT
    device = tx.chance(_new_device)
    return _enrol(tx, device, E164(phone), key, name[:NAME_MAX], f"invited by {by}", proof)


def _enrol(
    tx: Transaction,
    device: str,
    phone: E164,
    key: bytes,
    name: str,
    by: str,
    proof: ProvedBy,
    seeming: Seeming = Seeming.NOTHING,
) -> DeviceKey:
    person = owner_of_phone(tx, phone)
    if person is None:
        person = UserId(tx.chance(lambda: f"u{secrets.token_hex(6)}"))
        write_user(tx, person, Entry(Person(phones=(phone,)), DEFAULT_REGION), by)
    tx.write(_ADD, device, person, phone, key, name, tx.at_us, None, None, proof, None, None, seeming)
    tell(tx, person, by, f"device {device} {'seemingly ' * bool(seeming)}enrolled")
    made = known_of(tx, device)
    assert made is not None, "it was just written"
    return made


# --------------------------------------------------------------------------------- asking, ending


def key_of(journal: Journal | Transaction, device: str) -> DeviceKey | None:
    """The key of an enrolled device; None for one that is none, or stands no more."""
    return _found(journal, _ONE, device)


def known_of(journal: Journal | Transaction, device: str) -> DeviceKey | None:
    """Return the key of a device that is enrolled or only seems so, which proves nothing."""
    return _found(journal, _ANY, device)


def _found(journal: Journal | Transaction, query: Query, device: str) -> DeviceKey | None:
    row = journal.row(query, device) if isinstance(journal, Journal) else journal.one(query, device)
    return None if row is None else _key(row)


def devices_of(journal: Journal | Transaction, person: UserId) -> list[DeviceKey]:
    """A person's devices, oldest first, with those that only seem enrolled or revoked."""
    found = (
        journal.rows(_OF_PERSON, person) if isinstance(journal, Journal) else journal.all(_OF_PERSON, person)
    )
    return [_key(row) for row in found]


def shown_to_app(journal: Journal, person: UserId) -> list[DeviceKey]:
    """Return the devices that the app of any of the person's phones lists, oldest first."""
    return [one for one in devices_of(journal, person) if one.seeming is not Seeming.REVOKED]


def all_devices(journal: Journal) -> list[DeviceKey]:
    """Everybody's."""
    return [_key(row) for row in journal.rows(_ALL)]


def checks(journal: Journal) -> list[Counted]:
    """How many phones have checked when, and how often they do by their users' choice."""
    return [
        Counted(None if day is None else Instant(day), every, int(phones))
        for day, every, phones in journal.rows(_CHECKS)
    ]


def revoke(tx: Transaction, device: str, by: str) -> bool:
    """The key proves nothing from now on; False where it has not."""
    known = known_of(tx, device)
    if known is None:
        return False
    tx.write(_REVOKE, tx.at_us, device)
    tell(tx, known.person, by, f"device {device} revoked")
    return True


def seem_revoked(tx: Transaction, device: str, by: str) -> bool:
    """Let the device look revoked to the app while its key proves its number as before; False where it looks
    so already. A device that only seemed enrolled is revoked.
    """
    known = known_of(tx, device)
    if known is None or known.seeming is Seeming.REVOKED:
        return False
    if known.seeming is Seeming.ENROLLED:
        return revoke(tx, device, by)
    tx.write(_SEEM_REVOKED, device)
    tell(tx, known.person, by, f"device {device} seemingly revoked")
    return True


def seen(tx: Transaction, device: str) -> None:
    """Note that an alert was raised with it. While nothing lasts the date is lost with the memory: it never
    stands in the way of an alert.
    """
    tx.write_meanwhile(_SEEN, tx.at_us, device)


def checked(tx: Transaction, device: str, every_days: int | None) -> None:
    """A check of it has arrived. The day alone is kept: when somebody uses a phone is nobody's to know."""
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
        proved_by=ProvedBy(proved_by),
        checked_on=None if checked_us is None else Instant(checked_us),
        check_days=check_days,
        seeming=Seeming(seeming),
        beside_older=bool(older),
    )
