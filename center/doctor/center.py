"""The doctor's look at the center: lines, PSAP switches, addresses, people, the one that runs."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import msgspec

from application.errors import CenterError, NodeError
from application.listening import listen, unguarded
from application.settings.areas import outline_of
from application.settings.check import is_short
from application.state.processes import is_alive
from application.state.state_dir import NodeFile, StateDir, living_web
from center.client import Client
from center.doctor.machine.sockets import Address, exposure
from gateways.gsm.port.places import places, resolved, usb_device_of
from media.ports.asound import library_fault
from media.ports.cards import card_at
from messages.base import Joins
from messages.ids import LineId, NodeId, Role
from messages.lines import WEAK_DBM, LineReport, LineState, VoiceService
from model.alarms.standing import NO_LINE_FOR_112
from model.alarms.table import BY_NAME, rank
from model.checks import Finding, fail, ok, warn
from model.settings import Settings
from model.settings.lines import Modem
from model.settings.port_names import CARD, by_card, is_address
from model.settings.psap import LastResort
from model.settings.web import HttpSettings

INBOUND_LINES_WANTED: Final = 3
"""Operator and user at the same time, and one that others can call in on."""
EMERGENCY_LINES_WANTED: Final = 2
"""112 busy or silent: at once again on another reserved line (case 15)."""


class Ready(msgspec.Struct, frozen=True, kw_only=True):
    """`GET /readyz`."""

    ready: bool = False
    lines: int = 0
    problems: tuple[str, ...] = ()


def trunks(settings: Settings, state: StateDir) -> Iterator[Finding]:
    """Whether there are lines enough for one alert from its beginning to its end."""
    emergency = {trunk.name for trunk in settings.trunk if trunk.emergency}
    public = [modem for modem in settings.modem if modem.trunk not in emergency]
    reserved = [modem for modem in settings.modem if modem.trunk in emergency]
    text = f"{len(public)} public lines, {len(reserved)} reserved for 112"
    if len(public) == 1 and _joins_in_the_network(public[0], state):
        yield warn("trunks", f"{text}: it joins its calls in the network, enough for one alert and no more")
    elif len(public) < 2:
        yield fail("trunks", f"{text}: an operator and a user cannot be called at the same time")
    elif len(public) < INBOUND_LINES_WANTED:
        yield warn("trunks", f"{text}: while an alert is handled nobody can call in")
    elif len(reserved) < EMERGENCY_LINES_WANTED:
        yield warn("trunks", f"{text}: a second line is wanted for when 112 is busy")
    else:
        yield ok("trunks", text)
    if public and not reserved:
        if settings.psap.last_resort is LastResort.PUBLIC:
            yield warn("trunks", "no line is reserved for 112: public ones call it, the last resort")
        else:
            meant = all(_joins_in_the_network(modem, state) for modem in public)
            told = warn if meant else fail
            yield told("trunks", "no line is reserved for 112: operators call it from another phone")
    if not any(modem.inbound for modem in public):
        yield warn("trunks", "no line takes calls: voice alerts (no data coverage) reach nobody")


def _joins_in_the_network(modem: Modem, state: StateDir) -> bool:
    """By what its line has said last; else by the dialect that it is configured for."""
    from gateways.gsm.calls.joining import joins
    from gateways.gsm.dialects.loading import installed
    from runtime.published import line_files

    said = line_files.read_all(state.run).get(LineId(modem.name))
    if said is not None:
        return said.joins is Joins.NETWORK
    dialects = installed()
    known = modem.dialect in dialects
    if not known:
        return False
    dialect = dialects.get(modem.dialect)
    spoken = dialect.by_card(own=modem.voice_port == CARD) if by_card(modem.voice_port) else dialect
    return joins(spoken, voice=bool(modem.voice_port)) is Joins.NETWORK


def psap(settings: Settings, *, simulated: bool) -> Iterator[Finding]:
    """The two switches without which the real 112 is never dialled, and the third one."""
    number, live = settings.psap.number, settings.psap.live
    emergency = [trunk.name for trunk in settings.trunk if trunk.emergency]
    resort = ", last resort: PUBLIC lines" if settings.psap.last_resort is LastResort.PUBLIC else ""
    switches = (
        f"psap.live is {'ON' if live else 'off'}, emergency trunk: {', '.join(emergency) or 'none'}{resort}"
    )
    if simulated:
        yield ok("psap", f"{switches}; simulated: {number} is called for 112")
    elif live:
        yield ok("psap", f"{switches}: calls to {number} are REAL")
    elif is_short(number):
        yield warn("psap", f"{switches}: a call to {number} will be refused by the dial guard")
    else:
        yield ok("psap", f"{switches}: {number} is called for 112")
    if not simulated and not settings.psap.test_number:
        yield warn("psap", "psap.test_number is empty: tests and drills end before 112")


def routes(settings: Settings) -> Iterator[Finding]:
    """What was found for each `[[psap.route]]`."""
    for route in settings.psap.route:
        what = f"{route.area} calls {route.number}"
        try:
            drawn = outline_of(Path(route.area_file))
        except ValueError as error:
            yield fail("psap", f"{what}: {error}")
            continue
        box = f"{drawn.south:.3f} to {drawn.north:.3f} north, {drawn.west:.3f} to {drawn.east:.3f} east"
        yield ok("psap", f"{what}: {len(drawn.rings)} outlines of {drawn.corners} corners, {box}")
    if settings.psap.route:
        yield ok("psap", f"elsewhere, or where her position is not known: {settings.psap.number}")


def modems(settings: Settings) -> Iterator[Finding]:
    """The configured ports and files. Opens none: `modem probe` does, while no center runs."""
    for modem in settings.modem:
        faults = list(_faults_of(modem))
        if faults:
            yield fail("modems", f"{modem.name}: {'; '.join(faults)}")
        else:
            where = " or ".join(filter(None, (modem.port, modem.imei and f"wherever IMEI {modem.imei} is")))
            yield ok("modems", f"{modem.name}: {where}, {modem.trunk}")
    if any(modem.imei for modem in settings.modem) and not places():
        yield fail("modems", "modems are to be found by their IMEI, and this machine has no USB serial port")


def _faults_of(modem: Modem) -> Iterator[str]:
    if by_card(modem.voice_port):
        yield from _faults_of_card(modem)
    for port in filter(None, (modem.port, "" if by_card(modem.voice_port) else modem.voice_port)):
        if is_address(port):
            continue  # whether somebody answers there, the line's own state tells
        path = resolved(port)
        if not path:
            yield f"nothing is plugged in at {port}"
        elif not Path(path).exists():
            # One that has an IMEI is looked for elsewhere, too.
            if not modem.imei:
                yield f"there is no {path}"
        elif not os.access(path, os.R_OK | os.W_OK):
            yield f"{path} may not be opened (group dialout?)"
    if modem.pin_file:
        try:
            stat = Path(modem.pin_file).stat()
        except OSError as error:
            yield f"pin_file {modem.pin_file}: {error.strerror}"
            return
        if not os.access(modem.pin_file, os.R_OK):
            yield f"pin_file {modem.pin_file} may not be read"
        if stat.st_mode & 0o077:
            yield f"pin_file {modem.pin_file} is readable by others"


def _faults_of_card(modem: Modem) -> Iterator[str]:
    """Why its voice will not come by its sound card, as far as the machine itself tells."""
    if fault := library_fault():
        yield fault
    device = usb_device_of(resolved(modem.port)) if modem.voice_port == CARD and modem.port else None
    if device is not None and not card_at(device.name):
        yield (
            f"its modem, at usb:{device.name}, has no sound card: `securwoman modem setup PORT --usb-audio` "
            "gives it one, where it can have any"
        )


def lines(state: StateDir) -> Iterator[Finding]:
    """What the running center says of its modems: its directory, and the journal's quarantines."""
    from application.state.journals import journal_of
    from runtime.published import line_files
    from runtime.published.directory import FileDirectory
    from store.journal.following import Following
    from store.journal.projections import Lines

    said = line_files.read_all(state.run)
    entries = {entry.key: entry for entry in FileDirectory(state.run).all_of(Role.GSM_MODEM)}
    with journal_of(state) as journal:
        held = Lines()
        Following(journal, held).close()
    for name, entry in sorted(entries.items()):
        line = held.lines.get(LineId(name))
        if line is not None and line.quarantined:
            yield fail("lines", f"{name} is quarantined: {line.reason}")
        elif line is not None and (out := line.taken_out) is not None:
            yield warn("lines", f"{name} was taken out of service by {out.by}: {out.reason}")
        elif not entry.ready:
            yield warn("lines", f"{name} has not started yet")
        elif (report := said.get(LineId(name))) is None:
            yield warn("lines", f"{name} has not said how it is")
        else:
            yield _line(report, str(line.leg) if line is not None and line.leg else "")
    if not entries:
        yield fail("lines", "no modem's actor runs")


_SERVICES: Final = {
    VoiceService.IMS: "calls by VoLTE",
    VoiceService.CSFB: "calls by falling back from LTE to 2G or 3G",
    VoiceService.CIRCUIT: "calls by 2G or 3G",
}


def _line(report: LineReport, leg: str) -> Finding:
    """One line as its modem is."""
    signal = "" if report.signal_dbm is None else f"{report.signal_dbm} dBm"
    joins = "" if report.joins is Joins.HOST else "no voice to the host"
    service = _SERVICES.get(report.service, "")
    known = (report.port, report.dialect, report.registration, service, signal, joins, leg)
    facts = ", ".join(filter(None, known))
    told = f"{report.text} ({facts})" if facts else report.text
    if report.state is LineState.STARTING:
        return warn("lines", f"{report.line} is being set up: {told}")
    if report.state is not LineState.READY:
        return fail("lines", f"{report.line} carries no calls: {told}")
    if report.signal_dbm is not None and report.signal_dbm < WEAK_DBM:
        return warn("lines", f"{report.line} hardly hears its network: {facts}")
    if report.joins is Joins.NONE:
        return warn("lines", f"{report.line} can join nobody with anybody: {facts}")
    if report.emergency and report.joins is not Joins.HOST:
        return warn("lines", f"{report.line} is reserved for 112, and nobody would be heard on it: {facts}")
    if report.text:
        return warn("lines", f"{report.line} is up. {report.text} ({facts})")
    return ok("lines", f"{report.line} is up: {facts}")


def alarms(state: StateDir, node: NodeFile, settings: Settings | None = None) -> Iterator[Finding]:
    """What the running center has raised and not cleared since it began, the gravest first. That no line can
    call 112 is no warning, unless it is called on a public one.
    """
    from application.state.journals import journal_of
    from store.alarms import standing_now

    with journal_of(state) as journal:
        stands = standing_now(journal, NodeId(node.node))
    resort = settings is not None and settings.psap.last_resort is LastResort.PUBLIC
    for (alarm, subject), text in sorted(stands.items(), key=lambda one: (rank(one[0][0]), one[0])):
        found = fail if alarm == NO_LINE_FOR_112 and not resort else warn
        kind = BY_NAME.get(alarm)
        todo = "" if kind is None else f" To do: {kind.en.do}."
        yield found("alarms", f"{alarm} {subject}: {text}{todo}")
    if not stands:
        yield ok("alarms", "none stands")


def bind_address(settings: Settings, state: StateDir) -> Iterator[Finding]:
    """Where the console is offered, and whether the port is free; of a running center, where it is."""
    web = living_web(state)
    host, port = (settings.http.host, settings.http.port) if web is None else (web.host, web.port)
    try:
        addresses = {ipaddress.ip_address(found[4][0]) for found in socket.getaddrinfo(host, port)}
    except (OSError, ValueError):
        yield fail("address", f"http.host: no address for {host}")
        return
    for address in sorted(addresses, key=str):
        yield _exposed(f"{host} port {port}", address, settings.http)
    if settings.http.behind_proxy and not settings.http.trusted_proxies:
        hint = "http.trusted_proxies is empty: wrong passwords of one count for all who come by the proxy"
        yield warn("address", hint)
    if web is not None:
        return
    try:
        listen(host, port).close()
    except NodeError as error:
        yield fail("address", str(error))
    else:
        yield ok("address", f"{host} port {port} is free")


def _exposed(what: str, address: Address, http: HttpSettings) -> Finding:
    who = f"{what}: {exposure(address)}"
    if fault := unguarded(http, str(address)):
        return fail("address", fault)
    if http.certificate or address.is_loopback:
        return ok("address", who)
    if address.is_global:
        return fail("address", f"{what}: {address} is on the internet, and not only for the proxy")
    if address.is_unspecified:
        return warn("address", f"{who}; the proxy alone should reach it: name a private address")
    return ok("address", who)


def running_center(state: StateDir, node: NodeFile | None) -> Iterator[Finding]:
    """Whether the one that runs answers and would serve an alert."""
    if node is None:
        yield ok("center", "none is running")
        return
    yield ok("center", f"{node.node} {node.version} runs as process {node.process.pid}")
    if node.admin is None or not is_alive(node.admin):
        yield fail("center", "the actor system does not run")
    client = Client(state, timeout_s=5.0)
    try:
        ready = client.get("/readyz", Ready)
    except CenterError as error:
        yield fail("center", f"is not ready: {error}")
    else:
        yield ok("center", f"would serve an alert now, on {ready.lines} lines")
    finally:
        client.close()


def people(state: StateDir) -> Iterator[Finding]:
    """Whether anybody would answer an alert."""
    from application.state.journals import journal_of
    from messages.ids import ShiftState
    from store.journal.following import Following
    from store.journal.projections import Operators
    from store.registry.registry import Registry
    from store.registry.users import records

    with journal_of(state) as journal:
        lost = journal.at_one_moment(records.unreadable)
        registered = Registry(journal).operators()
        shifts = Operators()
        Following(journal, shifts).close()
        users = Registry(journal).count_users()
    ready = sum(1 for one in shifts.operators.values() if one.state is ShiftState.READY)
    on_call = sum(1 for one in registered if one.on_call)
    text = f"{len(registered)} operators, {ready} ready, {on_call} on call; {users} users"
    yield ok("people", text) if ready or on_call else warn("people", f"{text}: nobody would answer")
    if lost:
        first = next(f"{user}: {fault}" for user, fault in lost.items())
        yield fail(
            "people",
            f"the records of {len(lost)} users cannot be read ({first}): restore the newest backup, or enter "
            "them anew",
        )


def keys(state: StateDir) -> Iterator[Finding]:
    """Secrets that others could read."""
    for file in sorted(state.keys.iterdir()):
        if file.stat().st_mode & 0o077:
            yield fail("keys", f"{file} is readable by others")
    if (state.keys / "app.key").is_file():
        yield ok("keys", "the app key is there")
    else:
        yield ok("keys", "the app key will be made at the first start")


def journal(state: StateDir) -> Iterator[Finding]:
    """Opens the journal and reads its end. `journal verify` reads all of it."""
    from application.state.journals import configured_url, journal_of
    from store.alerts.forgetting import count_readable
    from store.database.dialect import shown

    if configured_url(state) == state.journal_url and not (state.path / "journal.db").is_file():
        yield ok("journal", "will be made at the first start")
        return
    with journal_of(state) as opened:
        readable = f"what is personal can be read of {count_readable(opened)} alerts"
        yield ok("journal", f"{shown(opened.url)}, {opened.last_seq()} events; {readable}")
