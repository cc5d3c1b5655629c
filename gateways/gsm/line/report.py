"""The state of a line, as one word for the machine and a sentence for the operator; its receivers, and the
times of repeated reports.
"""

from __future__ import annotations

from typing import Final

from gateways.gsm.at.parse import Registration
from gateways.gsm.driver.driver import Driver
from gateways.gsm.driver.pin_memory import PinMemory
from gateways.gsm.driver.startup import NOT_INSERTED, SIM_PIN, SIM_PUK
from gateways.gsm.line.journal import LineJournal
from gateways.gsm.line.legs_on_line import LegsOnLine
from gateways.gsm.line.port_control import PortControl
from gateways.gsm.port.modem_location import ModemLocation
from messages.base import VoicePort
from messages.ids import SECOND, Instant, Role
from messages.lines import LineReport, LineState, VoiceService
from model.settings.lines import Modem
from runtime.actor import CenterActor
from runtime.published import line_files

_REGISTRATION: Final = {
    Registration.SEARCHING: "The modem finds no network: check its antenna and its location.",
    Registration.DENIED: "The network refuses the SIM: ask the carrier if the SIM is active.",
}
_RADIO_OFF: Final = (
    "The modem's radio is off (+CFUN) and cannot be switched on: look for a switch on the modem, or another "
    "program that uses it."
)
_ORPHAN_CALL: Final = (
    "The line has a call that belongs to no alert and does not end: switch the modem off and on."
)
_DEGRADED: Final = (
    "The modem's voice is degraded: the line is used last, and is reset once another line is free as well."
)
_PAUSED: Final = "The modem or its network refuses calls; the line is tried again after a pause."
_DATA_ALONE: Final = (
    "The modem is registered for data only (no VoLTE, no 2G): no voice call can be placed. Have the carrier "
    "enable VoLTE, or use another SIM."
)
_NO_VOICE: Final = (
    "The modem's firmware provides no audio to the center: its calls are joined in the network."
)
_NO_NETWORK: Final = "The modem is in no network: check its antenna, and that its SIM is active."
REPEAT_US: Final = Instant(3 * SECOND // 2)
"""Time in microseconds after which an unchanged report is repeated at the next tick: every two seconds.
"""
NORMAL_LISTING_S: Final = 1.0
"""Seconds within which a normal SIM lists its messages. A slow SIM takes longer: a dial would wait for the
list, and be lost."""


class LineReports:
    """The reports of one line's actor. Created while the actor starts."""

    def __init__(
        self,
        actor: CenterActor,
        spec: Modem,
        driver: Driver,
        location: ModemLocation,
        port: PortControl,
        pins: PinMemory,
        legs: LegsOnLine,
        journal: LineJournal,
    ) -> None:
        self._actor = actor
        self._spec = spec
        self._driver = driver
        self._location = location
        self._port = port
        self._pins = pins
        self._legs = legs
        self._journal = journal
        self._state, self._since = LineState.STARTING, actor.now_us()
        self._published: LineReport | None = None
        self._published_at = Instant(0)
        self._written: LineReport | None = None
        self._voice_written: VoicePort | None = None

    def condition(self) -> tuple[LineState, str]:
        """Return the state of the line, and the fault as text, if any."""
        return condition(
            self._driver,
            open_port=self._port.is_open,
            quarantined=self._journal.quarantined,
            fault=self._port.fault,
            another_modem=not self._port.is_open and self._location.another_modem_there,
            pin_fault=self._pins.fault,
            orphans=self._legs.unowned.orphan_count,
            paused=self._legs.dial_faults.is_paused(self._actor.now_us() / SECOND),
            emergency=self._spec.emergency,
        )

    def publish(self) -> None:
        """Publish the report at every change, and every REPEAT_US."""
        report = self._report()
        changed, self._written = report != self._written, report
        if changed:
            line_files.write(self._actor.env.run, report)
        if report != self._published and self._actor.tell(Role.TRUNK_POOL, "", report):
            self._published, self._published_at = report, self._actor.now_us()
            self._actor.tell(Role.DEADLINE_WATCHDOG, "", report)

    def republish(self) -> None:
        """Publish the report again: it has a new receiver."""
        self._published = None

    def republish_if_due(self) -> None:
        """Publish the report again if none was published lately: the last one may be lost."""
        if self._actor.now_us() - self._published_at >= REPEAT_US:
            self._published = None

    def write_voice(self) -> None:
        """Write the voice port to its file before the voice is reported as flowing: a bridge of another node
        needs it at once."""
        voice = self._legs.register.voice
        if voice is not None and voice != self._voice_written:
            self._voice_written = voice
            line_files.write_voice(self._actor.env.run, self._spec.line, voice)

    def _report(self) -> LineReport:
        driver, now_us, (state, text) = self._driver, self._actor.now_us(), self.condition()
        if state is not self._state:
            self._state, self._since = state, now_us
        registration = driver.registration
        listing_s = driver.listing_messages_since_s
        lists = listing_s is not None and now_us / SECOND - listing_s >= NORMAL_LISTING_S
        return LineReport(
            line=self._spec.line,
            trunk=self._spec.trunk,
            emergency=self._spec.emergency,
            state=state,
            since=self._since,
            busy=state is LineState.READY and (bool(driver.calls()) or driver.is_sending_sms or lists),
            sends_text=state is LineState.READY and driver.is_sending_sms,
            inbound=self._spec.takes_calls,
            joins=self._legs.register.joins,
            legs=self._legs.register.legs_with_calls,
            worn=driver.voice_degraded,
            signal_dbm=driver.signal_dbm,
            service=driver.voice_service,
            registration=registration.name.lower() if registration is not None else "",
            port=self._port.path,
            imei=driver.identity.imei,
            dialect=driver.dialect.key,
            text=text,
        )


def condition(
    driver: Driver,
    *,
    open_port: bool,
    quarantined: bool = False,
    fault: str = "",
    another_modem: bool = False,
    pin_fault: str = "",
    orphans: int = 0,
    paused: bool = False,
    emergency: bool = False,
) -> tuple[LineState, str]:
    """Return the state of the line, and the fault as text, if any.

    `another_modem`: the configured port has a modem with another IMEI. `pin_fault`: reason why the SIM's PIN
    is not entered. `orphans`: number of orphan calls on the line. `paused`: the last dial has failed, and the
    line pauses.
    """
    fault = _sentence(fault)
    if quarantined:
        return LineState.QUARANTINED, fault or "The modem was taken out of service."
    if not open_port:
        state = LineState.WRONG_MODEM if another_modem else LineState.LOST
        return state, fault or "The modem's port cannot be opened."
    if driver.sim == SIM_PUK:
        return (
            LineState.PUK_NEEDED,
            "The SIM is locked: unlock it in a telephone, with the PUK of its documents.",
        )
    if driver.sim == SIM_PIN and pin_fault:
        return LineState.PIN_NEEDED, f"The SIM needs its PIN: {pin_fault}."
    if driver.sim == NOT_INSERTED:
        return LineState.NO_SIM, "The modem has no SIM, or the SIM has no contact: insert it again."
    if driver.sim not in ("", "READY", SIM_PIN):
        return LineState.NO_SIM, f"The SIM cannot be used, the modem reports {driver.sim}: replace the SIM."
    if not driver.ready or driver.sim == SIM_PIN:
        return LineState.STARTING, fault or "The modem is being set up."
    if driver.registration is not None and not driver.registration.in_service:
        words = _REGISTRATION.get(driver.registration, _NO_NETWORK)
        return LineState.NO_NETWORK, _RADIO_OFF if driver.radio_off else words
    data_alone = driver.voice_service is VoiceService.NONE and not driver.calls()
    # An emergency call needs no service of the SIM's own network (22.101 clause 10): it is tried.
    if data_alone and not emergency:
        return LineState.NO_VOICE_SERVICE, _DATA_ALONE
    if orphans:
        return LineState.FAILING, _ORPHAN_CALL
    if paused:
        return LineState.FAILING, _PAUSED
    if data_alone:
        return LineState.READY, _DATA_ALONE
    if driver.voice_degraded:
        return LineState.READY, _DEGRADED
    return LineState.READY, _NO_VOICE if driver.voiceless else ""


def _sentence(text: str) -> str:
    """Return the text with a capital and a full stop; a path at the beginning is left as it is."""
    if not text:
        return ""
    return (text if "/" in text.split(" ", 1)[0] else text[0].upper() + text[1:]).rstrip(".") + "."
