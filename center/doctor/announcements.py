"""The doctor's look at what the center says by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

from center.doctor.findings import Finding, fail, ok
from center.settings.schema import Settings


def announcements(settings: Settings) -> Iterator[Finding]:
    """Whether the center's own files can be played. Where one cannot, ours is: nothing is lost by it."""
    from media.conference import sounds

    known, own = sounds.texts(), settings.announcements.folder
    wrong = list(sounds.problems(Path(own), known)) if own else []
    for problem in wrong:
        yield fail("announcements", f"announcements.folder: {problem}")
    if wrong:
        return
    if not settings.announcements.names:
        names = "no names"
    elif shutil.which(sounds.SPEAKER) is None:
        names = f"no names ({sounds.SPEAKER} is not installed)"
    else:
        names = f"names by {sounds.SPEAKER}"
    yield ok("announcements", f"{len(known)}, {own or 'the built-in ones'}; {names}")
