"""Errors between the center and its HTTP clients.

The first paragraph of an error's docstring describes its status in the interface's description.

HttpGatewayError
├── RequestError         the client's fault; `status` 4xx
│   ├── BadBody          400, with the path of the fault
│   ├── WrongMediaType   415
│   ├── BodyTooLarge     413
│   ├── NotSignedOn      401
│   ├── NotAllowed       403; NotItsPhone, OtherOrigin
│   ├── NotThere         404; NoSuchAlert, NoSuchNote, NoSuchDevice, NoSuchPerson
│   ├── Refused          409, with the code of the refusal: an order that the case does not permit
│   ├── NotDone          409, with the code of the reason
│   ├── Gone             410: expired, or used already
│   ├── Changed          412: changed meanwhile by another request
│   ├── Unconditional    428: `If-Match` is missing
│   └── TooMany          429, with the seconds to wait
│       ├── TooManyTries too many wrong passwords
│       └── Busy         the queue for checking secrets is full
└── NotDurable           503: the journal cannot store the request; the app must call 112 now
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

from model.orders.refusals import Refusal


class HttpGatewayError(Exception):
    """Root of the package's errors."""

    status: ClassVar[int] = 500
    codes: ClassVar[type[StrEnum] | None] = None
    """Possible values of `code`, if the class has a small set of its own."""


class RequestError(HttpGatewayError):
    """The request cannot be served. `path` names the field at fault, `$` the whole body."""

    status: ClassVar[int] = 400
    code: str = ""
    """Reason code on which clients decide; empty if the class has none."""
    is_now: str = ""
    """Present value of the field at fault, if another request has changed the field."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


class BadBody(RequestError):
    """The body or a parameter is invalid."""

    def __init__(self, reason: str, path: str = "$", code: str = "") -> None:
        super().__init__(reason, path)
        self.code = code


class WrongMediaType(RequestError):
    """The body is neither JSON nor MessagePack."""

    status: ClassVar[int] = 415


class BodyTooLarge(RequestError):
    """The body is too large."""

    status: ClassVar[int] = 413


class NotSignedOn(RequestError):
    """No valid key, token or session (RFC 9110, 15.5.2). `code` states what a page can do."""

    status: ClassVar[int] = 401

    def __init__(self, reason: str, code: str = "", operator: str = "") -> None:
        """Keep the reason. `operator`: the operator named in the request; empty if unknown."""
        super().__init__(reason)
        self.code = code
        self.operator = operator


class NotAllowed(RequestError):
    """The request is not permitted; `code` states the reason."""

    status: ClassVar[int] = 403

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class NotItsPhone(NotAllowed):
    """The alert belongs to a phone that signs, and the request is not signed by that phone."""


class OtherOrigin(NotAllowed):
    """The request comes from a page of another origin."""


class NotThere(RequestError):
    """There is nothing of this id, or not any more."""

    status: ClassVar[int] = 404


class NoSuchAlert(NotThere):
    """No such alert."""


class NoSuchNote(NotThere):
    """No such note."""


class NoSuchDevice(NotThere):
    """The person has no such phone."""


class NoSuchPerson(NotThere):
    """No such user, or no such picture of the user."""


class Changed(RequestError):
    """Somebody else was quicker: read it again.

    RFC 9110, 13.1.1.
    """

    status: ClassVar[int] = 412


class Unconditional(RequestError):
    """The header `If-Match` is missing.

    RFC 6585, 3.
    """

    status: ClassVar[int] = 428


class Refused(RequestError):
    """The present state does not permit the request; `code` states the reason."""

    status: ClassVar[int] = 409

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.code = refusal.value


class Why(StrEnum):
    """Code of a refusal, by which a page finds its words; with the HTTP status and the meaning."""

    status: int
    sentence: str

    def __new__(cls, code: str, status: int, sentence: str) -> Why:
        made = str.__new__(cls, code)
        made._value_, made.status, made.sentence = code, status, sentence
        return made

    CHANGED_MEANWHILE = (
        "changed_meanwhile",
        409,
        "Another was first: the field at `path` holds `is_now`.",
    )
    LAST_ADMIN = "last_admin", 409, "Nobody else would be an admin."
    LAST_KEY = "last_key", 409, "It is the last one: issue another one first."
    YOURSELF = "yourself", 409, "One's own role, sessions and record are another admin's to end."
    ON_AN_ALERT = "on_an_alert", 409, "The operator, or the person, is in an alert that is open."
    NUMBER_REFUSED = "number_refused", 400, "It is no number, or an emergency number."
    NAME_TAKEN = "name_taken", 400, "Another operator has the name and the number, or the name as id."
    EMPTY = "empty", 400, "Something that is needed is empty."
    NOT_A_NUMBER = "not_a_number", 400, "Of a person: no number that can be called, or an emergency number."
    NUMBER_TAKEN = "number_taken", 400, "It is another person's number."
    ONE_ALREADY = "one_already", 409, "The two who are to be merged are one person."
    RECORDS_TOO_LONG = "records_too_long", 409, "What the records of two persons hold does not fit into one."
    NOT_TYPED = "not_typed", 409, "What was typed does not name who is to be erased."
    NEVER_QUIET = "never_quiet", 409, "A user in danger depends on the alarm."
    SETTINGS_FAULTY = "settings_faulty", 400, "The center could not start with them: `path` is the key."
    ELSEWHERE = "elsewhere", 409, "It is changed by hand, or in another chapter."
    NOT_WRITABLE = "not_writable", 409, "The center may not write its settings' file."
    LAST_FOR_112 = "last_for_112", 409, "No other line can call 112: its name has to be typed."
    NO_LINE = "no_line", 409, "Nothing here could send it."
    BUSY = "busy", 409, "It is being done already."
    MEASURED = "measured", 409, "No person's word counts for what is measured."
    NOBODY_ELSE = "nobody_else", 409, "No other node could go on with alerts."
    NODE_GONE = "node_gone", 409, "The node is away."
    WOULD_NOT_START = (
        "would_not_start",
        409,
        "By the setting at `path` the node would not come back.",
    )
    LINE_ELSEWHERE = "line_elsewhere", 409, "It is another node's."
    LINE_NOT_READY = "line_not_ready", 409, "The line's modem cannot carry a call now."
    LINE_IN_USE = "line_in_use", 409, "The line has a call."
    LINE_NEEDED = "line_needed", 409, "An alert is open, and this is one of the last free lines."
    NUMBER_OF_112 = "number_of_112", 400, "112 is not called to try a line."
    NUMBER_NOT_CALLED = (
        "number_not_called",
        400,
        "No number, or none that `[dialling]` lets be called.",
    )
    NOT_TYPED_LIVE = "not_typed_live", 400, "The sentence that turns the real 112 on was not typed."
    TAKEN = "taken", 409, "Somebody sees to it already, or nobody is called for it any more."
    NO_NUMBER = "no_number", 400, "One of two lines that are to call each other has none in the settings."


class NotDone(RequestError):
    """Impossible in the present state; `code` states the reason."""

    status: ClassVar[int] = 409

    def __init__(self, reason: str, code: Why, path: str = "", is_now: str = "") -> None:
        super().__init__(reason, path)
        self.code = code
        self.is_now = is_now


class Gone(RequestError):
    """Expired, or used already.

    RFC 9110, 15.5.11.
    """

    status: ClassVar[int] = 410


class TooMany(RequestError):
    """Too many requests of one sender; `Retry-After` gives the seconds to wait.

    RFC 6585, 4.
    """

    status: ClassVar[int] = 429

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class TooManyTries(TooMany):
    """Too many wrong attempts; `Retry-After` gives the seconds to wait."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many wrong passwords: try again in {retry_after_s} s", retry_after_s)


class Busy(TooMany):
    """The queue for checking secrets is full, and this secret was not checked."""

    def __init__(self) -> None:
        super().__init__("many are asking at once: try again in 2 s", 2)
        self.code = "many_at_once"


class NotDurable(HttpGatewayError):
    """It could not be made durable."""

    status: ClassVar[int] = 503
