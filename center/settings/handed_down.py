"""What the actors are given of the settings: a Policy and the lines; in a simulated run, the simulated ones.

Pure but for `simulation`, which reads the simulation's file, and the outlines of `[[psap.route]]`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from center.errors import SettingsError
from center.settings.areas import outline_of
from center.settings.check import is_short
from center.settings.data import is_near, targets_of
from center.settings.duty import duty_settings
from center.settings.heartbeat import watching_of
from center.settings.schema import CreditTable, ModemTable, PsapRouteTable, Settings, TrunkTable
from gateways.gsm.port.search import CARD
from messages.base import Gains
from messages.ids import E164, LineId, TrunkId
from model.credit import CreditQuestion
from model.policy import (
    RECORDED,
    Dialling,
    LineSpec,
    Policy,
    ProofPolicy,
    PsapRoute,
    RecordingPolicy,
    Retention,
    Setup,
)

if TYPE_CHECKING:
    from simulator.config import ModemConfig

PROVED_AT: Final = "03:30"
"""When fewest alerts come."""
SIMULATED_PSAP: Final = "+390200000112"
"""Called in place of 112 in a simulated run whose file does not say which phone answers for it."""
SIMULATED_CODE: Final = "*123#"
"""To which the simulated network says what a modem's file has it say."""
_CALLED_PSAP: Final = re.compile(r"\b(112|psap|nue)\b", re.IGNORECASE)
_FOR_TESTS: Final = re.compile(r"\btests?\b", re.IGNORECASE)


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """What a center has to know of the carrier that it is run with."""

    modems: tuple[ModemTable, ...]
    psap_number: str
    """An ordinary number, so that the dial guard lets it pass."""
    phones: tuple[str, ...]
    users: tuple[str, ...] = ()
    """Those that answer as a user would: nobody's who is called a PSAP or an operator."""
    test_number: str = ""
    """Agreed with the simulated PSAP for tests; empty: tests call the PSAP itself, and no proof does."""


def simulation(file: Path, run: Path) -> Simulation:
    """Reads the simulation's file. `run` is where the carrier puts its ports. Raises SettingsError."""
    from simulator.config import load_config
    from simulator.errors import SimulatorError

    try:
        config = load_config(file)
    except SimulatorError as error:
        raise SettingsError(str(file), [str(error).removeprefix(f"{file}: ")]) from error
    if not config.modems:
        raise SettingsError(str(file), ["modem: a center needs one at least"])
    modems = tuple(
        ModemTable(
            name=modem.name,
            trunk=modem.trunk,
            # One whose IMEI is written down is found by it, as it would be among real ones.
            imei=modem.imei,
            port="" if modem.imei else str(run / f"{modem.name}.at"),
            voice_port=_simulated_voice(modem, run),
            dialect=modem.dialect,
            number=modem.number if modem.number.startswith("+") else "",
            credit=CreditTable(ussd=SIMULATED_CODE) if modem.ussd else CreditTable(),
        )
        for modem in config.modems
    )
    ordinary = [phone for phone in config.phones if not is_short(phone.number)]
    at_psap = [phone for phone in ordinary if _CALLED_PSAP.search(phone.name)]
    for_tests = [phone.number for phone in at_psap if _FOR_TESTS.search(phone.name)]
    psap = next((phone.number for phone in at_psap if phone.number not in for_tests), SIMULATED_PSAP)
    users = tuple(
        phone.number
        for phone in ordinary
        if phone.behaviour == "answer"
        and phone.number not in (psap, *for_tests)
        and "operator" not in phone.name.lower()
    )
    return Simulation(
        modems=modems,
        psap_number=psap,
        phones=tuple(phone.number for phone in config.phones),
        users=users,
        test_number=for_tests[0] if for_tests else "",
    )


def _simulated_voice(modem: ModemConfig, run: Path) -> str:
    """Where the carrier puts it; empty where it is found beside the port that has the IMEI, or there is none.
    No kernel has a simulated sound card: that is for those who stand in for ALSA.
    """
    if modem.voice and modem.sound_card:
        return CARD
    return "" if modem.imei or not modem.voice else str(run / f"{modem.name}.voice")


def with_simulation(settings: Settings, simulated: Simulation) -> Settings:
    """The settings with the carrier's modems for the configured ones, its PSAP, and its user for drills.

    A number that is configured in E.164 is kept, and so is a short one when `psap.live` is on and the
    simulation has that phone: then the rules for the real 112 are what is being tried out. Of 112's own
    systems those elsewhere are sent nothing.
    """
    import msgspec

    named = {trunk.name: trunk for trunk in settings.trunk}
    for modem in simulated.modems:
        if modem.trunk not in named:
            named[modem.trunk] = TrunkTable(name=modem.trunk, emergency=modem.trunk == "emergency")

    def stands(number: str) -> bool:
        return not is_short(number) or (settings.psap.live and number in simulated.phones)

    psap = msgspec.structs.replace(
        settings.psap,
        number=settings.psap.number if stands(settings.psap.number) else simulated.psap_number,
        alternate=settings.psap.alternate if stands(settings.psap.alternate) else "",
        route=tuple(route for route in settings.psap.route if stands(route.number)),
        data=tuple(one for one in settings.psap.data if is_near(one.to)),
        test_number=settings.psap.test_number or simulated.test_number or simulated.psap_number,
    )
    user = next((number for number in simulated.users if number != psap.number), "")
    drill = msgspec.structs.replace(settings.drill, phone=settings.drill.phone or user)
    return msgspec.structs.replace(
        settings, modem=simulated.modems, trunk=tuple(named.values()), psap=psap, drill=drill
    )


def setup_of(settings: Settings, *, simulated: bool = False) -> Setup:
    """Everything that the actors are given. `simulated`: nobody outside this machine is woken."""
    return Setup(
        policy=policy_of(settings),
        lines=lines_of(settings),
        announcements=settings.announcements.folder,
        speak_names=settings.announcements.names,
        address=settings.cluster.address,
        allow_public=settings.cluster.allow_public,
        join=settings.cluster.join,
        web=settings.cluster.web,
        data=targets_of(settings),
        backup=settings.backup.file,
        proof=proof_of(settings, simulated=simulated),
        duty=duty_settings(settings, near_only=simulated),
        watching=watching_of(settings, simulated=simulated),
    )


def proof_of(settings: Settings, *, simulated: bool) -> ProofPolicy:
    """When the center proves itself. A simulated run does so by night only where that is asked for."""
    wish = settings.proof
    usual = "" if simulated else PROVED_AT
    return ProofPolicy(
        at=usual if wish.at is None else wish.at,
        until=wish.until,
        leave_out=wish.leave_out,
        phone=_number(wish.phone),
    )


def policy_of(settings: Settings) -> Policy:
    """What the deciders are given. Every field of the Policy is taken from here."""
    psap, operator, user, limits = settings.psap, settings.operator, settings.user, settings.limits
    return Policy(
        psap_number=E164(psap.number),
        psap_alternate=_number(psap.alternate),
        psap_routes=tuple(_route(route) for route in psap.route),
        psap_test_number=_number(psap.test_number),
        psap_live=psap.live,
        psap_shares=psap.shares,
        psap_last_resort=psap.last_resort,
        psap_no_answer_s=psap.no_answer_s,
        psap_pause_s=psap.pause_s,
        deadline_s=settings.deadline.seconds,
        met_by=settings.deadline.met_by,
        user_setup_time_s=user.setup_time_s,
        operator_line=operator.line,
        operator_answer_within_s=operator.answer_within_s,
        operator_all_after_s=operator.all_after_s,
        operator_silent_after_s=operator.silent_after_s,
        operator_wrap_up_s=operator.wrap_up_s,
        operator_on_call=tuple(E164(number) for number in operator.on_call),
        user_no_answer_s=user.no_answer_s,
        user_busy_retry_s=user.busy_retry_s,
        user_attempts=user.attempts,
        caller_number_within_s=user.caller_number_within_s,
        voice_alert=settings.voice_alert,
        duress=settings.duress,
        sms_acknowledge=settings.sms.acknowledge,
        sms_dialogue=settings.sms.dialogue,
        contact_words=settings.sms.contacts,
        contact_place=settings.sms.contacts_where,
        leave_alarm_within_s=settings.alert.leave_alarm_within_s,
        dialling=Dialling(
            kinds=settings.dialling.kinds,
            countries=settings.dialling.countries,
            per_hour=settings.dialling.per_hour,
        ),
        live_cases=limits.live_cases,
        idle_crews=limits.idle_crews,
        inbound_lines_kept=limits.inbound_lines_kept,
        lines_kept_from_tests=limits.lines_kept_from_tests,
        recording=recording_of(settings),
        retention=Retention(
            positions_days=settings.retention.positions_days,
            words_days=settings.retention.words_days,
            numbers_days=settings.retention.numbers_days,
            audit_days=settings.retention.audit_days,
        ),
        region=settings.region,
        language=settings.language,
    )


def recording_of(settings: Settings) -> RecordingPolicy:
    """What is recorded. Lines without a trunk, as an operator's headset, are by the party alone."""
    wish = settings.recording
    return RecordingPolicy(
        enabled=wish.enabled,
        parties=tuple(party for party in RECORDED if party.value in wish.parties),
        spared=tuple(
            LineId(modem.name) for modem in settings.modem if wish.trunks and modem.trunk not in wish.trunks
        ),
        format=wish.format,
        retention_days=wish.retention_days,
        announce=wish.announce,
    )


def _route(route: PsapRouteTable) -> PsapRoute:
    try:
        drawn = outline_of(Path(route.area_file))
    except ValueError as error:
        raise SettingsError("psap.route", [f"area_file: {error}"]) from error
    return PsapRoute(area=route.area, number=E164(route.number), outline=drawn)


def lines_of(settings: Settings) -> tuple[LineSpec, ...]:
    """One for each modem, in the order of the file."""
    emergency = {trunk.name: trunk.emergency for trunk in settings.trunk}
    return tuple(
        LineSpec(
            line=LineId(modem.name),
            trunk=TrunkId(modem.trunk),
            emergency=emergency[modem.trunk],
            inbound=modem.inbound and not emergency[modem.trunk],
            number=_number(modem.number),
            imei=modem.imei,
            port=modem.port,
            voice_port=modem.voice_port,
            gains=Gains(in_db=modem.gain_in_db, out_db=modem.gain_out_db, agc=modem.agc),
            dialect=modem.dialect,
            pin_file=modem.pin_file,
            credit=_credit(modem.credit),
        )
        for modem in settings.modem
    )


def _credit(table: CreditTable) -> CreditQuestion | None:
    if not table.ussd and not table.sms_to:
        return None
    return CreditQuestion(
        ussd=table.ussd,
        sms_to=table.sms_to,
        words=table.words,
        pattern=table.pattern,
        least=table.least,
    )


def _number(text: str) -> E164 | None:
    return E164(text) if text else None
