"""The doctor's look at what the center says by itself."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from model.checks import Finding, fail, ok
from model.settings import Settings


def announcements(settings: Settings) -> Iterator[Finding]:
    """Whether the center's own files can be played, and questions be spoken. Where a file of the center's
    cannot, ours is played: nothing is lost by it."""
    from application.settings.protocols import named, protocols_of
    from media.conference import sounds
    from media.conference.speaks import SPEAKER, languages, speakable

    questions = dict(named(protocols_of(settings.protocols.folder)))
    known, own = sounds.texts(), settings.announcements.folder
    wrong = list(sounds.problems(Path(own), {*known, *questions})) if own else []
    for problem in wrong:
        yield fail("announcements", f"announcements.folder: {problem}")
    if wrong:
        return
    voices = languages()
    if not settings.announcements.names:
        names = "no names"
    elif not voices:
        names = f"no names ({SPEAKER} is not installed)"
    else:
        names = f"names by {SPEAKER}"
    folder = Path(own) if own else None
    asked = sum(bool(speakable(folder, name, one.ask, voices)) for name, one in questions.items())
    spoken = f"{asked} of {len(questions)} questions can be spoken"
    yield ok("announcements", f"{len(known)}, {own or 'the built-in ones'}; {names}; {spoken}")
