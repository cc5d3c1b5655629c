"""Recording of a conference: a tap that only stores frames, and a thread that writes them to a file.

The media thread never waits: its frames enter a queue of ten seconds; frames beyond are counted and become
silence in the file. The writer may wait for the disk. If it cannot write, or if writing would take the space
reserved for the journal, the recording ends with a reason; the voice is not affected.
"""

from __future__ import annotations

import shutil
import threading
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from media.conference.beat import Tick
from media.conference.priority import Rank, raise_thread
from media.conference.report import RecordingStatus
from media.sound.frames import FRAME_MS, FRAMES_PER_S
from media.sound.sound_file import SoundFileFailed, SoundFormat, SoundName, SoundWriter
from media.sound.tracks import Tracks, TrackTick

WAITS_S: Final = 0.25
"""Interval of writing, in seconds. A crash loses at most this and a block of the format."""
MOST_WAITING: Final = 10 * FRAMES_PER_S
KEEP_FREE_BYTES: Final = 200_000_000
"""Free space reserved for the journal, in bytes. An hour of three parties is 170 MB before FLAC halves it."""


class Recorder:
    """File of one conference. `tap` is for the media thread; the other methods may be called from any
    thread.
    """

    def __init__(
        self,
        folder: Path,
        stem: str,
        kind: SoundFormat,
        tracks: int,
        *,
        on_change: Callable[[], None] | None = None,
        free_bytes: Callable[[Path], int] | None = None,
    ) -> None:
        """Start the writer; the first tick opens the file. `on_change` is called when `status` has
        changed.
        """
        self._folder, self._stem, self._kind, self._number = folder, stem, kind, tracks
        self._tracks = Tracks(tracks)
        self._on_change = on_change or (lambda: None)
        self._free_bytes = free_bytes or (lambda path: shutil.disk_usage(path).free)
        self._track_of: Mapping[str, int] = {}
        self._waiting: deque[TrackTick] = deque()
        self._dropped = 0
        self._file = self._fault = ""
        self._writer: SoundWriter | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="recorder", daemon=True)
        self._thread.start()

    def record(self, track_of: Mapping[str, int]) -> None:
        """Record exactly these legs from the next tick on, each on its track."""
        self._track_of = dict(track_of)

    def tap(self, tick: Tick, said: Mapping[str, bytes]) -> None:
        """Store this tick, if the queue has room. On the media thread: never waits and never fails."""
        if self._fault or len(self._waiting) >= MOST_WAITING:
            self._dropped += 1
            return
        frames = tuple((track, said[leg]) for leg, track in self._track_of.items() if leg in said)
        self._waiting.append(TrackTick(tick.number, frames))

    def status(self) -> RecordingStatus:
        """Return the state of the recording."""
        return RecordingStatus(file=self._file, fault=self._fault, dropped_ms=self._dropped * FRAME_MS)

    def stop(self, wait_s: float = 0.0) -> bool:
        """Write the queue and close the file; return True if done within `wait_s`."""
        self._stopping.set()
        self._thread.join(wait_s)
        return not self._thread.is_alive()

    # -- the writer's thread

    def _run(self) -> None:
        raise_thread(Rank.BESIDE_VOICE)
        try:
            while not self._stopping.wait(WAITS_S):
                self._write()
            self._write()
        except Exception as error:  # any fault must leave the voice unaffected; the case is notified
            self._fault = str(error) if isinstance(error, SoundFileFailed | OSError) else repr(error)
        try:
            if self._writer is not None:
                self._writer.close()
        except SoundFileFailed as error:
            self._fault = self._fault or str(error)
        self._file = ""
        self._waiting.clear()
        self._on_change()

    def _write(self) -> None:
        heard = [self._waiting.popleft() for _ in range(len(self._waiting))]
        if not heard:
            return
        if self._free_bytes(self._folder) < KEEP_FREE_BYTES:
            raise SoundFileFailed(f"{self._folder}: the remaining disk space is kept for the journal")
        if self._writer is None:
            self._writer = self._begin()
            self._file = self._writer.path.name
            self._on_change()
        for piece in self._tracks.lay(heard):
            self._writer.write(piece)

    def _begin(self) -> SoundWriter:
        """Open a file with the next number of this name; a dying predecessor may be about to take that
        number.
        """
        while True:
            there = [name for path in self._folder.iterdir() if (name := SoundName.of(path.name)) is not None]
            number = 1 + max((one.number for one in there if one.alert == self._stem), default=0)
            try:
                path = self._folder / str(SoundName(self._stem, number, self._kind))
                return SoundWriter(path, self._number)
            except FileExistsError:
                continue
