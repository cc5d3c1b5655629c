"""What a watcher lacks for its part, looked at one by one. Nobody is called or told."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Final

from application.state.state_dir import StateDir
from center.modems.probing import what_is_at
from center.watching.kept import Kept, read
from center.watching.probing import ask, trust_in
from center.watching.running import voice_at
from center.watching.settings import CenterTable, ModemOfWatcher, WatchSettings, roster_of
from center.watching.watcher import KEPT_EVERY_US
from media.conference.speaks import SPEAKER, languages
from messages.ids import SECOND, Instant
from model.checks import Finding, examined, fail, ok, warn
from model.duty.roster import on_duty
from model.wall_clock import settles, unset
from model.watching.beat import Unable
from model.watching.hearing import Hearing
from runtime import wall_clock

_SERVED: Final = ("home", "roaming")
_UNABLE: Final = {
    Unable.MODEM: "does not answer, or its SIM asks for a PIN (stop the service, `securwoman modem probe`)",
    Unable.NETWORK: "is in no network",
}


def findings(settings: WatchSettings, state: StateDir, now_us: Instant) -> list[Finding]:
    """All of it. Of a watcher that runs its modem is not asked: what it says of it itself counts."""
    kept = read(state.path)
    runs = now_us - kept.at < 2 * KEPT_EVERY_US
    # What has come since the file was written is not in it.
    known_us = kept.at if runs else now_us
    found = [
        ok("settings", ", ".join(one.name for one in settings.center)),
        ok("service", "runs") if runs else fail("service", "does not run"),
        *examined("modem", partial(_modem, settings, state, kept if runs else None)),
        *examined("speech", _speech),
        *examined("clock", _clock),
    ]
    for center in settings.center:
        hearing = kept.hearings.get(center.name)
        found += examined("intake", partial(_intake, center))
        found += examined("heartbeats", partial(_heartbeats, center, settings.port, hearing, known_us))
        found += examined("roster", partial(_roster, center, hearing, now_us))
    return found


def _modem(settings: WatchSettings, state: StateDir, running: Kept | None) -> Iterator[Finding]:
    modem = settings.modem
    if modem is None:
        yield warn("modem", "none is named: people are written to, and nobody is phoned")
        return
    lacks = list(_asked(modem, state)) if running is None else [_UNABLE[one] for one in running.unable]
    yield from (fail("modem", f"{modem.port}: {one}") for one in lacks)
    if not lacks:
        yield ok("modem", f"{modem.port}, in a network")
    if not voice_at(modem, state).path:
        yield fail("modem", "modem.voice_port: not found: whoever answers hears nothing")


def _asked(modem: ModemOfWatcher, state: StateDir) -> Iterator[str]:
    found = what_is_at(state, modem.port)
    if not found.answers:
        yield found.text
    elif found.sim != "READY":
        yield f"its SIM says {found.sim or 'nothing'}: it has to ask for no PIN"
    elif found.network not in _SERVED:
        yield _UNABLE[Unable.NETWORK]


def _speech() -> Iterator[Finding]:
    if not languages():
        yield warn(
            "speech", f"{SPEAKER} is not installed: whoever answers hears that something is wrong, not what"
        )


def _clock() -> Iterator[Finding]:
    known = wall_clock.facts()
    if settles(known):
        yield warn("clock", "the machine is about to set it after its boot: until then nobody is phoned")
    elif known.follows is False:
        why = unset(known, followed=False) or "it follows no time server"
        yield warn("clock", f"{why}: by a wrong clock the wrong people are phoned")
    elif known.follows is None:
        yield warn("clock", "the kernel does not say whether it follows a time server")
    else:
        yield ok("clock", "follows a time server")


def _intake(center: CenterTable) -> Iterator[Finding]:
    if not center.probe:
        yield warn("intake", f"{center.name}: not asked: center.probe is empty")
    elif why := ask(center.probe, trust_in(center.authority)):
        yield fail("intake", f"{center.name}: {center.probe}: {why}")
    else:
        yield ok("intake", f"{center.name}: {center.probe} answers")


def _heartbeats(
    center: CenterTable, port: int, hearing: Hearing | None, now_us: Instant
) -> Iterator[Finding]:
    if not center.key_file:
        return
    heard = {} if hearing is None else {name: one.at for name, one in hearing.nodes.items() if one.at}
    if not heard:
        yield fail(
            "heartbeats",
            f"{center.name}: none yet: its settings want a [[heartbeat]] with this key, to port {port} here",
        )
        return
    ago_s = (now_us - max(heard.values())) / SECOND
    said = f"{center.name}: {', '.join(sorted(heard))}, {ago_s:.0f} s ago"
    yield ok("heartbeats", said) if ago_s <= center.silent_after_s else fail("heartbeats", said)


def _roster(center: CenterTable, hearing: Hearing | None, now_us: Instant) -> Iterator[Finding]:
    people = on_duty(roster_of(center, b"" if hearing is None else hearing.roster), now_us)
    if people:
        yield ok("roster", f"{center.name}: {len(people)} on duty now")
    else:
        yield fail("roster", f"{center.name}: nobody is on duty")
