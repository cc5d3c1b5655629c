"""Actions of the AT commands: one table from name to action. Fixed answers and stored numbers are data of the
dialect.

An action gets the modem, the command and the time; it returns the lines of its answer, None if the final
result comes later, or raises AtError. Must not write bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

from simulator.modem.calls import hold
from simulator.modem.calls.legs import OUTGOING_SETUP_STATES
from simulator.modem.command_line import (
    INCORRECT_PARAMETERS,
    INCORRECT_PASSWORD,
    INVALID_INDEX,
    NO_NETWORK,
    NOT_ALLOWED,
    NOT_SUPPORTED,
    SIM_NOT_INSERTED,
    SIM_PIN_REQUIRED,
    SIM_PUK_REQUIRED,
    AtError,
    Command,
    NoCarrier,
    UnknownCommand,
    Verb,
)
from simulator.modem.messages import USSD_TAKES_S, is_ussd_code, ussd_lines
from simulator.modem.sim_card import WANTS_PUK
from simulator.modem.voice import ELSEWHERE, HERE
from simulator.network.call import Cause

if TYPE_CHECKING:  # the modem performs these actions
    from simulator.modem.modem import Modem

Lines: TypeAlias = list[str]
Action: TypeAlias = "Callable[[Modem, Command, float], Lines | None]"

PHANTOM_ROW = '+CLCC: 7,1,0,1,0,"",128'
CONFERENCE_ROW = '+CLCC: 5,0,0,0,0,"sip:mmtel",128'

EF_ECC = 28599
"""Id of the SIM's list of emergency numbers, 6FB7: three bytes each, swapped digits (TS 31.102 4.2.21)."""

EF_ICCID = 12258
"""Id of the card's own number, 2FE2, swapped digits (TS 102.221 13.2)."""

_DIGITS = set("0123456789ABCD*#")


def _dial(modem: Modem, command: Command, now_s: float) -> Lines | None:
    """Handle ATD: the semicolon makes a voice call; `#31#` and `I` withhold the caller's number (TS 22.030,
    TS 27.007 6.2).
    """
    text = command.argument.strip()
    if not text.endswith(";"):
        raise NoCarrier(f"no data calls here: {text}")
    number = text[:-1].strip().lstrip("TtPp")
    withheld = number.startswith("#31#") or number[-1:] == "I"
    number = number.removeprefix("#31#").removeprefix("*31#").rstrip("IiGg")
    if not modem.sim.usable and not modem.line.is_emergency(number):
        raise AtError(SIM_PUK_REQUIRED if modem.sim.state == WANTS_PUK else SIM_PIN_REQUIRED)
    return None if modem.line.dial(number, withheld=withheld, now_s=now_s) else []


def _answer(modem: Modem, command: Command, now_s: float) -> Lines:
    modem.line.answer(now_s)
    return []


def _hang_up_ath(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle ATH; SIMCom answers OK without an effect unless `AT+CVHU=0`."""
    if not modem.dialect.hang_up_needs_cvhu_0 or modem.parameters.first("+CVHU") == 0:
        modem.line.hang_up(now_s)
    return []


def _hang_up(modem: Modem, command: Command, now_s: float) -> Lines:
    modem.line.hang_up(now_s)
    return []


def _calls(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CLCC; `AT+CLCC=1`, if known to the dialect, enables the unsolicited rows."""
    if command.verb is Verb.EXECUTE:
        return _rows(modem)
    if command.name not in modem.parameters:
        raise UnknownCommand(command.name)
    return modem.parameters.execute(command)


def _rows(modem: Modem) -> Lines:
    """Return the list of calls, with the rows that some firmware adds or omits."""
    vices, legs = modem.line.vices, list(modem.line.legs)
    rows = [PHANTOM_ROW] if vices.data_phantom else []
    if vices.collapsed_conference and any(leg.mpty for leg in legs):
        rows.append(CONFERENCE_ROW)
        legs = [leg for leg in legs if not leg.mpty]
    return rows + [modem.line.announcements.clcc(leg) for leg in legs]


def _hold(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CHLD; some firmware turns silent for good if an attempt that does not ring yet is released by
    id.
    """
    if command.verb is not Verb.SET:
        raise AtError(INCORRECT_PARAMETERS)
    what = command.argument.strip()
    leg = modem.line.legs.get(int(what[1:])) if what[:1] == "1" and what[1:].isdecimal() else None
    too_early = leg is not None and leg.stat is OUTGOING_SETUP_STATES[0] and leg.outgoing
    for changed in hold.control(modem.line, what, now_s):
        modem.line.announce(modem.dialect.announce.changed, changed, now_s)
    modem.line.promote_waiting(now_s)
    if too_early and modem.dialect.early_release_mutes:
        modem.mute(now_s)
    return []


def _digits(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +VTS=d, ="d", or several digits at once."""
    digits = command.values()[0].strip("{").upper()
    if command.verb is not Verb.SET or not digits or not set(digits) <= _DIGITS:
        raise AtError(INCORRECT_PARAMETERS)
    modem.line.send_digit(digits)
    return []


def _last_cause(modem: Modem, command: Command, now_s: float) -> Lines:
    return [modem.line.announcements.ceer(modem.line.last_cause)]


def _pin(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CPIN=pin, or =puk,newpin after too many wrong PINs (TS 27.007 8.3)."""
    if not modem.config.sim:
        raise AtError(SIM_NOT_INSERTED)
    if command.verb is Verb.READ:
        return [f"+CPIN: {modem.sim.state}"]
    if command.verb is not Verb.SET or modem.sim.usable:
        raise AtError(NOT_ALLOWED)
    given = command.values()
    if modem.sim.state == WANTS_PUK:
        if len(given) != 2:
            raise AtError(SIM_PUK_REQUIRED)
        right = modem.sim.enter_puk(*given)
    else:
        right = modem.sim.enter_pin(given[0])
        if modem.sim.state == WANTS_PUK:
            raise AtError(SIM_PUK_REQUIRED)
    if not right:
        raise AtError(INCORRECT_PASSWORD)
    modem.update_registration(now_s)
    return []


def _functionality(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CFUN: radio on (1) or off (0, 4); `1,1` restarts the modem after the OK (TS 27.007 8.2)."""
    if command.verb is Verb.READ:
        return [f"+CFUN: {modem.radio:d}"]
    values = command.values()
    if values[0] not in ("0", "1", "4") or len(values) > 2:
        raise AtError(NOT_SUPPORTED)
    if values == ["1", "1"]:
        modem.reboots = True
    else:
        modem.switch_radio(now_s, on=values[0] == "1")
    return []


def _sim_file(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CRSM: two files of the SIM can be read, with READ BINARY (176); TS 27.007 8.18."""
    if not modem.config.sim:
        raise AtError(SIM_NOT_INSERTED)
    files = {
        str(EF_ECC): "".join(number.ljust(6, "F") for number in modem.config.sim_emergency_numbers)
        or "F" * 6,
        str(EF_ICCID): modem.card.ljust(20, "F"),
    }
    action, _, rest = command.argument.partition(",")
    digits = files.get(rest.partition(",")[0]) if action == "176" else None
    if command.verb is not Verb.SET or digits is None:
        return ['+CRSM: 106,130,""']
    swapped = "".join(digits[at + 1] + digits[at] for at in range(0, len(digits), 2))
    return [f'+CRSM: 144,0,"{swapped}"']


def _send_message(modem: Modem, command: Command, now_s: float) -> Lines | None:
    """Handle +CMGS=length: the prompt; the PDU follows (TS 27.005 4.3)."""
    if command.verb is not Verb.SET or not command.argument.strip().isdecimal():
        raise AtError(INCORRECT_PARAMETERS)
    if not modem.line.reachable:
        raise AtError(NO_NETWORK)
    modem.mailbox.prompted = True
    return None


def _send_ussd(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CUSD=1,"code",15: OK, and later the network's answer (TS 27.007 7.15); =2 ends the session."""
    values = command.values()
    if command.verb is not Verb.SET or values[0] not in ("0", "1", "2"):
        raise AtError(INCORRECT_PARAMETERS)
    if len(values) < 2:
        return []
    if not modem.line.reachable:
        raise AtError(NO_NETWORK)
    vices = modem.line.vices
    if vices.ussd_form == "refused" or not is_ussd_code(values[1], packed=vices.ussd_form == "packed"):
        raise AtError(NOT_ALLOWED)
    modem.send_later(ussd_lines(vices), vices.ussd_takes_s or USSD_TAKES_S)
    return []


def _read_message(modem: Modem, command: Command, now_s: float) -> Lines:
    lines = modem.mailbox.read(_index(command))
    if lines is None:
        raise AtError(INVALID_INDEX)
    return lines


def _list_messages(modem: Modem, command: Command, now_s: float) -> Lines:
    return modem.mailbox.listed()


def _delete_message(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CMGD=index, or =any,flag with a flag other than 0: all messages."""
    everything = len(command.values()) > 1 and command.values()[1] != "0"
    if not modem.mailbox.delete(None if everything else _index(command)):
        raise AtError(INVALID_INDEX)
    return []


def _index(command: Command) -> int:
    text = command.values()[0]
    if command.verb is not Verb.SET or not (text.isascii() and text.isdecimal()):
        raise AtError(INCORRECT_PARAMETERS)
    return int(text)


def _defaults(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle ATZ and AT&F."""
    modem.parameters.reset()
    return []


def _register(modem: Modem, command: Command, now_s: float) -> Lines:
    """Accept S-registers, and read them as zero."""
    return ["000"] if command.argument.endswith("?") else []


def _connected_line(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +COLP, if supported by the operator and the firmware."""
    if not modem.config.colp and command.verb is Verb.SET and command.argument.strip() != "0":
        raise AtError(NOT_SUPPORTED)
    return modem.parameters.execute(command)


def _voice_query_huawei(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle ^CVOICE?: answer if the firmware has voice, with its format."""
    if not modem.voice.available:
        raise UnknownCommand(command.name)
    return ["^CVOICE:0,8000,16,20"] if command.verb is Verb.READ else []


def _voice_huawei(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle ^DDSETEX=2: voice on the second port, for this call."""
    if not modem.voice.available:
        raise UnknownCommand(command.name)
    if command.verb is not Verb.SET or command.argument.strip() != "2":
        raise AtError(NOT_SUPPORTED)
    modem.voice.set_on(True, now_s)
    return []


def _voice_simcom(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CPCMREG=1 during an active call, =0 or =0,1 at any time."""
    if not modem.voice.available:
        raise AtError(NOT_SUPPORTED)
    if command.verb is Verb.TEST:
        return ["+CPCMREG: (0-1)"]
    if command.verb is Verb.READ:
        return [f"+CPCMREG: {modem.voice.is_on:d}"]
    if command.verb is not Verb.SET or command.values()[0] not in ("0", "1"):
        raise AtError(INCORRECT_PARAMETERS)
    modem.voice.set_on(command.values()[0] == "1", now_s)
    return []


def _voice_rate_simcom(modem: Modem, command: Command, now_s: float) -> Lines:
    lines = modem.parameters.execute(command)
    modem.voice.told_wide = modem.parameters.first("+CPCMFRM") == 1
    return lines


def _bandwidth_simcom(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CPCMBANDWIDTH=1,1: 8 kHz, over VoLTE too (AT Command Manual 5.2.46)."""
    if command.verb is Verb.SET:
        modem.voice.told_narrow = command.values() == ["1", "1"]
    return []


def _reset_simcom(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +CRESET: restart after the OK."""
    modem.reboots = True
    return []


def _voice_quectel(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +QPCMV=1,0: voice on the second port; =1,2: on the sound card; =0: off."""
    if command.verb is Verb.TEST:
        return ["+QPCMV: (0,1),(0-2)"]
    if command.verb is Verb.READ:
        return [f"+QPCMV: {modem.voice.qpcmv_setting}"]
    where = ",".join(command.values())
    if command.verb is not Verb.SET or where not in ("0", HERE, ELSEWHERE):
        raise AtError(INCORRECT_PARAMETERS)
    if where != "0" and not (modem.voice.has_card if where == ELSEWHERE else modem.voice.available):
        raise AtError(NOT_SUPPORTED)
    modem.voice.set_qpcmv("" if where == "0" else where)
    return []


def _indications_quectel(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +QINDCFG="ccinfo",1: enable call indications, the only kind of this dialect."""
    if command.verb is not Verb.SET or command.values()[0] != "ccinfo" or len(command.values()) != 2:
        raise AtError(INCORRECT_PARAMETERS)
    return modem.parameters.execute(Command(command.name, Verb.SET, command.values()[1]))


def _hang_up_quectel(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +QHUP=cause,id: end one call with the cause; without an id, all calls."""
    values = command.values()
    if command.verb is not Verb.SET or not values[0].isdecimal() or not all(map(str.isdecimal, values)):
        raise AtError(INCORRECT_PARAMETERS)
    legs = [leg for leg in modem.line.legs if len(values) < 2 or leg.id == int(values[1])]
    if not legs:
        raise AtError(INVALID_INDEX)
    modem.line.drop(legs, Cause.NORMAL_CLEARING, now_s)
    return []


def _drop_member_quectel(modem: Modem, command: Command, now_s: float) -> Lines:
    """Handle +QCHLDIPMPTY="number": release one member of a conference that is held in the IMS."""
    number = modem.line.network.international(command.values()[0])
    legs = [leg for leg in modem.line.legs if leg.mpty and leg.call.to == number]
    if command.verb is not Verb.SET or not legs or not modem.line.vices.collapsed_conference:
        raise AtError(NOT_ALLOWED)
    modem.line.drop(legs, Cause.NORMAL_CLEARING, now_s)
    return []


ACTIONS: dict[str, Action] = {
    "D": _dial,
    "A": _answer,
    "H": _hang_up_ath,
    "+CHUP": _hang_up,
    "+CLCC": _calls,
    "+CHLD": _hold,
    "+VTS": _digits,
    "+CEER": _last_cause,
    "+COLP": _connected_line,
    "+CPIN": _pin,
    "+CFUN": _functionality,
    "+CRSM": _sim_file,
    "+CMGS": _send_message,
    "+CUSD": _send_ussd,
    "+CMGR": _read_message,
    "+CMGL": _list_messages,
    "+CMGD": _delete_message,
    "Z": _defaults,
    "&F": _defaults,
    "S": _register,
}

VENDOR_ACTIONS: dict[str, dict[str, Action]] = {
    "none": {},
    "quectel": {
        "+QINDCFG": _indications_quectel,
        "+QHUP": _hang_up_quectel,
        "+QCHLDIPMPTY": _drop_member_quectel,
    },
}

VOICE_ACTIONS: dict[str, dict[str, Action]] = {
    "none": {},
    "ddsetex": {"^CVOICE": _voice_query_huawei, "^DDSETEX": _voice_huawei},
    "cpcmreg": {
        "+CPCMREG": _voice_simcom,
        "+CPCMFRM": _voice_rate_simcom,
        "+CPCMBANDWIDTH": _bandwidth_simcom,
        "+CRESET": _reset_simcom,
    },
    "qpcmv": {"+QPCMV": _voice_quectel},
}

ACTIONS_WITH_TEST_ANSWER: frozenset[Action] = frozenset({_voice_simcom, _voice_quectel})
"""Actions that answer `=?` themselves; for all others the answer is a plain OK."""


def perform(modem: Modem, command: Command, now_s: float) -> Lines | None:
    """Do one command; return None if its final result comes later. Raises AtError, NoCarrier,
    UnknownCommand.
    """
    vices = modem.line.vices
    if command.name in (vices.refuses or ()):
        raise AtError(NOT_ALLOWED)
    if not {command.name, _name_in_vices(command)}.isdisjoint(vices.ignores or ()):
        return []
    if (lines := modem.answer_lines(command.text)) is not None and command.verb is not Verb.SET:
        return lines
    if (lines := modem.remembered(command)) is not None:
        return lines
    action = (
        ACTIONS.get(command.name)
        or VOICE_ACTIONS[modem.dialect.voice_switch].get(command.name)
        or VENDOR_ACTIONS[modem.dialect.vendor_commands].get(command.name)
    )
    if action is not None:
        return (
            []
            if command.verb is Verb.TEST and action not in ACTIONS_WITH_TEST_ANSWER
            else action(modem, command, now_s)
        )
    if command.name in modem.parameters:
        return modem.parameters.execute(command)
    if command.name in modem.dialect.accepts or (
        command.verb is Verb.TEST and command.name in modem.dialect.answers
    ):
        return []
    raise UnknownCommand(command.name)


def _name_in_vices(command: Command) -> str:
    """Return the command's name in a vice: `+CHLD=1x` stands for any call number."""
    value = command.argument
    return f"{command.name}={value[:1]}x" if len(value) > 1 else f"{command.name}={value}"
