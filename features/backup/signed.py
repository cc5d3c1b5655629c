"""Streams with a signature at the end, made by the key that also signs dossiers (README.md, Reasons).

The signature lies within the encryption. It covers all content before it and the kind of the stream, so that
no other file of the center passes for it. The signature has a fixed length. Content passed on by `read` is
verified only when `read` has returned: until then it may be stored, never used.
"""

from __future__ import annotations

import hashlib
import re
import struct
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from application.errors import CenterError, UsageError
from application.state.state_dir import StateDir
from features.backup import age

if TYPE_CHECKING:
    from pyrage import Identity

    from application.signature import Signer

_BYTES: Final = 4096
"""Size of certificate and signature, padded with zeros: a reader holds back this many bytes at the end."""
_HEAD: Final = struct.Struct(">16sHH")
_MAGIC: Final = b"securwoman sign1"
_FINGERPRINT: Final = re.compile(r"[0-9A-F]{64}\Z")

ROWS: Final = "backup"
"""Subject of FILE and FILE.keys; the header states part, journal and time."""
_HOW: Final = (
    "give --fingerprint as `securwoman backup` and `doctor` print it at the center, or --unverified, "
    "which also takes what somebody else has put there"
)


class ForeignSignature(CenterError):
    """The file is not signed by the expected center."""


def recording(name: str) -> str:
    """Return the subject of a recording's file."""
    return f"recording {name}"


def signer_of(state: StateDir) -> Signer:
    """Return the center's own key; create it if missing. Raises CenterError."""
    from application.signature import Signer

    try:
        return Signer(state.signing)
    except (OSError, ValueError) as error:
        raise CenterError(f"{state.signing} cannot be used to sign: {error}") from error


def own_fingerprint(state: StateDir) -> str:
    """Return the fingerprint of the center's own key; empty if there is no key. Raises CenterError."""
    return signer_of(state).fingerprint if state.signing.exists() else ""


def trusted(state: StateDir, given: str = "") -> str:
    """Return the fingerprint that must have signed a backup: the given one, else that of the key in this
    state directory. Raises UsageError for an invalid fingerprint, CenterError if neither exists.
    """
    if given:
        plain = re.sub(r"[\s:]", "", given).upper()
        if not _FINGERPRINT.match(plain):
            raise UsageError(f"--fingerprint {given[:80]!r}: a fingerprint has 64 digits from 0 to F")
        return ":".join(plain[n : n + 2] for n in range(0, 64, 2))
    own = own_fingerprint(state)
    if not own:
        raise CenterError(f"there is no {state.signing} to verify the backup's signature by: {_HOW}")
    return own


def signed(pieces: Iterator[bytes], signer: Signer, subject: str) -> Iterator[bytes]:
    """Yield the pieces, then the signature. Raises CenterError if the certificate is too long."""
    digest = _digest(subject)
    for piece in pieces:
        digest.update(piece)
        yield piece
    certificate, signature = signer.certificate, signer.sign_digest(digest.digest())
    end = _HEAD.pack(_MAGIC, len(certificate), len(signature)) + certificate + signature
    if len(end) > _BYTES:
        raise CenterError(f"the certificate of the signing key is longer than {_BYTES} bytes")
    yield end.ljust(_BYTES, b"\0")


def check_signer(path: Path, says: str, by: str) -> None:
    """Reject a file of another center at its beginning, by the signer that its header states. `by`: as in
    `read`. Raises Foreign.
    """
    if by and not says:
        raise ForeignSignature(
            f"{path} has no signature: it is cut short, or of another origin; "
            "make a new backup, or accept this one with --unverified"
        )
    if by and says != by:
        raise ForeignSignature(f"{path} is signed by another center: its signature is not by {by}; {_HOW}")


def read(
    path: Path, keys: Sequence[Identity], take: Callable[[bytes], object], *, by: str, subject: str
) -> None:
    """Pass the content to `take` as `age.read` does, without the signature, which is verified at the end.
    `by`: fingerprint of the certificate that must have signed; empty: nothing is verified. Raises Foreign;
    Damaged if the signature does not match the content; errors of `age.read`.
    """
    digest, kept = _digest(subject), bytearray()

    def piece(data: bytes) -> None:
        kept.extend(data)
        if whole := bytes(kept[:-_BYTES]):
            del kept[:-_BYTES]
            digest.update(whole)
            take(whole)

    age.read(path, keys, piece)
    end = bytes(kept)
    is_signed = len(end) == _BYTES and end.startswith(_MAGIC)
    if not is_signed:
        take(end)  # first, so that a file that is no backup is reported as such
    if by:
        _verify(path, end if is_signed else b"", digest.digest(), by)


def _verify(path: Path, end: bytes, digest: bytes, by: str) -> None:
    from application.signature import fingerprint_of, is_signature

    if not end:
        check_signer(path, "", by)
    _, length, then = _HEAD.unpack_from(end)
    certificate = end[_HEAD.size : _HEAD.size + length]
    signature = end[_HEAD.size + length : _HEAD.size + length + then]
    check_signer(path, fingerprint_of(certificate), by)
    if not is_signature(certificate, signature, digest):
        raise age.Damaged(f"{path} is damaged or was altered: its signature does not match")


def _digest(subject: str) -> hashlib._Hash:
    return hashlib.sha256(f"securwoman {subject}\n".encode())
