"""A phone that signs as docs/api.md says (RFC 9421, RFC 9530); written apart from what verifies."""

from __future__ import annotations

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from messages.ids import E164
from store.journal.journal import Journal
from store.registry import devices
from store.registry.devices import DeviceKey

COVERED = ("@method", "@path", "content-digest")


@dataclass(kw_only=True)
class Phone:
    """One phone with its key."""

    number: str
    device: str = ""
    """Its `keyid`, once it is enrolled."""
    secret: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @property
    def jwk(self) -> dict[str, str]:
        """Its public key."""
        numbers = self.secret.public_key().public_numbers()
        x, y = (_b64url(value.to_bytes(32, "big")) for value in (numbers.x, numbers.y))
        return {"kty": "EC", "crv": "P-256", "x": x, "y": y}

    @property
    def point(self) -> bytes:
        """The same as a point."""
        return self.secret.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    def enrolled(self, journal: Journal) -> Phone:
        """Let the registry know it, as after a right code."""

        def work(tx: object) -> DeviceKey:
            asked = devices.start_enrolment(tx, E164(self.number), self.point, "phone")  # type: ignore[arg-type]
            found = devices.confirm(tx, asked.device, asked.code)  # type: ignore[arg-type]
            assert isinstance(found, DeviceKey)
            return found

        self.device = journal.transact(work).device
        return self

    def signed(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        created: int,
        nonce: str | None = None,
        covered: tuple[str, ...] = COVERED,
        label: str = "sw",
        tag: str | None = "securwoman",
        keyid: str | None = None,
    ) -> tuple[bytes, dict[str, str]]:
        """The body's bytes, and the headers that sign it."""
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        digest = f"sha-256=:{base64.b64encode(hashlib.sha256(data).digest()).decode()}:"
        values = {
            "@method": method,
            "@path": path,
            "content-digest": digest,
            "@authority": "testserver.local",
        }
        items = " ".join(f'"{name}"' for name in covered)
        nonce = secrets.token_urlsafe(12) if nonce is None else nonce
        parameters = f'({items});created={created};keyid="{self.device if keyid is None else keyid}"'
        parameters += f';nonce="{nonce}"' if nonce else ""
        parameters += f';tag="{tag}"' if tag is not None else ""
        lines = [f'"{name}": {values[name]}' for name in covered]
        base = "\n".join([*lines, f'"@signature-params": {parameters}'])
        r, s = decode_dss_signature(self.secret.sign(base.encode(), ec.ECDSA(hashes.SHA256())))
        raw = r.to_bytes(32, "big") + s.to_bytes(32, "big")
        return data, {
            "content-type": "application/json",
            "content-digest": digest,
            "signature-input": f"{label}={parameters}",
            "signature": f"{label}=:{base64.b64encode(raw).decode()}:",
        }


def _b64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
