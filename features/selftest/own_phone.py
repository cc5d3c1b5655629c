"""The center's own phone: raises signed checks over HTTP, at the address that phones use.

Its key is stored in the state directory and is made on first use. The registry has a device's row without a
person, so that no list, search or figure of persons includes this phone. Requests block for at most
`WITHIN_S`: they need a thread or a process of their own.
"""

from __future__ import annotations

import http.client
import secrets
import ssl
from base64 import b64encode
from hashlib import sha256
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec
from sqlalchemy import bindparam, insert, update

from messages.base import MALFORMED
from messages.ids import E164, SECOND, AlertId, Check, Instant
from runtime.published.file import publish, published
from store.database.query import Query
from store.database.schema import device_key
from store.journal.journal import Transaction
from store.registry.devices import OWN, ProofMethod, key_of

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

KEY_FILE: Final = "own-phone.pem"
WITHIN_S: Final = 10.0
_PATH: Final = "/v1/alerts"
_COVERED: Final = '("@method" "@path" "content-digest")'
_ANY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}


class NotRaised(Exception):
    """The check was not accepted: `status` is the answer's, 0 without an answer."""

    def __init__(self, reason: str, status: int = 0) -> None:
        super().__init__(reason)
        self.status = status

    @property
    def is_put_off(self) -> bool:
        """True if the center only asked to wait."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS


class WebAt(msgspec.Struct, frozen=True):
    """Fields of `run/web.json` used here."""

    host: str
    port: int


class _Answer(msgspec.Struct, frozen=True):
    alert: AlertId | None = None
    reason: str = ""


def point(state: Path) -> bytes:
    """Return the public key, for `know`. Raises OSError, ValueError."""
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    return own_key(state / "keys").public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def raise_check(state: Path, device: str, check: Check, *, now_us: Instant) -> AlertId:
    """Raise a check at this node's own web, as a phone would; return its id, once it is durable.

    `device`: id of the key in the registry. Raises NotRaised, OSError, ValueError.
    """
    web = published(state / "run" / "web.json", msgspec.json.Decoder(WebAt).decode)
    if web is None:
        raise NotRaised("the web process does not run")
    asked = {"id": secrets.token_hex(16), "device": device, "test": True, "check": check}
    body = msgspec.json.encode(asked)
    signature = _signed(own_key(state / "keys"), device, body, now_us // SECOND)
    status, content = _post(web, body, {"Content-Type": "application/json", **signature})
    try:
        said = msgspec.json.decode(content, type=_Answer)
    except MALFORMED:
        said = _Answer(reason="the answer is not a center's")
    if status not in (HTTPStatus.OK, HTTPStatus.ACCEPTED) or said.alert is None:
        raise NotRaised(f"answered {status}: {said.reason}", status)
    return said.alert


def own_key(keys: Path) -> EllipticCurvePrivateKey:
    """Return the private key; create it if missing. Raises OSError, ValueError for an invalid file."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    file = keys / KEY_FILE
    try:
        found = serialization.load_pem_private_key(file.read_bytes(), None)
    except FileNotFoundError:
        made = ec.generate_private_key(ec.SECP256R1())
        publish(
            file,
            made.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        )
        return made
    if not isinstance(found, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{file} must hold a P-256 key")
    return found


def _signed(secret: EllipticCurvePrivateKey, device: str, body: bytes, created: int) -> dict[str, str]:
    """Sign method, path and digest (RFC 9421), as `gateways.http.security.signatures` verifies it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

    digest = f"sha-256=:{b64encode(sha256(body).digest()).decode()}:"
    parameters = (
        f'{_COVERED};created={created};nonce="{secrets.token_urlsafe(12)}";keyid="{device}";tag="securwoman"'
    )
    over = "\n".join(
        (
            '"@method": POST',
            f'"@path": {_PATH}',
            f'"content-digest": {digest}',
            f'"@signature-params": {parameters}',
        )
    )
    # RFC 9421, 3.3.4: r and s are concatenated, not encoded in ASN.1.
    r, s = decode_dss_signature(secret.sign(over.encode(), ec.ECDSA(hashes.SHA256())))
    raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
    return {
        "content-digest": digest,
        "signature-input": f"sw={parameters}",
        "signature": f"sw=:{b64encode(raw).decode()}:",
    }


def _post(web: WebAt, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """Post by TLS if the web uses TLS. The certificate is not verified here: another check does so."""
    host = _ANY.get(web.host, web.host)
    trusting = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusting.check_hostname, trusting.verify_mode = False, ssl.CERT_NONE
    by_tls = http.client.HTTPSConnection(host, web.port, timeout=WITHIN_S, context=trusting)
    for connection in (by_tls, http.client.HTTPConnection(host, web.port, timeout=WITHIN_S)):
        try:
            connection.request("POST", _PATH, body, headers)
            response = connection.getresponse()
            return response.status, response.read()
        except ssl.SSLError:
            continue
        except (OSError, http.client.HTTPException) as error:
            raise NotRaised(f"the web process does not answer: {error or type(error).__name__}") from error
        finally:
            connection.close()
    raise AssertionError("without TLS no error of it is raised")


NO_NUMBER: Final = E164("+99900000000")
"""Number of a center that has no number to be called: its country code is unassigned (ITU-T E.164, list of
assigned codes). The number is never dialled: a check of the arrival makes no call.
"""

_k = device_key.c
_ADD: Final = Query(insert(device_key), *(column.name for column in device_key.columns))
_CALLED: Final = Query(
    update(device_key).where(_k.device == bindparam("which")).values(phone=bindparam("number")),
    "number",
    "which",
)


def know(tx: Transaction, point: bytes, phone: E164 | None) -> str:
    """Register this key (P-256, uncompressed) as the center's own; return the device's id.

    `phone`: number called by checks with a call; None for a check of the arrival, which makes no call and
    leaves the number unchanged. Readers of the key may cache it for a moment.
    """
    device = f"center-{sha256(point).hexdigest()[:16]}"
    known = key_of(tx, device)
    if known is None:
        number = phone or NO_NUMBER
        tx.write(
            _ADD,
            device,
            OWN,
            number,
            point,
            "center",
            tx.at_us,
            None,
            None,
            ProofMethod.STAFF,
            None,
            None,
            "",
        )
    elif phone not in (None, known.phone):
        tx.write(_CALLED, phone, device)
    return device
