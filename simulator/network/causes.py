"""Release causes (ITU-T Q.850, TS 24.008 annex H) that this network gives, and their words. Data only."""

from __future__ import annotations

import enum


class Cause(enum.IntEnum):
    """Q.850 cause values."""

    UNKNOWN = 0
    """Nobody says why."""
    UNALLOCATED_NUMBER = 1
    NORMAL_CLEARING = 16
    USER_BUSY = 17
    NO_ANSWER = 19
    SUBSCRIBER_ABSENT = 20
    CALL_REJECTED = 21
    OUT_OF_ORDER = 27
    TEMPORARY_FAILURE = 41
    BEARER_NOT_AVAILABLE = 58


CAUSE_TEXTS: dict[Cause, str] = {
    Cause.UNKNOWN: "No cause information available",
    Cause.UNALLOCATED_NUMBER: "Unassigned (unallocated) number",
    Cause.NORMAL_CLEARING: "Normal call clearing",
    Cause.USER_BUSY: "User busy",
    Cause.NO_ANSWER: "User alerting, no answer",
    Cause.SUBSCRIBER_ABSENT: "Subscriber absent",
    Cause.CALL_REJECTED: "Call rejected",
    Cause.OUT_OF_ORDER: "Destination out of order",
    Cause.TEMPORARY_FAILURE: "Temporary failure",
    Cause.BEARER_NOT_AVAILABLE: "Bearer capability not presently available",
}
