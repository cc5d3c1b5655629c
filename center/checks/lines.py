"""Checks of the lines: their number, their modems, and the voices on them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from application.checks import CheckCondition, check_row
from application.state.journals import journal_of
from application.state.state_dir import StateDir
from gateways.gsm.port.places import present_ports, resolve_port, usb_device_of
from media.ports.asound import library_fault
from media.ports.cards import card_at
from messages.base import Joins
from messages.ids import LineId, OperatorLine, Role, ShiftState
from messages.lines import WEAK_DBM, LineLevels, LineReport, LineState, VoiceService
from messages.operators import OperatorVoice
from messages.rows import Sentence
from model.checks import CheckUser, Finding, fail, ok, warn
from model.first_run import EMERGENCY_LINES_WANTED, PUBLIC_LINES_WANTED
from model.loudness import Loudness, better_gain_in_db, loudness_of
from model.settings import Settings
from model.settings.lines import Modem
from model.settings.port_names import CARD, by_card, is_address
from model.settings.psap import LastResort
from model.setup import Setup
from runtime.published import line_files, voice_files
from runtime.published.directory import FileDirectory
from runtime.published.own_voices import voices_for_display
from runtime.published.peers import FilePeers
from store.journal.following import FollowedFolds
from store.journal.projections import Lines, Operators
from store.registry.registry import Registry

INBOUND_LINES_WANTED: Final = 3
"""Public lines wanted: two for operator and user at the same time, and one for incoming calls."""


def trunks(settings: Settings, state: StateDir) -> Iterator[Finding]:
    """Check if the lines suffice for one alert from its beginning to its end."""
    emergency = {trunk.name for trunk in settings.trunk if trunk.emergency}
    public = [modem for modem in settings.modem if modem.trunk not in emergency]
    reserved = [modem for modem in settings.modem if modem.trunk in emergency]
    text = f"{len(public)} public lines, {len(reserved)} reserved for 112"
    if len(public) == 1 and _joins_in_the_network(public[0], state):
        yield warn(
            "trunks", f"{text}: the line joins calls in the network, which is enough for one alert only"
        )
    elif len(public) < PUBLIC_LINES_WANTED:
        yield fail("trunks", f"{text}: an operator and a user cannot be called at the same time")
    elif len(public) < INBOUND_LINES_WANTED:
        yield warn("trunks", f"{text}: while an alert is handled no user can call in")
    elif len(reserved) < EMERGENCY_LINES_WANTED:
        yield warn("trunks", f"{text}: a second line for 112 is recommended, in case 112 is busy")
    else:
        yield ok("trunks", text)
    if public and not reserved:
        if settings.psap.last_resort is LastResort.PUBLIC:
            yield warn(
                "trunks", "no line is reserved for 112: 112 is called on public lines, as the last resort"
            )
        else:
            meant = all(_joins_in_the_network(modem, state) for modem in public)
            told = warn if meant else fail
            yield told("trunks", "no line is reserved for 112: operators must call 112 from another phone")
    if not any(modem.inbound for modem in public):
        yield warn("trunks", "no line accepts calls: voice alerts (without data coverage) stay unanswered")


def _joins_in_the_network(modem: Modem, state: StateDir) -> bool:
    """Return True if the line joins its calls in the network, by its last report, else by its configured
    dialect.
    """
    from gateways.gsm.calls.joining import joining_method
    from gateways.gsm.dialects.loading import installed_dialects

    said = line_files.read_all(state.run).get(LineId(modem.name))
    if said is not None:
        return said.joins is Joins.NETWORK
    dialects = installed_dialects()
    known = modem.dialect in dialects
    if not known:
        return False
    dialect = dialects.get(modem.dialect)
    spoken = dialect.by_card(own=modem.voice_port == CARD) if by_card(modem.voice_port) else dialect
    return joining_method(spoken, voice=bool(modem.voice_port)) is Joins.NETWORK


def modems(settings: Settings) -> Iterator[Finding]:
    """Check the configured ports and files. Opens no port: `modem probe` does, while no center runs."""
    for modem in settings.modem:
        faults = list(_faults_of(modem))
        if faults:
            yield fail("modems", f"{modem.name}: {'; '.join(faults)}")
        else:
            where = " or ".join(
                filter(None, (modem.port, modem.imei and f"the port of the modem with IMEI {modem.imei}"))
            )
            yield ok("modems", f"{modem.name}: {where}, {modem.trunk}")
    if any(modem.imei for modem in settings.modem) and not present_ports():
        yield fail(
            "modems",
            "modems are configured by IMEI, but this machine has no USB serial port: plug in the modems",
        )


def _faults_of(modem: Modem) -> Iterator[str]:
    if by_card(modem.voice_port):
        yield from _faults_of_card(modem)
    for port in filter(None, (modem.port, "" if by_card(modem.voice_port) else modem.voice_port)):
        if is_address(port):
            continue  # the state of the line shows if a modem answers at this address
        path = resolve_port(port)
        if not path:
            yield f"nothing is plugged in at {port}"
        elif not Path(path).exists():
            # A modem with an IMEI is searched for at other ports, too.
            if not modem.imei:
                yield f"{path} does not exist"
        elif not os.access(path, os.R_OK | os.W_OK):
            yield f"{path} cannot be opened by this account: add the account to the group dialout"
    if modem.pin_file:
        try:
            stat = Path(modem.pin_file).stat()
        except OSError as error:
            yield f"pin_file {modem.pin_file}: {error.strerror}"
            return
        if not os.access(modem.pin_file, os.R_OK):
            yield f"pin_file {modem.pin_file} cannot be read by this account"
        if stat.st_mode & 0o077:
            yield f"pin_file {modem.pin_file} is readable by other accounts: chmod 600"


def _faults_of_card(modem: Modem) -> Iterator[str]:
    """Yield the visible reasons why the voice cannot come through the modem's sound card."""
    if fault := library_fault():
        yield fault
    device = usb_device_of(resolve_port(modem.port)) if modem.voice_port == CARD and modem.port else None
    if device is not None and not card_at(device.name):
        yield (
            f"its modem, at usb:{device.name}, has no sound card: `securwoman modem setup PORT --usb-audio` "
            "gives it one, where it can have any"
        )


def lines(state: StateDir) -> Iterator[Finding]:
    """Report the lines of the running center, from its directory, its modems' reports and the journal."""
    said = line_files.read_all(state.run)
    entries = {entry.key: entry for entry in FileDirectory(state.run).all_of(Role.GSM_MODEM)}
    with journal_of(state) as journal:
        held = Lines()
        FollowedFolds(journal, held).close()
    for name, entry in sorted(entries.items()):
        line = held.lines.get(LineId(name))
        if line is not None and line.quarantined:
            yield fail("lines", f"{name} is quarantined: {line.reason}")
        elif line is not None and (out := line.taken_out) is not None:
            yield warn("lines", f"{name} was taken out of service by {out.by}: {out.reason}")
        elif not entry.ready:
            yield warn("lines", f"{name} has not started yet")
        elif (report := said.get(LineId(name))) is None:
            yield warn("lines", f"{name} has not reported its state")
        else:
            yield _line(report, str(line.leg) if line is not None and line.leg else "")
    if not entries:
        yield fail("lines", "no actor of a modem runs: see logs/ in the state directory")


_SERVICES: Final = {
    VoiceService.IMS: "calls by VoLTE",
    VoiceService.CSFB: "calls by falling back from LTE to 2G or 3G",
    VoiceService.CIRCUIT: "calls by 2G or 3G",
}


def _line(report: LineReport, leg: str) -> Finding:
    """Return the finding on a line, from the report of its modem."""
    signal = "" if report.signal_dbm is None else f"{report.signal_dbm} dBm"
    joins = "" if report.joins is Joins.HOST else "no audio to the host"
    service = _SERVICES.get(report.service, "")
    known = (report.port, report.dialect, report.registration, service, signal, joins, leg)
    facts = ", ".join(filter(None, known))
    told = f"{report.text} ({facts})" if facts else report.text
    if report.state is LineState.STARTING:
        return warn("lines", f"{report.line} is being set up: {told}")
    if report.state is not LineState.READY:
        return fail("lines", f"{report.line} carries no calls: {told}")
    if report.signal_dbm is not None and report.signal_dbm < WEAK_DBM:
        return warn("lines", f"{report.line} has a weak signal: {facts}")
    if report.joins is Joins.NONE:
        return warn("lines", f"{report.line} cannot join calls: its modem provides no audio: {facts}")
    if report.emergency and report.joins is not Joins.HOST:
        return warn("lines", f"{report.line} is reserved for 112, but provides no audio: {facts}")
    if report.text:
        return warn("lines", f"{report.line} is up. {report.text} ({facts})")
    return ok("lines", f"{report.line} is up: {facts}")


def voices(state: StateDir, settings: Settings) -> Iterator[Finding]:
    """Report each operator on shift of a running center: connected headset, nailed-up call, or call to the
    phone.
    """
    if settings.operator.line is OperatorLine.ON_DEMAND:
        return
    told = voices_for_display(voice_files.read(state.run), FilePeers(state.run).places)
    with journal_of(state) as journal:
        names = {one.id: one.name for one in Registry(journal).operators()}
        shifts = Operators()
        FollowedFolds(journal, shifts).close()
    for one in shifts.operators.values():
        if one.state is not ShiftState.OFF and one.operator in names:
            yield _voice(names[one.operator], told.get(one.operator))


def _voice(name: str, voice: OperatorVoice | None) -> Finding:
    if voice is None:
        return warn("voices", f"{name}: no report of the operator's line; the operator is called by phone")
    if not voice.up:
        return warn("voices", f"{name} is called by phone: {voice.text or voice.state.value}")
    if voice.mode is OperatorLine.HEADSET:
        return ok("voices", f"{name} is on the headset")
    return ok("voices", f"{name} is nailed up on {voice.line}")


def nailed_up(settings: Settings) -> Iterator[Finding]:
    """Check if the lines suffice for calls that stand all through a shift."""
    from actors.trunk_pool.decider import kept_for_inbound

    if settings.operator.line is not OperatorLine.NAILED_UP:
        return
    setup = Setup(settings=settings)
    public = [line for line in setup.settings.lines if not line.emergency]
    ours = len(public) - len(kept_for_inbound(public, setup.settings))
    text = f"{ours // 2} operators can be nailed up: half of {ours} public lines; the others are for users"
    yield ok("voices", text) if ours >= 2 else warn("voices", text)


def of_lines(settings: Settings, state: StateDir) -> Iterator[Finding]:
    """Report the last call of each line with its voice at the host, as far as known."""
    said, levels = line_files.read_all(state.run), line_files.levels_of_lines(state.path)
    for line in settings.lines:
        report = said.get(line.line)
        if is_address(line.port) or (report is not None and report.joins is not Joins.HOST):
            continue  # no voice comes here
        yield _of_line(line, levels.get(line.line))


def _of_line(line: Modem, levels: LineLevels | None) -> Finding:
    if levels is None or loudness_of(levels.into) in (Loudness.NO_SOUND, Loudness.NO_VOICE):
        port = line.port or "PORT"
        return warn(
            "voice",
            f"{line.line}: audio has not been tested in a call; stop the center, and run "
            f"`securwoman modem call {port} NUMBER --voice --twice`",
        )
    told = f"{line.line}: its last call was {levels.into.dbfs:.0f} dBFS in, {levels.out.dbfs:.0f} out"
    gain = better_gain_in_db(levels.into, levels.gains)
    if gain is None:
        return ok("voice", told)
    return warn("voice", f"{told}, {loudness_of(levels.into)}: try gain_in_db = {gain:.0f}")


_BOTH: Final = (CheckUser.DOCTOR, CheckUser.LINES)
ENOUGH: Final = (
    check_row(
        "trunks",
        Sentence("There are enough lines for one alert", "Le linee bastano per un allarme"),
        Sentence("Add modems; reserve two lines for 112", "Aggiungere modem; riservare due linee al 112"),
        lambda around: trunks(around.settings, around.state),
        CheckCondition.SETTINGS,
        asked=_BOTH,
    ),
    check_row(
        "voices",
        Sentence(
            "There are enough lines for calls that last a whole shift",
            "Ci sono linee per chiamate che durano un turno",
        ),
        Sentence(
            "Add lines, or call operators on demand", "Aggiungere linee, o chiamare gli operatori al bisogno"
        ),
        lambda around: nailed_up(around.settings),
        CheckCondition.SETTINGS,
    ),
)
MODEMS: Final = (
    check_row(
        "modems",
        Sentence("The configured ports and files exist and can be opened", "Le porte e i file impostati"),
        Sentence(
            "Plug the modem in; correct port, permissions and pin_file",
            "Collegarlo; correggere porta, permessi e pin_file",
        ),
        lambda around: modems(around.settings),
        CheckCondition.SETTINGS,
        CheckCondition.MODEMS,
        asked=_BOTH,
    ),
)
VOICES: Final = (
    check_row(
        "voice",
        Sentence(
            "A test call has shown that each line carries voice",
            "Una chiamata ha mostrato che ogni linea porta la voce",
        ),
        Sentence(
            "Run securwoman modem call PORT NUMBER --voice --twice",
            "securwoman modem call PORTA NUMERO --voice --twice",
        ),
        lambda around: of_lines(around.settings, around.state),
        CheckCondition.SETTINGS,
        CheckCondition.MODEMS,
        asked=_BOTH,
    ),
)
RUNNING: Final = (
    check_row(
        "lines",
        Sentence(
            "State of the lines, as the running center reports it", "Che cosa dice il centro delle sue linee"
        ),
        Sentence("Check modem, SIM and network", "Guardare modem, SIM e rete"),
        lambda around: lines(around.state),
        CheckCondition.RUNNING,
        asked=_BOTH,
    ),
    check_row(
        "voices",
        Sentence(
            "Path by which each operator on shift would be reached",
            "Come si raggiungono gli operatori in turno",
        ),
        Sentence(
            "Connect the headset; check the operator's phone",
            "Mettere la cuffia; guardare il telefono dell'operatore",
        ),
        lambda around: voices(around.state, around.settings),
        CheckCondition.RUNNING,
        CheckCondition.SETTINGS,
    ),
)
