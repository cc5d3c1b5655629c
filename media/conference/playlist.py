"""Clips of a conference: requested, loaded and played.

Requests come from any thread; the media thread takes one frame of each clip per tick. Sounds are loaded on
other threads, because reading a file may take time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping

import numpy as np

from media.conference.clips import ClipSpec, Playback, Playing
from media.conference.roster import Spawn
from media.sound.frames import Samples
from media.sound.speech import softened

LoadSound = Callable[[str, str, str], Samples]
"""Loader of a sound by name, language and text, at 8 kHz; may wait and raise any exception."""

_NOBODY: frozenset[str] = frozenset()


class _Entry:
    def __init__(self, spec: ClipSpec) -> None:
        self.spec = spec
        self.playback: Playback | None = None  # while the sound is loading
        self.sounding = False
        self.begun = False


class Playlist:
    """Clips of one conference. `changes` grows whenever a clip begins or ends."""

    def __init__(self, load: LoadSound, spawn: Spawn) -> None:
        self._load = load
        self._spawn = spawn
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._ending: dict[str, Playback] = {}
        self._troubles: dict[str, str] = {}
        self._begun: frozenset[str] = frozenset()
        self._played: frozenset[str] = frozenset()
        self._cut: frozenset[str] = frozenset()
        self.changes = 0

    def reconcile(self, wanted: Mapping[str, ClipSpec]) -> None:
        """Set the requested clips; a clip that was played or withdrawn does not begin again."""
        new: list[str] = []
        with self._lock:
            for clip in self._entries.keys() - wanted.keys():
                entry = self._entries.pop(clip)
                if entry.sounding and entry.playback is not None:
                    self._ending[clip] = entry.playback
                if entry.begun and not entry.spec.every_s:
                    self._is_over(clip, cut=True)
            for clip, spec in wanted.items():
                if clip in self._entries:
                    self._entries[clip].spec = spec
                elif spec.begun and clip not in self._played:
                    self._is_over(clip, cut=True)
                elif clip not in self._played:
                    self._entries[clip] = _Entry(spec)
                    new.append(clip)
        for clip in new:
            self._begin_loading(clip, wanted[clip])

    def turn(self, present: Collection[str]) -> tuple[Playing, ...]:
        """Return one frame of each playing clip; a clip waits while none of its hearers is present."""
        if not self._entries and not self._ending:
            return ()
        playing: list[Playing] = []
        with self._lock:
            for clip, playback in self._ending.items():
                if (frame := playback.next()) is not None:
                    playing.append(Playing(clip, frame, _NOBODY))
            self._ending.clear()
            for clip, entry in tuple(self._entries.items()):
                entry.sounding = False
                if entry.playback is None or entry.spec.to.isdisjoint(present):
                    continue
                if not entry.begun:
                    entry.begun = True
                    self._begun |= {clip}
                    self.changes += 1
                if (frame := entry.playback.next()) is not None:
                    entry.sounding = True
                    playing.append(Playing(clip, frame, entry.spec.to))
                if entry.playback.over:
                    del self._entries[clip]
                    self._is_over(clip)
        return tuple(playing)

    @property
    def played(self) -> frozenset[str]:
        """Clips that are over: played to the end, or begun and withdrawn. A repeating clip never is."""
        return self._played

    @property
    def begun(self) -> frozenset[str]:
        """Clips that have begun here."""
        return self._begun

    @property
    def cut(self) -> frozenset[str]:
        """Clips that are over without having been played to the end."""
        return self._cut

    def troubles(self) -> dict[str, str]:
        """Return the clips that could not be loaded, with the reason; such a clip ends as soon as it would
        have begun.
        """
        with self._lock:
            return dict(self._troubles)

    def _is_over(self, clip: str, *, cut: bool = False) -> None:
        self._played |= {clip}
        if cut:
            self._cut |= {clip}
        self.changes += 1

    def _begin_loading(self, clip: str, spec: ClipSpec) -> None:
        try:
            self._spawn(lambda: self._loaded(clip, spec))
        except RuntimeError:
            # No thread available: retried with the next request, which comes each second.
            with self._lock:
                self._entries.pop(clip, None)

    def _loaded(self, clip: str, spec: ClipSpec) -> None:
        sound: Samples = np.zeros(0, dtype=np.int16)
        trouble = ""
        try:
            parts = [self._load(name, spec.language, spec.text) for name in spec.names]
            sound = np.concatenate([sound, *parts])
            if spec.softly:
                sound = softened(sound)
        except Exception as error:  # a fault of the loader must not end the conference; it is reported
            trouble = repr(error)
        playback = Playback(sound, spec.every_s)
        with self._lock:
            if trouble:
                self._troubles[clip] = trouble
            if clip in self._entries:
                self._entries[clip].playback = playback
