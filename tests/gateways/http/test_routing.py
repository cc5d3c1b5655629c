"""A route is what its declaration, its function's annotations and its docstring say."""

from __future__ import annotations

import dataclasses
import threading

import msgspec
from litestar import Litestar
from litestar.params import FromQuery
from litestar.testing import TestClient

from gateways.http.app import exception_handlers
from gateways.http.parts.auditing import require_audit_entry
from gateways.http.parts.context import Web, once
from gateways.http.routing.handler import handlers_of
from gateways.http.routing.permissions import ADMIN, ANYBODY, APP, SIGNED_ON, SUPERVISOR, Caller, Permission
from gateways.http.routing.route import DELETE, GET, POST, Answer, Refusable, Route, route
from gateways.http.wire.answers import Moment, derived
from gateways.http.wire.errors import Changed, NotThere, Why
from messages.ids import AlertId, Instant
from model.orders.refusals import Refusal
from store.audit.entry import Action
from tests.gateways.http.place import entered
from tests.support.each import each


class Sent(msgspec.Struct, frozen=True):
    """What is sent."""

    word: str


class Told(msgspec.Struct, frozen=True):
    """What is told."""

    told: list[str]


def asked(web: Web, *routes: Route) -> TestClient[Litestar]:
    app = Litestar(
        [*handlers_of(routes, web)],
        exception_handlers=exception_handlers(web),
        before_send=[require_audit_entry],
        on_startup=[web.writing.start],
    )
    return TestClient(app, raise_server_exceptions=False)


@route(POST, "/say/{alert}/{who}", by=ANYBODY, audit="nobody's", status=201, says="Said.")
async def say_something(
    web: Web, caller: Caller, alert: AlertId, who: str, sent: Sent, more: FromQuery[int] = 1
) -> Told:
    """Say something.

    It is said
    in one breath.
    """
    return Told([web.settings.node, caller.header(b"x-word") or "", alert, who, sent.word, str(more)])


@route(GET, "/thread", by=ANYBODY, audit="nobody's")
def on_a_thread() -> Told:
    """Where a plain function is called."""
    return Told([threading.current_thread().name])


@route(GET, "/loop", by=ANYBODY, audit="nobody's")
async def on_the_loop() -> Told:
    """Where a coroutine is called."""
    return Told([threading.current_thread().name])


@route(DELETE, "/gone", by=ANYBODY, audit=Action.CHANGE_KEY)
async def forgets_its_entry() -> None:
    """Change something, and enter nothing."""


@route(DELETE, "/entered", by=ANYBODY, audit=Action.CHANGE_KEY)
async def enters() -> Answer[None]:
    """Change something."""
    return Answer(None, ("it",), "changed", "somebody")


@route(GET, "/list", by=ANYBODY, audit=Action.READ_LIST, listed=True)
async def shows_a_list() -> Answer[Told]:
    """Show a list."""
    return Answer(Told(["one"]), ("one",), actor="somebody")


def test_a_function_is_given_what_its_annotations_say(web: Web) -> None:
    with asked(web, say_something) as client:
        said = client.post("/say/a1/giulia?more=2", json={"word": "help"}, headers={"x-word": "now"})
        assert (said.status_code, said.json()) == (201, {"told": ["n1", "now", "a1", "giulia", "help", "2"]})
        assert said.headers["cache-control"] == "no-store"
        wrong = client.post("/say/a1/giulia", json={"word": 1})
        assert (wrong.status_code, wrong.json()["path"]) == (400, "$.word")
        assert client.post("/say/no id/giulia", json={"word": "help"}).status_code == 404


def test_a_plain_function_is_called_on_a_thread_and_a_coroutine_on_the_loop(web: Web) -> None:
    with asked(web, on_a_thread, on_the_loop) as client:
        assert client.get("/thread").json() != client.get("/loop").json()
        assert len({*client.get("/loop").json()["told"], *client.get("/loop").json()["told"]}) == 1


def test_an_answer_is_entered_before_it_is_sent_and_one_without_an_entry_is_not_sent(web: Web) -> None:
    with asked(web, forgets_its_entry, enters) as client:
        assert client.delete("/gone").status_code == 500
        assert client.delete("/entered").status_code == 204
    (said,) = entered(web)
    assert (said.action, said.actor, said.subjects, said.detail) == (
        Action.CHANGE_KEY,
        "somebody",
        ("it",),
        "changed",
    )


def test_a_list_is_told_and_entered_only_where_it_has_changed(web: Web) -> None:
    with asked(web, shows_a_list) as client:
        first = client.get("/list")
        again = client.get("/list", headers={"if-none-match": first.headers["etag"]})
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")
    assert len(entered(web)) == 1


def test_the_docstring_is_the_description() -> None:
    assert (say_something.name, say_something.summary) == ("say_something", "Say something")
    assert say_something.description == "It is said in one breath."
    assert "304" in str(shows_a_list.description)
    assert say_something.responses()[201].description == "Said."


@each(
    ("one", "status", "sentence"),
    [
        (NotThere, 404, "There is nothing of this id, or not any more."),
        (Changed, 412, "Somebody else was quicker: read it again."),
        (Why.BUSY, 409, "`busy`: The work is running already: wait until it has ended."),
        (Refusal.CLOSED, 409, "`closed`: The alert is closed."),
        ((410, "It is over."), 410, "It is over."),
    ],
)
def test_what_a_route_can_be_refused_for_is_described(one: Refusable, status: int, sentence: str) -> None:
    @route(GET, "/", by=ANYBODY, audit="nobody's", refuses=(one, one))
    async def look() -> Told:
        """Look."""
        return Told([])

    assert described(look) == {200: "As it is now.", status: sentence}


def described(one: Route) -> dict[int, str]:
    return {status: said.description for status, said in one.responses().items()}


def of(permission: Permission, method: str) -> dict[int, str]:
    @route(method, "/", by=permission, audit="nobody's")
    async def look() -> None:
        """Look."""

    return described(look)


def test_what_follows_from_who_may_and_from_a_change_is_described() -> None:
    durable = "It could not be made durable."
    staff = "No operator's token, no session."
    assert of(SUPERVISOR, GET) == {401: staff, 403: "Neither supervisor nor admin."}
    assert of(ADMIN, POST) == {401: staff, 403: "No admin, or no CSRF token.", 503: durable}
    assert of(SIGNED_ON, POST) == {401: staff, 403: "A session without its CSRF token.", 503: durable}
    assert of(APP, GET) == {401: "No app key of this center."}
    assert of(ANYBODY, GET) == {}


def test_what_is_made_once_is_the_same_of_one_web_and_another_of_another(web: Web) -> None:
    @once
    def made(_: Web) -> object:
        return object()

    assert made(web) is made(web)
    assert made(web) is not made(dataclasses.replace(web))


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What the center has itself."""

    name: str
    secret: str
    begun_at: Instant
    ended_at: Instant | None = None


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What is told of it."""

    name: str
    begun_at: Moment
    ended_at: Moment | None
    here: bool


def test_an_answer_has_what_it_names_with_moments_for_instants() -> None:
    told = derived(Row, Kept(name="L1", secret="s", begun_at=Instant(0)), here=True)
    assert msgspec.to_builtins(told) == {
        "name": "L1",
        "begun_at": "1970-01-01T00:00:00.000000Z",
        "ended_at": None,
        "here": True,
    }
