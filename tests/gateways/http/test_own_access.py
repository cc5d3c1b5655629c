"""Passkeys, codes, recovery and the list of sessions, by HTTP: what signs on, and what does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pyotp
import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.security import auth
from gateways.http.security.authenticator_app import STEP_S
from gateways.http.security.challenges import LIFE_S
from gateways.http.security.passkeys import base64, relying_party
from gateways.http.security.throttle import NAME_MAX
from messages.ids import SECOND
from model.settings.web import SecondFactor
from store.journal.journal import Journal
from store.journal.notify import LocalNotifier
from store.registry.access.authenticators import RECOVERY_LIFE_S, of_operator
from store.registry.access.sessions import LIFE_S as SESSION_S
from store.registry.access.sessions import mark_password_sign_on
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import Client, verdict
from tests.gateways.http.conftest import Start
from tests.gateways.http.place import CLOCK, Later, Place
from tests.support.each import each
from tests.support.passkeys import BE, BS, UP, UV, SoftPasskey
from tests.waiting import wait_until

SESSION, ACCESS = "/v1/console/session", "/v1/console/access"
PASSWORD = "quattro parole messe insieme"
ORIGIN = "http://localhost:8112"

pytestmark = pytest.mark.filterwarnings("ignore:The base_url")


@pytest.fixture
def journal(place: Place) -> Iterator[Journal]:
    made = place.journal(LocalNotifier())
    yield made
    made.close()


@pytest.fixture
def registry(journal: Journal, place: Place) -> Registry:
    registry = Registry(journal)
    registry.set_password(place.marta, PASSWORD, by="test")
    registry.set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    return registry


@pytest.fixture
def start(start: Start, registry: Registry) -> Callable[..., Client]:
    """Starts a web at the address that passkeys are of."""

    def begin(**changes: object) -> Client:
        client = start(**changes).client
        client.base_url = ORIGIN
        return client

    return begin


@pytest.fixture
def client(start: Callable[..., Client]) -> Client:
    return start()


def sign_on(client: Client, **given: object) -> tuple[int, str]:
    """The status, and the code of why not; the CSRF token is repeated from then on."""
    answer = client.post(SESSION, json=given)
    said = answer.json()
    if answer.status_code == 200:
        client.headers["x-csrf-token"] = said["csrf"]
    return answer.status_code, said.get("code", "")


def by_password(client: Client, **more: object) -> tuple[int, str]:
    return sign_on(client, operator="marta-bianchi", password=PASSWORD, **more)


def by_passkey(client: Client, passkey: SoftPasskey) -> tuple[int, str]:
    """Signed off, and on again."""
    off(client)
    return sign_on(client, passkey=passkey.signed(challenge(client)))


def off(client: Client) -> None:
    client.cookies.clear()


def begun(client: Client) -> dict[str, Any]:
    answer = client.post(f"{ACCESS}/challenge")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def keep(client: Client, **given: object) -> int:
    return client.post(f"{ACCESS}/authenticators", json={"name": "Mine", **given}).status_code


def enrolled(client: Client, **how: Any) -> SoftPasskey:
    """Signed on by password, with a passkey from now on."""
    assert by_password(client)[0] == 200
    passkey = SoftPasskey(ORIGIN, "localhost", **how)
    assert keep(client, passkey=passkey.made(begun(client)["passkey"])) == 200
    return passkey


def app_of(client: Client) -> tuple[pyotp.TOTP, str]:
    """The same with an authenticator app; the code that is used by it."""
    assert by_password(client)[0] == 200
    seed = begun(client)["totp"]
    app = pyotp.parse_uri(seed["link"])
    assert isinstance(app, pyotp.TOTP)
    assert app.secret == seed["secret"]
    assert set("".join(seed["picture"])) == {"0", "1"}
    used = code(app)
    assert keep(client, challenge=seed["challenge"], code=used) == 200
    return app, used


def code(app: pyotp.TOTP, later: int = 0) -> str:
    return app.at(CLOCK.now_us() // SECOND + later * STEP_S)


def challenge(client: Client) -> dict[str, Any]:
    return dict(client.get(f"{SESSION}/challenge").json())


# --------------------------------------------------------------------------------------- passkeys


def test_a_passkey_signs_on_without_name_and_password(client: Client, place: Place) -> None:
    passkey = enrolled(client, flags=UP | UV | BE | BS, counter=1)
    off(client)
    passkey.counter = 2
    assert sign_on(client, passkey=passkey.signed(challenge(client))) == (200, "")
    said = client.get(SESSION).json()
    assert (said["operator"], said["way"], said["enrol"]) == (place.marta, "passkey", False)
    (kept,) = client.get(ACCESS).json()["authenticators"]
    assert (kept["name"], kept["kind"], kept["backed_up"]) == ("Mine", "passkey", True)
    assert kept["used_at"] is not None
    assert place.marta not in passkey.handle


def test_the_password_alone_is_enough_until_there_is_a_second_factor(client: Client) -> None:
    assert by_password(client) == (200, "")
    assert client.get(SESSION).json()["enrol"] is True
    enrolled(client)
    assert client.get(SESSION).json()["enrol"] is False
    off(client)
    assert by_password(client) == (401, "passkey_needed")
    assert by_password(client, code="123456") == (401, "passkey_needed")


@pytest.mark.parametrize(
    ("asked", "role", "needed"),
    [("none", "admin", False), ("supervisor", "operator", False), ("all", "operator", True)],
)
def test_of_whom_it_is_asked_says_the_setting(
    start: Callable[..., Client], registry: Registry, place: Place, asked: str, role: str, needed: bool
) -> None:
    client = start(**{"sign_on.passkeys": SecondFactor(asked)})
    registry.set_role(place.marta, StaffRole(role), by="test")
    enrolled(client)
    off(client)
    assert by_password(client) == ((401, "passkey_needed") if needed else (200, ""))


def test_challenges_outlive_the_web_between_the_two_steps(start: Callable[..., Client]) -> None:
    first = start()
    assert by_password(first)[0] == 200
    passkey = SoftPasskey(ORIGIN, "localhost")
    made = passkey.made(begun(first)["passkey"])
    second = start()
    second.cookies.update(first.cookies)
    second.headers["x-csrf-token"] = first.headers["x-csrf-token"]
    assert keep(second, passkey=made) == 200
    asked = challenge(second)
    third = start()
    assert sign_on(third, passkey=passkey.signed(asked)) == (200, "")


def test_what_has_signed_once_signs_on_once_however_often_it_is_sent(client: Client) -> None:
    passkey = enrolled(client)
    off(client)
    signed = passkey.signed(challenge(client))
    assert sign_on(client, passkey=signed)[0] == 200
    assert sign_on(client, passkey=signed)[0] == 401
    off(client)
    assert sign_on(client, passkey=signed)[0] == 401


def test_a_challenge_is_over_after_five_minutes(client: Client, clock: Later) -> None:
    passkey = enrolled(client)
    off(client)
    signed = passkey.signed(challenge(client))
    clock.by_s = LIFE_S + 1
    assert sign_on(client, passkey=signed) == (401, "passkey_unknown")


LIES: dict[str, object] = {
    "origin": "http://localhost:9",
    "host": "evil",
    "flags": UP,
    "counter": 0,
    "handle": base64(b"another"),
}


def lied(passkey: SoftPasskey, options: dict[str, Any], lie: str) -> dict[str, Any]:
    """Signed with one thing that is not so."""
    if lie in LIES:
        setattr(passkey, lie, LIES[lie])
    if lie == "challenge":
        options = {"challenge": base64(b"99999999999999999.x.y")}
    signed = passkey.signed(options)
    if lie == "signature":
        signed["response"] |= {"signature": SoftPasskey(ORIGIN, "localhost").signed(options)["response"][lie]}
    if lie == "garbage":
        signed["response"]["authenticatorData"] = base64(b"\xff" * 40)
    if lie == "unknown":
        signed["id"] = signed["rawId"] = base64(b"another")
    return signed


@pytest.mark.parametrize("lie", [*LIES, "challenge", "signature", "garbage", "unknown"])
def test_one_lie_and_it_is_nobodys(client: Client, lie: str) -> None:
    passkey = enrolled(client, counter=7)
    off(client)
    assert sign_on(client, passkey=lied(passkey, challenge(client), lie)) == (401, "passkey_unknown")
    assert client.get(SESSION).status_code == 401


def test_a_passkey_without_the_person_verified_or_of_another_host_is_not_kept(client: Client) -> None:
    assert by_password(client)[0] == 200
    for how in ({"flags": UP}, {"host": "evil"}, {"origin": "http://evil"}):
        given: dict[str, Any] = {"origin": ORIGIN, "host": "localhost", **how}
        passkey = SoftPasskey(**given)
        assert keep(client, passkey=passkey.made(begun(client)["passkey"])) == 400
    made = SoftPasskey(ORIGIN, "localhost").made(begun(client)["passkey"])
    assert [keep(client, passkey=made), keep(client, passkey=made)] == [200, 400]
    # What was made for another session is not kept in this one.
    other = SoftPasskey(ORIGIN, "localhost").made(begun(client)["passkey"])
    off(client)
    assert keep(client, passkey=other) == 401


def test_where_no_passkey_can_be_it_is_said(start: Callable[..., Client]) -> None:
    client = start()
    client.base_url = "http://10.0.0.7:8112"
    assert client.get(f"{SESSION}/challenge").json()["code"] == "no_passkeys_here"
    assert by_password(client)[0] == 200
    assert begun(client)["passkey"] is None
    assert client.get(ACCESS).json()["passkeys_of"] == ""


@each(
    ("public", "host", "party"),
    [
        ("https://center.example.org", "10.0.0.7", "center.example.org"),
        ("https://center.example.org:8443", None, "center.example.org"),
        ("http://center.example.org", "localhost", None),
        ("https://10.0.0.7", "localhost", None),
        ("https://[fd00::1]:1", "localhost", None),
        ("", "localhost:8112", "localhost"),
        ("", "localhost.evil.org", None),
        ("", "127.0.0.1:8112", None),
        ("", None, None),
    ],
)
def test_of_which_host_a_passkey_is(public: str, host: str | None, party: str | None) -> None:
    found = relying_party(public, host)
    assert (None if found is None else found.id) == party


def test_one_names_and_removes_ones_own_and_nobody_elses(client: Client, place: Place) -> None:
    passkey = enrolled(client)
    path = f"{ACCESS}/authenticators/{base64(passkey.id)}"
    (named,) = client.put(path, json={"name": "Key ring"}).json()["authenticators"]
    assert named["name"] == "Key ring"
    off(client)
    assert sign_on(client, token=place.luca_token)[0] == 200
    assert client.put(path, json={"name": "x"}).status_code == 400
    assert client.delete(path).status_code == 400
    assert by_passkey(client, passkey)[0] == 200
    assert client.delete(path).json()["authenticators"] == []
    assert by_passkey(client, passkey) == (401, "passkey_unknown")
    assert by_password(client) == (200, "")


# ------------------------------------------------------------------------------------------ codes


def test_a_code_is_asked_for_besides_the_password_and_counts_once(client: Client) -> None:
    app, used = app_of(client)
    off(client)
    assert by_password(client) == (401, "code_needed")
    assert by_password(client, code=used) == (401, "code_wrong")
    following = code(app, 1)
    assert by_password(client, code=f"{following[:3]} {following[3:]}") == (200, "")
    assert client.get(SESSION).json()["way"] == "code"
    assert by_password(client, code=following) == (401, "code_wrong")


def test_codes_are_not_tried_out(client: Client) -> None:
    app, _ = app_of(client)
    off(client)
    told = [by_password(client, code=None if n % 2 else "000000")[0] for n in range(NAME_MAX)]
    assert told == [401] * NAME_MAX
    assert by_password(client, code=code(app, 1))[0] == 429


def test_an_app_is_kept_once_its_code_is_right_and_a_new_one_replaces_it(client: Client) -> None:
    assert by_password(client)[0] == 200
    seed = begun(client)["totp"]
    app = pyotp.TOTP(seed["secret"])
    wrong = client.post(
        f"{ACCESS}/authenticators", json={"name": "App", "challenge": seed["challenge"], "code": "000000"}
    )
    assert verdict(wrong) == (400, "code_wrong")
    right = {"challenge": seed["challenge"], "code": code(app)}
    assert [keep(client, **right), keep(client, **right)] == [200, 400]
    again = begun(client)["totp"]
    assert again["secret"] != seed["secret"]
    assert keep(client, challenge=again["challenge"], code=code(pyotp.TOTP(again["secret"]))) == 200
    assert len(client.get(ACCESS).json()["authenticators"]) == 1


# ---------------------------------------------------------------------------- recovery and tokens


def test_a_recovery_code_signs_on_once_and_leads_to_a_new_password(
    client: Client, registry: Registry, place: Place
) -> None:
    enrolled(client)
    off(client)
    older, _ = registry.recover(place.marta, by="test")
    new, _ = registry.recover(place.marta, by="test")
    assert sign_on(client, token=older)[0] == 401
    assert sign_on(client, token=new)[0] == 200
    assert client.get(SESSION).json()["way"] == "recovery"
    assert client.put(f"{ACCESS}/password", json={"password": "password12"}).json()["path"] == "$.password"
    assert client.put(f"{ACCESS}/password", json={"password": "another phrase of mine"}).status_code == 200
    # This session goes on, and is no recovery any more, from now on and not from the next look on.
    assert client.get(SESSION).json()["way"] == "password"
    assert client.get(ACCESS).json()["sessions"][0]["way"] == "password"
    off(client)
    assert sign_on(client, token=new)[0] == 401
    changes = [one.event for one in registry._journal.read(f"operator-{place.marta}")]
    said = [getattr(one, "what", "") for one in changes]
    assert said.count("made recovery code") == 2
    assert said.count("used recovery code") == 1


def test_a_recovery_code_is_over_after_a_day_and_by_a_revocation(
    client: Client, registry: Registry, place: Place, clock: Later
) -> None:
    code, _ = registry.recover(place.marta, by="test")
    registry.revoke_access(place.marta, by="test")
    assert sign_on(client, token=code)[0] == 401
    code, _ = registry.recover(place.marta, by="test")
    clock.by_s = RECOVERY_LIFE_S
    assert sign_on(client, token=code)[0] == 401


def test_ones_own_password_needs_the_one_before(client: Client, registry: Registry, place: Place) -> None:
    assert by_password(client)[0] == 200
    new = {"password": "another phrase of mine"}
    for old in ({}, {"old": "wrong"}):
        assert client.put(f"{ACCESS}/password", json={**new, **old}).json()["path"] == "$.old"
    assert client.put(f"{ACCESS}/password", json={**new, "old": PASSWORD}).status_code == 200
    assert registry.password_is(place.marta, new["password"])


def test_a_token_is_for_programs_once_there_is_another_way(
    start: Callable[..., Client], registry: Registry, place: Place, clock: Later
) -> None:
    client = start()
    clock.by_s = SESSION_S
    # Luca has nothing else; Marta has a password.
    assert sign_on(client, token=place.luca_token) == (200, "")
    off(client)
    assert sign_on(client, token=place.marta_token) == (401, "token_ended")
    clock.by_s = 0
    enrolled(client)
    off(client)
    assert sign_on(client, token=place.marta_token) == (401, "passkey_needed")
    assert client.get("/v1/alerts", headers=place.operator()).status_code == 200
    registry.trust_token(place.marta, place.marta_token, by="first start")
    assert [sign_on(client, token=place.marta_token) for _ in range(2)] == [(200, "")] * 2
    assert client.get(SESSION).json()["enrol"] is False


# --------------------------------------------------------------------------------------- sessions


def test_one_sees_ones_sessions_and_ends_another(start: Callable[..., Client]) -> None:
    here, there = start(), start()
    assert by_password(here)[0] == by_password(there)[0] == 200
    listed = here.get(ACCESS).json()["sessions"]
    assert sorted(one["here"] for one in listed) == [False, True]
    (other,) = [one for one in listed if not one["here"]]
    (own,) = [one for one in listed if one["here"]]
    assert (other["way"], other["node"]) == ("password", "n1")
    assert here.delete(f"{ACCESS}/sessions/{own['id']}").status_code == 400
    assert len(here.delete(f"{ACCESS}/sessions/{other['id']}").json()["sessions"]) == 1


@pytest.fixture
def looked_once(start: Callable[..., Client], monkeypatch: pytest.MonkeyPatch) -> Client:
    """A web that does not read who is let in a second time, as any before its next look."""
    monkeypatch.setattr(auth, "LOOK_S", 3600.0)
    return start()


def test_what_was_revoked_adds_nothing_until_the_next_look_either(
    looked_once: Client, registry: Registry, place: Place
) -> None:
    client, mine = looked_once, enrolled(looked_once)
    path = f"{ACCESS}/authenticators/{base64(mine.id)}"
    assert client.get(ACCESS).status_code == 200  # by which the session is read
    assert registry.revoke_access(place.marta, by="test") == 1
    another = SoftPasskey(ORIGIN, "localhost").made(begun(client)["passkey"])
    seed = begun(client)["totp"]
    assert keep(client, passkey=another) == 401
    assert keep(client, challenge=seed["challenge"], code=code(pyotp.TOTP(seed["secret"]))) == 401
    assert client.put(path, json={"name": "x"}).status_code == 401
    assert client.delete(path).status_code == 401
    new = {"password": "another phrase of mine", "old": PASSWORD}
    assert client.put(f"{ACCESS}/password", json=new).status_code == 401
    assert registry.password_is(place.marta, PASSWORD)
    (kept,) = of_operator(registry._journal, place.marta)
    assert (kept.id, kept.name) == (mine.id, "Mine")


def test_a_recovery_sets_one_password_whatever_was_read_of_its_session(
    looked_once: Client, registry: Registry, place: Place
) -> None:
    client = looked_once
    recovery, _ = registry.recover(place.marta, by="test")
    assert sign_on(client, token=recovery)[0] == 200
    assert client.get(SESSION).json()["way"] == "recovery"
    (here,) = registry.sessions(CLOCK.now_us())
    registry._journal.transact(
        lambda tx: mark_password_sign_on(tx, here.id)
    )  # as another node, by the cookie of that one
    assert client.put(f"{ACCESS}/password", json={"password": "another phrase of mine"}).status_code == 401
    assert registry.password_is(place.marta, PASSWORD)


def test_a_page_that_is_open_and_what_is_done_at_it_are_uses(place: Place, registry: Registry) -> None:
    web = parts(place.settings(), notifier=LocalNotifier())
    with TestClient(build(web), base_url=ORIGIN) as client:
        assert by_password(client)[0] == 200
        assert client.post("/v1/operators/me/shift", json={"state": "paused"}).status_code == 200
        (key,) = [one.key for one in registry.sessions(CLOCK.now_us())]
        assert web.auth.in_use() == ({key}, set())
        with client.websocket_connect("/v1/console") as socket:
            socket.receive_text()
            assert web.auth.in_use() == (set(), {key})
            socket.send_text('{"type": "opened", "alert": null}')
            socket.send_text('{"type": "input"}')
            wait_until(lambda: web.auth.in_use()[0] == {key}, within_s=10)


def test_what_is_removed_leaves_nothing(client: Client, registry: Registry, place: Place) -> None:
    passkey = enrolled(client)
    registry.revoke_access(place.marta, by="test", factors=True)
    assert by_passkey(client, passkey)[0] == 401
    passkey = enrolled(client)
    code, _ = registry.recover(place.marta, by="test")
    registry.remove_operator(place.marta, by="test")
    assert by_passkey(client, passkey)[0] == 401
    assert sign_on(client, token=code)[0] == 401
