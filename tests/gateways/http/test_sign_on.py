"""Signing on by password: who is let in, who waits, what each role may, and what stays secret."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import replace

import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.context import Web
from gateways.http.security.throttle import FIRST_WAIT_S, NAME_MAX
from messages.events import ShiftChanged
from store import streams
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import LUCA, MARTA, Api, Client
from tests.gateways.http.place import Later
from tests.support.each import each

PATH = "/v1/console/session"
PASSWORD = "una frase lunga, è mia"


@pytest.fixture
def client(web: Web, clock: Later, registry: Registry) -> Iterator[Client]:
    """The web, with a password for Marta, who is a supervisor."""
    registry.set_password(MARTA, PASSWORD, by="test")
    registry.set_role(MARTA, StaffRole.SUPERVISOR, by="test")
    with TestClient(build(replace(web, clock=clock)), raise_server_exceptions=False) as started:
        yield started


def sign_on(client: Client, operator: str, password: str) -> int:
    return client.post(PATH, json={"operator": operator, "password": password}).status_code


@each("who", ["marta-bianchi", "Marta Bianchi", " marta  BIANCHI ", "+390200000011"])
def test_a_password_signs_on_by_id_name_or_number(api: Api, who: str) -> None:
    answer = api.client.post(PATH, json={"operator": who, "password": PASSWORD})
    assert answer.status_code == 200
    said = answer.json()
    assert (said["operator"], said["name"], said["role"]) == (MARTA, "Marta Bianchi", "supervisor")
    assert api.client.get(PATH).json()["operator"] == MARTA
    cookie = answer.headers["set-cookie"].lower()
    assert ("httponly" in cookie, "samesite=strict" in cookie) == (True, True)
    assert answer.headers["cache-control"] == "no-store"


def test_an_accent_may_be_typed_in_either_form(client: Client) -> None:
    assert sign_on(client, "marta-bianchi", unicodedata.normalize("NFD", PASSWORD)) == 200


@each(
    "body",
    [
        {},
        {"operator": "marta-bianchi"},
        {"password": "x"},
        {"token": "x", "operator": "marta-bianchi"},
        {"token": "x", "password": "x"},
        {"token": "x", "operator": "marta-bianchi", "password": "x"},
        {"operator": "", "password": ""},
    ],
)
def test_neither_form_or_both_are_told_plainly(client: Client, body: dict[str, str]) -> None:
    answer = client.post(PATH, json=body)
    assert (answer.status_code, bool(answer.json()["reason"])) == (400, True)


def test_nobody_and_a_wrong_password_are_answered_alike(client: Client) -> None:
    typed = (("marta-bianchi", "wrong"), ("nobody", "wrong"), ("luca-ferri", "wrong"), ("luca-ferri", " "))
    told = [client.post(PATH, json={"operator": who, "password": password}) for who, password in typed]
    for one in told:
        assert (one.status_code, one.content) == (401, told[0].content)
        assert "set-cookie" not in one.headers


@pytest.mark.parametrize("name", ["marta-bianchi", "nobody"])
def test_who_is_wrong_too_often_waits_and_is_told_how_long(client: Client, clock: Later, name: str) -> None:
    for _ in range(NAME_MAX):
        assert sign_on(client, name, "wrong") == 401
    answer = client.post(PATH, json={"operator": name.upper(), "password": PASSWORD})
    assert answer.status_code == 429
    assert 0 < int(answer.headers["retry-after"]) <= FIRST_WAIT_S
    assert f"try again in {answer.headers['retry-after']} s" in answer.json()["reason"]
    clock.by_s = FIRST_WAIT_S
    assert sign_on(client, name, PASSWORD) == (200 if name == "marta-bianchi" else 401)


def test_a_right_password_in_time_clears_what_was_wrong(client: Client) -> None:
    for right in (False, False, False, False, True, False):
        typed = PASSWORD if right else "wrong"
        assert sign_on(client, "marta-bianchi", typed) == (200 if right else 401)
    assert sign_on(client, "marta-bianchi", PASSWORD) == 200


def test_a_token_opens_whoever_waits(api: Api) -> None:
    for _ in range(NAME_MAX):
        sign_on(api.client, "marta-bianchi", "wrong")
    assert api.client.post(PATH, json={"token": api.place.marta_token}).status_code == 200


def test_wrong_tokens_from_one_address_wait_too(api: Api) -> None:
    tokens = ["à", "x" * 512, *(f"swo_{n}" for n in range(19))]
    codes = [api.client.post(PATH, json={"token": token}).status_code for token in tokens]
    assert codes == [401] * 20 + [429]
    assert sign_on(api.client, "luca-ferri", "wrong") == 429
    assert api.client.post(PATH, json={"token": api.place.luca_token}).status_code == 200


def test_what_was_typed_is_in_no_log(client: Client, capfd: pytest.CaptureFixture[str]) -> None:
    sign_on(client, "my-secret-in-the-wrong-field", "my-secret")
    sign_on(client, "marta-bianchi", "my-secret")
    said = "".join(capfd.readouterr())
    assert "my-secret" not in said
    assert "sign-on with a wrong password" in said


def test_a_pause_has_its_reason_and_another_reason_is_news(api: Api) -> None:
    for state, reason in (
        ("ready", ""),
        ("paused", "break"),
        ("paused", "break"),
        ("paused", ""),
        ("paused", "meal"),
        ("ready", ""),
        ("off", ""),
        ("off", ""),
    ):
        body = {"state": state, "reason": reason} if reason else {"state": state}
        answer = api.marta.post("/v1/operators/me/shift", json=body)
        told = {"operator": MARTA, **body, "seq": api.journal.last_seq()}
        assert (answer.status_code, answer.json()) == (200, told)
    said = [
        (one.event.state, one.event.reason)
        for one in api.journal.read(streams.operator(MARTA))
        if isinstance(one.event, ShiftChanged)
    ]
    assert said == [("ready", ""), ("paused", "break"), ("paused", "meal"), ("ready", ""), ("off", "")]
    for body, path in (
        ({"state": "paused", "reason": "x" * 201}, "$.reason"),
        ({"state": "asleep"}, "$.state"),
    ):
        answer = api.marta.post("/v1/operators/me/shift", json=body)
        assert (answer.status_code, answer.json()["path"]) == (400, path)


def test_by_a_name_that_two_have_nobody_is_signed_on_and_the_number_is_asked_for(
    api: Api, registry: Registry
) -> None:
    namesake = registry.add_operator("Luca Ferri", "+390200000020", by="test")
    for who in (LUCA, namesake.id):
        registry.set_password(who, PASSWORD, by="test")

    def tried(who: str) -> tuple[int, str, str]:
        said = api.client.post("/v1/console/session", json={"operator": who, "password": PASSWORD})
        told = said.json()
        api.client.cookies.clear()
        return said.status_code, told.get("code", ""), told.get("operator", "")

    assert tried("luca ferri") == (401, "name_shared", "")
    assert tried("+390200000020") == (200, "", "luca-ferri-2")
    assert tried("+390200000012") == (200, "", "luca-ferri")
    assert tried("luca-ferri") == (200, "", "luca-ferri")
