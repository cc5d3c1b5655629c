"""Signed requests: RFC 9421 over method, path and body, the body by its digest (RFC 9530). Pure.

`@path` and not the authority is signed, so that a request can be verified at any node. The label is `sw`,
the tag `securwoman`, the algorithm ECDSA with P-256 and SHA-256; `created` and `nonce` have to be there. What
does not hold is a `Doubt`, never a refusal. This is the one module that knows the libraries.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64decode, urlsafe_b64decode
from collections import OrderedDict
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, Final

import msgspec

from messages.ids import SECOND, Doubt, Instant

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

LABEL: Final = "sw"
TAG: Final = "securwoman"
COVERED: Final = ("@method", "@path", "content-digest")
CLOCK_US: Final = Instant(600 * SECOND)
"""So far a phone's clock may be off."""
NONCES: Final = 65_536
_NONCE_MAX: Final = 128
_KEY_ID: Final = re.compile(r';keyid="([A-Za-z0-9._-]{1,64})"')
_DIGEST: Final = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/=]{44}):\s*(?:,|$)")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What was sent."""

    method: str
    path: str
    """As it was on the wire, percent-encoded, without the query."""
    headers: dict[str, str]
    """By their names in small letters; several of one name joined by a comma."""
    body: bytes


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A signature that holds."""

    nonce: str
    created: int
    """Seconds since 1970, by the signer's clock."""


def key_id(request: Request) -> str | None:
    """Of whom the request says that it is signed; None where it is not signed."""
    told = request.headers.get("signature-input")
    if told is None:
        return None
    found = _KEY_ID.search(told)
    return found.group(1) if found else ""


def verify(request: Request, key: bytes) -> Signed | Doubt:
    """Whether the request is signed with this key (a point of P-256, uncompressed)."""
    digest = _DIGEST.search(request.headers.get("content-digest", ""))
    if digest is None or not secrets.compare_digest(
        b64decode(digest.group(1)), hashlib.sha256(request.body).digest()
    ):
        return Doubt.DIGEST
    verifier, refused = _library()
    try:
        (result,) = verifier(key).verify(_Message(request), max_age=None, expect_tag=TAG, expect_label=LABEL)
    except (refused, ValueError):
        return Doubt.SIGNATURE
    nonce, created = result.parameters.get("nonce"), result.parameters.get("created")
    covers = {f'"{name}"' for name in COVERED} <= set(result.covered_components)
    if (
        not covers
        or not isinstance(nonce, str)
        or not 0 < len(nonce) <= _NONCE_MAX
        or not isinstance(created, int)
    ):
        return Doubt.SIGNATURE
    return Signed(nonce=nonce, created=created)


def in_time(signed: Signed, now_us: Instant) -> bool:
    """Whether it was signed within ten minutes of now."""
    return abs(now_us - signed.created * SECOND) <= CLOCK_US


class Nonces:
    """Those that were used, for as long as what carries them would be taken. Nothing outlives the process."""

    def __init__(self) -> None:
        self._used: OrderedDict[tuple[str, str], Instant] = OrderedDict()

    def is_new(self, device: str, nonce: str, now_us: Instant) -> bool:
        """Whether this device has not used it; from now on it has."""
        while self._used:
            oldest = next(iter(self._used))
            if now_us < self._used[oldest] + 2 * CLOCK_US and len(self._used) < NONCES:
                break
            del self._used[oldest]
        if (device, nonce) in self._used:
            return False
        self._used[device, nonce] = now_us
        return True


def jwk_point(jwk: dict[str, object]) -> bytes:
    """A public key as a point, from its JWK (RFC 7518, 6.2). Raises ValueError for what is none of P-256."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("only keys of kty `EC` and crv `P-256` are taken")
    if "d" in jwk:
        raise ValueError("this is a private key, which nobody but its phone may have")
    try:
        x, y = (urlsafe_b64decode(f"{jwk[name]}===") for name in ("x", "y"))
    except (KeyError, ValueError) as error:
        raise ValueError("`x` and `y` have to be base64url") from error
    point = b"\x04" + x + y
    try:
        public_key(point)
    except ValueError as error:
        raise ValueError("`x` and `y` are no point of P-256") from error
    return point


def load() -> None:
    """What verifies, before the first signed alert would wait for it: a fifth of a second."""
    _library()


@cache
def _library() -> tuple[Callable[[bytes], Any], type[Exception]]:
    """Who verifies with a key, and what it raises."""
    from http_message_signatures import HTTPMessageVerifier, HTTPSignatureKeyResolver, algorithms
    from http_message_signatures.exceptions import HTTPMessageSignaturesException

    class Resolver(HTTPSignatureKeyResolver):
        def __init__(self, key: bytes) -> None:
            self._key = key

        def resolve_public_key(self, key_id: str) -> EllipticCurvePublicKey:
            return public_key(self._key)

        def resolve_private_key(self, key_id: str) -> Any:
            raise KeyError(key_id)

    class Verifier(HTTPMessageVerifier):
        def validate_created_and_expires(self, *_: object, **__: object) -> None:
            """By the center's own clock, afterwards."""

    def verifier(key: bytes) -> Any:
        return Verifier(signature_algorithm=algorithms.ECDSA_P256_SHA256, key_resolver=Resolver(key))

    return verifier, HTTPMessageSignaturesException


@lru_cache(maxsize=4096)
def public_key(point: bytes) -> EllipticCurvePublicKey:
    """Raises ValueError for what is no point of the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)


class _Message:
    """As the library reads a request. Its URL needs a host, of which nothing is signed."""

    def __init__(self, request: Request) -> None:
        self.method = request.method
        self.url = f"https://center{request.path}"
        self.headers = request.headers
