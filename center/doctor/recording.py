"""The doctor's look at the recordings."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

from application.recordings import recordings
from application.state.state_dir import StateDir
from application.times import local
from media.conference.recording import KEEP_FREE_BYTES
from model.checks import Finding, fail, ok, warn
from model.settings import Settings


def recording(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Whether it is on, whether there is room, and what there is."""
    wish = settings.recording
    try:
        kept = recordings(state.recordings)
        free = shutil.disk_usage(state.recordings if state.recordings.is_dir() else state.path.parent).free
    except OSError as error:
        yield fail("recording", f"{state.recordings}: {error.strerror}")
        return
    there = "none is kept"
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
