"""Signatures on exported data: a detached CMS (RFC 5652), which `openssl cms -verify` checks without the
center. Backups are signed with the same key (`features/backup/signed.py`).

The key and its own certificate are the center's, created at first use: `keys/signing.pem`. A court that
verifies a signature receives the certificate's fingerprint by another channel. Importing `cryptography.x509`
takes a third of a second: import this module only inside the functions that need it.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed
from cryptography.hazmat.primitives.serialization import pkcs7
from cryptography.x509.oid import NameOID

from application.state.state_dir import write_kept

_VALID_DAYS: Final = 3650
_DIGEST: Final = ec.ECDSA(Prehashed(hashes.SHA256()))


class Signer:
    """Signer with the center's own key."""

    def __init__(self, file: Path) -> None:
        """Read the key from `file`, created if missing. Raises OSError, ValueError for a file without key."""
        if not file.exists():
            write_kept(file, _new())
        content = file.read_bytes()
        self._certificate = x509.load_pem_x509_certificate(content)
        key = serialization.load_pem_private_key(content, None)
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise ValueError(f"{file} must hold an elliptic-curve key")
        self._key = key

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, in the form of `openssl x509 -fingerprint`."""
        return fingerprint_of(self.certificate)

    @property
    def certificate(self) -> bytes:
        """The center's own certificate, DER."""
        return self._certificate.public_bytes(serialization.Encoding.DER)

    def sign(self, content: bytes) -> bytes:
        """Return a detached signature of exactly these bytes, DER."""
        return (
            pkcs7.PKCS7SignatureBuilder()
            .set_data(content)
            .add_signer(self._certificate, self._key, hashes.SHA256())
            .sign(
                serialization.Encoding.DER, [pkcs7.PKCS7Options.DetachedSignature, pkcs7.PKCS7Options.Binary]
            )
        )

    def sign_digest(self, digest: bytes) -> bytes:
        """Sign a SHA-256 digest: ECDSA, DER."""
        return self._key.sign(digest, _DIGEST)


def fingerprint_of(certificate: bytes) -> str:
    """Return the fingerprint of a certificate in DER, in the form of `Signer.fingerprint`."""
    return sha256(certificate).digest().hex(":").upper()


def is_signature(certificate: bytes, signature: bytes, digest: bytes) -> bool:
    """Return True if the key of this trusted certificate has signed the digest. The certificate's validity
    period is ignored: the center is known by its fingerprint.
    """
    try:
        key = x509.load_der_x509_certificate(certificate).public_key()
        if not isinstance(key, ec.EllipticCurvePublicKey):
            return False
        key.verify(signature, digest, _DIGEST)
    except (InvalidSignature, ValueError):
        return False
    return True


def _new() -> bytes:
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "securWoman"),
            x509.NameAttribute(NameOID.COMMON_NAME, f"dossiers, {now:%Y-%m-%d}"),
        ]
    )
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=_VALID_DAYS))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return made.public_bytes(serialization.Encoding.PEM) + key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
