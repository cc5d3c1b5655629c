"""`config/center.toml` as frozen structs: every key, its type and its default.

Reading is in `settings_file`, what the keys mean together is checked in `settings_check`, and what
the actors are given of them is made in `handed_down`. Nothing here opens a file.
Names of keys are permanent. Units stand in them, but for the one that the interface fixed without.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from messages.ids import OperatorLine
from messages.proofs import ProofStep
from model.credit import AMOUNT
from model.duty.settings import MailTls
from model.policy import (
    CONTACT_PLACE,
    CONTACT_WORDS,
    Dialling,
    Duress,
    LastResort,
    MetBy,
    NumberKind,
    Retention,
    VoiceAlert,
)
from model.record import SHARED, Shared
from model.telling.data_target import DataFormat
from model.watching.targets import TargetKind
from model.watching.verdict import Patience
from store.registry.people import SecondFactor

Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,31}$(?!\n)")]
"""What stands in stream names, file names and on the command line."""
PhoneNumber = Annotated[str, Meta(pattern=r"^\+[1-9][0-9]{4,14}$(?!\n)")]
"""E.164 with its `+`."""
PsapNumber = Annotated[str, Meta(pattern=r"^(\+[1-9][0-9]{4,14}|[0-9]{2,6})$(?!\n)")]
"""E.164, or a short number as 112."""
OptionalPsapNumber = Annotated[str, Meta(pattern=r"^(|\+[1-9][0-9]{4,14}|[0-9]{2,6})$(?!\n)")]
OptionalPhoneNumber = Annotated[str, Meta(pattern=r"^(|\+[1-9][0-9]{4,14})$(?!\n)")]
Seconds = Annotated[float, Meta(gt=0, le=3600)]
GainDb = Annotated[float, Meta(ge=-20, le=30)]
Days = Annotated[int, Meta(ge=0, le=36500)]
"""0: until the person is erased."""
Area = Annotated[str, Meta(pattern=r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$(?!\n)")]
OptionalArea = Annotated[str, Meta(pattern=r"^([A-Z]{2}(-[A-Z0-9]{1,3})?)?$(?!\n)")]
Language = Annotated[str, Meta(pattern=r"^[a-z]{2,3}$(?!\n)")]
Clock = Annotated[str, Meta(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$(?!\n)")]
OptionalClock = Annotated[str, Meta(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9])?$(?!\n)")]
Words = Annotated[str, Meta(min_length=1, max_length=300)]
Imei = Annotated[str, Meta(pattern=r"^([0-9]{15})?$(?!\n)")]


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the file; a key that is not here is an error."""


class PsapRouteTable(_Table, frozen=True, kw_only=True):
    area: Area
    number: PsapNumber
    area_file: str = ""


class DataTable(_Table, frozen=True, kw_only=True):
    name: Name
    format: DataFormat
    to: Annotated[str, Meta(min_length=1, max_length=2000)]
    """`https://…`, a folder, or `feed`."""
    area: OptionalArea = ""
    area_file: str = ""
    tests: bool = False
    language: Literal["it", "en"] | None = None
    """None: the center's own, where it is one of the two, else English."""
    sender: Annotated[str, Meta(pattern=r"^[^\s,<&]{1,100}$(?!\n)")] = "securwoman"
    code: tuple[Annotated[str, Meta(min_length=1, max_length=200)], ...] = ()
    event_code: dict[
        Annotated[str, Meta(min_length=1, max_length=200)], Annotated[str, Meta(min_length=1, max_length=200)]
    ] = {}
    token_file: str = ""
    certificate: str = ""
    key: str = ""
    authority: str = ""


class HeartbeatTable(_Table, frozen=True, kw_only=True):
    name: Name
    url: Annotated[str, Meta(pattern=r"^https?://[^\s]{1,2000}$(?!\n)")]
    kind: TargetKind = TargetKind.WATCHER
    every_s: Annotated[float, Meta(ge=1, le=3600)] = 10.0
    key_file: str = ""
    authority: str = ""


class WatchedTable(_Table, frozen=True, kw_only=True):
    name: Name
    key_file: Annotated[str, Meta(min_length=1)]
    silent_after_s: Annotated[float, Meta(ge=3, le=3600)] = Patience().silent_after_s


class PsapTable(_Table, frozen=True, kw_only=True):
    number: PsapNumber = "112"
    live: bool = False
    last_resort: LastResort = LastResort.NONE
    alternate: OptionalPsapNumber = ""
    test_number: OptionalPhoneNumber = ""
    no_answer_s: Seconds = 20.0
    pause_s: Seconds = 2.0
    route: tuple[PsapRouteTable, ...] = ()
    shares: tuple[Shared, ...] = SHARED
    data: tuple[DataTable, ...] = ()


class DeadlineTable(_Table, frozen=True, kw_only=True):
    seconds: Annotated[float, Meta(ge=5, le=3600)] = 50.0
    met_by: MetBy = MetBy.RINGING


class LimitsTable(_Table, frozen=True, kw_only=True):
    live_cases: Annotated[int, Meta(ge=1, le=200)] = 50
    idle_crews: Annotated[int, Meta(ge=0, le=20)] = 2
    inbound_lines_kept: Annotated[int, Meta(ge=0, le=100)] = 1
    lines_kept_from_tests: Annotated[int, Meta(ge=0, le=100)] = 2


class JournalTable(_Table, frozen=True, kw_only=True):
    url: str = ""
    """Empty: `journal.db` in the state directory."""


class ClusterTable(_Table, frozen=True, kw_only=True):
    address: str = "127.0.0.1"
    """IPv4; what the actors and the voice gate listen on."""
    join: tuple[str, ...] = ()
    """Addresses of nodes of which one at least has to be there, sharing this journal."""
    allow_public: bool = False
    web: Annotated[str, Meta(pattern=r"^(https?://[^/ ]+)?$(?!\n)")] = ""


class TrunkTable(_Table, frozen=True, kw_only=True):
    name: Name
    emergency: bool = False


class CreditTable(_Table, frozen=True, kw_only=True):
    ussd: Annotated[str, Meta(pattern=r"^([*#][0-9*#]{1,30}#)?$(?!\n)")] = ""
    sms_to: OptionalPsapNumber = ""
    words: Annotated[str, Meta(max_length=70)] = ""
    pattern: Annotated[str, Meta(min_length=1, max_length=200)] = AMOUNT
    least: Annotated[float, Meta(ge=0, le=1e6)] = 0.0
    """0: whatever is left is enough."""


class ModemTable(_Table, frozen=True, kw_only=True):
    name: Name
    trunk: Name
    imei: Imei = ""
    port: str = ""
    voice_port: str = ""
    gain_in_db: GainDb = 0.0
    gain_out_db: GainDb = 0.0
    agc: bool = False
    dialect: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,31}$(?!\n)")] = "auto"
    number: OptionalPhoneNumber = ""
    inbound: bool = True
    pin_file: str = ""
    credit: CreditTable = CreditTable()


class OperatorTable(_Table, frozen=True, kw_only=True):
    line: OperatorLine = OperatorLine.ON_DEMAND
    answer_within_s: Seconds = 6.0
    all_after_s: Seconds = 12.0
    silent_after_s: Seconds = 25.0
    wrap_up_s: Annotated[float, Meta(ge=0, le=3600)] = 30.0
    """0: none."""
    on_call: tuple[PhoneNumber, ...] = ()


class UserTable(_Table, frozen=True, kw_only=True):
    no_answer_s: Seconds = 25.0
    busy_retry_s: Seconds = 4.0
    attempts: Annotated[int, Meta(ge=1, le=10)] = 2
    setup_time_s: Seconds = 12.0
    caller_number_within_s: Annotated[float, Meta(ge=0, le=10)] = 1.5


class AlertTable(_Table, frozen=True, kw_only=True):
    leave_alarm_within_s: Annotated[float, Meta(ge=0, le=3600)] = 60.0


class DiallingTable(_Table, frozen=True, kw_only=True):
    kinds: Annotated[tuple[NumberKind, ...], Meta(min_length=1)] = Dialling().kinds
    countries: tuple[Annotated[str, Meta(pattern=r"^([A-Z]{2}|EEA)$(?!\n)")], ...] = Dialling().countries
    """The center's own, `region`, always is among them."""
    per_hour: Annotated[int, Meta(ge=1, le=10_000)] = Dialling().per_hour


class RecordingTable(_Table, frozen=True, kw_only=True):
    enabled: bool = False
    trunks: tuple[Name, ...] = ()
    """Whose calls; none: those of all."""
    parties: Annotated[tuple[Literal["user", "operator", "psap"], ...], Meta(min_length=1)] = (
        "user",
        "operator",
        "psap",
    )
    format: Literal["flac", "opus"] = "flac"
    retention_days: Annotated[int, Meta(ge=1, le=36500)] = 30
    announce: bool = True


class BackupTable(_Table, frozen=True, kw_only=True):
    file: str = ""
    """Where `securwoman backup` writes, and of which the alarm `backup.old` is; empty: nowhere."""
    to: tuple[str, ...] = ()
    """Who may open it: `age1…`, an SSH public key, or a file with one of these a line."""
    identity: str = ""
    """A file with the key by which this machine tries its own backups."""


class RetentionTable(_Table, frozen=True, kw_only=True):
    positions_days: Days = Retention().positions_days
    words_days: Days = Retention().words_days
    numbers_days: Days = Retention().numbers_days
    audit_days: Days = Retention().audit_days


class SmsTable(_Table, frozen=True, kw_only=True):
    acknowledge: Annotated[str, Meta(max_length=300)] = ""
    dialogue: bool = True
    contacts: dict[Language, Words] = msgspec.field(default_factory=CONTACT_WORDS.copy)
    contacts_where: dict[Language, Words] = msgspec.field(default_factory=CONTACT_PLACE.copy)


class AnnouncementsTable(_Table, frozen=True, kw_only=True):
    folder: str = ""
    """Empty: the built-in ones alone."""
    names: bool = True


class ProtocolsTable(_Table, frozen=True, kw_only=True):
    folder: str = ""
    """Empty: the built-in ones alone."""


class HttpTable(_Table, frozen=True, kw_only=True):
    host: Annotated[str, Meta(min_length=1, max_length=255)] = "127.0.0.1"
    port: Annotated[int, Meta(ge=0, le=65535)] = 8112
    """0: any that is free."""
    certificate: str = ""
    """PEM: the server's own, then those between it and its authority. With `key`; exchanged while it runs."""
    key: str = ""
    public_url: Annotated[str, Meta(pattern=r"^(https?://[^/ ]+)?$(?!\n)", max_length=300)] = ""
    behind_proxy: bool = False
    """A proxy of ours that has TLS stands before it: it may listen beyond this machine without its own."""
    trusted_proxies: tuple[Annotated[str, Meta(max_length=64)], ...] = ()
    metrics: Annotated[str, Meta(max_length=64)] = ""
    """`ADDRESS:PORT` where figures and the interface's description are read instead of at `port`."""


class SignOnTable(_Table, frozen=True, kw_only=True):
    passkeys: SecondFactor = SecondFactor.SUPERVISOR
    idle_minutes: Annotated[int, Meta(ge=0, le=960)] = 30


class DrillTable(_Table, frozen=True, kw_only=True):
    phone: OptionalPhoneNumber = ""
    timeout_s: Annotated[float, Meta(ge=5, le=3600)] = 180.0


class SmtpTable(_Table, frozen=True, kw_only=True):
    host: Annotated[str, Meta(pattern=r"^[A-Za-z0-9.:_-]{0,253}$(?!\n)")] = ""
    """Empty: nobody is sent mail."""
    port: Annotated[int, Meta(ge=0, le=65535)] = 0
    """0: as `tls` has it: 587, 465, 25."""
    tls: MailTls = MailTls.STARTTLS
    user: Annotated[str, Meta(max_length=200)] = ""
    password_file: str = ""
    sender: Annotated[str, Meta(pattern=r"^([^\s,<>@]{1,64}@[A-Za-z0-9.-]{1,253})?$(?!\n)")] = ""


class ProofTable(_Table, frozen=True, kw_only=True):
    at: OptionalClock | None = None
    """By the machine's own time; empty: by no night. None: 03:30, and by no night in a simulated run."""
    until: Clock = "06:00"
    leave_out: tuple[ProofStep, ...] = ()
    phone: OptionalPhoneNumber = ""
    """A line's of the center's own; empty: the first that can be called."""


class DutyPersonTable(_Table, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$(?!\n)")] = "it"
    ways: Annotated[tuple[str, ...], Meta(min_length=1, max_length=12)]
    """As in the roster's file: `call +39…`, `email …`."""


class DutyTable(_Table, frozen=True, kw_only=True):
    morning: Clock = "07:00"
    person: tuple[DutyPersonTable, ...] = ()
    """The first roster's people; once there is one, it is changed in the browser or by `duty import`."""
    smtp: SmtpTable = SmtpTable()
    webhook_key_file: str = ""
    authority: str = ""


class MapTable(_Table, frozen=True, kw_only=True):
    tiles: Annotated[str, Meta(max_length=2000)] = ""
    attribution: Annotated[str, Meta(max_length=200)] = ""
    max_zoom: Annotated[int, Meta(ge=1, le=22)] | None = None
    """None: what the file says, 18 of a server."""
    pmtiles: str = ""
    addresses: str = ""
    """A file that `map import` has made."""
    geocoder: Annotated[str, Meta(max_length=2000)] = ""
    geocoder_api: Literal["photon", "nominatim"] = "photon"


class Settings(_Table, frozen=True, kw_only=True):
    """The whole file. An empty one is valid: no modem, PSAP not live."""

    node: Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._-]{0,31})?$(?!\n)")] = ""
    """Empty: the machine's host name."""
    region: Annotated[str, Meta(pattern=r"^[A-Z]{2}$(?!\n)")] = "IT"
    language: Annotated[str, Meta(pattern=r"^[a-z]{2}$(?!\n)")] = "it"
    voice_alert: VoiceAlert = VoiceAlert.ANSWER
    duress: Duress = Duress.PSAP_FIRST
    psap: PsapTable = PsapTable()
    deadline: DeadlineTable = DeadlineTable()
    limits: LimitsTable = LimitsTable()
    journal: JournalTable = JournalTable()
    cluster: ClusterTable = ClusterTable()
    operator: OperatorTable = OperatorTable()
    user: UserTable = UserTable()
    alert: AlertTable = AlertTable()
    dialling: DiallingTable = DiallingTable()
    recording: RecordingTable = RecordingTable()
    backup: BackupTable = BackupTable()
    retention: RetentionTable = RetentionTable()
    sms: SmsTable = SmsTable()
    announcements: AnnouncementsTable = AnnouncementsTable()
    protocols: ProtocolsTable = ProtocolsTable()
    http: HttpTable = HttpTable()
    sign_on: SignOnTable = SignOnTable()
    drill: DrillTable = DrillTable()
    proof: ProofTable = ProofTable()
    duty: DutyTable = DutyTable()
    map: MapTable = MapTable()
    heartbeat: tuple[HeartbeatTable, ...] = ()
    watched: tuple[WatchedTable, ...] = ()
    trunk: tuple[TrunkTable, ...] = ()
    modem: tuple[ModemTable, ...] = ()
