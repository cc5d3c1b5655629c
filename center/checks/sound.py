"""Checks of recording, and of announcements."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, check_row
from application.recordings import recordings
from application.state.state_dir import StateDir
from application.times import local
from media.conference.recording import KEEP_FREE_BYTES
from messages.rows import Sentence
from model.checks import Finding, fail, ok, warn
from model.settings import Settings


def recording(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Report the state of recording, the free space, and the recordings kept."""
    wish = settings.recording
    try:
        kept = recordings(state.recordings)
        free = shutil.disk_usage(state.recordings if state.recordings.is_dir() else state.path.parent).free
    except OSError as error:
        yield fail("recording", f"{state.recordings}: {error.strerror}")
        return
    there = "no recording is kept"
    if kept:
        size = sum(one.bytes for one in kept) / 1e6
        there = f"{len(kept)} kept, {size:.0f} MB, the oldest of {local(kept[0].ended_at)[:10]}"
    if not wish.enabled:
        yield ok("recording", f"off; {there}")
        return
    try:
        import soundfile  # noqa: F401
    except (ImportError, OSError) as error:
        yield fail("recording", f"on, but sound cannot be written on this machine: {error}")
        return
    how = f"on, {', '.join(wish.parties)}, {wish.format}, deleted after {wish.retention_days} days; {there}"
    if free < KEEP_FREE_BYTES:
        room = f"{free / 1e6:.0f} MB free, which are kept for the journal"
        yield fail("recording", f"{how}; nothing is recorded: {room}")
    elif free < 10 * KEEP_FREE_BYTES:
        yield warn("recording", f"{how}; {free / 1e6:.0f} MB free, for some {free / 90e6:.0f} hours")
    else:
        yield ok("recording", f"{how}; {free / 1e9:.0f} GB free")


def announcements(settings: Settings) -> Iterator[Finding]:
    """Check that the center's own files can be played, and its questions spoken. A faulty file is
    replaced by the built-in announcement: no announcement is lost.
    """
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


RECORDED: Final = (
    check_row(
        "recording",
        Sentence("Recording is possible, and has disk space", "La registrazione è attiva, e ha spazio"),
        Sentence("Free space on the disk; install soundfile", "Fare spazio; installare soundfile"),
        lambda around: recording(around.state, around.settings),
        CheckCondition.SETTINGS,
        CheckCondition.STATE,
    ),
)
SAID: Final = (
    check_row(
        "announcements",
        Sentence(
            "The configured announcement files can be played", "I file del centro si possono riprodurre"
        ),
        Sentence("Correct announcements.folder", "Correggere announcements.folder"),
        lambda around: announcements(around.settings),
        CheckCondition.SETTINGS,
    ),
)
