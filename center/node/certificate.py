"""The web's certificate and key, as the settings name them, kept as one file: what fits, and nothing else.

Whoever renews them writes two files, one after the other, and `load_cert_chain` that fails half-way leaves a
living context with a certificate and no key. So the pair is tried here first, and every web, the one that
serves and the one that waits, only ever reads what was found good; also after a restart amid a renewal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from application.errors import NodeError
from application.listening import unfit
from model.alarms.standing import CERTIFICATE, Alarm, Words, due, standing
from runtime.published.file import publish

_SUBJECT: Final = "http.certificate"
Signs = tuple[tuple[int, int, int] | None, ...]


class Certificate:
    """One pair."""

    def __init__(self, certificate: Path, key: Path, kept: Path) -> None:
        """Takes it. Raises NodeError where neither it nor the one that is kept fits."""
        self._files = (certificate, key)
        self._kept = kept
        self._stands: Words = {}
        self._seen = self._judged = self._signs()
        self.fault = self._take()
        """Why the pair is not served, and the one before it is; empty where all is well."""
        if self.fault and unfit(kept):
            raise NodeError(f"http.certificate: {self.fault}")

    def look(self) -> list[Alarm]:
        """Takes what has changed, once it was still from one look to the next. What is to be said of it."""
        seen = self._signs()
        still, self._seen = seen == self._seen, seen
        if still and seen != self._judged:
            self._judged = seen
            self.fault = self._take()
        alarms = due(self._stands, {(CERTIFICATE, _SUBJECT): self.fault}, reworded=True)
        self._stands = standing(alarms, self._stands)
        return alarms

    def _signs(self) -> Signs:
        signs: list[tuple[int, int, int] | None] = []
        for file in self._files:
            try:
                found = file.stat()
                signs.append((found.st_mtime_ns, found.st_size, found.st_ino))
            except OSError:
                signs.append(None)
        return tuple(signs)

    def _take(self) -> str:
        part = self._kept.with_name(f".{self._kept.name}.tried")
        try:
            # The certificate first: what else stands in the files comes behind it.
            content = b"\n".join(file.read_bytes() for file in dict.fromkeys(self._files))
            publish(part, content)
            if not (fault := unfit(part)):
                part.replace(self._kept)
            return fault
        except OSError as error:
            return f"{error.filename or self._kept}: {error.strerror}"
        finally:
            part.unlink(missing_ok=True)
