"""Names of things and units of time, as they stand in every message. Nothing here is computed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NewType

AlertId = NewType("AlertId", str)
"""One alert. Given by the app or made by the center; letters, digits, `.`, `_` and `-`, at most 64."""
CHECK: Final = "check."
"""How the ids of checks begin, and no other alert's, so that a list of alerts can step over them."""
LegId = NewType("LegId", str)
"""One party's call within one alert, over all its attempts: `ALERT:user`, `ALERT:op1`, `ALERT:psap`."""
LineId = NewType("LineId", str)
"""One modem's capacity for calls, by the modem's configured name."""
TrunkId = NewType("TrunkId", str)
"""A group of lines of one kind, by its configured name."""
OperatorId = NewType("OperatorId", str)
DEMO_OPERATOR: Final = OperatorId("demo")
"""Of a simulated run; gone with the first start with modems, and so no admin of a center."""
UserId = NewType("UserId", str)
PersonId = NewType("PersonId", str)
"""Somebody on the roster of those on duty; by chance, so that an event which names it tells nothing."""
BridgeId = NewType("BridgeId", str)
NodeId = NewType("NodeId", str)
TextId = NewType("TextId", str)
"""One short message that the center sends."""
CrewId = NewType("CrewId", str)
"""A place for one live alert: one AlertCase, its CallLegs and its ConferenceBridge."""
E164 = NewType("E164", str)
"""A telephone number as TS 23.003 / ITU-T E.164 writes it, with `+`; or a short emergency number."""
Instant = NewType("Instant", int)
"""A moment: microseconds since 1970-01-01 UTC."""

SECOND: Final = 1_000_000
"""One second in the unit of `Instant`."""


class Party(StrEnum):
    """Who is at the other end of a leg."""

    OPERATOR = "operator"
    USER = "user"
    PSAP = "psap"
    LISTENER = "listener"
    """A supervisor who hears the others and is not heard."""


class Channel(StrEnum):
    """How a signal of an alert reached the center (S1, S2)."""

    DATA = "data"
    VOICE = "voice"
    SMS = "sms"


class Way(StrEnum):
    """How what an operator writes or asks goes to the user."""

    APP = "app"
    SMS = "sms"


class Proof(StrEnum):
    """What proves that an alert comes from the phone whose number it names; the strongest first."""

    DEVICE = "device"
    """It is signed with the key of a phone that has proved this number."""
    APP = "app"
    """An app key, which is in every phone: the number is what somebody says."""
    NETWORK = "network"
    """Caller ID, or the sender of a short message: anybody can forge them."""


class ClaimKind(StrEnum):
    """What was said by somebody who does not speak for the alert that it was brought to."""

    SIGNAL = "signal"
    """An alert of the same number."""
    POSITION = "position"
    WORDS = "words"
    RINGS = "rings"
    """The phone rings."""
    CANCELS = "cancels"
    """It was a mistake. No PIN was looked at."""


class Check(StrEnum):
    """How far a test goes by which a phone, or the center itself, sees that an alert would arrive."""

    ARRIVAL = "arrival"
    """As far as a case, which closes by itself: nobody is called."""
    CALL = "call"
    """The phone is called, and hears an announcement; no operator is."""


class BriefingField(StrEnum):
    """What 112 asks for, in the order in which it asks; what an operator or the user has written of it."""

    WHERE = "where"
    """More exactly than a position says it: floor, name at the door, which entrance."""
    WHAT = "what"
    WEAPONS = "weapons"
    INJURED = "injured"
    CHILDREN = "children"
    WITH = "with"
    """Who is with the user."""


class Nearness(StrEnum):
    """How much of an address is sure, of a position that is no point."""

    NUMBER = "number"
    """Street and number: wherever within its accuracy the position is, no other is nearer."""
    STREET = "street"
    """The street, and which number cannot be told."""
    NEAR = "near"
    """Near the street, which may be another one's."""


class PersonalKind(StrEnum):
    """What is personal in an alert's events, by kind: each is sealed with a key of its own, and is kept for a
    time of its own."""

    NUMBER = "number"
    """Telephone numbers and devices."""
    POSITION = "position"
    WORDS = "words"
    """Notes, and what operators and users have written to each other."""


class ErasureReason(StrEnum):
    """Why something personal is gone."""

    PERSON = "person"
    """The person's data were erased."""
    RETENTION = "retention"


class Doubt(StrEnum):
    """Why what was to be proved by a signature is taken without it, and served one level below."""

    CLOCK = "clock"
    """Signed more than ten minutes before or after the receipt."""
    NONCE = "nonce"
    """The nonce was used before."""
    UNKNOWN_KEY = "unknown_key"
    """No enrolled phone has this key, or it was revoked."""
    SIGNATURE = "signature"
    """It is none, covers too little, or is not of this request."""
    DIGEST = "digest"
    """The body is not the one that was signed."""
    NUMBER = "number"
    """The key proves another number."""
    YOUNG = "young"
    """The key was added beside an older phone of the number in the last three days."""
    BUDGET = "budget"
    """More requests than one sender is due: served behind others in need."""


class Advice(StrEnum):
    """What the app is told to do."""

    WAIT = "wait"
    CALL_112_NOW = "call_112_now"


class Outcome(StrEnum):
    """How an alert ended."""

    FALSE_ALARM = "false_alarm"
    HANDED_OVER = "handed_over"
    BRIEFED = "briefed"
    USER_CALLED_112 = "user_called_112"
    CANCELLED = "cancelled"
    TEST_DONE = "test_done"
    NO_CONTACT = "no_contact"
    """Every attempt to call the user is over, nobody has spoken to the user, and 112 was not called."""
    PUT_AWAY = "put_away"
    """Nothing proved it, nobody was heard in it, and its operator took it for forged; 112 was not called."""


class PsapKnows(StrEnum):
    """A fact that 112 was told of an alert, as its user is told of it."""

    ALERT = "alert"
    """That there is one."""
    PLACE = "place"
    SILENCE = "silence"
    """That the user cannot talk, and is not to be phoned."""


class OperatorCommand(StrEnum):
    """What an operator can order in a case, by the names of the HTTP interface."""

    TAKE = "take"
    DECLARE_FALSE_ALARM = "declare_false_alarm"
    CALL_PSAP = "call_psap"
    LEAVE = "leave"
    REDIAL_USER = "redial_user"
    MARK_MACHINE = "mark_machine"
    BRIEFING_GIVEN = "briefing_given"
    MUTE = "mute"
    UNMUTE = "unmute"
    LISTEN = "listen"
    STOP_LISTENING = "stop_listening"
    WHISPER = "whisper"
    STOP_WHISPERING = "stop_whispering"
    NOTE = "note"
    CLOSE = "close"
    HAND_OVER = "hand_over"
    KEEP = "keep"
    ANOTHER_LINE = "another_line"
    CONFIRM_ANSWER = "confirm_answer"
    SEND_DIGIT = "send_digit"
    ANNOUNCE = "announce"
    CALL_ALOUD = "call_aloud"
    """The user of a silent alert is to be called all the same."""
    REOPEN = "reopen"
    """A closed alert goes on, with new calls."""
    CALLED_ELSEWHERE = "called_elsewhere"
    """The operator has called 112 from another phone, and has read the briefing there."""
    WITHDRAW_PSAP = "withdraw_psap"
    """112 is not to be called after all; allowed until 112 has answered."""
    WITHHOLD_VOICES = "withhold_voices"
    """No voice is to come out of the user's phone; a soft tone tells that somebody listens."""
    GIVE_VOICES = "give_voices"
    VOUCH = "vouch"
    """The alert is real: it keeps its operator, also where a proved one has none."""
    PUT_AWAY = "put_away"
    """The end of an alert that nothing proves, in which nobody was ever heard, without 112."""
    OPEN_PAGE = "open_page"
    """A page for 112's call-taker, found by a code that the operator says."""
    WRITE = "write"
    """A message to the user, in the alert's dialogue."""
    WRITE_BY_SMS = "write_by_sms"
    """What is written may go by short message, though the user's phone sounds with it."""
    ASK_ALOUD = "ask_aloud"
    """The operator asks on the line what is answered by a key of the phone: 1 for yes, 2 for no."""
    ASK_SPOKEN = "ask_spoken"
    """The center speaks such a question into the user's call."""
    ASK_SOFTLY = "ask_softly"
    """The same to a user who is to hear nobody, so softly that it is heard at the ear alone."""
    HAVE_READ = "have_read"
    """What the user has written was on the operator's screen."""
    BRIEF = "brief"
    """A field of the briefing."""


class ShiftState(StrEnum):
    """What an operator has said of being on shift."""

    READY = "ready"
    PAUSED = "paused"
    OFF = "off"


class OperatorLine(StrEnum):
    """How an operator is reached by voice."""

    ON_DEMAND = "on_demand"
    NAILED_UP = "nailed_up"
    HEADSET = "headset"


class TextPurpose(StrEnum):
    """What a short message of the center's is for; of those that wait the first of these goes first."""

    ALARM = "alarm"
    DIALOGUE = "dialogue"
    """An operator's message to a user in an alert."""
    CODE = "code"
    CONTACT = "contact"
    """To somebody whom a user has wanted told."""
    INVITATION = "invitation"
    """By which a phone gets the app, and proves its number."""
    NOTICE = "notice"
    """That a phone was added to the number, or removed."""
    MESSAGE = "message"
    PROOF = "proof"
    """From one line to another of the center's, to see whether it arrives; or a network's question."""


class Unplayed(StrEnum):
    """Why something that was to be played once has not been heard to its end."""

    NO_SOUND = "no_sound"
    """There is no such recording, and nothing that speaks the words in this language."""
    CUT_OFF = "cut_off"
    """It was begun, and what played it has ended or was told to stop."""


class DataKind(StrEnum):
    """What a version of an alert's data says to 112's own systems."""

    ALERT = "alert"
    """The first that they may have."""
    UPDATE = "update"
    """In place of all before it; also the last of an alert that is over here and goes on there."""
    CANCEL = "cancel"
    """112 is not wanted: a false alarm, or the request was taken back."""


class TextFailure(StrEnum):
    """Why a short message of the center's is given up."""

    REFUSED = "refused"
    """By the modem or the network."""
    UNKNOWN = "unknown"
    """The line's process or its modem was lost meanwhile, or the network was silent: it may have gone out."""
    TOO_LATE = "too_late"
    """No line could send it in time."""
    UNFIT = "unfit"
    """The number is none to which the center sends, or the words are none that can be sent."""
    WITHHELD = "withheld"
    """While it waited for a line somebody has tried to cancel its alert, or the phone is to keep still."""


class Carried(StrEnum):
    """What becomes of a message that goes to the user's phone as a short message."""

    SENT = "sent"
    """The network has taken it."""
    FAILED = "failed"
    """The center has given it up, see `TextFailure`."""
    WAITS = "waits"
    """The network cannot reach the phone, and goes on trying."""
    DELIVERED = "delivered"
    """The phone has it."""
    UNDELIVERED = "undelivered"
    """The network has given it up."""


class DutyWay(StrEnum):
    """By which way a person on duty is told of an alarm."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class CalloutKind(StrEnum):
    """Why people on duty are told."""

    ALARM = "alarm"
    """Something has to be done now: they are called, one after the other, until somebody takes it."""
    MORNING = "morning"
    """What could wait for the morning: written, and nobody is called."""
    TEST = "test"
    """One person's ways are tried."""


class CalloutFailure(StrEnum):
    """Why a try to tell somebody has come to nothing."""

    NOT_ANSWERED = "not_answered"
    """Nobody has answered, or the network has not reached the phone."""
    NO_KEY = "no_key"
    """Somebody or something has answered, and has pressed no key: most often a machine."""
    NEXT = "next"
    """The person wants the next one called."""
    NO_LINE = "no_line"
    """No line could be had for it: none is free that no alert needs."""
    GAVE_WAY = "gave_way"
    """An alert needed the line."""
    NO_VOICE = "no_voice"
    """The line gave no voice: nothing was heard of the message."""
    REFUSED = "refused"
    """By the network, the server or the service, and it is of no use to try again."""
    AWAY = "away"
    """The network, the server or the service did not answer, or had no time."""
    LOST = "lost"
    """What carried it is gone, and how it ended is not known."""
    ENDED = "ended"
    """Nobody has to be called any more."""


class CalloutEnd(StrEnum):
    """Why nobody is called any more."""

    TAKEN = "taken"
    OVER = "over"
    """None of its alarms stands."""
    SEEN = "seen"
    """Somebody at a console has acknowledged each that stands."""
    TOLD = "told"
    """What was to be told without a call is told."""
    NOBODY = "nobody"
    """There is nobody left to be told."""


class NodeOrder(StrEnum):
    """What an admin has ordered of a node, until it is done, taken back, or the node has started anew."""

    DRAIN = "drain"
    """It takes no more alerts, and stays when it has none."""
    RESTART = "restart"
    """It starts again as soon as it has no open alert."""


class Role(StrEnum):
    """The actors and processes of a node, by their class names."""

    NODE = "Node"
    ADMIN = "Admin"
    LOGGER = "Logger"
    """The actor system's own, which only takes its log lines."""
    WEB = "Web"
    WEB_STANDBY = "WebStandby"
    """A web that waits to take the other's place; no actor, and nobody's peer."""
    CARRIER = "Carrier"
    SUPERVISOR = "Supervisor"
    ALERT_INTAKE = "AlertIntake"
    IDENTIFIER = "Identifier"
    OPERATOR_POOL = "OperatorPool"
    TRUNK_POOL = "TrunkPool"
    OPERATOR_LINES = "OperatorLines"
    LINE_TESTER = "LineTester"
    PROVER = "Prover"
    DEADLINE_WATCHDOG = "DeadlineWatchdog"
    JOURNAL_KEEPER = "JournalKeeper"
    RECORDING_KEEPER = "RecordingKeeper"
    MEMBERSHIP = "Membership"
    GSM_MODEM = "GsmModem"
    ALERT_CASE = "AlertCase"
    CALL_LEG = "CallLeg"
    CONFERENCE_BRIDGE = "ConferenceBridge"
    DUTY_CALLER = "DutyCaller"
    """Tells people on duty of what is wrong, and calls them."""
    DATA_SENDER = "DataSender"
    """Gives 112's own systems the data of alerts; only where the settings name one."""
    HEARTBEAT_SENDER = "HeartbeatSender"
    """Tells those outside that the node is well; only where the settings name one."""
    FEATURE = "Feature"
    """Of a feature, whose name is the key; roles of their own have those that were there before."""
    VOICE_GATE = "VoiceGate"
    """Gives bridges of other nodes the voices of this one; a node by itself has none."""
