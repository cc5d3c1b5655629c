"""Files encrypted by age (age-encryption.org/v1). Only this module uses pyrage.

A file is written whole beside its final path, in pieces that are flushed one after another: a simultaneous
flush of the journal waits for at most one piece.
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from application.errors import CenterError, NotFound, UsageError
from application.state.state_dir import flush_folder, write_kept

if TYPE_CHECKING:
    from pyrage import Identity, Recipient

_FLUSHED_BYTES: Final = 2**20
_READ_BYTES: Final = 2**16
_MAGIC: Final = b"age-encryption.org/"
_NO_KEY: Final = "No matching keys found"


class NoKey(CenterError):
    """The file is encrypted to other keys."""


class Damaged(CenterError):
    """The file is truncated, was altered, or is not a file of a backup."""


def recipients(given: Iterable[str]) -> tuple[Recipient, ...]:
    """Parse recipients: `age1…`, an SSH public key, or a file of such lines. Raises UsageError."""
    return tuple(_recipient(line, where) for text in given for line, where in _lines(text))


def identities(file: Path) -> tuple[Identity, ...]:
    """Read keys: age-keygen's, or an SSH private key without a passphrase. Raises CenterError."""
    from pyrage import IdentityError, ssh, x25519

    try:
        content = file.read_bytes()
        if content.startswith(b"-----BEGIN"):
            return (ssh.Identity.from_buffer(content),)
        lines = [line.strip() for line in content.decode().splitlines()]
        found = tuple(x25519.Identity.from_str(one) for one in lines if one and not one.startswith("#"))
    except OSError as error:
        raise CenterError(f"{file}: {error.strerror}") from error
    except (IdentityError, ValueError) as error:
        raise CenterError(f"{file}: not a key that opens a backup: {error}") from error
    if not found:
        raise CenterError(f"{file}: the file has no key")
    return found


def new_identity(file: Path) -> str:
    """Create a key in this file as age-keygen does, and return its recipient. Raises CenterError."""
    from pyrage import x25519

    if file.exists():
        raise CenterError(f"{file} exists already, and may be the only key to a backup: name another file")
    made = x25519.Identity.generate()
    try:
        write_kept(file, f"# public key: {made.to_public()}\n{made}\n".encode())
    except OSError as error:
        raise CenterError(f"{file}: {error.strerror}") from error
    return str(made.to_public())


def write(path: Path, pieces: Iterator[bytes], to: Sequence[Recipient], *, time_ns: int | None = None) -> int:
    """Write and flush `.NAME.new`, to be installed by `put_in_place`; return its size in bytes. Without
    recipients the content is written unencrypted. `time_ns`: time of the file's last change; now by default.

    Raises CenterError if the disk is full or another process writes the file, and errors of `pieces`; the
    partial file is then removed.
    """
    part = _part_of(path)
    try:
        descriptor = os.open(part, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise CenterError(f"{part}: {error.strerror}") from error
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise CenterError(
                f"{path} is being written by another process: wait until it has ended"
            ) from error
        try:
            # Drop the partial content left by a process that died.
            file.truncate()
            os.fchmod(descriptor, 0o600)
            sink = _Sink(file.write, lambda: os.fdatasync(descriptor))
            _encrypt(_Source(pieces), sink, to)
            if time_ns is not None:
                os.utime(descriptor, ns=(time_ns, time_ns))
            os.fsync(descriptor)
        except OSError as error:
            part.unlink(missing_ok=True)
            raise CenterError(f"{path}: {error.strerror or error}") from error
        except BaseException:
            part.unlink(missing_ok=True)
            raise
    return sink.bytes


def put_in_place(path: Path) -> None:
    """Replace the old file by the content that `write` has written, durably. Raises OSError."""
    _part_of(path).replace(path)
    flush_folder(path.parent)


def discard(path: Path) -> None:
    """Remove the content that `write` has written."""
    _part_of(path).unlink(missing_ok=True)


def read(path: Path, keys: Sequence[Identity], take: Callable[[bytes], object]) -> None:
    """Pass the content to `take`, piece by piece, each authenticated.

    Raises NoKey, Damaged, NotFound, CenterError if the file cannot be read, and errors of `take`.
    """
    try:
        with path.open("rb") as file:
            encrypted = file.read(len(_MAGIC)) == _MAGIC
            file.seek(0)
            if not encrypted:
                for piece in iter(lambda: file.read(_READ_BYTES), b""):
                    take(piece)
                return
            if not keys:
                raise NoKey(f"{path} is encrypted: name the key with --identity FILE")
            _decrypt(path, _Source(iter(lambda: file.read(_READ_BYTES), b"")), _Sink(take), keys)
    except FileNotFoundError as error:
        raise NotFound(f"{path} does not exist") from error
    except OSError as error:
        raise CenterError(f"{path}: {error.strerror or error}") from error


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.new")


def _lines(text: str) -> list[tuple[str, str]]:
    """Return each line with its place for error messages, which must not show the content of a file."""
    if text.startswith(("age1", "ssh-")):
        return [(text, f"{text[:24]!r}…")]
    try:
        lines = Path(text).read_text().splitlines()
    except (OSError, ValueError) as error:
        raise UsageError(f"{text!r}: neither age1…, nor ssh-…, nor a file of such lines") from error
    told = [(line.strip(), f"line {place} of {text}") for place, line in enumerate(lines, 1)]
    return [(line, where) for line, where in told if line and not line.startswith("#")]


def _recipient(text: str, where: str) -> Recipient:
    from pyrage import RecipientError, ssh, x25519

    try:
        if text.startswith("ssh-"):
            return ssh.Recipient.from_str(text)
        return x25519.Recipient.from_str(text)
    except RecipientError as error:
        raise UsageError(f"{where} is not a recipient to whom a backup can be encrypted: {error}") from error


class _Source:
    """Input stream for pyrage. The library hides exceptions raised here: the first is kept in `failed`."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._rest = memoryview(b"")
        self.failed: BaseException | None = None

    def read(self, size: int, /) -> bytes:
        try:
            while not self._rest:
                piece = next(self._pieces, None)
                if piece is None:
                    return b""
                self._rest = memoryview(piece)
        except BaseException as error:
            self.failed = error
            raise
        taken, self._rest = self._rest[:size], self._rest[size:]
        return bytes(taken)


class _Sink:
    """Output stream for pyrage, flushed in parts, so that little is left for the end; see `_Source`."""

    def __init__(self, take: Callable[[bytes], object], flush: Callable[[], None] = lambda: None) -> None:
        self._take = take
        self._flush = flush
        self._since = 0
        self.bytes = 0
        self.failed: BaseException | None = None

    def write(self, data: bytes, /) -> int:
        try:
            self._take(data)
            self.bytes += len(data)
            self._since += len(data)
            if self._since >= _FLUSHED_BYTES:
                self._since = 0
                self._flush()
        except BaseException as error:
            self.failed = error
            raise
        return len(data)

    def flush(self) -> None:
        """Do nothing: written data is never buffered here."""


def _encrypt(source: _Source, sink: _Sink, to: Sequence[Recipient]) -> None:
    from pyrage import EncryptError, encrypt_io

    if not to:
        while piece := source.read(_READ_BYTES):
            sink.write(piece)
        return
    try:
        encrypt_io(source, sink, to)
    except (EncryptError, OSError) as error:
        raise source.failed or sink.failed or CenterError(f"cannot be encrypted: {error}") from error


def _decrypt(path: Path, source: _Source, sink: _Sink, keys: Sequence[Identity]) -> None:
    from pyrage import DecryptError, decrypt_io

    try:
        decrypt_io(source, sink, keys)
    except (DecryptError, OSError) as error:
        if (ours := source.failed or sink.failed) is not None:
            raise ours from error
        if str(error) == _NO_KEY:
            raise NoKey(
                f"{path} cannot be opened with the given key: it is encrypted to other recipients"
            ) from error
        raise Damaged(f"{path} is damaged or cut short") from error
