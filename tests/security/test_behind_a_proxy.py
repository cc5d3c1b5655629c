"""Behind a proxy: whose address counts, what is told a browser, and what a stranger may claim."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar.types import Scope

from gateways.http.security.proxies import Proxies
from gateways.http.security.throttle import ADDRESS_MAX
from tests.gateways.http.place import Place, WebThread

SESSION = "/v1/console/session"
OURS = ("127.0.0.1", "10.1.0.0/16", "2001:db8::/64")
ADDRESSED = {"http.public_url": "https://center.example.org"}
BEHIND = {"http.trusted_proxies": ("127.0.0.1",)}


def asked(peer: str | None, *headers: tuple[str, str], scheme: str = "http") -> Scope:
    """A request as the server hands it on."""
    made = {
        "type": "http",
        "scheme": scheme,
        "client": None if peer is None else (peer, 1),
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers],
    }
    return made  # type: ignore[return-value]


@contextmanager
def served(place: Place, changes: Mapping[str, object] = MappingProxyType({})) -> Iterator[httpx.Client]:
    """The web on a port, which is asked from 127.0.0.1."""
    place.changes.update(changes)
    site = WebThread(place)
    try:
        with httpx.Client(base_url=site.url, timeout=20) as client:
            yield client
    finally:
        site.stop()


def forwarded(*addresses: str) -> tuple[str, str]:
    return "x-forwarded-for", ", ".join(addresses)


@pytest.mark.parametrize(
    ("peer", "headers", "address"),
    [
        ("198.51.100.7", (), "198.51.100.7"),
        ("198.51.100.7", (forwarded("203.0.113.9"),), "198.51.100.7"),
        ("10.1.2.3", (forwarded("203.0.113.9"),), "203.0.113.9"),
        ("10.1.2.3", (forwarded("6.6.6.6", "203.0.113.9"),), "203.0.113.9"),
        ("10.1.2.3", (forwarded("6.6.6.6", "203.0.113.9", "10.1.9.9"),), "203.0.113.9"),
        ("10.1.2.3", (forwarded("6.6.6.6"), forwarded("203.0.113.9")), "203.0.113.9"),
        ("10.1.2.3", (forwarded("203.0.113.9:4711"),), "203.0.113.9"),
        ("2001:db8::1", (forwarded("[2a00:1::5]:4711"),), "2a00:1::5"),
        ("::ffff:10.1.2.3", (forwarded("203.0.113.9"),), "203.0.113.9"),
        ("10.1.2.3", (forwarded("203.0.113.9", "unknown"),), "10.1.2.3"),
        ("10.1.2.3", (), "10.1.2.3"),
        (None, (forwarded("203.0.113.9"),), ""),
    ],
)
def test_whose_address_counts_only_our_own_proxies_may_say(
    peer: str | None, headers: tuple[tuple[str, str], ...], address: str
) -> None:
    assert Proxies(trusted=OURS).client_address(asked(peer, *headers)) == address


@given(st.lists(st.text(st.characters(max_codepoint=255, blacklist_characters="\r\n")), max_size=5))
def test_whatever_a_stranger_claims_to_be_changes_nothing(said: list[str]) -> None:
    scope = asked("198.51.100.7", *(("x-forwarded-for", one) for one in said), ("x-forwarded-proto", "https"))
    assert Proxies(trusted=OURS).client_address(scope) == "198.51.100.7"
    assert not Proxies(trusted=OURS).secure(scope)


def test_a_cookie_behind_the_advised_proxy_is_for_https_alone(place: Place) -> None:
    with served(place, BEHIND | ADDRESSED) as client:
        answer = client.post(SESSION, json={"token": place.marta_token})
        cookie = answer.headers["set-cookie"]
        assert "Secure" in cookie
        assert cookie.startswith("__Host-securwoman-")
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        sent = cookie.partition(";")[0]
        assert client.get(SESSION, headers={"cookie": sent}).status_code == 200
        plain = sent.removeprefix("__Host-")
        assert client.get(SESSION, headers={"cookie": plain}).status_code == 401, "anybody could have set it"
        assert answer.headers["strict-transport-security"] == "max-age=31536000"
        assert client.get("/nothing-here").headers["strict-transport-security"] == "max-age=31536000"


def test_without_a_public_address_the_scheme_that_the_proxy_names_decides(place: Place) -> None:
    with served(place, BEHIND) as client:
        answer = client.post(
            SESSION, json={"token": place.marta_token}, headers={"x-forwarded-proto": "https"}
        )
        assert "Secure" in answer.headers["set-cookie"]
        plain = client.post(SESSION, json={"token": place.marta_token})
        assert "Secure" not in plain.headers["set-cookie"]
        assert "strict-transport-security" not in plain.headers


def test_a_stranger_s_word_makes_no_cookie_secure(place: Place) -> None:
    with served(place) as client:
        answer = client.post(
            SESSION, json={"token": place.marta_token}, headers={"x-forwarded-proto": "https"}
        )
        assert "Secure" not in answer.headers["set-cookie"]


def test_wrong_passwords_from_one_address_do_not_shut_out_who_else_is_behind_the_proxy(place: Place) -> None:
    def tried(client: httpx.Client, operator: str, address: str) -> int:
        wrong = {"operator": operator, "password": "not the right one"}
        return client.post(SESSION, json=wrong, headers=dict([forwarded(address)])).status_code

    with served(place, BEHIND) as client:
        for number in range(ADDRESS_MAX):
            tried(client, f"nobody-{number}", "203.0.113.9")
        assert tried(client, "somebody", "203.0.113.9") == 429
        assert tried(client, "somebody", "203.0.113.10") == 401
        assert tried(client, "somebody", f"203.0.113.11, {'203.0.113.9'}") == 429, "the last one counts"


def test_a_page_of_the_public_address_is_ours_whatever_host_the_proxy_asks_for(place: Place) -> None:
    with served(place, ADDRESSED) as client:
        given = {"token": place.marta_token}
        own = client.post(SESSION, json=given, headers={"origin": "https://center.example.org"})
        other = client.post(
            SESSION, json=given, headers={"origin": "https://center.example.org.evil.example"}
        )
        assert [own.status_code, other.status_code] == [200, 403]


def test_what_no_route_answers_says_what_it_is_too(place: Place) -> None:
    with served(place) as client:
        assert client.get("/nothing-here").headers["x-content-type-options"] == "nosniff"
