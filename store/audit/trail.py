"""Audit trail of a node: its key, the heads of its chains, and the writing of entries.

Key and heads are stored beside the database and not in it (`keys/audit.key`, `keys/audit.head`): the database
alone is not enough to rewrite an entry or cut off the end. See docs/decisions/0090.

`audit verify` checks every chain of this node's key, and names the chains of other nodes.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import secrets
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from messages.ids import Instant
from store.audit import table
from store.audit.chain import ChainFault, CheckedChain, Problem, check_chain, pruned_heads, pruning_detail
from store.audit.entry import Action, ChainHead, Entry, EntryContent, chained_entry, is_in_memory, node_of
from store.errors import JournalUnavailable
from store.journal.journal import Journal, Transaction

KEY: Final = "audit.key"
HEADS: Final = "audit.head"
_BYTES: Final = 32


class Trail:
    """Writer and verifier of the audit, for any thread of one process."""

    def __init__(self, keys: Path) -> None:
        """Set the paths; opens no file yet. `keys`: folder of key and heads."""
        self._key_file = keys / KEY
        self._head_file = keys / HEADS
        self._key: bytes | None = None
        self._heads: dict[str, ChainHead] = {}
        self._unsaved: set[str] = set()
        self._seen: tuple[int, int] | None = None
        self._lock = threading.Lock()

    def append(self, tx: Transaction, said: EntryContent) -> Entry:
        """Append an entry within the write lock. The caller must call `committed` after the commit.

        Raises JournalError; JournalUnavailable if no key exists and none can be created.
        """
        chain = tx.node if tx.durable else (table.chain_in_memory(tx) or f"{tx.node}~{tx.at_us}")
        # Continue after the head as well, in case the end was cut off: the missing entries then stay
        # detectable.
        before = max(table.head(tx, chain), self.heads().get(chain, ChainHead()), key=lambda one: one.number)
        entry = chained_entry(self.key(), before, chain, tx.at_us, said)
        table.add(tx, entry)
        return entry

    def committed(self, entry: Entry) -> None:
        """Note the head of a committed entry; `save` writes it.

        A chain in memory has no head outside: neither would survive the machine without the other. The
        FallbackKeeper writes its head together with the chain (`keep`).
        """
        if is_in_memory(entry.chain):
            return
        with self._lock:
            if entry.number > self._heads.get(entry.chain, ChainHead()).number:
                self._heads[entry.chain] = ChainHead(entry.number, entry.mac)
                self._unsaved.add(entry.chain)

    def prune(self, tx: Transaction, before: Instant) -> Entry | None:
        """Delete a page of this node's entries older than `before`, and append an entry with the last deleted
        one, from which the rest continues. Return that entry; None if none was old. Call until None. Raises
        JournalError.
        """
        for chain in self.heads():
            found = table.old(tx, chain, before) if tx.durable else []
            if found:
                said = EntryContent(
                    actor="center", origin="", action=Action.PRUNED, detail=pruning_detail(found[-1])
                )
                entry = self.append(tx, said)
                table.drop(tx, found)
                return entry
        return None

    def heads(self) -> dict[str, ChainHead]:
        """Return the last known end of each chain of this node."""
        with self._lock:
            with contextlib.suppress(FileNotFoundError):
                found = os.stat(self._head_file)
                if (found.st_mtime_ns, found.st_ino) != self._seen:
                    self._read()
                    self._seen = (found.st_mtime_ns, found.st_ino)
            return dict(self._heads)

    def save(self) -> None:
        """Write the new heads. Raises OSError: they are written with the next ones."""
        with self._lock:
            if not self._unsaved:
                return
            self._write()
            self._unsaved.clear()

    def keep(self, heads: Mapping[str, ChainHead]) -> None:
        """Write these heads durably: those of chains that came from memory. Raises OSError."""
        with self._lock:
            for chain, head in heads.items():
                self._heads[chain] = max(
                    head, self._heads.get(chain, ChainHead()), key=lambda one: one.number
                )
            self._write(durably=True)

    def _write(self, *, durably: bool = False) -> None:
        with self._alone():
            self._read()
            text = {chain: (head.number, head.mac.hex()) for chain, head in self._heads.items()}
            part = self._head_file.with_name(f".{HEADS}.{os.getpid()}")
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb"
            ) as new:
                new.write(msgspec.json.encode(text))
                if durably:
                    new.flush()
                    os.fsync(new.fileno())
            part.replace(self._head_file)
            if durably:
                _flush(self._head_file.parent)

    def key(self) -> bytes:
        """Return the key of 32 bytes; it is created at first use. Raises JournalUnavailable."""
        if self._key is None:
            try:
                self._key = self._kept_key()
            except OSError as error:
                raise JournalUnavailable(f"the audit has no key: {error}") from error
        return self._key

    def _kept_key(self) -> bytes:
        while True:
            with contextlib.suppress(FileNotFoundError):
                key = self._key_file.read_bytes()
                if len(key) != _BYTES:
                    raise OSError(f"{self._key_file} is not a key of the audit")
                return key
            self._key_file.parent.mkdir(mode=0o700, exist_ok=True)
            part = self._key_file.with_name(f".{KEY}.{os.getpid()}.{threading.get_ident()}")
            with os.fdopen(
                os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "wb"
            ) as new:
                new.write(secrets.token_bytes(_BYTES))
                new.flush()
                os.fsync(new.fileno())
            try:
                # The first process to link its key wins; the others read that key.
                with contextlib.suppress(FileExistsError):
                    os.link(part, self._key_file)
            finally:
                part.unlink()

    def _read(self) -> None:
        """Merge the heads that other processes of this node have written."""
        try:
            text = self._head_file.read_bytes()
        except FileNotFoundError:
            return
        try:
            there = msgspec.json.decode(text, type=dict[str, tuple[int, str]])
        except msgspec.MsgspecError:
            return
        for chain, (number, mac) in there.items():
            if number > self._heads.get(chain, ChainHead()).number:
                self._heads[chain] = ChainHead(number, bytes.fromhex(mac))

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the lock that excludes all other processes of this node."""
        fd = os.open(self._key_file, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(fd, fcntl.LOCK_EX)
            yield
        finally:
            os.close(fd)


def _flush(folder: Path) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


class AuditVerification(msgspec.Struct, frozen=True, kw_only=True):
    """Result of a verification."""

    chains: tuple[CheckedChain, ...]
    elsewhere: tuple[str, ...]
    """Chains that must be verified at another node, which has their key."""
    on_disk: tuple[str, ...] = ()
    """Chains that cannot be read now, while the journal continues in memory."""

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Problems of all chains."""
        return tuple(problem for chain in self.chains for problem in chain.problems)

    @property
    def altered(self) -> bool:
        """True if a chain provably differs from what was written; a lost head alone is no proof."""
        return any(one.altered for one in self.chains)


def verify_audit(journal: Journal, trail: Trail) -> AuditVerification:
    """Verify all chains that are readable now. Raises JournalError."""
    # Read first: entries added during the verification are behind these heads.
    heads, key = trail.heads(), trail.key()
    known = table.chains(journal)
    own = {*heads, *(one for one in known if not journal.shared or node_of(one) == journal.node)}
    # A chain in memory has no head yet: the FallbackKeeper writes it when the chain is on the disk.
    in_memory = not journal.durable
    on_disk = own - known.keys() if in_memory else set[str]()
    own -= on_disk
    begun = pruned_heads(entry for entry in table.prunings(journal) if entry.chain in own)
    found = (
        check_chain(
            chain, table.of_chain(journal, chain), key, heads.get(chain), begun.get(chain, ChainHead())
        )
        for chain in sorted(own)
    )
    return AuditVerification(
        chains=tuple(_unreadable_chain(ChainFault.LOST, one) if in_memory else one for one in found),
        elsewhere=tuple(chain for chain in known if chain not in own),
        on_disk=tuple(sorted(on_disk)),
    )


def _unreadable_chain(fault: ChainFault, found: CheckedChain) -> CheckedChain:
    left = tuple(one for one in found.problems if one.fault is not fault)
    return msgspec.structs.replace(found, problems=left)
