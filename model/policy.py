"""How this center is to behave, as far as those who decide must know: numbers, times, limits and lines.

Made once by the composition root from `config/center.toml` (`center.settings.schema` checks it there) and
handed to every actor through its environment. Plain data: nothing here reads a file or a clock,
and nothing here knows how the settings are written.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Final

import msgspec

from messages.base import NO_GAINS, Gains
from messages.ids import E164, LineId, OperatorLine, Party, PersonalKind, TrunkId
from messages.proofs import ProofStep
from model.areas import Outline
from model.credit import CreditQuestion
from model.duty.settings import DutySettings
from model.record import SHARED, Shared
from model.telling.data_target import DataTarget
from model.watching.targets import Watching

CONTACT_WORDS: Final = {
    "it": "Da securWoman: {name} ha chiesto aiuto e il 112 lo sa. Non telefonare e non andare sul posto: "
    "può aumentare il pericolo.",
    "en": "From securWoman: {name} has asked for help and 112 knows. Do not phone and do not go there: "
    "it can add to the danger.",
}
"""One short message each (TS 23.038: 160 letters), and nothing that tells what has happened, or where."""
CONTACT_PLACE: Final = {"it": "Dove: {place}.", "en": "Where: {place}."}


class MetBy(StrEnum):
    """What on the user's leg meets the deadline (S11)."""

    RINGING = "ringing"
    ANSWERED = "answered"


class VoiceAlert(StrEnum):
    """What becomes of the user's own call (S2)."""

    ANSWER = "answer"
    """It is answered at once and is the user's leg."""
    CALLBACK = "callback"
    """It is declined, and the user is called back."""


class Duress(StrEnum):
    """What is done when the app's alert was cancelled with the duress PIN (case 19)."""

    PSAP_FIRST = "psap_first"
    """The user is not called; 112 is called and briefed at once."""
    CALL = "call"
    """The user is called as after any other cancellation."""


class LastResort(StrEnum):
    """Where 112 is dialled when its own trunk has no line left."""

    NONE = ""
    """Nowhere: the operator calls it from another phone."""
    PUBLIC = "public"
    """On a public line: the third switch of the dial guard."""


class PsapRoute(msgspec.Struct, frozen=True, kw_only=True):
    """The number of the PSAP that serves an area, where it was agreed with it."""

    area: str
    """ISO 3166-1 or -2: `IT`, `IT-25`. The longest that holds the user's position wins."""
    number: E164
    outline: Outline


class LineSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One modem as it is configured: what its GsmModem opens, and what the TrunkPool may use it for."""

    line: LineId
    trunk: TrunkId
    emergency: bool = False
    """Whether the trunk is reserved for 112 (S8), and the only one that may carry an emergency number."""
    inbound: bool = True
    """Whether users may call this number (S2). Never on an emergency trunk."""
    number: E164 | None = None
    """The line's own number; none where nobody needs to know it."""
    imei: str = ""
    """15 digits; how the modem is found when its ports were renumbered. Empty: by `port` alone."""
    port: str = ""
    """Path of the AT port. Empty: found by `imei`."""
    voice_port: str = ""
    """Path of the voice port; `alsa`, or `alsa:NAME`, for a sound card. Empty: as the dialect says, by USB
    interface; none where it gives no voice."""
    gains: Gains = NO_GAINS
    dialect: str = "auto"
    """Name of a profile in `config/dialects/`; `auto` asks the modem."""
    pin_file: str = ""
    """Path of the file with the SIM's PIN. Empty: the SIM has none."""
    credit: CreditQuestion | None = None
    """How its network is asked what is left on the SIM; None: it is not."""


class RecordingPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """Whether, and of whom, what is said is kept."""

    enabled: bool = False
    parties: tuple[Party, ...] = (Party.USER, Party.OPERATOR, Party.PSAP)
    """Whose voices; each has a track of its own, in the order of `RECORDED`."""
    spared: tuple[LineId, ...] = ()
    """The lines of trunks that are not recorded."""
    format: str = "flac"
    retention_days: int = 30
    announce: bool = True
    """Whether the user is told of being recorded."""

    @property
    def tracks(self) -> tuple[Party, ...]:
        """Who is on which track of a file."""
        return tuple(party for party in RECORDED if party in self.parties)


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How long after its end what is personal in an alert is kept, in days; 0: until the person is erased.

    Which times are right is for the controller to say; these are what we would give a reason for.
    """

    positions_days: int = 180
    """Where somebody was says most of that life: as long as an inquiry into the rescue begins."""
    words_days: int = 730
    """Notes and texts: what was known and done, should it be asked for."""
    numbers_days: int = 730
    """By the number earlier alerts of a person are found when the next one comes."""

    audit_days: int = 1095
    """Entries of the audit, counted from each. They name ids alone; who asks who has seen something may do so
    when all else of the alert is gone."""

    def days(self, kind: PersonalKind) -> int:
        """Of this kind."""
        match kind:
            case PersonalKind.NUMBER:
                return self.numbers_days
            case PersonalKind.POSITION:
                return self.positions_days
            case PersonalKind.WORDS:
                return self.words_days


RECORDED: Final = (Party.USER, Party.OPERATOR, Party.PSAP)
"""Whose voices can be recorded. A listener's never is."""


class NumberKind(StrEnum):
    """What kind of telephone number it is, as numbering plans tell them apart."""

    MOBILE = "mobile"
    FIXED = "fixed"
    VOIP = "voip"
    PERSONAL = "personal"
    PREMIUM = "premium"
    SHARED_COST = "shared_cost"
    TOLL_FREE = "toll_free"
    PAGER = "pager"
    UAN = "uan"
    """A company's number for all its places."""
    VOICEMAIL = "voicemail"
    UNKNOWN = "unknown"
    """No table has it: mostly a new range of mobile numbers."""


class Dialling(msgspec.Struct, frozen=True, kw_only=True):
    """Which users' numbers are called without an operator's order (`model.rules.calls.withheld_numbers`)."""

    kinds: tuple[NumberKind, ...] = (NumberKind.MOBILE, NumberKind.FIXED, NumberKind.UNKNOWN)
    countries: tuple[str, ...] = ("EEA",)
    """ISO 3166, or `EEA` for all of its members; the center's own always is among them."""
    per_hour: int = 20
    """So many different numbers of one range abroad within an hour."""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The settings by which alerts are handled. Defaults are those of `config/center.toml`."""

    psap_number: E164 = E164("112")
    psap_alternate: E164 | None = None
    """Called when `psap_number` was busy or silent on two lines (case 15)."""
    psap_routes: tuple[PsapRoute, ...] = ()
    psap_test_number: E164 | None = None
    """What a test alert calls in place of a PSAP (case 20). None: its psap leg is refused."""
    psap_shares: tuple[Shared, ...] = SHARED
    """What of a user's record 112 may be told."""
    psap_live: bool = False
    """One of the two switches without which no emergency number is ever dialled."""
    psap_last_resort: LastResort = LastResort.NONE
    psap_no_answer_s: float = 20.0
    """Ringing longer than this is silence: the next line or number is tried."""
    psap_pause_s: float = 2.0
    """Between one round of all numbers and lines and the next."""

    deadline_s: float = 50.0
    met_by: MetBy = MetBy.RINGING
    user_setup_time_s: float = 12.0
    """From dialling to ringing, until the trunk's own 95th percentile is known. The user is dialled
    without waiting for an operator when the deadline is no further away than this."""

    operator_line: OperatorLine = OperatorLine.ON_DEMAND
    operator_answer_within_s: float = 6.0
    """After this the next operator is called as well (case 7)."""
    operator_all_after_s: float = 12.0
    """After this all who are free are called, the first to answer wins (case 7)."""
    operator_silent_after_s: float = 25.0
    """After this an operator's phone is no longer rung, and the operator is set to not answering."""
    operator_wrap_up_s: float = 30.0
    """So long after a part in an alert one is called after all others, and for no test. 0: not at all."""
    operator_on_call: tuple[E164, ...] = ()
    """Called when nobody is on shift, or nobody on shift answers (case 8)."""

    user_no_answer_s: float = 25.0
    """Ringing longer than this is no answer (case 5)."""
    user_busy_retry_s: float = 4.0
    """Pause before a busy user is dialled again (case 3)."""
    user_attempts: int = 2
    """How often the user is dialled without an operator asking for it (cases 3, 5 and 6)."""
    caller_number_within_s: float = 1.5
    """How long an inbound call may ring without a number before it is taken for a withheld one (case 14)."""

    voice_alert: VoiceAlert = VoiceAlert.ANSWER
    duress: Duress = Duress.PSAP_FIRST
    sms_acknowledge: str = ""
    """What whoever raises an alert by SMS is sent; empty: nothing."""
    sms_dialogue: bool = True
    """Whether what operators write goes by short message where no app can be used."""
    contact_words: dict[str, str] = msgspec.field(default_factory=CONTACT_WORDS.copy)
    """What those are told by SMS whom a user wanted told, by language; none: nobody is told."""
    contact_place: dict[str, str] = msgspec.field(default_factory=CONTACT_PLACE.copy)
    """And where the user has said so, where that is."""
    leave_alarm_within_s: float = 60.0
    """The user's or 112's leg ending this soon after the operator left alarms the operators (case 16)."""

    dialling: Dialling = Dialling()

    live_cases: int = 50
    idle_crews: int = 2
    """Crews (AlertCase, CallLegs, ConferenceBridge) kept started beyond those at work."""
    inbound_lines_kept: int = 1
    """Public lines left free for those who call in (S2), unless an alert had no line otherwise."""
    lines_kept_from_tests: int = 2
    """Public lines that must stay free beyond what a test call takes (case 9)."""

    recording: RecordingPolicy = RecordingPolicy()
    retention: Retention = Retention()

    region: str = "IT"
    """ISO 3166-1 alpha-2: how a number without `+` is read."""
    language: str = "it"
    """ISO 639-1: for those whose language is not known."""


class ProofPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """When the center proves itself, and with what."""

    at: str = ""
    """`HH:MM`, by the machine's own time; empty: by no night, and on demand alone."""
    until: str = "06:00"
    """What was not tried by then is left for the next night."""
    leave_out: tuple[ProofStep, ...] = ()
    phone: E164 | None = None
    """Whom the test alert calls: the number of a line of the center's. None: the first that can be called."""


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What every actor is given of the settings."""

    policy: Policy
    lines: tuple[LineSpec, ...] = ()
    announcements: str = ""
    """The folder of the center's own announcements; empty: it has none."""
    speak_names: bool = True
    """Whether an operator who answers hears the user's name, where a speech synthesizer is installed."""
    address: str = "127.0.0.1"
    """The node's private address: what its actors and its voice gate listen on."""
    allow_public: bool = False
    """Whether that address may be one of the internet."""
    join: tuple[str, ...] = ()
    """Addresses of nodes of which one at least has to be a member when this one starts; none: it may be the
    first."""
    web: str = ""
    """Where browsers and apps reach this node's web, `https://…`; empty where no other node tells them."""
    data: tuple[DataTarget, ...] = ()
    """112's own systems."""
    watching: Watching = Watching()
    """Who is told that the center is well, and of whom it hears that."""
    backup: str = ""
    """The file that is to be made every day; empty: none is."""
    proof: ProofPolicy = ProofPolicy()
    duty: DutySettings = DutySettings()
    """How people on duty are told that something is wrong."""
