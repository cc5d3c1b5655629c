"""Checks of a watcher, one by one. No person is called or notified."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Final

from application.state.state_dir import StateDir
from features.watcher.beat import Unable
from features.watcher.heartbeat_state import HeartbeatState
from features.watcher.program.probing import ask, trust_in
from features.watcher.program.running import voice_at
from features.watcher.program.settings import CenterTable, ModemOfWatcher, WatchSettings, roster_of
from features.watcher.program.state import Kept, read
from features.watcher.program.watcher import KEPT_EVERY_US
from gateways.gsm.probing import probe_port
from media.conference.speaks import SPEAKER, languages
from messages.ids import SECOND, Instant
from messages.rows import Sentence
from model.callouts.roster import on_duty
from model.checks import Check, CheckUser, Cost, Finding, Subject, fail, ok, run_check, warn
from model.wall_clock import is_about_to_be_set, why_not_trusted
from runtime import wall_clock

_SERVED: Final = ("home", "roaming")
_UNABLE: Final = {
    Unable.MODEM: "does not answer, or its SIM asks for a PIN (stop the service, `securwoman modem probe`)",
    Unable.NETWORK: "is in no network",
}


@dataclass(frozen=True, kw_only=True)
class Watching:
    """Input of a watcher's checks. The modem of a running watcher is not queried: its own report counts."""

    settings: WatchSettings
    state: StateDir
    kept: Kept
    now_us: Instant

    @property
    def runs(self) -> bool:
        """True if the watcher runs: it has written its file recently."""
        return self.now_us - self.kept.at < 2 * KEPT_EVERY_US

    @property
    def known_us(self) -> Instant:
        """Time up to which heartbeats are known: later ones are not in the file."""
        return self.kept.at if self.runs else self.now_us


@dataclass(frozen=True, kw_only=True)
class OfCenter:
    """A center of the watcher."""

    by: Watching
    center: CenterTable

    @property
    def hearing(self) -> HeartbeatState | None:
        """State of the heartbeats of this center; None if none was received."""
        return self.by.kept.hearings.get(self.center.name)


def findings(settings: WatchSettings, state: StateDir, now_us: Instant) -> list[Finding]:
    """Return the findings of all checks."""
    by = Watching(settings=settings, state=state, kept=read(state.path), now_us=now_us)
    found = [one for check in CHECKS for one in run_check(check.name, partial(check.look, by))]
    for center in settings.center:
        about = OfCenter(by=by, center=center)
        found += [one for check in OF_CENTER for one in run_check(check.name, partial(check.look, about))]
    return found


def _settings(by: Watching) -> Iterator[Finding]:
    yield ok("settings", ", ".join(one.name for one in by.settings.center))


def _service(by: Watching) -> Iterator[Finding]:
    yield ok("service", "runs") if by.runs else fail("service", "the watcher does not run")


def _modem(by: Watching) -> Iterator[Finding]:
    modem, state = by.settings.modem, by.state
    if modem is None:
        yield warn("modem", "no modem is configured: people receive messages and no calls")
        return
    lacks = [_UNABLE[one] for one in by.kept.unable] if by.runs else list(_asked(modem, state))
    yield from (fail("modem", f"{modem.port}: {one}") for one in lacks)
    if not lacks:
        yield ok("modem", f"{modem.port}, in a network")
    if not voice_at(modem, state).path:
        yield fail("modem", "modem.voice_port was not found: the called person hears nothing")


def _asked(modem: ModemOfWatcher, state: StateDir) -> Iterator[str]:
    found = probe_port(state, modem.port)
    if not found.answers:
        yield found.text
    elif found.sim != "READY":
        yield f"its SIM reports {found.sim or 'nothing'}: remove the PIN from the SIM"
    elif found.network not in _SERVED:
        yield _UNABLE[Unable.NETWORK]


def _speech(_: Watching) -> Iterator[Finding]:
    if not languages():
        yield warn(
            "speech", f"{SPEAKER} is not installed: the called person hears no description of the fault"
        )


def _clock(_: Watching) -> Iterator[Finding]:
    known = wall_clock.facts()
    if is_about_to_be_set(known):
        yield warn("clock", "the machine sets its clock after the boot: until then no person is phoned")
    elif known.follows is False:
        why = why_not_trusted(known, followed=False) or "the clock follows no time server"
        yield warn("clock", f"{why}: with a wrong clock the wrong people are phoned")
    elif known.follows is None:
        yield warn("clock", "the kernel does not say whether it follows a time server")
    else:
        yield ok("clock", "follows a time server")


def _intake(about: OfCenter) -> Iterator[Finding]:
    center = about.center
    if not center.probe:
        yield warn("intake", f"{center.name}: not probed: center.probe is empty")
    elif why := ask(center.probe, trust_in(center.authority)):
        yield fail("intake", f"{center.name}: {center.probe}: {why}")
    else:
        yield ok("intake", f"{center.name}: {center.probe} answers")


def _heartbeats(about: OfCenter) -> Iterator[Finding]:
    center, hearing, now_us = about.center, about.hearing, about.by.known_us
    if not center.key_file:
        return
    heard = {} if hearing is None else {name: one.at for name, one in hearing.nodes.items() if one.at}
    if not heard:
        yield fail(
            "heartbeats",
            f"{center.name}: none yet: its settings need a [[heartbeat]] with this key, to port "
            f"{about.by.settings.port} of this machine",
        )
        return
    ago_s = (now_us - max(heard.values())) / SECOND
    said = f"{center.name}: {', '.join(sorted(heard))}, {ago_s:.0f} s ago"
    yield ok("heartbeats", said) if ago_s <= center.silent_after_s else fail("heartbeats", said)


def _roster(about: OfCenter) -> Iterator[Finding]:
    center, hearing, now_us = about.center, about.hearing, about.by.now_us
    people = on_duty(roster_of(center, b"" if hearing is None else hearing.roster), now_us)
    if people:
        yield ok("roster", f"{center.name}: {len(people)} on duty now")
    else:
        yield fail("roster", f"{center.name}: no person is on duty")


def _row(
    name: str,
    at: Sentence,
    do: Sentence,
    look: Callable[[Subject], Iterator[Finding]],
    cost: Cost = Cost.FILES,
) -> Check[Subject, Iterator[Finding]]:
    return Check(name=name, at=at, do=do, cost=cost, asked=frozenset({CheckUser.WATCHER}), look=look)


CHECKS: Final = (
    _row(
        "settings",
        Sentence("Centers whose heartbeats the watcher receives", "Quali centri ascolta"),
        Sentence("Correct watch.toml", "Correggere watch.toml"),
        _settings,
    ),
    _row(
        "service",
        Sentence("The watcher runs", "È in funzione"),
        Sentence("systemctl start securwoman-watch", "systemctl start securwoman-watch"),
        _service,
    ),
    _row(
        "modem",
        Sentence("The watcher's modem can phone people", "Il suo modem può chiamare"),
        Sentence(
            "Check modem, SIM and network; correct [modem]",
            "Guardare modem, SIM e rete; correggere [modem]",
        ),
        _modem,
        Cost.WORK,
    ),
    _row(
        "speech",
        Sentence("The watcher can speak a message", "Può dire che cosa non va"),
        Sentence("Install espeak-ng", "Installare espeak-ng"),
        _speech,
    ),
    _row(
        "clock",
        Sentence("The watcher's clock follows a time server", "Il suo orologio segue un server"),
        Sentence("apt install systemd-timesyncd", "apt install systemd-timesyncd"),
        _clock,
    ),
)
OF_CENTER: Final = (
    _row(
        "intake",
        Sentence("The center's intake answers from outside", "Il centro risponde da fuori"),
        Sentence("Check the center, its proxy and the network", "Guardare il centro, il proxy e la rete"),
        _intake,
        Cost.WORK,
    ),
    _row(
        "heartbeats",
        Sentence("Heartbeats of the center arrive", "Il centro si fa sentire"),
        Sentence(
            "Give the center and the watcher the same key; open the port",
            "Dare a entrambi la stessa chiave; aprire la porta",
        ),
        _heartbeats,
    ),
    _row(
        "roster",
        Sentence("A person is on duty now", "Qualcuno è reperibile ora"),
        Sentence("Enter hours in the center's roster", "Inserire i turni nel centro"),
        _roster,
    ),
)
"""Checks for each center in turn."""
