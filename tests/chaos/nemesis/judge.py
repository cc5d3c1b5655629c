"""What must hold at the end of a round: the invariants, and what was answered outside against the journal.

`judge` is pure; `look_around` asks the center itself, once it is quiet.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import Any, Final

import httpx

from messages import events as ev
from messages.ids import SECOND, AlertId, Channel, Instant
from messages.journal import Recorded
from store import streams
from tests.chaos.harness.sampling import GROWTH
from tests.chaos.harness.view import Call
from tests.chaos.in_process.evidence import Evidence, cases_of
from tests.chaos.in_process.invariants import (
    CHECKS,
    no_call_is_dropped,
    no_call_is_nobodys,
    nobody_is_called_twice,
    one_owner_at_a_time,
    psap_is_called_once,
    streams_are_dense,
)
from tests.chaos.nemesis.done import Done
from tests.chaos.nemesis.evidence import OURS
from tests.chaos.nemesis.story import Console, Sizes, Story
from tests.chaos.nemesis.world import PHONES, World
from tests.nodes.judge import judge_storm

FROZEN_US: Final = 8 * SECOND
"""So long a node may stand still between its look at the clock and its commit, while another one writes."""
OF_ONE_NODE: Final = frozenset(
    (no_call_is_dropped, no_call_is_nobodys, nobody_is_called_twice, one_owner_at_a_time, psap_is_called_once)
)
"""What another node, which cannot hear the first, may have to break; `judge_storm` has its own for these."""
CLOCKS_US: Final = 2 * SECOND
"""Between what is seen by us and what is written by the center, at the most, but for its own delay."""
BACK_US: Final = 5 * SECOND
"""Where the journal changes over to memory an event keeps the moment of its first try."""
SHOWN: Final = ("outcome", "closed_us", "operator", "silent", "met_us", "rang_us")
"""What a console is told of any alert, and its story has, too."""
BAD_LINES: Final = re.compile(r"Traceback|internal error|Internal Server Error|\bCRITICAL\b")
NAMED: Final = ("psycopg.OperationalError", "ServerSilent", "JournalUnavailable")
"""An actor that is started while the database is away says so at length, and is started again."""
SETTLES_S: Final = 15.0
"""Workers that are not needed any longer are ended a while after the last alert."""
HEAD_LOST: Final = 3
"""Of `audit verify`: the head of a chain is gone with the process that had it while the disk was full."""
SMALL_KB, FEW_DESCRIPTORS = 6000, 12
GREW_OVER_S: Final = 120.0


def judge(seen: Evidence, calls: Sequence[Call], done: Done, *, nodes: bool = False) -> list[str]:
    """Everything that is wrong by journal, carrier and answers; of several nodes by what holds of those."""
    found: list[str] = []
    if nodes:
        stories = cases_of(seen.journal)
        found += [str(one) for one in judge_storm(stories, _to_others(calls), OURS)]
    for check in CHECKS:
        if nodes and check in OF_ONE_NODE:
            continue
        try:
            faults = list(check(seen))
        except Exception as error:  # one check that cannot judge must not hide what the others find
            faults = [f"cannot be judged: {type(error).__name__}: {error}"]
        if check is streams_are_dense:
            back_us = BACK_US + (FROZEN_US if nodes else 0)
            faults = [fault for fault in faults if not _goes_back_so_far(fault, seen.journal, back_us)]
        found += [f"{check.__name__}: {fault}" for fault in faults]
    for rule in (receipts, texts, answered_calls, notes, orders, nobody_is_called_for_nothing):
        found += [f"{rule.__name__}: {fault}" for fault in rule(seen, calls, done)]
    return found + [f"odd: {one}" for one in done.odd]


def _to_others(calls: Iterable[Call]) -> Iterator[Call]:
    return (call for call in calls if call.to not in OURS)


def _goes_back_so_far(fault: str, journal: Sequence[Recorded], most_us: int) -> bool:
    if not fault.startswith("the journal goes back at "):
        return False
    n = next(n for n, one in enumerate(journal) if one.seq == int(fault.rpartition(" ")[2]))
    back_us = journal[n - 1].at_us - journal[n].at_us
    return 0 < back_us < most_us and journal[n].seq > journal[n - 1].seq


def receipts(seen: Evidence, calls: Sequence[Call], done: Done) -> Iterator[str]:
    """Every alert that an app was told of is in the journal, by its own name or by the sender's."""
    there: set[str] = {*cases_of(seen.journal)}
    there |= {one.event.alias for one in seen.journal if isinstance(one.event, ev.AlertSignalAdded)}
    for one in done.receipts:
        if one.alert is not None and one.alert not in there:
            yield f"{one.id} of {one.phone} was answered {one.status} as {one.alert}, which is not there"


def texts(seen: Evidence, calls: Sequence[Call], done: Done) -> Iterator[str]:
    """Every short message that a SIM has taken is a signal or a message of its user's."""
    signals = _signals(seen.journal, Channel.SMS)
    said = {one.event.text for one in seen.journal if isinstance(one.event, ev.DialogueSaid)}
    for text in done.texts:
        came = any(phone == text.phone and at > text.at_us - CLOCKS_US for phone, at in signals)
        if text.delivered and not came and not any(text.words in words for words in said):
            yield f"{text.words!r} of {text.phone} is not there"


def answered_calls(seen: Evidence, calls: Sequence[Call], done: Done) -> Iterator[str]:
    """Every call of a user's that was answered is a signal."""
    signals = _signals(seen.journal, Channel.VOICE)
    for call in calls:
        if call.caller not in PHONES or call.answered_s is None or call.to not in OURS:
            continue
        since = call.started_s * SECOND - CLOCKS_US
        if not any(phone == call.caller and at > since for phone, at in signals):
            yield f"call {call.id} of {call.caller} on {call.line} was answered, and there is no alert"


def _signals(journal: Iterable[Recorded], channel: Channel) -> list[tuple[str, Instant]]:
    return [
        (str(one.event.phone), one.at_us)
        for one in journal
        if isinstance(one.event, ev.AlertReceived | ev.AlertSignalAdded) and one.event.channel is channel
    ]


def notes(seen: Evidence, calls: Sequence[Call], done: Done) -> Iterator[str]:
    """A note that was accepted is written once; one that nobody has answered at most once."""
    written = Counter(
        (streams.alert_of(one.stream), one.event.text)
        for one in seen.journal
        if isinstance(one.event, ev.NoteAdded)
    )
    accepted: Counter[tuple[AlertId, str]] = Counter()
    perhaps: Counter[tuple[AlertId, str]] = Counter()
    for one in done.orders:
        if one.command == "note":
            (accepted if one.status == 202 else perhaps)[one.alert, one.text] += one.status in (0, 202, 503)
    for key, times in accepted.items():
        if not times <= written[key] <= times + perhaps[key]:
            yield f"{key[1]!r} of {key[0]}: accepted {times} times, written {written[key]} times"


def orders(seen: Evidence, calls: Sequence[Call], done: Done) -> Iterator[str]:
    """Of each command at least as many are in the journal of an alert as were accepted."""
    accepted = Counter(
        (one.alert, one.command) for one in done.orders if one.status == 202 and one.command in _COMMANDS
    )
    written = Counter(
        (streams.alert_of(one.stream), str(one.event.command))
        for one in seen.journal
        if isinstance(one.event, ev.CommandGiven)
    )
    for (alert, command), times in accepted.items():
        if written[alert, command] < times:
            yield f"{command} of {alert}: accepted {times} times, written {written[alert, command]} times"


_COMMANDS: Final = frozenset(
    ("take", "declare_false_alarm", "call_psap", "leave", "close", "briefing_given", "withdraw_psap")
)
"""Those that every case keeps as they were given."""


def nobody_is_called_for_nothing(seen: Evidence, calls: Sequence[Call], done: Done) -> Iterator[str]:
    """A user is called only while an alert of that phone's is open."""
    times: dict[str, list[tuple[Instant, Instant | None]]] = {}
    for events in cases_of(seen.journal).values():
        phone, opened = "", Instant(0)
        for one in events:
            if isinstance(one.event, ev.AlertReceived):
                phone, opened = str(one.event.phone), one.at_us
            elif isinstance(one.event, ev.AlertReopened):
                opened = one.at_us
            elif isinstance(one.event, ev.AlertClosed):
                times.setdefault(phone, []).append((opened, one.at_us))
        times.setdefault(phone, []).append((opened, None))
    for call in seen.calls:
        spans = times.get(call.to, [])
        was_open = any(
            begin - CLOCKS_US <= call.started and (end is None or call.started <= end + CLOCKS_US)
            for begin, end in spans
        )
        if call.ours and call.to in PHONES and not was_open:
            yield f"call {call.number} to {call.to} on {call.line}: no alert of theirs is open"


# ------------------------------------------------------------------------------------------ the center


def look_around(
    world: World, story: Story, console: Console, sizes: Sizes, quiet_since: Instant
) -> list[str]:
    """What the center itself says once it is quiet, and what its processes and logs show."""
    found = [f"well: {one}" for one in world.unwell_after(SETTLES_S)]
    for words in (("journal", "verify"), ("audit", "verify")):
        said = world.center.command(*words)
        if said.returncode not in (0, HEAD_LOST):
            found.append(f"{' '.join(words)}: {said.returncode}: {(said.stdout + said.stderr)[-400:]}")
    found += [f"restarted: {one}" for one in _restarted(story.recorded, quiet_since)]
    found += [f"console: {one}" for one in _pictures(world, story, console.cases)]
    found += [f"log: {one}" for one in _logs(world)]
    found += [f"grown: {one}" for one in grown(sizes.of)]
    return found


def _restarted(journal: Iterable[Recorded], since: Instant) -> Iterator[str]:
    for one in journal:
        if isinstance(one.event, ev.ActorStarted) and one.at_us > since:
            yield f"{one.event.role} {one.event.key}: {one.event.cause}"


def _pictures(world: World, story: Story, shown: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The console's picture is the story's, and an open alert is in it."""
    for alert, picture in shown.items():
        with suppress(httpx.TransportError):
            answer = world.ask("GET", f"/v1/alerts/{alert}/story", world.tokens[-1])
            if answer.status_code != 200:
                yield f"the story of {alert}: {answer.status_code}"
                continue
            told = answer.json()
            for name in SHOWN:
                if picture.get(name) != told.get(name):
                    yield f"{alert}: {name} is {picture.get(name)!r} there, {told.get(name)!r} in the story"
    yield from (f"{alert} is open and not shown" for alert in story.open_cases if alert not in shown)


def _logs(world: World) -> Iterator[str]:
    files = [world.folder / "carrier.log"]
    for node in world.nodes:
        files += [*sorted(node.state.logs.glob("*")), node.log]
    for file in files:
        named = NAMED if world.database is not None else ()
        for bad in islice(complaints(file.read_text(errors="replace"), named), 1):
            yield f"{file.name}: {bad}"


def complaints(text: str, named: Collection[str]) -> Iterator[str]:
    """The lines of a log that tell of a fault of the center's, but for those of a named error."""
    lines = text.splitlines()
    for n, line in enumerate(lines):
        if bad := BAD_LINES.search(line):
            # A log of events has all in one line, another one the error in the next that is not indented.
            error = line if line.startswith("{") else next((x for x in lines[n + 1 :] if x[:1].strip()), "")
            if not any(name in error for name in named):
                yield repr(line[max(0, bad.start() - 300) : bad.start() + 1500] + error[-200:])


def grown(of: Mapping[tuple[str, str, int], Sequence[tuple[float, int, int]]]) -> Iterator[str]:
    """Processes that lived long and are larger than they were soon after their start."""
    for (role, key, pid), samples in of.items():
        if len(samples) < 4 or samples[-1][0] - samples[2][0] < GREW_OVER_S:
            continue
        (_, kb, descriptors), (_, kb_now, descriptors_now) = samples[2], samples[-1]
        if descriptors_now > descriptors + FEW_DESCRIPTORS:
            yield f"{role} {key} ({pid}) has {descriptors_now} descriptors, and had {descriptors}"
        if kb_now > kb * (1 + 3 * GROWTH) + SMALL_KB:
            yield f"{role} {key} ({pid}) has {kb_now} kB, and had {kb}"
