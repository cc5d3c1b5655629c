"""DTLS handshake of one session, in which center and phone agree on the keys for SRTP.

RFC 5763 and RFC 5764; pyOpenSSL does the cryptography. The class sends nothing: it returns the datagrams.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from OpenSSL import SSL

REPEATS_S: Final = (0.15, 0.3, 0.6, 1.2)
"""Pauses after which an unanswered flight is sent again. OpenSSL itself waits a second before its first
repeat: too long for a person in danger.
"""
MAX_DATAGRAM: Final = 1_200
_RECORD_HEADER: Final = 13
_KEY_BYTES: Final = 16
_SALT_BYTES: Final = 14
_PROFILE: Final = b"SRTP_AES128_CM_SHA1_80"
"""The profile that every WebRTC agent supports (RFC 8827, 6.5)."""
_VALID: Final = datetime.timedelta(days=2)


class DtlsError(Exception):
    """The handshake has failed. The text says why."""


class Identity(msgspec.Struct, frozen=True):
    """Certificate of the center for one session."""

    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, as in SDP."""
        return fingerprint_of(self.certificate)


class SrtpKeys(msgspec.Struct, frozen=True):
    """Master keys with their salts, for libsrtp: 30 bytes each."""

    received: bytes
    sent: bytes


def new_identity(now: datetime.datetime) -> Identity:
    """Return a new certificate: no session can be linked with another by it."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "securwoman")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = made.serial_number(x509.random_serial_number())
    made = made.not_valid_before(now - _VALID).not_valid_after(now + _VALID)
    return Identity(made.sign(key, hashes.SHA256()), key)


def fingerprint_of(certificate: x509.Certificate) -> str:
    """Return the SHA-256 of the certificate in hexadecimal, upper case, with colons."""
    return certificate.fingerprint(hashes.SHA256()).hex(":").upper()


class DtlsHandshake:
    """The center's side of one handshake. The phone is the client, and proves that it has the certificate of
    its offer.
    """

    def __init__(self, identity: Identity, peer_fingerprint: str) -> None:
        context = SSL.Context(SSL.DTLS_METHOD)
        context.set_verify(SSL.VERIFY_PEER | SSL.VERIFY_FAIL_IF_NO_PEER_CERT, lambda *_: True)
        context.use_certificate(identity.certificate)
        context.use_privatekey(identity.key)
        context.set_tlsext_use_srtp(_PROFILE)
        self._connection = SSL.Connection(context, None)
        self._connection.set_accept_state()
        self._connection.set_ciphertext_mtu(MAX_DATAGRAM)
        self._peer_fingerprint: Final = peer_fingerprint
        self._flight: list[bytes] = []
        self._repeats = iter(REPEATS_S)
        self.repeat_at_s: float | None = None
        """Time of the next repeat; None if none is due."""
        self.keys: SrtpKeys | None = None
        """Keys for SRTP; None until the handshake is complete."""

    def receive(self, datagram: bytes, now_s: float) -> list[bytes]:
        """Return the datagrams to send in answer to a datagram of the phone. Raises DtlsError."""
        self._connection.bio_write(datagram)
        if self.keys is None:
            self._advance()
        else:
            self._drain()
        if flight := self._written():
            self._flight, self._repeats = flight, iter(REPEATS_S)
            self._plan_repeat(now_s)
        return flight

    def repeat(self, now_s: float) -> list[bytes]:
        """Return the last flight again. Call at `repeat_at_s`."""
        self._plan_repeat(now_s)
        return self._flight

    def on_media(self) -> None:
        """End the repeats: the phone sends sound, so the last flight has arrived."""
        self.repeat_at_s, self._flight = None, []

    def close(self) -> list[bytes]:
        """Return the datagrams that tell the phone the end of the session at once."""
        try:
            self._connection.shutdown()
        except SSL.Error:
            return []
        return self._written()

    def _plan_repeat(self, now_s: float) -> None:
        pause_s = next(self._repeats, None)
        self.repeat_at_s = None if pause_s is None else now_s + pause_s

    def _advance(self) -> None:
        try:
            self._connection.do_handshake()
        except SSL.WantReadError:
            return
        except SSL.Error as error:
            raise DtlsError(f"the DTLS handshake has failed: {error}") from None
        self._check_peer()
        material = self._connection.export_keying_material(
            b"EXTRACTOR-dtls_srtp", 2 * (_KEY_BYTES + _SALT_BYTES)
        )
        keys, salts = material[: 2 * _KEY_BYTES], material[2 * _KEY_BYTES :]
        self.keys = SrtpKeys(
            received=keys[:_KEY_BYTES] + salts[:_SALT_BYTES], sent=keys[_KEY_BYTES:] + salts[_SALT_BYTES:]
        )

    def _check_peer(self) -> None:
        if self._connection.get_selected_srtp_profile() != _PROFILE:
            raise DtlsError(f"the phone does not support {_PROFILE.decode()}")
        try:
            peer = self._connection.get_peer_certificate(as_cryptography=True)
        except ValueError as error:
            raise DtlsError(f"the phone's certificate is malformed: {error}") from None
        if peer is None or fingerprint_of(peer) != self._peer_fingerprint:
            raise DtlsError("the phone's certificate is not the one of its offer")

    def _drain(self) -> None:
        """Read what arrives after the handshake: a repeated flight of the phone, or its farewell."""
        try:
            while True:  # records that stay unread would pile up
                self._connection.recv(MAX_DATAGRAM)
        except SSL.WantReadError:
            return
        except SSL.ZeroReturnError:
            raise DtlsError("the phone has ended the session") from None
        except SSL.Error as error:
            raise DtlsError(f"the DTLS connection has failed: {error}") from None

    def _written(self) -> list[bytes]:
        """Return all that OpenSSL has written, as datagrams."""
        written = b""
        while True:
            try:
                written += self._connection.bio_read(1 << 16)
            except SSL.WantReadError:
                return list(datagrams(written))


def datagrams(records: bytes) -> Iterator[bytes]:
    """Yield the DTLS records in datagrams of at most MAX_DATAGRAM bytes: a record must not be divided
    (RFC 6347, 4.1.1).
    """
    begin = at = 0
    while at + _RECORD_HEADER <= len(records):
        end = at + _RECORD_HEADER + int.from_bytes(records[at + 11 : at + 13], "big")
        if end - begin > MAX_DATAGRAM and at > begin:
            yield records[begin:at]
            begin = at
        at = end
    if begin < len(records):
        yield records[begin:]
