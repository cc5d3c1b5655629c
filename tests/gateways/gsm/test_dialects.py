"""Dialects are data: what the files say, how they inherit, what is refused and where the fault stands."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from gateways.gsm.at.parse import Direction
from gateways.gsm.dialects.detection import by_identity, by_lines, by_usb, interface_role
from gateways.gsm.dialects.hints import Hint, Sign
from gateways.gsm.dialects.interpret import interpret, parse_call_list
from gateways.gsm.dialects.loading import DIALECT_DIRECTORY, Dialects
from gateways.gsm.errors import DialectError
from tests.gateways.gsm.bench import DIALECTS
from tests.support.each import each
from tests.support.there import there

USER = "+393331112223"


def _hint(dialect: str, line: str) -> Hint:
    hint = interpret(DIALECTS.get(dialect), line, "IT")
    assert hint is not None, line
    return hint


def _load(tmp_path: Path, **files: str) -> Dialects:
    for name, text in files.items():
        (tmp_path / f"{name}.toml").write_text(text, "utf-8")
    return Dialects.load(tmp_path)


@each("name", DIALECTS.names())
def test_every_file_is_a_dialect_with_the_base_at_its_root(name: str) -> None:
    dialect = DIALECTS.get(name).data
    assert dialect.lineage[0] == name
    assert dialect.lineage[-1] == "3gpp"
    assert dialect.urc
    assert "AT&D0" in dialect.first
    assert not any("COLP=1" in command for command in dialect.init)


def test_names_and_aliases_are_found_in_any_case() -> None:
    assert DIALECTS.get("SIMCom").key == "simcom7600"
    assert DIALECTS.get("E1550").key == "huawei"
    assert "Huawei" in DIALECTS
    with pytest.raises(DialectError, match="there are 3gpp"):
        DIALECTS.get("nokia")


@each(
    ("dialect", "line", "sign", "index", "cause"),
    [
        ("3gpp", "RING", Sign.RING, None, None),
        ("3gpp", "+CRING: VOICE", Sign.RING, None, None),
        ("3gpp", "+CRING: REL ASYNC", Sign.NOISE, None, None),
        ("3gpp", "BUSY", Sign.RELEASED, None, 17),
        ("3gpp", "NO ANSWER", Sign.RELEASED, None, 19),
        ("3gpp", "NO CARRIER", Sign.RELEASED, None, 16),
        ("3gpp", "+CSSU: 2", Sign.HINT, None, None),
        ("3gpp", "+CREG: 1", Sign.REGISTRATION, None, None),
        ("huawei", "^ORIG:1,0", Sign.DIALING, 1, None),
        ("huawei", "^CONF:1", Sign.RINGING, 1, None),
        ("huawei", "^CONN:2,0", Sign.ANSWERED, 2, None),
        ("huawei", "^CEND:1,15,104,16", Sign.RELEASED, 1, 16),
        ("huawei", "^CEND: 1, 0, 104, 17", Sign.RELEASED, 1, 17),
        ("huawei", "^CEND:1,0,29", Sign.RELEASED, 1, None),
        ("huawei", "^CEND:1,0,104,0", Sign.RELEASED, 1, None),
        ("huawei", "^BOOT:20952548,0,0,0,75", Sign.NOISE, None, None),
        ("huawei", "^SYSSTART", Sign.REBOOTED, None, None),
        ("simcom7600", "VOICE CALL: BEGIN", Sign.ANSWERED, None, None),
        ("simcom7600", "VOICE CALL: END: 000008", Sign.RELEASED, None, 16),
        ("simcom7600", "VOICE CALL: END", Sign.RELEASED, None, 16),
        ("simcom7600", "VOICE CALL:END", Sign.RELEASED, None, 16),
        ("simcom7600", "+CGEV: NW MODIFY 1,0,0", Sign.NOISE, None, None),
    ],
)
def test_a_line_means_what_the_dialect_says(
    dialect: str, line: str, sign: Sign, index: int | None, cause: int | None
) -> None:
    hint = _hint(dialect, line)
    assert (hint.sign, hint.index, hint.cause) == (sign, index, cause)


@each(
    ("line", "number", "withheld"),
    [
        (f'+CLIP: "{USER}",145', USER, False),
        ('+CLIP: "393331112223",145,"",,"",0', USER, False),
        ('+CLIP: "3331112223",129', USER, False),
        ('+CLIP: "",128', "", True),
        ("+CLIP: ,128", "", True),
        ('+CLIP: "",128,"",,"",1', "", True),
        ('+CLIP: "4242",129', "4242", False),
    ],
)
def test_a_callers_number_is_e164_as_far_as_it_can_be(line: str, number: str, withheld: bool) -> None:
    hint = _hint("3gpp", line)
    assert (hint.sign, hint.number, hint.withheld) == (Sign.CALLER_ID, number, withheld)


def test_simcom_tells_a_missed_call_with_its_number() -> None:
    hint = _hint("simcom7600", "MISSED_CALL: 11:53AM 0312345678")
    assert (hint.sign, hint.number, hint.direction) == (Sign.MISSED, "+390312345678", Direction.IN)


def test_a_row_that_says_released_is_the_end_of_its_call() -> None:
    hint = _hint("simcom7600", f'+CLCC: 2,0,6,0,0,"{USER}",145')
    assert (hint.sign, hint.index, hint.direction) == (Sign.RELEASED, 2, Direction.OUT)


def test_rows_of_data_calls_are_phantoms() -> None:
    lines = ('+CLCC: 2,1,0,1,0,"",128', f'+CLCC: 1,0,0,0,0,"{USER}",145')
    listed = parse_call_list(DIALECTS.base(), lines, "IT")
    assert [row.index for row in listed.rows] == [1]
    assert not listed.conference
    assert not listed.damaged
    assert parse_call_list(DIALECTS.base(), (*lines, "+CLCC: 1,"), "IT").damaged


@each(
    ("maker", "model", "dialect"),
    [
        ("ZTE INCORPORATED", "K3805-Z", "zte"),
        ("Vodafone (ZTE)", "K4510-Z", "zte"),
        ("Novatel Wireless Incorporated", "E362", "3gpp"),
        ("SAMSUNG ELECTRONICS CO., LTD.", "SGH-E250", "3gpp"),
        ("Motorola", "E398", "3gpp"),
        ("huawei", "E173", "huawei"),
        ("", "E1550", "huawei"),
    ],
)
def test_the_maker_of_a_modem_decides_before_its_model(maker: str, model: str, dialect: str) -> None:
    assert by_identity(DIALECTS, [maker, model], maker=maker).key == dialect
    assert by_identity(DIALECTS, [f"Manufacturer: {maker}", f"Model: {model}"]).key == dialect


@each(
    ("answers", "dialect"),
    [
        (["Manufacturer: huawei", "Model: E1550"], "huawei"),
        (["SIMCOM INCORPORATED", "SIMCOM_SIM7600E-H"], "simcom7600"),
        (["A7672E-FASE"], "simcom_a76xx"),
        (["SIM800 R14.18"], "sim800"),
        (["Manufacturer: SIMCOM_Ltd", "SIMCOM_SIM868"], "sim800"),
        (["SIMCOM_Ltd", "SIMCOM_SIM7500E"], "simcom7600"),
        (["SIMCOM INCORPORATED", "+CGMR: A110B05A7672M7"], "simcom_a76xx"),
        (["Quectel", "EC25", "Revision: EC25EFAR06A06M4G"], "quectel_ec2x"),
        (["EG25-G"], "quectel_ec2x"),
        (["TD Tech Ltd", "MT5710-CN"], "balong"),
        (["Huawei Technologies Co., Ltd.", "ME909s-120"], "balong"),
        (["Ericsson", "F5521gw"], "ericsson"),
        (["Sony Ericsson", "W880"], "ericsson"),
        (["u-blox", "LARA-R202"], "ublox"),
        (["SARA-G450-00C-00"], "ublox"),
        (["Cinterion", "EHS6"], "cinterion"),
        (["SIEMENS", "MC35i"], "cinterion"),
        (["Telit", "HE910"], "telit"),
        (["ZTE CORPORATION", "MF190"], "zte"),
        (["WAVECOM MODEM", "900E  1800"], "wavecom"),
        (["Sierra Wireless, Incorporated", "MC7304"], "3gpp"),
        (["Nokia", "3310"], "3gpp"),
        ([], "3gpp"),
    ],
)
def test_a_modem_is_known_by_what_it_says_of_itself(answers: list[str], dialect: str) -> None:
    assert by_identity(DIALECTS, answers).key == dialect


def test_a_modem_is_known_by_its_usb_ids() -> None:
    assert there(by_usb(DIALECTS, 0x12D1, 0x1001)).key == "huawei"
    assert by_usb(DIALECTS, 0x1234, 0x5678) is None


@each(
    ("dialect", "product", "interface", "role"),
    [
        ("simcom7600", 0x9001, "2", "at"),
        ("simcom7600", 0x9001, "04", "voice"),
        ("simcom7600", 0x9001, "3", None),
        ("simcom7600", 0x9001, "", None),
        ("simcom7600", 0x9999, "2", None),
    ],
)
def test_an_interface_does_what_its_dialect_says(
    dialect: str, product: int, interface: str, role: str | None
) -> None:
    assert interface_role(DIALECTS.get(dialect), 0x1E0E, product, interface) == role


@each("name", DIALECTS.names())
def test_port_roles_are_those_of_a_device_that_the_dialect_claims(name: str) -> None:
    data = DIALECTS.get(name).data
    for roles in data.port:
        assert roles.usb in data.match.usb
        assert roles.voice is None or data.voice.kind != "none"
    assert data.faults or name == "3gpp"


def test_the_names_are_those_that_settings_and_traces_use() -> None:
    assert set(DIALECTS.names()) == {
        "3gpp", "huawei", "simcom7600", "simcom_a76xx", "sim800", "quectel_ec2x", "tdscdma", "balong",
        "ericsson", "ublox", "cinterion", "telit", "zte", "wavecom",
    }  # fmt: skip


@each(
    ("lines", "dialect"),
    [
        (["OK", "^CONF:1", "^CEND:1,0,104,16"], "huawei"),
        (["AT^DDSETEX=2"], "huawei"),
        (["VOICE CALL: BEGIN"], "simcom7600"),
        (["+CGMR: A110B05A7672M7", "VOICE CALL: BEGIN"], "simcom_a76xx"),
        (["A7670E-FASE", "VOICE CALL: BEGIN"], "simcom_a76xx"),
        (["*ATREADY: 1", "VOICE CALL: BEGIN", "+CLCC: 1,0,6,0,0"], "simcom_a76xx"),
        (["Revision: LE20B04SIM7600M22", "VOICE CALL: BEGIN"], "simcom7600"),
        (["RING", "NO CARRIER"], "3gpp"),
    ],
)
def test_a_session_is_known_by_lines_that_no_other_has(lines: list[str], dialect: str) -> None:
    assert by_lines(DIALECTS, lines).key == dialect


# -------------------------------------------------------------------------------------- inheritance


def test_an_heir_replaces_adds_and_is_asked_first(tmp_path: Path) -> None:
    dialects = _load(
        tmp_path,
        mine="""
            extends = "huawei"
            name = "Mine"
            init = ["AT+MINE"]
            init_without = ["AT+COLP=0"]
            dial_blocking_s = 20
            [poll]
            active_s = 5
            [[urc]]
            pattern = '\\^CONF:1'
            event = "answered"
        """,
    )
    mine, huawei = dialects.get("mine").data, dialects.get("huawei").data
    assert mine.lineage == ("mine", "huawei", "3gpp")
    assert mine.init == (*(command for command in huawei.init if command != "AT+COLP=0"), "AT+MINE")
    assert (mine.dial_blocking_s, mine.poll.active_s, mine.poll.setup_s) == (20, 5, huawei.poll.setup_s)
    assert mine.match.usb == ()
    hint = interpret(dialects.get("mine"), "^CONF:1", "IT")
    other = interpret(dialects.get("mine"), "^CONF:2", "IT")
    assert hint is not None
    assert other is not None
    assert (hint.sign, other.sign) == (Sign.ANSWERED, Sign.RINGING)


def test_a_table_of_states_may_depend_on_the_direction(tmp_path: Path) -> None:
    dialects = _load(
        tmp_path,
        mine="""
            extends = "3gpp"
            name = "Mine"
            [[urc]]
            pattern = '\\$CALL: (?P<id>\\d+),(?P<direction>\\d),(?P<stat>\\d+)'
            [urc.states]
            "1/3" = "incoming"
            "3" = "ringing"
        """,
    )
    signs = [interpret(dialects.get("mine"), f"$CALL: 1,{state}", "IT") for state in ("0,3", "1,3", "0,9")]
    assert [hint.sign for hint in signs if hint is not None] == [Sign.RINGING, Sign.INCOMING, Sign.HINT]


# --------------------------------------------------------------------------------------- what is refused

HEAD = 'extends = "3gpp"\nname = "Mine"\n'


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + 'colour = "blue"', "unknown field `colour`"),
        (HEAD + "[poll]\nactiv_s = 1", r"unknown field `activ_s` - at `\$.poll`"),
        (HEAD + '[poll]\nactive_s = "1"', r"\$.poll.active_s"),
        (HEAD + "[poll]\nactive_s = -1", r"\$.poll.active_s"),
        (HEAD + "dial_blocking_s = 100000", r"\$.dial_blocking_s"),
        (HEAD + 'answer_trust = "maybe"', r"\$.answer_trust"),
        (HEAD + 'dial = "ATD112;"', r"\{number\} - at `\$.dial`"),
        (HEAD + 'dtmf = "AT+VTS"', r"\{digit\} - at `\$.dtmf`"),
        (HEAD + "init = 5", r"\$.init"),
        (HEAD + "[[urc]]\npattern = '('\nevent = 'ring'", r"not a pattern: .* - at `\$.urc\[0\].pattern`"),
        (HEAD + "[[urc]]\npattern = 'X'", r"either `event` or `states` - at `\$.urc\[0\]`"),
        (HEAD + "[[urc]]\npattern = 'X'\nevent = 'explode'", r"\$.urc\[0\].event"),
        (HEAD + "[[urc]]\npattern = '(?P<colour>X)'\nevent = 'ring'", r"no such group: colour"),
        (HEAD + "[[urc]]\npattern = 'X'\n[urc.states]\n1 = 'ring'", r"needs a group `stat`"),
        (HEAD + "phantoms = ['(']", r"\$.phantoms\[0\]"),
        (HEAD + "key = 'x'", "unknown field `key`"),
        ('extends = "nothing"\nname = "Mine"', r"no dialect is called 'nothing' - at `\$.extends`"),
        ('extends = "mine"\nname = "Mine"', r"extends itself - at `\$.extends`"),
        ('name = "Mine"', "missing required field"),
        ("name = ", "mine.toml: "),
    ],
)
def test_a_fault_is_refused_with_its_file_and_its_place(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(DialectError, match=message) as caught:
        _load(tmp_path, mine=text)
    assert "mine.toml" in str(caught.value)


def test_the_dialect_that_the_handbook_walks_through_is_one(tmp_path: Path) -> None:
    text = (DIALECT_DIRECTORY.parents[1] / "docs" / "hardware.md").read_text("utf-8")
    block = text.partition("```toml\n")[2].partition("```")[0]
    nimbus = _load(tmp_path, nimbus=textwrap.dedent(block)).get("nimbus")
    assert by_identity(Dialects.load(tmp_path), ["Nimbus N1"]).key == "nimbus"
    states = [interpret(nimbus, f"$CALL: 1,{state}", "IT") for state in (1, 2, 3, 9)]
    assert [hint.sign for hint in states if hint is not None] == ["dialing", "ringing", "active", "released"]
    incoming = there(interpret(nimbus, f'$INCOMING: 2,"{USER}"', "IT"))
    assert (incoming.sign, incoming.index, incoming.number) == (Sign.INCOMING, 2, USER)
