"""No dress makes an emergency number pass while a switch is off; no other call is kept back."""

from __future__ import annotations

import re
from itertools import pairwise

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.gsm.dialects.loading import Dialects
from gateways.gsm.errors import DialRefused
from gateways.gsm.port.dial_guard import EMERGENCY_NUMBERS, DialGuard
from model.rules.calls import psap
from tests.support.each import each

SIMULATED_PSAP = "+390200000112"
NUMBERS = sorted(EMERGENCY_NUMBERS)
CODES = sorted(str(code) for code in phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
SHUT = [(False, False), (True, False), (False, True)]


def _guard(live: bool = False, trunk: bool = False) -> DialGuard:
    return DialGuard(psap_live=live, trunk_emergency=trunk)


def _passes(guard: DialGuard, data: bytes) -> bool:
    try:
        return guard.pass_through(data) == data
    except DialRefused:
        return False


@each(("live", "trunk"), SHUT)
@each("number", NUMBERS)
def test_an_emergency_number_is_refused_unless_both_are_on(number: str, live: bool, trunk: bool) -> None:
    assert not _passes(_guard(live, trunk), f"ATD{number};\r".encode())


@each("number", NUMBERS)
def test_with_both_switches_on_it_passes(number: str) -> None:
    assert _passes(_guard(True, True), f"ATD{number};\r".encode())


def _last_resort(live: bool = True) -> DialGuard:
    return DialGuard(psap_live=live, trunk_emergency=False, last_resort=("112",))


def test_as_the_last_resort_the_plain_dial_of_112_passes_on_a_public_line_and_nothing_else() -> None:
    assert _passes(_last_resort(), b"ATD112;\r")
    assert not _passes(_last_resort(live=False), b"ATD112;\r")
    others = [*(f"ATD{number};\r" for number in NUMBERS if number != "112"), "ATD112\r", "ATDT112;\r"]
    dressed = [
        "ATD+39112;\r",
        "ATD*31#112;\r",
        "ATD112;D113;\r",
        "ATE0D112;\r",
        "A/\r",
        "ATDL\r",
        "atd112;\r",
    ]
    for line in (*others, *dressed, "ATD112;\x1a", "\nATD112;\r"):
        assert not _passes(_last_resort(), line.encode()), line


@given(st.text(alphabet="ATD12;\r +,*#3\x1b\x1a\n&E0", max_size=30))
def test_the_last_resort_lets_pass_what_passes_anyway_and_that_one_line(text: str) -> None:
    lines = [one for one in text.split("\r") if one != "ATD112;"]
    without = "\r".join(lines).encode()
    assert _passes(_last_resort(), without) == _passes(_guard(), without)


@each(
    "number",
    [SIMULATED_PSAP, "+393331112223", "3331112223", "+390200000001", "+441120000000", "+39112233", "1121"],
)
def test_an_ordinary_number_passes(number: str) -> None:
    assert _passes(_guard(), f"ATD{number};\r".encode())
    assert not _guard().is_emergency(number)


DRESS = st.tuples(
    st.sampled_from(["", "*31#", "#31#", "*31#*31#", "**61*", "*21*"]),
    st.one_of(
        st.sampled_from(["", "+", "00", "++", "011"]),
        st.builds(
            lambda prefix, code: prefix + code, st.sampled_from(["+", "00", ""]), st.sampled_from(CODES)
        ),
    ),
    st.sampled_from(NUMBERS),
    st.sampled_from([";", "", "I;", "i;", "G;", "#;", "*;"]),
)


@given(
    DRESS,
    st.sampled_from(
        [
            *("ATD", "atd", "ATDT", "ATDP", "ATD ", "AT D", "ATE0D", "ATE0V1X4D", "AT&D0D"),
            *("AT+CLIP=1;D", "AT+CMEE=1;+CRC=1;D", "AT;D", "ATS0=0D"),
        ]
    ),
    st.data(),
)
def test_however_it_is_dressed_it_is_refused(
    dress: tuple[str, str, str, str], verb: str, data: st.DataObject
) -> None:
    service, prefix, number, tail = dress
    dialled = service + prefix + number
    for _ in range(data.draw(st.integers(0, 3))):
        place = data.draw(st.integers(0, len(dialled)))
        dialled = dialled[:place] + " " + dialled[place:]
    assert not _passes(_guard(), f"{verb}{dialled}{tail}\r".encode())


@given(DRESS, st.data())
def test_cut_into_pieces_it_is_refused_and_not_a_byte_of_the_line_is_written(
    dress: tuple[str, str, str, str], data: st.DataObject
) -> None:
    line = ("ATD" + "".join(dress) + "\r").encode()
    guard = _guard()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(line) - 1), max_size=8)))
    pieces = [line[start:end] for start, end in pairwise([0, *cuts, len(line)])]
    for piece in pieces[:-1]:
        assert guard.pass_through(piece) == b""
    with pytest.raises(DialRefused):
        guard.pass_through(pieces[-1])


@each(
    "line",
    [
        b"ATD>1;\r", b'ATD>"Polizia";\r', b"ATD>SM1;\r", b"ATDL\r", b"ATDS=1\r", b"A/\r", b"a/",
        b"ATD\r", b"ATD;\r", b"ATD1,1,2;\r", b"ATD11,2;\r", b"ATD1W1@2;\r", b"ATD1T1P2;\r",
        b"ATD(112);\r", b"ATD1-1-2;\r", b"ATD1.1.2;\r", b'ATD"112";\r', b"ATD=112\r", b"ATDsip:112;\r",
        b"AT+CTFR=112\r", b'AT+CTFR="+39112",145\r', b'AT+CCFC=0,3,"112"\r', b"AT+CHLD=4*112\r",
        b'AT+CKPD="1"\r', b'AT+CDU="urn:service:sos"\r', b"ATD112\x08\x08\x082;\r", b"ATD1\x0012;\r",
        b"ATD1\n12;\r", b"ATD1\x1a12;\r", b"ATD1\x1b12;\r", b"ATD112\x1b;\r", b"ATD112\x1a",
        b"xxATD112;\r", b"\nATD112;\r", b"AT\xc4\x84D112;\r",
    ],
)  # fmt: skip
def test_a_dial_that_cannot_be_proved_harmless_is_refused(line: bytes) -> None:
    guard = _guard()
    data = line if line[-1] in b"\r\x1a" else line + b"\r"
    with pytest.raises(DialRefused):
        guard.pass_through(data)


def test_numbers_that_the_sim_lists_are_refused_too() -> None:
    guard = _guard()
    assert _passes(guard, b"ATD1522;\r")
    guard.learn(("1522",))
    assert not _passes(guard, b"ATD1522;\r")
    assert not _passes(guard, b"ATD+391522;\r")
    assert not _passes(guard, b"ATD112;\r")


def test_an_unfinished_line_is_kept_until_its_end_comes() -> None:
    guard = _guard()
    assert guard.pass_through(b"AT+C") == b""
    assert guard.pass_through(b"LCC\rAT") == b"AT+CLCC\r"
    assert guard.pass_through(b"A\r") == b"ATA\r"


def test_a_line_without_end_does_not_fill_the_memory() -> None:
    guard = _guard()
    assert guard.pass_through(b"A" * 4000) == b""
    with pytest.raises(DialRefused):
        guard.pass_through(b"A" * 4000)
    assert guard.pass_through(b"AT\r") == b"AT\r"


def test_every_command_of_every_dialect_passes() -> None:
    guard = _guard()
    for dialect in Dialects.load():
        data = dialect.data
        commands = [
            *data.first,
            *data.init,
            *data.identify,
            *data.resync,
            *data.voice.on,
            *data.voice.off,
            data.answer,
            data.hang_up,
            data.hang_up_again,
            data.hang_up_one.format(id=1),
            data.reject_waiting,
            data.hold,
            data.swap,
            data.conference,
            data.drop.format(id=2, number="+393331112223"),
            data.dtmf.format(digit="1"),
            data.calls,
            data.report,
            data.reset,
            data.dial.format(number=SIMULATED_PSAP),
            "AT+CSQ",
            "AT+CPIN?",
            'AT+CPIN="0112"',
            "AT+CMGD=112",
            "AT+CMGR=110",
            "AT+CRSM=176,28599,0,0,0",
            "AT+CMGS=112",
        ]
        for command in commands:
            assert _passes(guard, command.encode() + b"\r"), command


@given(st.binary(max_size=40).map(bytes.hex))
def test_a_message_passes_whatever_its_digits_are(pdu: str) -> None:
    assert _passes(_guard(), pdu.upper().encode() + b"\x1a")


@given(st.from_regex(re.compile(r"\+[1-9]\d{8,13}"), fullmatch=True))
def test_a_long_number_is_refused_only_as_a_country_code_and_an_emergency_number(number: str) -> None:
    digits = number[1:]
    expected = any(digits.startswith(code) and digits[len(code) :] in EMERGENCY_NUMBERS for code in CODES)
    assert _guard().is_emergency(number) == expected


@given(st.lists(st.binary(max_size=30), max_size=10))
def test_what_passes_is_what_was_given_in_order(chunks: list[bytes]) -> None:
    guard = _guard()
    given_ = b""
    passed = b""
    for chunk in chunks:
        given_ += chunk
        try:
            passed += guard.pass_through(chunk)
        except DialRefused:
            return
    assert given_.startswith(passed)


@given(st.text(alphabet="ATD12;\r +,*#3\x1b\x1a\n&E0", max_size=30))
def test_no_line_that_reads_as_an_emergency_dial_ever_passes(text: str) -> None:
    """An independent, cruder reading: a modem that skips what it does not know and sees the line."""
    guard = _guard()
    try:
        passed = guard.pass_through(text.encode())
    except DialRefused:
        return
    for line in re.split(r"\r", passed.decode()):
        seen = re.sub(r"[^ATD0-9;*#+&E]", "", line)
        for dial in re.finditer(r"AT(?:[E&]\w?\d?)*D(?:\*31#|#31#)?\+?(?P<number>\d+)(?=;|$)", seen):
            assert dial["number"] not in EMERGENCY_NUMBERS


def test_the_guards_own_emergency_numbers_are_those_that_the_rest_of_the_center_knows() -> None:
    assert psap.EMERGENCY_NUMBERS == EMERGENCY_NUMBERS
