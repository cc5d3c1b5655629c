"""Client of the running center's HTTP interface for the command line, over the socket in the state directory.

No network lies between, so that no certificate, name or proxy can lock out the machine's own commands. The
module uses the standard library only, so that `alert send` is quick. Every failure is an error of
`application.errors`.
"""

from __future__ import annotations

import http.client
import time
from typing import Final, TypeVar

import msgspec

from application.errors import NotFound, NotRunning, RefusedByCenter, StateError, Unreachable
from application.state.state_dir import StateDir, holder, living_web
from messages.base import MALFORMED
from runtime.local_http import LocalConnection

T = TypeVar("T")

TIMEOUT_S: Final = 10.0
COMES_WITHIN_S: Final = 5.0


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Body of a refusal by the center; other fields are ignored."""

    reason: str = ""
    detail: str = ""
    path: str = ""


class SentPosition(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`position` of POST /v1/alerts."""

    lat: float
    lon: float
    accuracy_m: float | None = None


class SentAlert(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Body of POST /v1/alerts."""

    phone: str | None = None
    device: str | None = None
    id: str | None = None
    test: bool = False
    silent: bool = False
    position: SentPosition | None = None
    battery_pct: int | None = None


class Receipt(msgspec.Struct, frozen=True, kw_only=True):
    """Answer of the center to an alert."""

    alert: str
    received_at: str
    deadline_at: str
    advice: str


class Client:
    """Connection to the center of a state directory."""

    def __init__(self, state: StateDir, timeout_s: float = TIMEOUT_S) -> None:
        """Wait for the web; does not connect yet. Raises NotRunning or Unreachable."""
        until_s = time.monotonic() + COMES_WITHIN_S
        while living_web(state) is None:
            if holder(state) is None:
                raise NotRunning(str(state))
            if time.monotonic() > until_s:
                raise Unreachable(
                    f"the center in {state} runs, but its web process does not answer: see {state}/logs"
                )
            time.sleep(0.02)  # the web has just been started or restarted
        self._state = state
        self._connection = LocalConnection(state.web_socket, timeout_s)
        self.status = 0
        """HTTP status of the last answer; 0 before the first."""

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def key(self, name: str) -> str:
        """Return the content of a file of `keys/`. Raises StateError."""
        path = self._state.keys / name
        try:
            return path.read_text().strip()
        except OSError as error:
            raise StateError(f"cannot read {path}: {error.strerror}") from error

    def post(self, path: str, body: object, kind: type[T], *, bearer: str) -> T:
        """Return the answer to a POST of JSON. Raises Unreachable, RefusedByCenter, NotFound."""
        headers = {"Content-Type": "application/json", "Authorization": f"Bearer {bearer}"}
        return self._ask("POST", path, msgspec.json.encode(body), headers, kind)

    def get(self, path: str, kind: type[T], *, bearer: str = "") -> T:
        """Return the answer to a GET. Raises the errors of `post`."""
        headers = {"Authorization": f"Bearer {bearer}"} if bearer else {}
        return self._ask("GET", path, None, headers, kind)

    def _ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str], kind: type[T]) -> T:
        where = self._state.web_socket
        try:
            self._connection.request(method, path, body, {"Accept": "application/json", **headers})
            response = self._connection.getresponse()
            content = response.read()
            self.status = response.status
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise Unreachable(
                f"the center does not answer at {where}: {error or type(error).__name__}"
            ) from error
        if response.status == 404:
            raise NotFound(
                _reason(content)
                or f"the center does not know {path}: check that command and center have the same version"
            )
        if response.status >= 400:
            raise RefusedByCenter(response.status, _reason(content) or response.reason)
        try:
            return msgspec.json.decode(content, type=kind)
        except MALFORMED as error:
            raise Unreachable(f"{where} is not a center of this version: {error}") from error


def post_alert(client: Client, alert: SentAlert) -> Receipt:
    """Raise an alert with the center's own app key."""
    return client.post("/v1/alerts", alert, Receipt, bearer=client.key("app.key"))


def _reason(content: bytes) -> str:
    try:
        problem = msgspec.json.decode(content, type=Problem)
    except MALFORMED:
        return ""
    reason = problem.reason or problem.detail
    return f"{problem.path}: {reason}" if problem.path and reason else reason
