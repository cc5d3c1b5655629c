"""Says again and again how loud the parties are and how good their lines, as the center's processes do."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from messages.ids import Instant, LineId, TrunkId
from messages.lines import LineReport, LineState
from messages.readings import Level, LevelReading
from runtime.published import line_files, readings
from tests.gateways.http.place import CLOCK
from tests.gateways.story import Story

EVERY_S = 0.1
LINES = {"L1": -93, "L2": -71, "E1": -79}
VOICES = {
    "user": Level(dbfs=-24, voice=True),
    "op1": Level(dbfs=-48),
    "psap": Level(dbfs=-32, voice=True),
}


class Voices:
    """Nobody speaks until `of`."""

    def __init__(self, run: Path) -> None:
        self._run = run
        self._story: Story | None = None
        self._lines: Mapping[str, int | None] = LINES
        self._said: Mapping[str, Level] = VOICES
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def of(
        self,
        story: Story,
        said: Mapping[str, Level] = VOICES,
        lines: Mapping[str, int | None] = LINES,
    ) -> None:
        """From now on the parties of this alert are so loud, and their lines so good."""
        self._story, self._said, self._lines = story, said, lines
        if self._thread is None:
            self._thread = threading.Thread(target=self._run_on)
            self._thread.start()

    def stop(self) -> None:
        """Nothing more is said."""
        self._over.set()
        if self._thread is not None:
            self._thread.join()

    def _run_on(self) -> None:
        while not self._over.wait(EVERY_S):
            now = Instant(CLOCK.now_us())
            story = self._story
            assert story is not None
            for line, dbm in self._lines.items():
                line_files.write(
                    self._run,
                    LineReport(
                        line=LineId(line),
                        trunk=TrunkId("public"),
                        emergency=False,
                        state=LineState.READY,
                        since=Instant(0),
                        signal_dbm=dbm,
                    ),
                )
            legs = {story.leg(place): level for place, level in self._said.items()}
            readings.send_reading(self._run, LevelReading(alert=story.alert, at_us=now, legs=legs))
