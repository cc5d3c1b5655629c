"""The words of an alert's story in English. Data, see `model.telling.vocabulary`."""

from __future__ import annotations

from typing import Final

from messages.base import HangupCause
from messages.ids import Advice, Carried, Channel, ClaimKind, OperatorLine, Outcome, Party, Unplayed
from model.orders.refusals import Refusal
from model.telling.vocabulary import UNKNOWN, Words

ENGLISH: Final[Words] = {
    Party: {
        Party.OPERATOR: "the operator",
        Party.USER: "the user",
        Party.PSAP: "112",
        Party.LISTENER: "a listener",
    },
    Outcome: {
        Outcome.FALSE_ALARM: "false alarm",
        Outcome.HANDED_OVER: "handed over to 112",
        Outcome.BRIEFED: "112 was briefed",
        Outcome.USER_CALLED_112: "she called 112 herself",
        Outcome.CANCELLED: "cancelled",
        Outcome.TEST_DONE: "test done",
        Outcome.NO_CONTACT: "no contact",
        Outcome.PUT_AWAY: "put away: nobody was heard, and nothing proved it",
    },
    ClaimKind: {
        ClaimKind.SIGNAL: "an alert",
        ClaimKind.POSITION: "position",
        ClaimKind.WORDS: "writes:",
        ClaimKind.RINGS: "the phone rings",
        ClaimKind.CANCELS: "asks to cancel; no PIN was looked at",
    },
    Carried: {
        Carried.SENT: "the network has taken it",
        Carried.FAILED: "given up",
        Carried.WAITS: "the phone cannot be reached now, the network goes on trying",
        Carried.DELIVERED: "the phone has it",
        Carried.UNDELIVERED: "the network could not deliver it",
    },
    Unplayed: {
        Unplayed.NO_SOUND: "nothing here can speak it",
        Unplayed.CUT_OFF: "it was cut off",
    },
    Advice: {Advice.WAIT: "wait", Advice.CALL_112_NOW: "call 112 now"},
    "saying": {
        Channel.DATA: "writes",
        Channel.SMS: "writes by SMS",
        Channel.VOICE: "asks on the line",
    },
    "role": {"op": "the operator", "user": "the user", "psap": "112"},
    "own": {OperatorLine.HEADSET: "headset", OperatorLine.NAILED_UP: "call of the shift"},
    "clip": {
        "whisper": "the user's name",
        "hand_over": "who hands over, and whose alert it is",
        "recorded": "that the call is recorded",
        "cannot_speak": "that the user cannot speak",
        "psap_again": "that it is the alert of the call before",
        "question": "a question",
    },
    "refusal": {one: one.sentence for one in Refusal},
    "cause": {
        HangupCause.UNALLOCATED: "no such number",
        HangupCause.NORMAL: "hung up",
        HangupCause.BUSY: "busy",
        HangupCause.NO_USER_RESPONDING: "no response",
        HangupCause.NO_ANSWER: "no answer",
        HangupCause.SUBSCRIBER_ABSENT: "phone off or out of reach",
        HangupCause.REJECTED: "rejected",
        HangupCause.DESTINATION_OUT_OF_ORDER: "destination out of order",
        HangupCause.INVALID_NUMBER: "invalid number",
        HangupCause.NORMAL_UNSPECIFIED: "ended, the network does not say why",
        HangupCause.NO_CIRCUIT: "no free circuit",
        HangupCause.NETWORK_OUT_OF_ORDER: "network out of order",
        HangupCause.TEMPORARY_FAILURE: "temporary failure",
        HangupCause.INTERWORKING: "interworking",
        HangupCause.LINE_LOST: "the line was lost",
        HangupCause.LINE_TAKEN: "the line carried another call",
        HangupCause.GUARDED: "refused by the dial guard",
        HangupCause.NODE_LOST: "its node was lost",
    },
    UNKNOWN: {"cause": "cause {}", "clip": "the announcement {}", "role": "somebody"},
}
