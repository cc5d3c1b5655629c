"""Signed requests: one profile of RFC 9421, over method, path and the digest of the body (RFC 9530). Pure.

The signature covers `@path` and omits the authority, so that any node can verify a request. The label is
`sw`, the tag `securwoman`, the algorithm ECDSA with P-256 and SHA-256; `created` and `nonce` are required. A
failed check yields a `Doubt`, never a refusal.

Strangers choose these headers, and the event loop reads them: each header has one form and a maximum length,
or proves nothing. A general reader of RFC 9421 resolves every component named: 60 KB take a second.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from base64 import b64decode, b64encode, urlsafe_b64decode
from collections import OrderedDict
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import msgspec

from messages.ids import SECOND, Doubt, Instant

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey

TAG: Final = "securwoman"
CLOCK_US: Final = Instant(600 * SECOND)
"""Maximum error of a phone's clock, in microseconds."""
AHEAD_S: Final = 30
"""Seconds by which a nonce's request may be signed ahead of the center's clock."""
NONCES_MAX: Final = 8_192
"""Nonces of one key within their lifetime: seven requests a second."""
INPUT_MAX: Final = 1024
"""Maximum length of `Signature-Input` in characters; an app sends some 160."""
DIGEST_MAX: Final = 256
"""Maximum length of `Content-Digest` in characters: room for the digest of a second algorithm."""
SIGNED_HEADERS: Final = ("signature-input", "signature", "content-digest")
"""Request headers that this module reads."""
_ALGORITHM: Final = "ecdsa-p256-sha256"
_KEY_ID: Final = re.compile(r';keyid="([A-Za-z0-9._-]{1,64})"')
_PARAMETER: Final = re.compile(
    r';(?:(created)=(-?[0-9]{1,15})|(nonce|keyid|tag|alg)="([ !#-\[\]-~]{1,128})")'  # RFC 8941, 3.3
)
_INPUT: Final = re.compile(rf'sw=(\("@method" "@path" "content-digest"\)(?:{_PARAMETER.pattern})*)')
_SIGNATURE: Final = re.compile(r"sw=:([A-Za-z0-9+/]{86}==):")
_DIGEST: Final = re.compile(r"(?:^|,)[ \t]*sha-256=:([A-Za-z0-9+/]{43}=):[ \t]*(?:,|$)")


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request as sent."""

    method: str
    path: str
    """Path as on the wire, percent-encoded, without the query."""
    headers: dict[str, str]
    """Present headers of `SIGNED_HEADERS`; several values of one name are joined by a comma."""
    body: bytes


class Signed(msgspec.Struct, frozen=True, kw_only=True):
    """A valid signature."""

    nonce: str
    created: int
    """Seconds since 1970, by the signer's clock."""


def key_id(request: Request) -> str | None:
    """Return the key id that a request names; None for an unsigned request, empty if no key is named."""
    told = request.headers.get("signature-input")
    if told is None:
        return None
    found = _KEY_ID.search(told) if len(told) <= INPUT_MAX else None
    return found.group(1) if found else ""


def verify(request: Request, key: bytes) -> Signed | Doubt:
    """Verify the signature with this key, an uncompressed point of P-256, in 0.2 ms at most."""
    digest = request.headers.get("content-digest", "")
    if not _is_digest(digest, request.body):
        return Doubt.DIGEST
    told = request.headers.get("signature-input", "")
    found = _INPUT.fullmatch(told) if len(told) <= INPUT_MAX else None
    signature = _SIGNATURE.fullmatch(request.headers.get("signature", ""))
    if found is None or signature is None:
        return Doubt.SIGNATURE
    parameters = found.group(1)
    named = [(one[1] or one[3], one[2] or one[4]) for one in _PARAMETER.finditer(parameters)]
    values = dict(named)
    if (
        len(values) != len(named)
        or not {"created", "nonce", "keyid"} <= values.keys()
        or values.get("tag") != TAG
        or values.get("alg", _ALGORITHM) != _ALGORITHM
    ):
        return Doubt.SIGNATURE
    base = (
        f'"@method": {request.method}\n"@path": {request.path}\n"content-digest": {digest}\n'
        f'"@signature-params": {parameters}'
    )
    if not _holds(b64decode(signature.group(1)), base.encode(), key):
        return Doubt.SIGNATURE
    return Signed(nonce=values["nonce"], created=int(values["created"]))


def _is_digest(told: str, body: bytes) -> bool:
    """Return True if a `Content-Digest` holds the SHA-256 of this body."""
    found = _DIGEST.search(told) if len(told) <= DIGEST_MAX else None
    if found is None:
        return False
    return secrets.compare_digest(found.group(1), b64encode(hashlib.sha256(body).digest()).decode())


def _holds(signature: bytes, over: bytes, key: bytes) -> bool:
    """Return True if these 64 bytes, `r` and `s` (RFC 9421, 3.3.4), are a valid signature of `over`."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric import ec, utils
    from cryptography.hazmat.primitives.hashes import SHA256

    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        public_key(key).verify(utils.encode_dss_signature(r, s), over, ec.ECDSA(SHA256()))
    except InvalidSignature:
        return False
    return True


def in_time(signed: Signed, now_us: Instant) -> bool:
    """Return True if the signature was made within ten minutes of now, before or after."""
    return abs(now_us - signed.created * SECOND) <= CLOCK_US


class Nonces:
    """Used nonces, each kept for as long as a request with the nonce would be accepted.

    The nonces do not outlive the process. A request therefore never counts as new if signed before this
    process began, or more than AHEAD_S ahead of the clock: the process before may have accepted the request,
    or the next process would accept it again. Each key has its own row, so that no key evicts another key's
    nonces.
    """

    def __init__(self, now_us: Instant) -> None:
        self._began_s = now_us // SECOND
        self._used: OrderedDict[str, OrderedDict[str, Instant]] = OrderedDict()
        """Nonces by device, with the time of use; the device and the nonce used last come last."""

    def is_new(self, device: str, signed: Signed, now_us: Instant) -> bool:
        """Return True if the device has not used the nonce yet, and mark the nonce as used."""
        over = now_us - 2 * CLOCK_US
        while self._used and next(reversed(next(iter(self._used.values())).values())) <= over:
            self._used.popitem(last=False)
        used = self._used.get(device) or OrderedDict()
        while used and next(iter(used.values())) <= over:
            used.popitem(last=False)
        in_this_life = self._began_s <= signed.created <= now_us // SECOND + AHEAD_S
        if not in_this_life or signed.nonce in used or len(used) >= NONCES_MAX:
            return False
        used[signed.nonce] = now_us
        self._used[device] = used
        self._used.move_to_end(device)
        return True


def jwk_point(jwk: dict[str, object]) -> bytes:
    """Return a public key as a point, from its JWK (RFC 7518, 6.2). Raises ValueError if not of P-256."""
    if jwk.get("kty") != "EC" or jwk.get("crv") != "P-256":
        raise ValueError("the key must have kty `EC` and crv `P-256`")
    if "d" in jwk:
        raise ValueError("the key is a private key, which must not leave the phone: send the public key")
    try:
        x, y = (urlsafe_b64decode(f"{jwk[name]}===") for name in ("x", "y"))
    except (KeyError, ValueError) as error:
        raise ValueError("`x` and `y` must be base64url") from error
    point = b"\x04" + x + y
    try:
        public_key(point)
    except ValueError as error:
        raise ValueError("`x` and `y` are not a point of P-256") from error
    return point


def load() -> None:
    """Load the cryptography library: the first signed alert must not wait a tenth of a second."""
    from cryptography.hazmat.primitives.asymmetric import ec

    ec.generate_private_key(ec.SECP256R1())


@lru_cache(maxsize=4096)
def public_key(point: bytes) -> EllipticCurvePublicKey:
    """Return the public key of a point. Raises ValueError if the point is not on the curve."""
    from cryptography.hazmat.primitives.asymmetric import ec

    return ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
