"""Dossier of an alert for a court: a PDF that opens anywhere, recordings, and a signature.

`FILE` is a PDF with the events attached; `FILE.p7s` is its signature (`application.signature`); the
recordings lie beside it in `FILE.recordings/`, each file as the center has it, with its SHA-256 in the paper.
"""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import msgspec

from application.errors import NotFound, UsageError
from application.recordings import whole_of
from application.signature import Signer
from application.state.state_dir import StateDir, write_kept
from application.times import rfc3339
from application.version import version
from features.privacy.facts import Facts, facts_of, told_outside
from features.privacy.persons_data import sha256_of
from messages.ids import AlertId, Instant, OperatorId
from messages.journal import Recorded
from model.telling.story import LANGUAGES
from store import streams
from store.journal.journal import Journal
from store.registry.registry import Registry


class Recording(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the recorded conference."""

    file: str
    bytes: int
    sha256: str


class Dossier(msgspec.Struct, frozen=True, kw_only=True):
    """Content of the paper."""

    made_at: Instant
    version: str
    language: str
    """ISO 639-1. Any language other than Italian is written in English."""
    facts: Facts
    person: str
    """Name and id; empty if the person is unknown or erased."""
    operators: tuple[tuple[OperatorId, str], ...]
    """Ids with names; the name of a removed operator is empty."""
    recordings: tuple[Recording, ...]
    events: bytes
    """Events of both streams, a JSON object a line, `at_us` in microseconds since 1970, UTC."""
    events_sha256: str
    fingerprint: str
    """Fingerprint of the signing certificate."""


class WrittenDossier(msgspec.Struct, frozen=True, kw_only=True):
    """Files written."""

    file: str
    signature: str
    recordings: tuple[str, ...]
    fingerprint: str
    sha256: str


def make(journal: Journal, state: StateDir, alert: AlertId, to: Path, language: str) -> WrittenDossier:
    """Write the dossier, in Italian or English.

    Raises NotFound, UsageError (`to` exists), JournalError, OSError, ValueError (`keys/signing.pem` is
    invalid).
    """
    from features.privacy.dossier_paper import paper

    if to.exists():
        raise UsageError(f"{to} exists already: name another file")
    recorded = told_outside(journal.read_streams(streams.inbox(alert), streams.case(alert)))
    facts = facts_of(recorded, language if language in LANGUAGES else "en")
    if facts is None:
        raise NotFound(f"no alert has the id {alert}")
    events = b"".join(map(_line, recorded))
    kept, signer = state.recordings, Signer(state.signing)
    files = whole_of(kept, alert)  # only finished recordings: one in progress would no longer match its hash
    content = paper(
        Dossier(
            made_at=journal.now_us(),
            version=version(),
            language=language,
            facts=facts,
            person=_person(journal, facts),
            operators=_operators(journal, facts),
            recordings=tuple(
                Recording(file=one.file, bytes=one.bytes, sha256=sha256_of(kept / one.file)) for one in files
            ),
            events=events,
            events_sha256=_sha256(events),
            fingerprint=signer.fingerprint,
        )
    )
    beside = to.with_name(f"{to.name}.recordings")
    for one in files:
        beside.mkdir(mode=0o700, exist_ok=True)
        copy = beside / one.file
        shutil.copyfile(kept / one.file, copy)
        copy.chmod(0o600)
    signature = to.with_name(f"{to.name}.p7s")
    write_kept(signature, signer.sign(content))
    write_kept(to, content)
    return WrittenDossier(
        file=str(to),
        signature=str(signature),
        recordings=tuple(str(beside / one.file) for one in files),
        fingerprint=signer.fingerprint,
        sha256=_sha256(content),
    )


def _line(one: Recorded) -> bytes:
    said = msgspec.to_builtins(one)
    return msgspec.json.encode({**said, "at": rfc3339(one.at_us)}) + b"\n"


def _person(journal: Journal, facts: Facts) -> str:
    user = None if facts.user is None else Registry(journal).user(facts.user)
    return "" if user is None else f"{user.name} ({user.id})"


def _operators(journal: Journal, facts: Facts) -> tuple[tuple[OperatorId, str], ...]:
    names = {one.id: one.name for one in Registry(journal).operators()}
    return tuple((one, names.get(one, "")) for one in facts.operators)


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
