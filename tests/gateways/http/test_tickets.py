"""Going on at another node by a ticket: once, within a minute, and only while the session stands."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from litestar import Litestar
from litestar.testing import TestClient

from gateways.console import channel
from gateways.http.app import build
from gateways.http.parts import registry
from gateways.http.parts.construction import parts
from messages.ids import SECOND, Instant, NodeId, OperatorId
from model.settings import Settings
from store.errors import JournalUnavailable
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.registry.access.sessions import LIFE_S, TICKET_LIFE_S, Session, SignOnMethod, continue_session
from store.registry.access.sessions import issue_ticket as ticket_by
from store.registry.registry import Registry
from tests.gateways.http.place import Later, Place
from tests.gateways.twins import Twins, twins
from tests.support.postgres import PostgresServer
from tests.waiting import wait_until

PATH = "/v1/console/session"
NOW = Instant(1_795_000_000_000_000)
FORGED = Session(
    key=b"k" * 32,
    id="s1",
    operator=OperatorId("marta-bianchi"),
    csrf="c",
    begun_at=NOW,
    until=Instant(2**60),
    node=NodeId("a"),
    address="",
    way=SignOnMethod.PASSWORD,
)
Client = TestClient[Litestar]


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory, postgres: PostgresServer) -> Iterator[Twins]:
    """Two nodes for all: no test here loses one, and each has webs of its own."""
    with twins(tmp_path_factory.mktemp("twins"), postgres, Settings()) as made:
        yield made


@pytest.fixture
def webs(pair: Twins, clock: Later) -> Iterator[tuple[Client, Client]]:
    """Both nodes' webs, by one clock."""
    made = [
        parts(place.settings(), clock=clock, notifier=LocalNotifier()) for place in (pair.first, pair.second)
    ]
    with (
        TestClient(build(made[0]), raise_server_exceptions=False) as first,
        TestClient(build(made[1]), raise_server_exceptions=False) as second,
    ):
        yield first, second


@pytest.fixture
def first(webs: tuple[Client, Client]) -> Client:
    return webs[0]


@pytest.fixture
def second(webs: tuple[Client, Client]) -> Client:
    return webs[1]


@pytest.fixture
def ticket(first: Client, pair: Twins) -> str:
    """Of Marta, who has signed on at the first node by token."""
    assert first.post(PATH, json={"token": pair.first.marta_token}).status_code == 200
    return ticket_of(first)


def ticket_of(web: Client) -> str:
    """As the page is given it."""
    with web.websocket_connect("/v1/console") as socket:
        socket.receive_json(timeout=10)
        told = socket.receive_json(timeout=10)
    assert told["type"] == "nodes"
    return str(told["ticket"])


def shown(web: Client, ticket: str) -> int:
    return web.post(PATH, json={"ticket": ticket}).status_code


def test_a_ticket_signs_on_at_the_other_node_and_once_alone(
    pair: Twins, first: Client, second: Client, ticket: str
) -> None:
    answer = second.post(PATH, json={"ticket": ticket})
    assert answer.status_code == 200
    assert answer.json()["operator"] == pair.first.marta
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert second.get(PATH).json()["csrf"] == answer.json()["csrf"]
    csrf = {"x-csrf-token": answer.json()["csrf"]}
    assert second.post("/v1/operators/me/shift", json={"state": "ready"}, headers=csrf).status_code == 200
    assert [shown(web, ticket) for web in (second, first)] == [401, 401], "it is used"


def test_a_ticket_is_good_for_a_minute(second: Client, ticket: str, clock: Later) -> None:
    clock.by_s = TICKET_LIFE_S + 1
    assert shown(second, ticket) == 401


def test_the_session_that_goes_on_ends_when_it_would_have_ended(
    first: Client, second: Client, ticket: str, clock: Later
) -> None:
    clock.by_s = LIFE_S - 30
    assert shown(second, ticket_of(first)) == 200
    clock.by_s = LIFE_S + 1
    assert [web.get(PATH).status_code for web in (first, second)] == [401, 401]
    assert shown(second, "") == 400


def test_who_has_signed_off_anywhere_is_signed_off_everywhere(
    pair: Twins, first: Client, second: Client, ticket: str
) -> None:
    unused = ticket_of(first)
    assert shown(second, ticket) == 200
    assert second.delete(PATH).status_code == 204
    assert shown(second, unused) == 401, "it would revive a session that has ended"
    wait_until(lambda: first.get(PATH).status_code == 401, what="the other node knows")
    assert first.post(PATH, json={"token": pair.first.marta_token}).status_code == 200, "that is a new one"


def test_who_is_no_operator_any_more_does_not_go_on(pair: Twins, first: Client, second: Client) -> None:
    assert first.post(PATH, json={"token": pair.first.luca_token}).status_code == 200
    ticket = ticket_of(first)
    journal = pair.first.journal()
    Registry(journal).remove_operator(pair.first.luca, by="test")
    journal.close()
    assert shown(second, ticket) == 401


def test_a_console_stays_while_the_database_cannot_say_whether_the_operator_s_session_stands(
    first: Client, ticket: str, monkeypatch: pytest.MonkeyPatch
) -> None:

    def away(*asked: object) -> Session | None:
        raise JournalUnavailable("away")

    monkeypatch.setattr(channel, "RENEWED_S", 0.1)
    with first.websocket_connect("/v1/console") as socket:
        assert socket.receive_json(timeout=10)["type"] == "snapshot"
        assert socket.receive_json(timeout=10)["ticket"]
        monkeypatch.setattr(registry.Registry, "access", away)
        monkeypatch.setattr(registry, "session_of_secret", away)
        looked = [socket.receive_json(timeout=10)["type"] for _ in range(8)]
        assert {"events", "nodes"} >= set(looked)


def test_forged_tickets_are_refused_and_counted(first: Client, second: Client, ticket: str) -> None:
    name, until, *rest = ticket.split(".")
    longer = ".".join((name, str(int(until) + SECOND), *rest))
    cookie = next(iter(first.cookies.values()))
    forged = [
        ticket_by(FORGED, NOW),
        longer,
        ticket[:-1],
        cookie,
        "nonsense",
        "é",
        "a.b.c.d",
        "....",
        f"{name}.²..x",
    ]
    answers = [shown(second, text) for text in forged * 3]
    assert set(answers) == {401, 429}


def test_both_windows_of_a_browser_go_on_by_tickets_of_their_own(
    first: Client, second: Client, ticket: str
) -> None:
    both = (ticket, ticket_of(first))
    told = [second.post(PATH, json={"ticket": one}).json() for one in both]
    assert told[0]["csrf"] == told[1]["csrf"], "the later cookie serves the earlier window"


def test_a_node_that_is_alone_gives_no_tickets_and_takes_none(client: Client, place: Place) -> None:
    assert client.post(PATH, json={"token": place.marta_token}).status_code == 200
    with client.websocket_connect("/v1/console") as socket:
        assert socket.receive_json(timeout=10)["type"] == "snapshot"
        assert socket.receive_json(timeout=10)["type"] == "events"
    assert shown(client, ticket_by(FORGED, NOW)) == 401


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=300) | st.text("0123456789.", max_size=60))
def test_any_text_is_no_ticket(journal: Journal, text: str) -> None:
    assert journal.transact(lambda transaction: continue_session(transaction, text, "")) is None
