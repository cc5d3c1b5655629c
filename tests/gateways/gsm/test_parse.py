"""Single lines, with every tail that has been seen missing, empty or odd."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gateways.gsm.at.parse import (
    ClccRow,
    Direction,
    Registration,
    Stat,
    parse_clcc,
    parse_cpin,
    parse_creg,
    parse_csq,
    parse_emergency_numbers,
    parse_iccid,
    parse_imei,
    split_fields,
)
from gateways.gsm.at.q850 import parse_cause
from tests.support.each import each
from tests.support.there import there

ROW = ClccRow(index=1, direction=Direction.IN, stat=Stat.INCOMING, number="+393331112223", number_type=145)


@each(
    "line",
    [
        '+CLCC: 1,1,4,0,0,"+393331112223",145', '+CLCC: 1,1,4,0,0,"393331112223",145',
        '+CLCC:1,1,4,0,0,"+393331112223",145', '+CLCC: 1, 1, 4, 0, 0, "+393331112223", 145',
        '+CLCC: 1,1,4,0,0,"00393331112223",145', '+CLCC: 1,1,4,0,0,"+393331112223",145,""',
        '+CLCC: 1,1,4,0,0,"+393331112223",145,"",0', '+CLCC: 1,1,4,0,0,"+393331112223",145,,',
    ],
)  # fmt: skip
def test_a_row_is_read_whatever_its_tail_looks_like(line: str) -> None:
    row = there(parse_clcc(line))
    assert (row.index, row.direction, row.stat, row.number, row.mode, row.multiparty) == (
        ROW.index, ROW.direction, ROW.stat, ROW.number, 0, False,
    )  # fmt: skip


@each(
    ("line", "number"),
    [
        ("+CLCC: 2,0,0", ""),
        ("+CLCC: 2,0,0,0,0", ""),
        ('+CLCC: 2,0,0,0,0,"",128', ""),
        ("+CLCC: 2,0,0,0,0,,", ""),
        ('+CLCC: 2,0,0,0,0,"0312345678",129', "0312345678"),
        ('+CLCC: 2,0,0,0,0,"sip:mmtel",128', ""),
        ('+CLCC: 2,0,0,0,0,"+393331112223@ims.mnc001.mcc222.3gppnetwork.org",145', "+393331112223"),
        ('+CLCC: 2,0,0,0,0,"+39 333-111 2223",145,"Rossi, Giulia"', "+393331112223"),
    ],
)
def test_a_number_may_be_missing_national_or_an_address(line: str, number: str) -> None:
    assert there(parse_clcc(line)).number == number


def test_a_name_with_a_comma_is_one_field() -> None:
    row = there(parse_clcc('+CLCC: 1,1,4,0,1,"+393331112223",145,"Rossi, Giulia",0'))
    assert (row.alpha, row.multiparty) == ("Rossi, Giulia", True)


@each(
    "line",
    [
        "+CLCC:", "+CLCC: 1", "+CLCC: 1,0", "+CLCC: a,b,c", "+CLCC: 1,2,0", "+CLCC: 1,0,9",
        "+CLCC: 1,0,4", "+CLCC: 1,1,2", '+CLCC: 1,0,1,0,0,"+390',
        '+CLCC: 1,0,1,0,0,"+390200000\x1100",145,""', '+CLCC: 1,0,3,0,0."+39020000000",145,""',
    ],
)  # fmt: skip
def test_what_is_no_row_is_none(line: str) -> None:
    assert parse_clcc(line) is None


@each("line", ["ERROR", "error", "ready", ""])
def test_a_line_without_a_prefix_is_no_state_of_the_sim(line: str) -> None:
    assert parse_cpin(line) is None


@given(st.text(max_size=80))
def test_no_line_makes_a_reader_raise(text: str) -> None:
    for line in (text, "+CLCC: " + text, "+CREG: " + text):
        parse_clcc(line)
        parse_creg(line, answer=True)
        parse_creg(line, answer=False)
        parse_csq(line)
        parse_cpin(line)
        parse_imei((line,))
        parse_emergency_numbers(line)
        parse_cause(line)
        split_fields(line)


@each(
    ("line", "answer", "state"),
    [
        ("+CREG: 0,1", True, Registration.HOME),
        ('+CREG: 2,5,"1A2B","01C3",7', True, Registration.ROAMING),
        ("+CREG: 1", True, Registration.HOME),
        ("+CREG: 5", False, Registration.ROAMING),
        ('+CREG: 1,"1A2B","01C3"', False, Registration.HOME),
        ('+CREG: 3,"10","01C3"', True, Registration.DENIED),
    ],
)
def test_registration_is_read_as_answer_and_unsolicited(line: str, answer: bool, state: Registration) -> None:
    assert parse_creg(line, answer=answer) is state


@each(
    ("line", "dbm"), [("+CSQ: 20,99", -73), ("+CSQ: 0,0", -113), ("+CSQ: 99,99", None), ("+CSQ:31,99", -51)]
)
def test_signal_is_in_dbm(line: str, dbm: int | None) -> None:
    assert parse_csq(line) == dbm


@each(
    ("line", "code"),
    [("+CPIN: READY", "READY"), ('+CPIN: "SIM PIN"', "SIM PIN"), ("+CPIN:SIM PUK", "SIM PUK")],
)
def test_the_sim_says_what_it_waits_for(line: str, code: str) -> None:
    sim = there(parse_cpin(line))
    assert sim.code == code
    assert sim.ready == (code == "READY")


def test_the_imei_is_found_among_other_words() -> None:
    assert parse_imei(("490154203237518",)) == "490154203237518"
    assert parse_imei(("+CGSN: 490154203237518",)) == "490154203237518"
    assert parse_imei(("IMEI: 12345", "garbage")) == ""


@each(
    ("line", "numbers"),
    [
        ('+CRSM: 144,0,"11F2FF11F8FF"', ("112", "118")),
        ('+CRSM: 144,0,"11F2FFFFFFFF"', ("112",)),
        ("+CRSM: 144,0,11F2FF", ("112",)),
        ("+CRSM: 106,130", ()),
        ('+CRSM: 144,0,"ZZ"', ()),
    ],
)
def test_the_sims_emergency_numbers_are_read(line: str, numbers: tuple[str, ...]) -> None:
    assert parse_emergency_numbers(line) == numbers


@each(
    ("line", "cause"),
    [
        ('+CEER: 17,"User busy"', 17),
        ("+CEER: User busy", 17),
        ("+CEER: Normal call clearing", 16),
        ('+CEER: "CC setup error",16,"Normal call clearing"', 16),
        ("+CEER: 0,0,19,0", 19),
        ("+CEER: Cause: 21, call rejected", 21),
        ("+CEER: 5,31", 31),
        ("+CEER: No cause information available", None),
        ("+CEER: 0", None),
        ("+CEER: 0,-1", None),  # Quectel: there was no failure
        ("+CEER:", None),
        ("+CEER: User alerting, no answer", 19),
    ],
)
def test_the_report_about_an_end_gives_a_cause(line: str, cause: int | None) -> None:
    assert parse_cause(line) == cause


@each(
    ("lines", "card"),
    [
        (("+QCCID: 8939010000123456789F",), "8939010000123456789"),
        (("+QCCID: 89860436101892671308",), "89860436101892671308"),
        (("^ICCID: 890000000000000000FF",), "890000000000000000"),
        (("+ICCID: 898604981022C0254186",), "898604981022C0254186"),
        (('+CCID: "89390100001234567890",""',), "89390100001234567890"),
        (("#CCID: 8944500612345678901",), "8944500612345678901"),
        (("8944500612345678901f",), "8944500612345678901"),
        (('+CRSM: 144,0,"989310000021436587F9"',), "8939010000123456789"),
        (('+CRSM: 106,130,""',), ""),
        (("+CRSM: 144,0",), ""),
        (("+CLIP: +393331112223,145", "89390100001234567890"), "89390100001234567890"),
        (("+CIMI: 222010000000001",), ""),
        ((), ""),
    ],
)
def test_a_cards_number_is_read_however_the_modem_tells_it(lines: tuple[str, ...], card: str) -> None:
    assert parse_iccid(lines) == card
