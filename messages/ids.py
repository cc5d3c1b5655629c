"""Identifiers and units of time, as used in every message. Nothing here is computed."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NewType

AlertId = NewType("AlertId", str)
"""Id of an alert. Given by the app or made by the center; letters, digits, `.`, `_` and `-`, at most 64."""
CHECK: Final = "check."
"""Prefix of the ids of checks, and of no other alert, so that lists of alerts can skip checks."""
LegId = NewType("LegId", str)
"""Id of a party's call within one alert, over all its attempts: `ALERT:user`, `ALERT:op1`, `ALERT:psap`."""
LineId = NewType("LineId", str)
"""Name of a line, one modem's capacity for calls: the modem's configured name."""
TrunkId = NewType("TrunkId", str)
"""Configured name of a trunk, a group of lines of one kind."""
OperatorId = NewType("OperatorId", str)
DEMO_OPERATOR: Final = OperatorId("demo")
"""Operator of a simulated run; removed at the first start with modems, so never an administrator."""
UserId = NewType("UserId", str)
PersonId = NewType("PersonId", str)
"""Id of a person on the duty roster; random, so that an event with the id reveals no person."""
BridgeId = NewType("BridgeId", str)
NodeId = NewType("NodeId", str)
TextId = NewType("TextId", str)
"""Id of an SMS sent by the center."""
WorkerId = NewType("WorkerId", str)
"""Id of a worker for one live alert: one AlertCase, its CallLegs and its ConferenceBridge."""
E164 = NewType("E164", str)
"""Telephone number as in TS 23.003 / ITU-T E.164, with `+`; or a short emergency number."""
Instant = NewType("Instant", int)
"""Time in microseconds since 1970-01-01 UTC."""

SECOND: Final = 1_000_000
"""Length of a second in the unit of `Instant`."""


class Party(StrEnum):
    """Party at the other end of a leg."""

    OPERATOR = "operator"
    USER = "user"
    PSAP = "psap"
    LISTENER = "listener"
    """A supervisor who hears the others and is not heard."""


class Channel(StrEnum):
    """Channel by which a signal of an alert reached the center."""

    DATA = "data"
    VOICE = "voice"
    SMS = "sms"


class Way(StrEnum):
    """Channel for an operator's messages to the user."""

    APP = "app"
    SMS = "sms"


class Assurance(StrEnum):
    """Assurance level: proof that an alert comes from the phone with its number; the strongest first."""

    DEVICE = "device"
    """Signed with the key of a phone that has proved this number."""
    APP = "app"
    """App key, which is in every phone: the number is only stated."""
    NETWORK = "network"
    """Caller ID, or the sender of an SMS: easily forged."""


class ClaimKind(StrEnum):
    """Kind of a statement from a sender who does not speak for the alert."""

    SIGNAL = "signal"
    """An alert of this number."""
    POSITION = "position"
    WORDS = "words"
    RINGS = "rings"
    """The phone rings."""
    CANCELS = "cancels"
    """The alert was a mistake. The PIN was not checked."""


class Check(StrEnum):
    """Extent of a check, a test by which a phone or the center verifies that an alert would arrive."""

    ARRIVAL = "arrival"
    """Up to a case, which closes by itself: no one is called."""
    CALL = "call"
    """The phone is called, and hears an announcement; no operator is called."""


class BriefingField(StrEnum):
    """Question of 112, in 112's order, with an answer written by an operator or the user."""

    WHERE = "where"
    """More exact than a position: floor, name at the door, entrance."""
    WHAT = "what"
    WEAPONS = "weapons"
    INJURED = "injured"
    CHILDREN = "children"
    WITH = "with"
    """People who are with the user."""


class Nearness(StrEnum):
    """Part of an address that is certain within the accuracy of the position."""

    NUMBER = "number"
    """Street and number: no other address is nearer from any point within the accuracy."""
    STREET = "street"
    """Street; the number is uncertain."""
    NEAR = "near"
    """Vicinity of the street; the position may be in another street."""


class PersonalKind(StrEnum):
    """Kind of personal data in an alert's events: each kind is encrypted with its own key and has its own
    retention time.
    """

    NUMBER = "number"
    """Telephone numbers and devices."""
    POSITION = "position"
    WORDS = "words"
    """Notes, and messages between operators and users."""


class ErasureReason(StrEnum):
    """Reason for an erasure of personal data."""

    PERSON = "person"
    """The person's data was erased."""
    RETENTION = "retention"


class Doubt(StrEnum):
    """Reason why a signature was not accepted; the request is served one level below."""

    CLOCK = "clock"
    """Signed more than ten minutes before or after the receipt."""
    NONCE = "nonce"
    """The nonce was used before."""
    UNKNOWN_KEY = "unknown_key"
    """No enrolled phone has this key, or the key was revoked."""
    SIGNATURE = "signature"
    """No valid signature, or one that covers too little, or of another request."""
    DIGEST = "digest"
    """The body differs from the signed one."""
    NUMBER = "number"
    """The key proves another number."""
    YOUNG = "young"
    """The key was added next to an older phone of the number in the last three days."""
    BUDGET = "budget"
    """The sender exceeds the request budget: served behind others in need."""


class Advice(StrEnum):
    """Advice to the app."""

    WAIT = "wait"
    CALL_112_NOW = "call_112_now"


class Outcome(StrEnum):
    """Outcome of an alert."""

    FALSE_ALARM = "false_alarm"
    HANDED_OVER = "handed_over"
    BRIEFED = "briefed"
    USER_CALLED_112 = "user_called_112"
    CANCELLED = "cancelled"
    TEST_DONE = "test_done"
    NO_CONTACT = "no_contact"
    """All attempts to call the user are over, the user was not spoken to, and 112 was not called."""
    PUT_AWAY = "put_away"
    """Unproved, without a person heard, and judged forged by its operator; 112 was not called."""


class PsapKnows(StrEnum):
    """A fact that 112 has received about an alert, as shown to its user."""

    ALERT = "alert"
    """The existence of the alert."""
    PLACE = "place"
    SILENCE = "silence"
    """The user cannot talk, and must not be phoned."""


class OperatorCommand(StrEnum):
    """Orders of an operator in a case, by the names of the HTTP interface."""

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
    """Call the user of a silent alert despite the silence."""
    REOPEN = "reopen"
    """Reopen a closed alert, with new calls."""
    CALLED_ELSEWHERE = "called_elsewhere"
    """Report that the operator has called 112 from another phone, and has read the briefing there."""
    WITHDRAW_PSAP = "withdraw_psap"
    """Withdraw the call to 112; allowed until 112 has answered."""
    WITHHOLD_VOICES = "withhold_voices"
    """Play no voice on the user's phone; a soft tone shows that the center is listening."""
    GIVE_VOICES = "give_voices"
    VOUCH = "vouch"
    """Declare the alert real: the alert keeps its operator, even if a proved alert has none."""
    PUT_AWAY = "put_away"
    """End an unproved alert in which no person was heard, without 112."""
    OPEN_PAGE = "open_page"
    """Open a page for 112's call-taker, found by a code that the operator reads out."""
    WRITE = "write"
    """Send a message to the user, in the alert's dialogue."""
    WRITE_BY_SMS = "write_by_sms"
    """Allow messages by SMS, although the user's phone makes a sound."""
    ASK_ALOUD = "ask_aloud"
    """Ask on the line a question answered by a key of the phone: 1 for yes, 2 for no."""
    ASK_SPOKEN = "ask_spoken"
    """Have the center speak such a question into the user's call."""
    ASK_SOFTLY = "ask_softly"
    """Have the center speak such a question so softly that only the ear hears it, to a user who must hear no
    one.
    """
    HAVE_READ = "have_read"
    """Mark the user's messages as displayed on the operator's screen."""
    BRIEF = "brief"
    """Fill a field of the briefing."""


class ShiftState(StrEnum):
    """State of an operator's shift, as stated by the operator."""

    READY = "ready"
    PAUSED = "paused"
    OFF = "off"


class OperatorLine(StrEnum):
    """Method of reaching an operator by voice."""

    ON_DEMAND = "on_demand"
    NAILED_UP = "nailed_up"
    HEADSET = "headset"


class TextPurpose(StrEnum):
    """Purpose of an SMS from the center; pending SMS are sent in this order."""

    ALARM = "alarm"
    DIALOGUE = "dialogue"
    """An operator's message to a user in an alert."""
    CODE = "code"
    CONTACT = "contact"
    """Notification of a contact named by a user."""
    INVITATION = "invitation"
    """Invitation, by which a phone gets the app and proves its number."""
    NOTICE = "notice"
    """Notice that a phone was added to the number, or removed."""
    MESSAGE = "message"
    PROOF = "proof"
    """SMS between two lines of the center, to test the arrival; or a request to a network."""


class Unplayed(StrEnum):
    """Reason why a clip that is played once was not played to its end."""

    NO_SOUND = "no_sound"
    """No such recording exists, and no voice can speak the words in this language."""
    CUT_OFF = "cut_off"
    """The playback had begun, and its process ended or was ordered to stop."""


class DataKind(StrEnum):
    """Kind of a version of an alert's data for 112's own systems."""

    ALERT = "alert"
    """First version for the target."""
    UPDATE = "update"
    """Replacement of all earlier versions; also the last one of an alert closed here and continued there."""
    CANCEL = "cancel"
    """112 is not needed: a false alarm, or a withdrawn request."""


class TextFailure(StrEnum):
    """Reason why an SMS of the center was given up."""

    REFUSED = "refused"
    """Refused by the modem or the network."""
    UNKNOWN = "unknown"
    """The line's process or its modem was lost meanwhile, or the network was silent: possibly sent."""
    TOO_LATE = "too_late"
    """No line could send in time."""
    UNFIT = "unfit"
    """The center sends no SMS to this number, or the words cannot be sent."""
    WITHHELD = "withheld"
    """During the wait for a line a cancel was tried, or the phone must stay silent now."""


class Carried(StrEnum):
    """Delivery state of a message sent to the user's phone as an SMS."""

    SENT = "sent"
    """Accepted by the network."""
    FAILED = "failed"
    """Given up by the center, see `TextFailure`."""
    WAITS = "waits"
    """The network cannot reach the phone, and keeps trying."""
    DELIVERED = "delivered"
    """Received by the phone."""
    UNDELIVERED = "undelivered"
    """Given up by the network."""


class DutyWay(StrEnum):
    """Channel for notifying a person on duty of an alarm."""

    CALL = "call"
    SMS = "sms"
    EMAIL = "email"
    WEBHOOK = "webhook"
    APPRISE = "apprise"


class CalloutKind(StrEnum):
    """Reason for notifying people on duty."""

    ALARM = "alarm"
    """Immediate action needed: people are called, one after the other, until one takes the callout."""
    MORNING = "morning"
    """Alarms that could wait for the morning: written messages, without a call."""
    TEST = "test"
    """Test of one person's channels."""


class CalloutFailure(StrEnum):
    """Reason why an attempt to notify a person failed."""

    NOT_ANSWERED = "not_answered"
    """Unanswered, or the network has not reached the phone."""
    NO_KEY = "no_key"
    """Answered without a key pressed: most often a machine."""
    NEXT = "next"
    """The person requests the next person."""
    NO_LINE = "no_line"
    """No line was available: none was free of alerts' needs."""
    GAVE_WAY = "gave_way"
    """An alert needed the line."""
    NO_VOICE = "no_voice"
    """The line carried no voice: the message was not heard."""
    REFUSED = "refused"
    """Refused by the network, the server or the service; a retry is useless."""
    AWAY = "away"
    """The network, the server or the service did not answer, or was overloaded."""
    LOST = "lost"
    """The process that made the attempt has ended, and the outcome is unknown."""
    ENDED = "ended"
    """No further call is needed."""


class CalloutEnd(StrEnum):
    """Reason for the end of a callout."""

    TAKEN = "taken"
    OVER = "over"
    """No alarm of the callout is active any more."""
    SEEN = "seen"
    """An operator at a console has acknowledged every active alarm."""
    TOLD = "told"
    """All notifications without a call were delivered."""
    NOBODY = "nobody"
    """No person is left to be notified."""


class NodeOrder(StrEnum):
    """Order of an administrator to a node, in force until done, withdrawn, or the node has restarted."""

    DRAIN = "drain"
    """Accept no further alerts, and stay up when none is left."""
    RESTART = "restart"
    """Restart as soon as no alert is open."""


class Role(StrEnum):
    """Actors and processes of a node, by their class names."""

    NODE = "Node"
    ADMIN = "Admin"
    LOGGER = "Logger"
    """The actor system's own process, which only receives its log lines."""
    WEB = "Web"
    WEB_STANDBY = "WebStandby"
    """A web ready to take over from the other; no actor, and without a peer."""
    CARRIER = "Carrier"
    SUPERVISOR = "Supervisor"
    ALERT_INTAKE = "AlertIntake"
    IDENTIFIER = "Identifier"
    OPERATOR_POOL = "OperatorPool"
    TRUNK_POOL = "TrunkPool"
    OPERATOR_LINES = "OperatorLines"
    LINE_TEST = "LineTest"
    SELF_TEST = "SelfTest"
    DEADLINE_WATCHDOG = "DeadlineWatchdog"
    FALLBACK_KEEPER = "FallbackKeeper"
    HOUSEKEEPER = "Housekeeper"
    MEMBERSHIP = "Membership"
    GSM_MODEM = "GsmModem"
    ALERT_CASE = "AlertCase"
    CALL_LEG = "CallLeg"
    CONFERENCE_BRIDGE = "ConferenceBridge"
    MIXER = "Mixer"
    """Holds the voices of up to ten alerts."""
    DUTY_CALLER = "DutyCaller"
    """Notifies people on duty of alarms, and calls them."""
    DATA_SENDER = "DataSender"
    """Sends the data of alerts to 112's own systems; only if the settings name one."""
    HEARTBEAT_SENDER = "HeartbeatSender"
    """Reports the node's health to watchers outside; only if the settings name one."""
    FEATURE = "Feature"
    """Actor of a feature, with the feature's name as key; older features have roles of their own."""
    VOICE_GATE = "VoiceGate"
    """Serves this node's voices to bridges of other nodes; absent on a single node."""
