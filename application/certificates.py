"""Certificates: their data, and a small certificate authority for networks without a public authority.

Importing `cryptography.x509` takes a third of a second: import this module only inside the functions that
need it.
"""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import IPv4Address, IPv6Address, ip_address
from pathlib import Path
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from application.state.state_dir import write_kept

VALID_DAYS: Final = 397
"""Maximum validity that browsers accept, less a day (CA/Browser Forum, Baseline Requirements, 6.3.2)."""
AUTHORITY_DAYS: Final = 3650
_CLOCKS: Final = timedelta(hours=1)
"""Time by which the validity begins earlier, so that a phone with a slow clock accepts the certificate."""
_ORGANIZATION: Final = "securWoman, local"


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """Data of a certificate."""

    names: tuple[str, ...]
    """Host names in lower case and IP addresses; the first label of a host name may be `*`."""
    until: datetime
    """Last moment of the validity, UTC."""
    fingerprint: str
    """SHA-256 as phones and browsers show it: upper-case hexadecimal pairs separated by colons."""

    @property
    def days_left(self) -> int:
        """Number of whole days of remaining validity; negative after the expiry."""
        return (self.until - datetime.now(UTC)).days

    def is_for(self, host: str) -> bool:
        """Return True if the certificate names this host, exactly or by `*` (RFC 9525, 6.3)."""
        above = host.partition(".")[2]
        return host.lower() in self.names or (bool(above) and f"*.{above.lower()}" in self.names)


def read(pem: bytes) -> Certificate:
    """Return the data of the first certificate in `pem`. Raises ValueError for other content."""
    return _description(x509.load_pem_x509_certificate(pem))


def is_known_here(pem: bytes, host: str) -> bool:
    """Return True if the first certificate in `pem` is valid for the host, by an authority that this machine
    trusts; the other certificates are the chain.
    """
    try:
        known = Store(x509.load_pem_x509_certificates(_trusted_here()))
        leaf, *chain = x509.load_pem_x509_certificates(pem)
        PolicyBuilder().store(known).build_server_verifier(_general(host)).verify(leaf, chain)
    except (OSError, ValueError, VerificationError):
        return False
    return True


def _trusted_here() -> bytes:
    """Return the certificates that OpenSSL trusts on this machine: its file, or else its folder."""
    paths = ssl.get_default_verify_paths()
    file = Path(paths.cafile or paths.openssl_cafile)
    if file.exists():
        return file.read_bytes()
    return b"\n".join(
        one.read_bytes() for one in sorted(Path(paths.capath or paths.openssl_capath).glob("*.[0-9]"))
    )


def make(names: tuple[str, ...], authority: Path, folder: Path) -> tuple[Certificate, Certificate]:
    """Create a key and a certificate for the center in `folder`: `center.key`, `center.pem`, and
    `authority.crt`, the authority's certificate for phones and browsers.

    `names`: host names and IP addresses of the center, at least one. `authority`: file with the certificate
    and key of the authority, created if missing. Return the data of the authority's and of the center's
    certificate. Raises OSError, ValueError.
    """
    if not names:
        raise ValueError("a certificate needs a host name or an IP address")
    if not authority.exists():
        write_kept(authority, _new_authority())
    # One file has the key and the certificate, so that neither exists without the other.
    content = authority.read_bytes()
    issuer = x509.load_pem_x509_certificate(content)
    try:
        issuer_key = serialization.load_pem_private_key(content, None)
    except TypeError as error:
        raise ValueError(f"{authority}: the key has a password; remove the password") from error
    if not isinstance(issuer_key, ec.EllipticCurvePrivateKey):
        raise ValueError(f"{authority}: the key is not on an elliptic curve; move the file away")
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(names[0]))
        .issuer_name(issuer.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS)
        .not_valid_after(min(now + timedelta(days=VALID_DAYS), issuer.not_valid_after_utc))
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False
        )
        .sign(issuer_key, hashes.SHA256())
    )
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    write_kept(folder / "center.key", _private(key))
    write_kept(folder / "center.pem", _public(made), 0o644)
    write_kept(folder / "authority.crt", _public(issuer), 0o644)
    return _description(issuer), _description(made)


def _new_authority() -> bytes:
    now, key = datetime.now(UTC), ec.generate_private_key(ec.SECP256R1())
    made = (
        x509.CertificateBuilder()
        .subject_name(_name(f"securWoman {now:%Y-%m-%d}"))
        .issuer_name(_name(f"securWoman {now:%Y-%m-%d}"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _CLOCKS)
        .not_valid_after(now + timedelta(days=AUTHORITY_DAYS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(authority=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _public(made) + _private(key)


def _description(one: x509.Certificate) -> Certificate:
    try:
        said = one.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        said = x509.SubjectAlternativeName([])
    hosts = said.get_values_for_type(x509.DNSName)
    addresses = said.get_values_for_type(x509.IPAddress)
    return Certificate(
        names=tuple(str(name).lower() for name in (*hosts, *addresses)),
        until=one.not_valid_after_utc,
        fingerprint=one.fingerprint(hashes.SHA256()).hex(":").upper(),
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, _ORGANIZATION),
            x509.NameAttribute(NameOID.COMMON_NAME, common[:64]),
        ]
    )


def _general(name: str) -> x509.DNSName | x509.IPAddress:
    address = address_of(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def address_of(name: str) -> IPv4Address | IPv6Address | None:
    """Return the IP address that `name` is; None for a host name."""
    try:
        return ip_address(name)
    except ValueError:
        return None


def _usage(*, authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        key_cert_sign=authority,
        crl_sign=authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _public(one: x509.Certificate) -> bytes:
    return one.public_bytes(serialization.Encoding.PEM)


def _private(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
