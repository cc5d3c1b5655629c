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

    def __init__(self, reason: str = "no alert has this id", path: str = "") -> None:
        super().__init__(reason, path)


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
        "Another request changed the field at `path` meanwhile; `is_now` is its present value. "
        "Read again and repeat.",
    )
    LAST_ADMIN = "last_admin", 409, "The operator is the last admin: make another operator an admin first."
    LAST_KEY = "last_key", 409, "The key is the last app key: issue another one first."
    YOURSELF = "yourself", 409, "You cannot end your own role, sessions or record: ask another admin."
    ON_AN_ALERT = (
        "on_an_alert",
        409,
        "The operator or the person is in an open alert: wait until the alert is closed.",
    )
    NUMBER_REFUSED = (
        "number_refused",
        400,
        "The operator's number is not a telephone number, or is an emergency number.",
    )
    NAME_TAKEN = "name_taken", 400, "Another operator has this name and number, or has this name as id."
    EMPTY = "empty", 400, "A required field is empty."
    NOT_A_NUMBER = (
        "not_a_number",
        400,
        "The person's number is not a telephone number that can be called, or is an emergency number.",
    )
    NUMBER_TAKEN = "number_taken", 400, "The number belongs to another person."
    ONE_ALREADY = "one_already", 409, "The two records to be merged are of the same person."
    RECORDS_TOO_LONG = (
        "records_too_long",
        409,
        "The merged record would be too long: shorten one of the two records.",
    )
    NOT_TYPED = (
        "not_typed",
        409,
        "Type the person's name, or the last digits of the person's number, to confirm.",
    )
    NEVER_QUIET = "never_quiet", 409, "The alarm cannot be shelved: a user in danger depends on it."
    SETTINGS_FAULTY = (
        "settings_faulty",
        400,
        "The center could not start with these settings: `path` names the faulty key.",
    )
    ELSEWHERE = (
        "elsewhere",
        409,
        "The setting cannot be changed here: change it in the settings file, or on its own page.",
    )
    NOT_WRITABLE = (
        "not_writable",
        409,
        "The center cannot write its settings file: check the file's permissions.",
    )
    LAST_FOR_112 = "last_for_112", 409, "No other line can call 112: type the name of the line to confirm."
    NO_LINE = "no_line", 409, "No line can send text messages."
    BUSY = "busy", 409, "The work is running already: wait until it has ended."
    MEASURED = "measured", 409, "The center measures this requirement: it cannot be confirmed by hand."
    NOBODY_ELSE = "nobody_else", 409, "No other node could take over the alerts."
    NODE_GONE = "node_gone", 409, "The node cannot be reached."
    WOULD_NOT_START = (
        "would_not_start",
        409,
        "With the setting at `path` the node would not start again: correct the setting first.",
    )
    LINE_ELSEWHERE = "line_elsewhere", 409, "The line belongs to another node: use the console of that node."
    LINE_NOT_READY = "line_not_ready", 409, "The line's modem cannot carry a call now."
    LINE_IN_USE = "line_in_use", 409, "The line has a call."
    LINE_NEEDED = (
        "line_needed",
        409,
        "An alert is open and needs the last free lines: wait until the alert is closed.",
    )
    NUMBER_OF_112 = "number_of_112", 400, "An emergency number is never called to test a line."
    NUMBER_NOT_CALLED = (
        "number_not_called",
        400,
        "The text is not a telephone number, or `[dialling]` in the settings does not permit the number.",
    )
    NOT_TYPED_LIVE = "not_typed_live", 400, "The sentence that turns on the real 112 was not typed."
    TAKEN = "taken", 409, "The callout is taken already, or has ended."
    NO_NUMBER = (
        "no_number",
        400,
        "One of the two lines has no `number` in the settings: the lines cannot call each other.",
    )


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
        super().__init__("too many sign-on requests at once: try again in 2 s", 2)
        self.code = "many_at_once"


class NotDurable(HttpGatewayError):
    """It could not be made durable."""

    status: ClassVar[int] = 503
