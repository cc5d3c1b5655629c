"""The vectors of docs/api.md, and of RFC 9421, hold for what verifies signatures here."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import Any

import pytest
from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms

from gateways.http.security.signatures import Doubt, Request, Signed, jwk_point, key_id, public_key, verify
from tests.gateways.http.place import ROOT

_CHAPTER = re.search(
    r"### Enrolment and signatures\n(.+?)\n### ", (ROOT / "docs" / "api.md").read_text(), re.DOTALL
)
assert _CHAPTER is not None
BLOCKS = re.findall(r"```(json|http|text)\n(.*?)\n```", _CHAPTER.group(1), re.DOTALL)
(JWK,) = (json.loads(text) for kind, text in BLOCKS if kind == "json")
POINT = jwk_point({name: JWK[name] for name in ("kty", "crv", "x", "y")})
EXAMPLES = list(
    zip(
        (text for kind, text in BLOCKS if kind == "http"),
        (text for kind, text in BLOCKS if kind == "text"),
        strict=True,
    )
)


def request_of(text: str) -> Request:
    head, _, body = text.partition("\n\n")
    line, *fields = head.rstrip("\n").split("\n")
    method, target, _ = line.split(" ")
    headers = dict(field.split(": ", 1) for field in fields)
    return Request(
        method=method,
        path=target.partition("?")[0],
        headers={name.lower(): value for name, value in headers.items()},
        body=body.encode(),
    )


@pytest.mark.parametrize(("sent", "base"), EXAMPLES, ids=["alert", "state"])
def test_the_requests_of_the_document_are_signed_as_it_says(sent: str, base: str) -> None:
    request = request_of(sent)
    assert key_id(request) == "d4f2b81c09e6a7735"
    assert isinstance(verify(request, POINT), Signed)
    raw = b64decode(request.headers["signature"].removeprefix("sw=:").removesuffix(":"))
    algorithm = algorithms.ECDSA_P256_SHA256(public_key=public_key(POINT))
    algorithm.verify(signature=raw, message=base.encode())
    elsewhere = Request(
        method=request.method, path=f"{request.path}x", headers=request.headers, body=request.body
    )
    assert verify(elsewhere, POINT) is Doubt.SIGNATURE


class _Key(HTTPSignatureKeyResolver):
    """RFC 9421, B.1.3: the document's own."""

    def resolve_public_key(self, key_id: str) -> Any:
        assert key_id == "test-key-ecc-p256"
        return public_key(POINT)

    def resolve_private_key(self, key_id: str) -> Any:
        raise KeyError(key_id)


class _Answer:
    """RFC 9421, B.2: the response that is signed."""

    status_code = 200
    url = None
    headers = {  # noqa: RUF012 - as the library reads it
        "Content-Type": "application/json",
        "Content-Digest": "sha-512=:mEWXIS7MaLRuGgxOBdODa3xqM1XdEvxoYhvlCFJ41QJgJc4GTsPp29l5oGX69wWdXymyU0rj"
        "Juahq4l5aGgfLQ==:",
        "Content-Length": "23",
        "Signature-Input": 'sig-b24=("@status" "content-type" "content-digest" "content-length")'
        ';created=1618884473;keyid="test-key-ecc-p256"',
        "Signature": "sig-b24=:wNmSUAhwb5LxtOtOpNa6W5xj067m5hFrj0XQ4fvpaCLx0NKocgPquLgyahnzDnDAUy5eCdlYUEkLI"
        "j+32oiasw==:",
    }


def test_the_library_verifies_the_vector_of_rfc_9421_b_2_4() -> None:
    verifier = HTTPMessageVerifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=_Key())
    verifier.validate_created_and_expires = lambda *_, **__: None  # it is of 2021
    (found,) = verifier.verify(_Answer(), max_age=None)
    assert found.label == "sig-b24"
