"""How large a center is: processes, descriptors, memory, journal. And whether it has grown."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from application.state.processes import marked
from application.state.state_dir import StateDir

GROWTH = 0.10
"""More than this from the first fifth to the last is growth."""


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One look. The carrier, which keeps every call for ever, is left out."""

    at_s: float
    processes: int
    descriptors: int
    private_kb: int
    """What no other process shares: each one's part of the rest grows as others end."""
    rss_kb: int
    journal_bytes: int
    open_alerts: int
    accepted: int

    @property
    def private_kb_each(self) -> float:
        """Of one process, in the mean: how many there are follows the load."""
        return self.private_kb / max(1, self.processes)

    @property
    def descriptors_each(self) -> float:
        """The same."""
        return self.descriptors / max(1, self.processes)


def sample(state: StateDir, *, at_s: float, open_alerts: int, accepted: int) -> Sample:
    """Look at it now."""
    processes = descriptors = private = rss = 0
    for process in marked(state.path):
        with suppress(OSError):
            memory = _memory_kb(process.pid)
            descriptors += len(os.listdir(f"/proc/{process.pid}/fd"))
            processes += 1
            private, rss = private + memory[0], rss + memory[1]
    files = [Path(f"{state.path}/journal.db{suffix}") for suffix in ("", "-wal")]
    return Sample(
        at_s=round(at_s, 1),
        processes=processes,
        descriptors=descriptors,
        private_kb=private,
        rss_kb=rss,
        journal_bytes=sum(file.stat().st_size for file in files if file.exists()),
        open_alerts=open_alerts,
        accepted=accepted,
    )


def _memory_kb(pid: int) -> tuple[int, int]:
    """Private and resident size."""
    fields = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, value = line.partition(":")
        fields[name] = int(value.split()[0])
    return fields["Private_Clean"] + fields["Private_Dirty"], fields["Rss"]


def fifths(samples: Sequence[Sample], what: str) -> tuple[float, float]:
    """The medians of the first fifth, without its very beginning, and of the last."""
    part = max(1, len(samples) // 5)
    first, last = samples[part // 4 : part] or samples[:1], samples[-part:]
    return median(getattr(one, what) for one in first), median(getattr(one, what) for one in last)


def growth(samples: Sequence[Sample]) -> dict[str, dict[str, object]]:
    """What has grown and what has not."""
    found: dict[str, dict[str, object]] = {}
    for what in ("processes", "descriptors_each", "private_kb_each"):
        first, last = fifths(samples, what)
        found[what] = {
            "first_fifth": round(first, 1),
            "last_fifth": round(last, 1),
            "grown": last > first * (1 + GROWTH),
        }
    return found


def told(samples: Sequence[Sample]) -> list[dict[str, object]]:
    """As JSON."""
    return [asdict(one) for one in samples]
