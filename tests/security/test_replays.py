"""What was signed once counts once, also after the web has died, and whatever others send meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.door import signatures
from gateways.http.door.signatures import AHEAD_S, CLOCK_US, Nonces, Signed
from gateways.http.parts.making import parts
from messages.ids import SECOND, AlertId, Instant
from model.alert.evolve import fold
from store import streams
from store.journal.notify import LocalNotifier
from tests.gateways.http.place import GIULIA, Later, Place
from tests.support.signing import Phone

Client = TestClient[Litestar]
BEGAN_S: Final = 1_800_000_000
Sent = tuple[str, bytes, dict[str, str]]


@contextmanager
def a_web(place: Place, clock: Later) -> Iterator[Client]:
    """One life of it."""
    web = parts(place.settings(), clock=clock, notifier=LocalNotifier())
    with TestClient(build(web), raise_server_exceptions=False) as started:
        yield started


@pytest.fixture
def phone(place: Place) -> Phone:
    journal = place.journal()
    made = Phone(number=GIULIA).enrolled(journal)
    journal.close()
    return made


def signed(phone: Phone, clock: Later, path: str, body: object, ahead_s: int = 0) -> Sent:
    created = clock.now_us() // SECOND + ahead_s
    data, headers = phone.signed("POST", path, body, created=created)
    return path, data, headers


def sent(client: Client, request: Sent) -> int:
    path, data, headers = request
    return client.post(path, content=data, headers=headers).status_code


def test_what_a_web_before_has_taken_is_refused_and_an_alert_is_the_same_again(
    place: Place, clock: Later, phone: Phone
) -> None:
    path = "/v1/alerts/a1/position"
    with a_web(place, clock) as first:
        # Not before it: what was signed in the second before it began is not new to it.
        raised = signed(phone, clock, "/v1/alerts", {"id": "a1", "phone": GIULIA})
        old = signed(phone, clock, path, {"lat": 44.0, "lon": 8.0})
        assert [sent(first, raised), sent(first, old), sent(first, old)] == [202, 202, 403]
        assert sent(first, signed(phone, clock, path, {"lat": 44.5, "lon": 8.5})) == 202
    clock.by_s = 1
    with a_web(place, clock) as second:
        assert sent(second, old) == 403
        assert sent(second, raised) == 200
        assert sent(second, signed(phone, clock, path, {"lat": 45.0, "lon": 9.0})) == 202, "signed anew"
        assert sent(second, signed(phone, clock, path, {"lat": 46.0, "lon": 9.0}, ahead_s=AHEAD_S + 2)) == 403
    journal = place.journal()
    case = fold(journal.read_streams(streams.inbox(AlertId("a1"))))
    journal.close()
    assert case is not None
    assert case.position is not None
    assert (case.position.lat, case.position.lon) == (45.0, 9.0)


def at(seconds: float) -> Instant:
    return Instant(int((BEGAN_S + seconds) * SECOND))


def made(nonce: str, created: float) -> Signed:
    return Signed(nonce=nonce, created=int(BEGAN_S + created))


def test_a_nonce_counts_once_for_each_key_for_as_long_as_its_request_would_be_taken() -> None:
    nonces = Nonces(at(0))
    assert nonces.is_new("d1", made("n", 1), at(1))
    assert nonces.is_new("d2", made("n", 1), at(1))
    for later_s in (1, 600, 2 * CLOCK_US // SECOND):
        assert not nonces.is_new("d1", made("n", 1), at(later_s))
    assert nonces.is_new("d1", made("n", 2000), at(2000))
    assert list(nonces._used) == ["d1"], "what is over is forgotten, also of who is gone"


def test_what_was_signed_before_or_far_ahead_is_not_new() -> None:
    nonces = Nonces(at(10))
    for created, is_new in (
        (-600, False),
        (9, False),
        (10, True),
        (10 + AHEAD_S, True),
        (11 + AHEAD_S, False),
    ):
        assert nonces.is_new("d1", made(str(created), created), at(10)) is is_new


def test_who_uses_many_nonces_pushes_out_no_other_phones_and_waits_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(signatures, "NONCES_MAX", 100)
    nonces = Nonces(at(0))
    assert nonces.is_new("d1", made("n", 0), at(0))
    taken = sum(nonces.is_new("flood", made(f"f{n}", 0), at(0)) for n in range(1000))
    assert taken == 100
    assert not nonces.is_new("d1", made("n", 0), at(0))
    assert nonces.is_new("d1", made("m", 0), at(0))
    later_s = 2 * CLOCK_US // SECOND
    assert nonces.is_new("flood", made("f", later_s), at(later_s))
