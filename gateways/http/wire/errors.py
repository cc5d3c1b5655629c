"""What goes wrong between the center and its HTTP clients.

HttpGatewayError
├── RequestError         the client's fault; `status` 4xx
│   ├── BadBody          400, with the path of the fault
│   ├── WrongMediaType   415
│   ├── BodyTooLarge     413
│   ├── NotSignedOn      401
│   ├── NotAllowed       403
│   ├── NoSuchAlert      404
│   ├── Refused          409, with the reason
│   ├── Changed          412: somebody else was quicker
│   ├── Unconditional    428: it has to say what was read
│   ├── TooManyTries     429, with the seconds to wait
│   └── Busy             429: as many secrets are looked at as may be
└── NotDurable           503: the journal cannot take it; the app is told to call 112 now
"""

from __future__ import annotations

from typing import ClassVar

from gateways.refusals import SENTENCES
from model.orders.refusals import Refusal


class HttpGatewayError(Exception):
    """The root of the package's errors."""

    status: ClassVar[int] = 500


class RequestError(HttpGatewayError):
    """The request cannot be served as it is. `path` names the field at fault, `$` the whole body."""

    status: ClassVar[int] = 400
    code: str = ""
    """What clients decide by, where it is one of a few."""
    is_now: str = ""
    """What the field at fault holds, where somebody else has changed it."""

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.path = path


class BadBody(RequestError):
    """The body is not what the interface says."""

    def __init__(self, reason: str, path: str = "$", code: str = "") -> None:
        super().__init__(reason, path)
        self.code = code


class WrongMediaType(RequestError):
    """The body is neither JSON nor MessagePack."""

    status: ClassVar[int] = 415


class BodyTooLarge(RequestError):
    """The body is larger than any request of this interface."""

    status: ClassVar[int] = 413


class NotSignedOn(RequestError):
    """No key, token or session that this center knows (RFC 9110, 15.5.2). `code`: what a page can do."""

    status: ClassVar[int] = 401

    def __init__(self, reason: str, code: str = "", operator: str = "") -> None:
        """`operator`: who it was said to be, where that is one."""
        super().__init__(reason)
        self.code = code
        self.operator = operator


class NotAllowed(RequestError):
    """Known, and not permitted."""

    status: ClassVar[int] = 403

    def __init__(self, reason: str, code: str = "") -> None:
        super().__init__(reason)
        self.code = code


class NoSuchAlert(RequestError):
    """The journal has no alert of this id."""

    status: ClassVar[int] = 404


class NoSuchNote(RequestError):
    """No note to the next shift has this id."""

    status: ClassVar[int] = 404


class NoSuchDevice(RequestError):
    """No enrolled phone of this person has this id."""

    status: ClassVar[int] = 404


class NoSuchPerson(RequestError):
    """The registry has no such user, or none of their pictures has this id."""

    status: ClassVar[int] = 404


class Changed(RequestError):
    """It is not what was read any more (RFC 9110, 13.1.1)."""

    status: ClassVar[int] = 412


class Unconditional(RequestError):
    """`If-Match` is missing (RFC 6585, 3)."""

    status: ClassVar[int] = 428


class Refused(RequestError):
    """The case does not allow the command now."""

    status: ClassVar[int] = 409

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(SENTENCES[refusal])
        self.code = refusal.value


class Gone(RequestError):
    """What was asked for is over (RFC 9110, 15.5.11)."""

    status: ClassVar[int] = 410


class TooMany(RequestError):
    """More than is due (RFC 6585, 4)."""

    status: ClassVar[int] = 429

    def __init__(self, reason: str, retry_after_s: int) -> None:
        super().__init__(reason)
        self.retry_after_s = retry_after_s


class TooManyTries(TooMany):
    """Wrong too often."""

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(f"too many wrong passwords: try again in {retry_after_s} s", retry_after_s)


class Busy(TooMany):
    """As many secrets wait to be looked at as may: this one was not."""

    def __init__(self) -> None:
        super().__init__("many are asking at once: try again in 2 s", 2)
        self.code = "many_at_once"


class NotDurable(HttpGatewayError):
    """The journal could not take what was sent."""

    status: ClassVar[int] = 503
