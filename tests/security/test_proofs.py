"""Signatures that do not hold, and people who have less than a phone's key (docs/decisions/0136); what does
not hold, and why, is told by `test_signatures`.

Every attack is tried against a proved alert. None is refused as an alert, none gets a proof that it has not,
and none moves, cancels, reads, hides or takes over what is proved.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import Final

import pytest
from httpx import Response
from litestar import Litestar
from litestar.testing import TestClient
from msgspec import structs

from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.security import signatures
from gateways.http.security.signatures import AHEAD_S, CLOCK_US, Nonces, Signed
from messages.events import AlertReceived
from messages.ids import SECOND, AlertId, Assurance, Doubt, Instant
from model.alert.case import Case
from model.alert.evolve import fold
from store import streams
from store.journal.notify import LocalNotifier
from tests.gateways.http.askers import Api
from tests.gateways.http.place import GIULIA, Later, Place
from tests.support.signing import Phone

STRANGER = "+393339998887"
ID = "a1f2c9d0"


@dataclass
class Scene:
    """A proved alert of Giulia's, and what there is to attack it with."""

    api: Api
    phone: Phone
    other: Phone
    """A phone of the attacker's own, proved as well."""
    unknown: Phone
    """A key that nobody has enrolled."""
    alert: AlertId
    sent: tuple[bytes, dict[str, str]]
    """The request that raised it, as somebody has recorded it."""

    @property
    def now_s(self) -> int:
        return self.api.web.clock.now_us() // 1_000_000

    def post(self, path: str, data: bytes, headers: dict[str, str]) -> Response:
        return self.api.app.post(path, content=data, headers=headers)

    def signed(self, phone: Phone, path: str, body: object, **how: object) -> Response:
        created = how.pop("created", self.now_s)
        data, headers = phone.signed("POST", path, body, created=created, **how)  # type: ignore[arg-type]
        return self.post(path, data, headers)

    def case(self) -> Case:
        return self.api.case(self.alert)


@pytest.fixture
def scene(api: Api) -> Scene:
    giulia, other = (Phone(number=number).enrolled(api.journal) for number in (GIULIA, STRANGER))
    body = {"id": ID, "phone": GIULIA, "position": {"lat": 44.4, "lon": 8.9}}
    sent = giulia.signed("POST", "/v1/alerts", body, created=api.web.clock.now_us() // 1_000_000)
    scene = Scene(api, giulia, other, Phone(number=GIULIA), AlertId(ID), sent)
    answer = scene.post("/v1/alerts", *sent)
    assert answer.status_code == 202, answer.text
    assert answer.json()["proof"] == "device"
    return scene


def bare(scene: Scene, **body: object) -> Response:
    return scene.api.app.post("/v1/alerts", json=body)


def drop(*names: str) -> Callable[[dict[str, str]], None]:
    def change(headers: dict[str, str]) -> None:
        for name in names:
            del headers[name]

    return change


def by(phone: str, **how: object) -> Callable[[Scene], Response]:
    def attack(scene: Scene) -> Response:
        fields = {name: value(scene) if callable(value) else value for name, value in how.items()}
        body = fields.pop("body", {"phone": GIULIA, "id": "other"})
        return scene.signed(getattr(scene, phone), "/v1/alerts", body, **fields)

    return attack


def changed(change: Callable[[dict[str, str]], None]) -> Callable[[Scene], Response]:
    """A request whose headers somebody has changed on its way."""

    def attack(scene: Scene) -> Response:
        body = {"phone": GIULIA, "id": "other"}
        data, headers = scene.phone.signed("POST", "/v1/alerts", body, created=scene.now_s)
        change(headers)
        return scene.post("/v1/alerts", data, headers)

    return attack


def as_giulia(scene: Scene) -> Response:
    """The attacker's secret, under Giulia's name."""
    forger = replace(scene.other, device=scene.phone.device)
    return scene.signed(forger, "/v1/alerts", {"phone": GIULIA, "id": "other"})


ALERTS: dict[str, tuple[Doubt | None, Callable[[Scene], Response]]] = {
    "no signature, the same id": (None, lambda s: bare(s, id=ID, phone=GIULIA)),
    "no signature, another id": (None, lambda s: bare(s, id="b", phone=GIULIA)),
    "no signature, no id": (None, lambda s: bare(s, phone=GIULIA)),
    "no signature, her device alone": (None, lambda s: bare(s, device="phone-of-giulia")),
    "no signature, the key's name as device": (None, lambda s: bare(s, phone=GIULIA, device=s.phone.device)),
    "no signature, silent": (None, lambda s: bare(s, id=ID, phone=GIULIA, silent=True)),
    "a position far away": (None, lambda s: bare(s, phone=GIULIA, position={"lat": 1.0, "lon": 1.0,
        "at": "2099-01-01T00:00:00Z"})),
    "a key that nobody enrolled": (Doubt.UNKNOWN_KEY, by("unknown")),
    "an unknown key under a made-up name": (Doubt.UNKNOWN_KEY, by("unknown", keyid="dffffffffffffffff")),
    "an unknown key under Giulia's name": (Doubt.SIGNATURE, by("unknown", keyid=lambda s: s.phone.device)),
    "another phone's key under Giulia's name": (Doubt.SIGNATURE, as_giulia),
    "another phone's key for Giulia's number": (Doubt.NUMBER, by("other")),
    "another phone's key and the same id": (Doubt.NUMBER, by("other", body={"phone": GIULIA, "id": ID})),
    "an hour ago": (Doubt.CLOCK, by("phone", created=lambda s: s.now_s - 3600)),
    "eleven minutes ago": (Doubt.CLOCK, by("phone", created=lambda s: s.now_s - 660)),
    "in eleven minutes": (Doubt.CLOCK, by("phone", created=lambda s: s.now_s + 660)),
    "in the year 2099": (Doubt.CLOCK, by("phone", created=4_070_908_800)),
    "before 1970": (Doubt.CLOCK, by("phone", created=-1)),
    "another body": (Doubt.DIGEST, changed(lambda h: h.update({"content-digest": "sha-256=:AA==:"}))),
    "the signature stripped": (Doubt.SIGNATURE, changed(drop("signature"))),
    "what was signed stripped": (None, changed(drop("signature-input"))),
    "everything stripped": (None, changed(drop("signature-input", "signature", "content-digest"))),
    "headers of garbage": (Doubt.UNKNOWN_KEY, changed(lambda h: h.update({"signature-input": "\x7f((;;",
        "signature": ")))"}))),
}  # fmt: skip


@pytest.mark.parametrize("name", ALERTS)
def test_less_than_the_key_raises_an_alert_of_its_own(scene: Scene, name: str) -> None:
    doubt, attack = ALERTS[name]
    before = scene.case()
    answer = attack(scene)
    assert answer.status_code == 202, "an alert is never refused"
    told = answer.json()
    assert told["alert"] != scene.alert
    assert (told["proof"], told.get("doubt")) == ("app", doubt)
    received = scene.api.inbox(told["alert"])[0]
    assert isinstance(received, AlertReceived)
    assert (received.proof, received.doubt, received.key) == (Assurance.APP, doubt, "")
    after = scene.case()
    assert [one.alert for one in after.beside] == [told["alert"]], "and the two know of each other"
    assert [one.alert for one in scene.api.case(told["alert"]).beside] == [scene.alert]
    untouched = structs.replace(after, beside=before.beside, inbox_version=before.inbox_version)
    assert untouched == before, "but for what it was told of the other"


def test_what_was_recorded_and_is_sent_again_is_the_same_alert(scene: Scene) -> None:
    answer = scene.post("/v1/alerts", *scene.sent)
    assert (answer.status_code, answer.json()["alert"]) == (200, scene.alert)


def test_a_signed_alert_without_an_id_is_the_same_for_ever(scene: Scene) -> None:
    sent = scene.other.signed("POST", "/v1/alerts", {"phone": STRANGER}, created=scene.now_s)
    first, second = scene.post("/v1/alerts", *sent), scene.post("/v1/alerts", *sent)
    assert (first.status_code, second.status_code) == (202, 200)
    assert first.json()["alert"] == second.json()["alert"]


PATHS = {"position": {"lat": 1.0, "lon": 1.0}, "ringing": None, "cancel": {"pin": "4711"}}


def twice(scene: Scene, path: str, body: object) -> Response:
    """A request of the phone's own, recorded, and sent again."""
    data, headers = scene.phone.signed("POST", path, body, created=scene.now_s)
    assert scene.post(path, data, headers).status_code == 202
    return scene.post(path, data, headers)


TOUCHES: dict[str, Callable[[Scene, str, object], Response]] = {
    "without a signature": lambda s, path, body: s.api.app.post(path, json=body),
    "with another phone's key": lambda s, path, body: s.signed(s.other, path, body),
    "with an unknown key": lambda s, path, body: s.signed(s.unknown, path, body),
    "with a signature of an hour ago": lambda s, path, body: s.signed(s.phone, path, body,
        created=s.now_s - 3600),
    "with the signature of another path": lambda s, path, body: s.post(path, *s.phone.signed("POST",
        "/v1/alerts", body, created=s.now_s)),
    "recorded, and sent again": twice,
}  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("how", TOUCHES)
def test_nobody_else_moves_cancels_or_speaks_for_it(scene: Scene, how: str, path: str) -> None:
    address = f"/v1/alerts/{scene.alert}/{path}"
    before = scene.case()
    answer = TOUCHES[how](scene, address, PATHS[path])
    assert answer.status_code == 403, answer.text
    if how != "recorded, and sent again":
        assert scene.case() == before


@pytest.mark.parametrize("who", ["nobody", "other", "unknown", "phone"])
def test_nobody_else_reads_it(scene: Scene, who: str) -> None:
    path = f"/v1/alerts/{scene.alert}"
    _, headers = ({}, {}) if who == "nobody" else getattr(scene, who).signed("GET", path, created=scene.now_s)
    assert scene.api.app.get(path, headers=headers).status_code == (200 if who == "phone" else 403)
    assert scene.api.app.get(path, headers=headers).status_code == 403, "a nonce counts once"


def test_a_forged_alert_that_was_there_first_does_not_swallow_the_proved_one(api: Api) -> None:
    planted = api.app.post("/v1/alerts", json={"id": ID, "phone": GIULIA}).json()["alert"]
    giulia = Phone(number=GIULIA).enrolled(api.journal)
    answer = api.signed(giulia, "POST", "/v1/alerts", {"id": ID, "phone": GIULIA})
    assert (answer.status_code, answer.json()["proof"]) == (202, "device")
    assert answer.json()["alert"] != planted


def test_a_key_that_was_revoked_proves_nothing_from_then_on(scene: Scene) -> None:
    path = f"/v1/devices/{scene.phone.device}"
    assert scene.api.signed(scene.phone, "DELETE", path).status_code == 204
    answer = scene.signed(scene.phone, "/v1/alerts", {"phone": GIULIA, "id": "b"})
    assert (answer.status_code, answer.json()["doubt"]) == (202, "unknown_key")


def test_a_signature_alone_is_enough_where_the_app_s_key_was_revoked(scene: Scene) -> None:
    body = {"phone": GIULIA, "id": ID}
    assert scene.api.signed(scene.phone, "POST", "/v1/alerts", body).status_code == 200
    assert scene.api.signed(scene.unknown, "POST", "/v1/alerts", {"phone": GIULIA}).status_code == 401


def test_beyond_its_budget_an_alert_ranks_lower_and_a_reading_waits(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = scene.api.web.clock.now_us()
    # However slow this machine is, no budget fills up meanwhile.
    monkeypatch.setattr(scene.api.web.senders, "_clock", SimpleNamespace(now_us=lambda: now))
    forged = [bare(scene, phone=GIULIA, id=f"f{n}").json() for n in range(8)]
    assert [one.get("doubt") for one in forged] == [None] * 5 + ["budget"] * 3
    own = scene.signed(scene.phone, "/v1/alerts", {"phone": GIULIA, "id": ID})
    assert (own.status_code, own.json()["proof"], own.json().get("doubt")) == (200, "device", None)
    path = f"/v1/alerts/{forged[0]['alert']}"
    late = [one for one in (scene.api.app.get(path) for _ in range(70)) if one.status_code == 429]
    assert late
    assert int(late[0].headers["retry-after"]) >= 1


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
