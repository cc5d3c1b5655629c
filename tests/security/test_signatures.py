"""What a stranger writes into the headers of a signature costs next to nothing, and breaks nothing."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Final

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPSignatureKeyResolver, algorithms
from msgspec import structs

from gateways.http.security import signatures
from gateways.http.security.signatures import INPUT_MAX, SIGNED_HEADERS, Request, Signed, key_id, load, verify
from messages.ids import Doubt
from tests.gateways.http.askers import Api
from tests.gateways.http.place import GIULIA
from tests.support.depth import often
from tests.support.each import each
from tests.support.signing import COVERED, Phone

PHONE: Final = Phone(number=GIULIA, device="d4f2b81c09e6a7735")
CHEAP_S: Final = 0.005
"""Of a processor; a well-formed one takes a tenth of a millisecond."""


def signed(**how: object) -> Request:
    body, headers = PHONE.signed("POST", "/v1/alerts", {"phone": GIULIA}, created=1_800_000_000, **how)  # type: ignore[arg-type]
    kept = {name: headers[name] for name in SIGNED_HEADERS}
    return Request(method="POST", path="/v1/alerts", headers=kept, body=body)


def with_headers(request: Request, **changed: str) -> Request:
    named = {name.replace("_", "-"): value for name, value in changed.items()}
    return structs.replace(request, headers={**request.headers, **named})


LARGE: dict[str, str] = {
    "one component many times": 'sw=("@method" "@path"' + ' "content-digest"' * 900 + ");created=1",
    "many components": "sw=(" + " ".join(f'"a{n:x}"' for n in range(2500)) + ");created=1",
    "many labels": ", ".join(f'l{n}=("@method")' for n in range(900)),
    "many parameters": 'sw=("@method" "@path" "content-digest")' + "".join(f";p{n}=1" for n in range(1700)),
    "one parameter many times": 'sw=("@method" "@path" "content-digest")' + ";created=1" * 1500,
    "a long string": 'sw=("@method" "@path" "content-digest");created=1;nonce="' + "a" * 15_000 + '"',
    "a string without an end": 'sw=("@method" "@path" "content-digest");nonce="' + '\\"' * 7000,
    "spaces": 'sw=("@method" "@path" "content-digest")' + " " * 15_000 + ";created=1",
    "key ids without an end": ';keyid="' * 1800,
    "commas": ", " * 7500,
}


@pytest.mark.parametrize("header", SIGNED_HEADERS)
@pytest.mark.parametrize("name", LARGE)
def test_whatever_a_header_holds_is_looked_at_in_a_moment_and_never_by_cryptography(
    name: str, header: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    load()
    monkeypatch.setattr(signatures, "_holds", lambda *_: pytest.fail("it came as far as the key"))
    took = []
    for text in (LARGE[name], LARGE[name][: INPUT_MAX - 1] + "!"):
        request = with_headers(signed(), **{header: text})
        for _ in range(5):
            begun_s = time.thread_time()
            key_id(request)
            assert isinstance(verify(request, PHONE.point), Doubt)
            took.append(time.thread_time() - begun_s)
    assert min(took[:5]) < CHEAP_S
    assert min(took[5:]) < CHEAP_S


WHOLE: Final = signed()
INPUT, ZEROS = WHOLE.headers["signature-input"], f"sw=:{'A' * 86}==:"


def told(signature_input: str) -> Request:
    return with_headers(WHOLE, signature_input=signature_input)


def without(name: str) -> Request:
    headers = {key: value for key, value in WHOLE.headers.items() if key != name}
    return structs.replace(WHOLE, headers=headers)


FORGED: dict[str, tuple[Doubt, Request]] = {
    "another body": (Doubt.DIGEST, structs.replace(WHOLE, body=WHOLE.body + b" ")),
    "another path": (Doubt.SIGNATURE, structs.replace(WHOLE, path="/v1/alerts/a/position")),
    "another method": (Doubt.SIGNATURE, structs.replace(WHOLE, method="PUT")),
    "the method not covered": (Doubt.SIGNATURE, signed(covered=("@path", "content-digest"))),
    "the path not covered": (Doubt.SIGNATURE, signed(covered=("@method", "content-digest"))),
    "the body not covered": (Doubt.SIGNATURE, signed(covered=("@method", "@path"))),
    "nothing covered": (Doubt.SIGNATURE, signed(covered=())),
    "another order": (Doubt.SIGNATURE, signed(covered=("@path", "@method", "content-digest"))),
    "more covered": (Doubt.SIGNATURE, signed(covered=(*COVERED, "@authority"))),
    "one covered twice": (Doubt.SIGNATURE, signed(covered=(*COVERED, "content-digest"))),
    "no nonce": (Doubt.SIGNATURE, signed(nonce="")),
    "a nonce of 200 characters": (Doubt.SIGNATURE, signed(nonce="n" * 200)),
    "another tag": (Doubt.SIGNATURE, signed(tag="bank")),
    "no tag": (Doubt.SIGNATURE, signed(tag=None)),
    "another label": (Doubt.SIGNATURE, signed(label="sig1")),
    "the digest stripped": (Doubt.DIGEST, without("content-digest")),
    "the signature stripped": (Doubt.SIGNATURE, without("signature")),
    "another time written in": (Doubt.SIGNATURE, told(INPUT.replace("created=", "created=1"))),
    "another nonce written in": (Doubt.SIGNATURE, told(INPUT.replace('nonce="', 'nonce="x'))),
    "the covered body taken out": (Doubt.SIGNATURE, told(INPUT.replace(' "content-digest")', ")"))),
    "another algorithm": (Doubt.SIGNATURE, signed(tag='securwoman";alg="hmac-sha256')),
    "no algorithm": (Doubt.SIGNATURE, signed(tag='securwoman";alg="none')),
    "a parameter twice": (Doubt.SIGNATURE, signed(tag='securwoman";nonce="n2')),
    "the tag twice": (Doubt.SIGNATURE, signed(tag='securwoman";tag="securwoman')),
    "a parameter that nobody knows": (Doubt.SIGNATURE, signed(tag='securwoman";x="1')),
    "a parameter written in": (Doubt.SIGNATURE, told(INPUT + ";expires=1")),
    "a parameter of nothing": (Doubt.SIGNATURE, told(INPUT + ";created")),
    "a signature of zeros": (Doubt.SIGNATURE, with_headers(WHOLE, signature=ZEROS)),
    "an empty signature": (Doubt.SIGNATURE, with_headers(WHOLE, signature="sw=::")),
    "a signature that is no bytes": (Doubt.SIGNATURE, with_headers(WHOLE, signature='sw="x"')),
    "two signatures": (Doubt.SIGNATURE, with_headers(WHOLE,
        signature=f"{ZEROS}, x{WHOLE.headers['signature']}")),
    "another digest": (Doubt.DIGEST, with_headers(WHOLE, content_digest="sha-512=:AA==:")),
    "a digest too short": (Doubt.DIGEST, with_headers(WHOLE, content_digest="sha-256=:AA==:")),
}  # fmt: skip


@each("name", FORGED)
def test_one_thing_that_is_not_so_and_nothing_is_proved_of_the_phone_that_is_named(name: str) -> None:
    doubt, request = FORGED[name]
    assert isinstance(verify(WHOLE, PHONE.point), Signed)
    assert (key_id(request), verify(request, PHONE.point)) == (PHONE.device, doubt)


class _Key(HTTPSignatureKeyResolver):
    """The phone's."""

    def resolve_private_key(self, key_id: str) -> object:
        return PHONE.secret


class _Sent:
    """A request as the library signs it."""

    method = "POST"
    url = "https://center.example/v1/alerts?ignored=1"

    def __init__(self, headers: dict[str, str]) -> None:
        self.headers = headers


def test_what_a_library_for_rfc_9421_signs_is_taken() -> None:
    request = signed()
    sent = _Sent({"Content-Digest": request.headers["content-digest"]})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_Key())
    signer.sign(
        sent,
        key_id=PHONE.device,
        label="sw",
        tag="securwoman",
        nonce="n1",
        include_alg=True,
        covered_component_ids=("@method", "@path", "content-digest"),
    )
    made = with_headers(
        request, signature_input=sent.headers["Signature-Input"], signature=sent.headers["Signature"]
    )
    assert key_id(made) == PHONE.device
    found = verify(made, PHONE.point)
    assert isinstance(found, Signed)
    assert found.nonce == "n1"


INSERTED: Final = (
    '"@query"', '"@query-param";name="x"', ";bs", ";req", ";sf", ';key="a"', ",", "=", '""', '"@status"',
    "9" * 30, "?1", ":AA:", '"@authority"', '"@target-uri"', ' "x-y"', "===", "sha-256=:" + "A" * 41 + "===:",
)  # fmt: skip
ODD: Final = '"()=;:,@ \\é\x00\taA19-'


def mutated(text: str, chance: random.Random) -> str:
    made = list(text)
    for _ in range(chance.randrange(5)):
        at = chance.randrange(len(made))
        match chance.randrange(3):
            case 0:
                made[at] = chance.choice(ODD)
            case 1:
                del made[at : at + chance.randrange(1, 8)]
            case _:
                made[at:at] = chance.choice(INSERTED)
        made = made or ["x"]
    return "".join(made)


def test_of_many_damaged_requests_each_is_a_doubt_and_none_a_fault() -> None:
    chance, whole, held, times = random.Random(), signed(), 0, often(40_000)
    for _ in range(times):
        headers = {name: mutated(value, chance) for name, value in whole.headers.items()}
        if chance.random() < 0.05:
            del headers[chance.choice(SIGNED_HEADERS)]
        request = structs.replace(whole, headers=headers)
        key_id(request)
        found = verify(request, PHONE.point)
        held += isinstance(found, Signed)
        assert not isinstance(found, Signed) or headers == whole.headers, headers
    assert 0 < held < times // 20, "those that were not changed at all"


def no_padding(headers: dict[str, str]) -> None:
    headers["content-digest"] = f"sha-256=:{'A' * 41}===:"


def another_before(headers: dict[str, str]) -> None:
    headers["signature-input"] = f"x=();created=1, {headers['signature-input']}"


@pytest.mark.parametrize("change", [no_padding, another_before])
def test_a_header_that_somebody_between_has_damaged_makes_no_alert_fail(
    api: Api, change: Callable[[dict[str, str]], None]
) -> None:
    phone = Phone(number=GIULIA).enrolled(api.journal)
    now_s = api.web.clock.now_us() // 1_000_000
    body, headers = phone.signed("POST", "/v1/alerts", {"phone": GIULIA}, created=now_s)
    change(headers)
    answer = api.client.post("/v1/alerts", content=body, headers={**headers, **api.place.app()})
    assert (answer.status_code, answer.json()["proof"]) == (202, "app")


def test_a_signature_that_came_in_two_headers_proves_nothing(api: Api) -> None:
    phone = Phone(number=GIULIA).enrolled(api.journal)
    now_s = api.web.clock.now_us() // 1_000_000
    _, headers = phone.signed("GET", "/v1/devices", created=now_s)
    twice = [*headers.items(), ("signature-input", headers["signature-input"]), *api.place.app().items()]
    answer = api.client.get("/v1/devices", headers=twice)
    assert (answer.status_code, answer.json()["code"]) == (403, "signature")
