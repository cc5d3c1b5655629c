"""At a modem that says what a trace says, the driver tells the calls that a replay tells, and ends up with
those that there are however its cable spoils what it hears."""

from __future__ import annotations

import random
from functools import cache
from typing import Final

from gateways.gsm.driver.events import CallAnswered, CallReleased
from gateways.gsm.tracing.replay import ReplayEvent, replay, to_replay_events
from tests.gateways.gsm.bench import DIALECTS
from tests.gateways.gsm.driven import Driven
from tests.gateways.gsm.reported import USUAL, marked, said
from tests.gateways.gsm.test_traces import LOADED, NAMES, NOISE, REPORTED, TEXTS
from tests.support.depth import some
from tests.support.each import each

LISTED_OTHERWISE: Final = {
    "quectel_ec2x/outbound_another_number",  # its list has the number that the SIM has made of ours
    "3gpp/id_used_again",  # one call takes another's place between two lists, and nothing else tells
}
"""Of whose lists the observer, who answers for them here, does not know enough."""
DISTURBED: Final = frozenset(some(25, NAMES))
"""Whose bytes also come one by one and late, or with codes in between."""
SPOILT_ONCE_IN: Final = 60
"""Bytes."""
A_SLOW_WAY_S: Final = 0.15
"""Longer than any USB; a modem at a terminal server may need it."""
AFTER_A_LOST_DIAL_S: Final = 60.0
"""An unknown modem's dial may have no result for 45 s, and nothing is asked meanwhile."""


def _stories(events: list[ReplayEvent]) -> dict[int | None, list[tuple[str, str | None, int | None]]]:
    """What is told of each call, without the times: the driver asks where a replay has to wait."""
    stories: dict[int | None, list[tuple[str, str | None, int | None]]] = {}
    for event in events:
        if event.event.startswith("call."):
            stories.setdefault(event.call, []).append((event.event, event.number, event.cause))
    return stories


@cache
def driven(name: str) -> Driven:
    """Of each trace that nothing disturbs the driver is run once."""
    return Driven(LOADED[name])


def _by_bytes(data: bytes) -> list[bytes]:
    return [bytes((byte,)) for byte in data]


@each("name", some(70, [name for name in NAMES if name not in LISTED_OTHERWISE]))
def test_the_driver_tells_the_calls_that_a_replay_tells(name: str) -> None:
    chance = random.Random(name)

    def among_codes(data: bytes) -> list[bytes]:
        code = f"\r\n{chance.choice(NOISE)}\r\n".encode()
        return [data, code] if data.endswith(b"\r\n") and chance.randrange(2) else [data]

    expected = _stories(replay(LOADED[name], DIALECTS))
    assert _stories(to_replay_events(driven(name).events)) == expected
    ways = (
        lambda: Driven(LOADED[name], _by_bytes, late_s=A_SLOW_WAY_S),
        lambda: Driven(LOADED[name], among_codes),
    )
    for way in some(1, ways) if name in DISTURBED else ():
        assert _stories(to_replay_events(way().events)) == expected


@each("name", REPORTED)
def test_what_it_says_besides_calls_is_written_in_the_trace(name: str) -> None:
    before = [words for event in driven(name).before if (words := said(event)) is not None]
    found = [words for words in before if words not in USUAL]
    found += [f"not {words}" for words in USUAL if words not in before]
    found += [words for event in driven(name).events if (words := said(event)) is not None]
    assert found == marked(TEXTS[name], "#!")


@each(
    ("name", "seed"),
    some(30, [(name, seed) for name in NAMES for seed in range(2 if name in REPORTED else 1)]),
)
def test_however_it_is_spoilt_the_driver_ends_up_with_the_calls_that_there_are(name: str, seed: int) -> None:
    chance = random.Random(f"{name} {seed}")

    def spoilt(data: bytes) -> list[bytes]:
        kept = bytearray()
        for byte in data:
            if chance.randrange(SPOILT_ONCE_IN):
                kept.append(byte)
            elif chance.randrange(2):
                kept.append(chance.randrange(256))
        return [bytes(kept)]

    driven = Driven(LOADED[name], spoilt, AFTER_A_LOST_DIAL_S)
    for kind in (CallReleased, CallAnswered):
        calls = [event.call for event in driven.events if isinstance(event, kind)]
        assert len(calls) == len(set(calls)), kind
    assert len(driven.driver.calls()) == len(driven.modem.calls())
