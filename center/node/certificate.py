"""The configured certificate and key of the web, kept as one file that is known to be valid.

A renewal writes two files one after the other, and a `load_cert_chain` that fails half-way leaves a live
context with a certificate and no key. Therefore this module tests the pair first. Every web process, serving
or standby, reads only a tested file; also after a restart amid a renewal.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from application.errors import NodeError
from application.listening import unfit
from model.alarms.active import CERTIFICATE, Alarm, Words, active_alarms, alarm_changes
from runtime.published.file import publish

_SUBJECT: Final = "http.certificate"
Signs = tuple[tuple[int, int, int] | None, ...]


class Certificate:
    """The configured certificate and key, and the kept file with the last valid pair."""

    def __init__(self, certificate: Path, key: Path, kept: Path) -> None:
        """Test the pair and keep it. Raises NodeError if neither the pair nor the kept file is valid."""
        self._files = (certificate, key)
        self._kept = kept
        self._stands: Words = {}
        self._seen = self._judged = self._signs()
        self.fault = self._take()
        """Reason why the kept pair is served in place of the configured pair; empty without a fault."""
        if self.fault and unfit(kept):
            raise NodeError(f"http.certificate: {self.fault}")

    def look(self) -> list[Alarm]:
        """Test and keep changed files, once they are equal in two successive polls. Return the alarms to
        raise or clear.
        """
        seen = self._signs()
        still, self._seen = seen == self._seen, seen
        if still and seen != self._judged:
            self._judged = seen
            self.fault = self._take()
        alarms = alarm_changes(self._stands, {(CERTIFICATE, _SUBJECT): self.fault}, reworded=True)
        self._stands = active_alarms(alarms, self._stands)
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
            # The certificate first: anything else in the files comes behind it.
            content = b"\n".join(file.read_bytes() for file in dict.fromkeys(self._files))
            publish(part, content)
            if not (fault := unfit(part)):
                part.replace(self._kept)
            return fault
        except OSError as error:
            return f"{error.filename or self._kept}: {error.strerror}"
        finally:
            part.unlink(missing_ok=True)
