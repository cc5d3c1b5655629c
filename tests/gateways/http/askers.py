"""Who asks the web: each with the own header, so that a test says who does what."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient

from gateways.console.read_model import ReadModel
from gateways.http.parts.context import Web
from messages.events import Event
from messages.ids import SECOND, AlertId, OperatorId
from model.alert.case import Case
from model.alert.evolve import fold
from model.telling.sheet import Sheet
from store import streams
from store.journal.journal import Append, Journal
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.support.signing import Phone
from tests.waiting import wait_until

Client = TestClient[Litestar]
MARTA, LUCA = OperatorId("marta-bianchi"), OperatorId("luca-ferri")
"""The operators."""


@dataclass(frozen=True)
class Asker:
    """Somebody with an app's key or an operator's token. `headers` of a request come beside the own one."""

    client: Client
    headers: dict[str, str]

    def request(
        self, method: str, path: str, *, headers: dict[str, str] | None = None, **sent: Any
    ) -> Response:
        return self.client.request(method, path, headers={**self.headers, **(headers or {})}, **sent)

    def get(self, path: str, **sent: Any) -> Response:
        return self.request("GET", path, **sent)

    def post(self, path: str, **sent: Any) -> Response:
        return self.request("POST", path, **sent)

    def put(self, path: str, **sent: Any) -> Response:
        return self.request("PUT", path, **sent)

    def patch(self, path: str, **sent: Any) -> Response:
        return self.request("PATCH", path, **sent)

    def delete(self, path: str, **sent: Any) -> Response:
        return self.request("DELETE", path, **sent)

    def again(self, path: str, before: Response) -> Response:
        """Ask for what has changed since an answer."""
        return self.get(path, headers={"if-none-match": before.headers["etag"]})

    def change(self, path: str, was: object, now: object) -> Response:
        """Change what was seen to be so."""
        return self.patch(path, json={"was": was, "now": now})

    def order(self, story: Story, command: str, **more: object) -> Response:
        """An operator's order."""
        return self.post(f"/v1/alerts/{story.alert}/commands", json={"command": command, **more})


def verdict(answer: Response) -> tuple[int, str]:
    """The status, and the code of why not."""
    return answer.status_code, answer.json().get("code", "")


def is_now(answer: Response) -> str:
    """What somebody else has written meanwhile, for which a change is refused."""
    assert verdict(answer) == (409, "changed_meanwhile")
    return str(answer.json()["is_now"])


def bearer(token: str) -> dict[str, str]:
    """The header of who has this token."""
    return {"authorization": f"Bearer {token}"}


@dataclass(frozen=True)
class Api:
    """The web, its place, and who asks it."""

    client: Client
    place: Place
    web: Web

    @property
    def app(self) -> Asker:
        """A phone with the app's key, which signs nothing."""
        return Asker(self.client, self.place.app())

    @property
    def marta(self) -> Asker:
        """An operator."""
        return Asker(self.client, self.place.operator())

    @property
    def luca(self) -> Asker:
        """Another one."""
        return Asker(self.client, bearer(self.place.luca_token))

    def signed(self, phone: Phone, method: str, path: str, body: object = None, **headers: str) -> Response:
        """A request that the phone signs. In the names of further headers `_` stands for `-`."""
        created = self.web.clock.now_us() // SECOND
        content, own = phone.signed(method, path, body, created=created)
        more = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client.request(method, path, content=content, headers={**own, **more})

    def grant(self, role: StaffRole, operator: OperatorId = MARTA) -> None:
        """Let the operator have another role."""
        Registry(self.journal).set_role(operator, role, by="test")

    @property
    def journal(self) -> Journal:
        return self.web.journal

    @property
    def read_model(self) -> ReadModel:
        """What the web has read of the journal."""
        return self.web.following.read_model

    def followed(self) -> None:
        """Return once the web has read all that there is."""
        wait_until(lambda: self.read_model.seq >= self.journal.last_seq(), what="the web having read all")

    def happened(self, *events: Event) -> None:
        """At this node; return once the web has read it."""
        self.journal.append(Append(streams.node(self.web.settings.node), None, events))
        self.followed()

    def story(self, **how: Any) -> Story:
        """An alert of Giulia's, unless it says otherwise."""
        return Story(self.journal, CLOCK.now_us(), **how)

    def case(self, alert: str) -> Case:
        """The alert as it is."""
        name = AlertId(alert)
        case = fold(self.journal.read_streams(streams.inbox(name), streams.case(name)))
        assert case is not None
        return case

    def sheet(self, alert: str) -> Sheet:
        """The alert as it is shown."""
        sheet = self.web.following.read_sheet_now(AlertId(alert))
        assert sheet is not None
        return sheet

    def seen(self, alert: str) -> Case:
        """The alert as the web has it, once all that there is was read."""
        self.followed()
        case = self.web.following.case(AlertId(alert))
        assert case is not None
        return case

    def inbox(self, alert: str, *kinds: type[Event]) -> list[Any]:
        """All that the alert was sent, or what of it is of these kinds."""
        events = (one.event for one in self.journal.read(streams.inbox(AlertId(alert))))
        return [one for one in events if not kinds or isinstance(one, kinds)]
