"""Short messages: PDUs by the book, parts in any order, positions of AML."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.gsm.driver.events import SmsReceived
from gateways.gsm.errors import PduError
from gateways.gsm.sms.alphabet import decode_gsm7, encode_gsm7, pack, unpack
from gateways.gsm.sms.aml import read_aml
from gateways.gsm.sms.inbox import PARTS_WAIT_S, Assembler, Inbox, listed_pdus, stored_pdu
from gateways.gsm.sms.pdu import (
    VALID_MIN,
    ConcatenatedPart,
    DeliveredMessage,
    StatusReport,
    is_report,
    read_deliver,
    read_report,
    with_smsc_address,
    write_submit,
)
from simulator.modem.messages import read_submit, report_pdu
from tests.support.each import each
from tests.support.there import there

# The first two are published examples; their texts are known.
HOW_ARE_YOU = "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07"
HELLOHELLO = "07917283010010F5040BC87238880900F10000993092516195800AE8329BFD4697D9EC37"
GSM7 = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCXYZÄÖÑÜ§¿abcxyzäöñüà^{}\\[~]|€"


def _deliver(
    body: bytes, length: int, dcs: int, *, header: bytes = b"", sender: str = "0C91933313112232"
) -> str:
    """An SMS-DELIVER without a service centre's address."""
    first = 0x44 if header else 0x04
    return f"00{first:02X}{sender}00{dcs:02X}62114232916240{length:02X}" + (header + body).hex().upper()


def test_published_examples_are_read() -> None:
    first = read_deliver(HOW_ARE_YOU)
    assert (first.sender, first.text) == ("+31641600986", "How are you?")
    assert first.sent_at == datetime(2002, 8, 26, 19, 37, 41, tzinfo=UTC)
    second = read_deliver(HELLOHELLO)
    assert second.text == "hellohello"


def test_the_time_stamp_is_put_into_utc() -> None:
    # 24 November 2026, 23:19:26 at +1 hour (four quarters).
    message = read_deliver(_deliver(b"\x41", 1, 0x04))
    assert message.sent_at == datetime(2026, 11, 24, 22, 19, 26, tzinfo=UTC)


def test_an_alphanumeric_sender_is_words() -> None:
    name = pack(encode_gsm7("Polizia") or b"")
    sender = f"{len(name) * 2:02X}D0" + name.hex().upper()
    assert read_deliver(_deliver(b"\x41", 1, 0x04, sender=sender)).sender == "Polizia"


def test_eight_bit_data_with_a_header_comes_without_the_header() -> None:
    header = bytes.fromhex("0504C34F0000")
    message = read_deliver(_deliver(b'A"ML=1', len(header) + 6, 0x04, header=header[:1] + header[1:]))
    assert message.data == b'A"ML=1'
    assert message.part is None


def test_ucs2_keeps_what_the_default_alphabet_lacks() -> None:
    body = "aiuto 🆘 ж".encode("utf-16-be")
    assert read_deliver(_deliver(body, len(body), 0x08)).text == "aiuto 🆘 ж"


@given(st.text(alphabet=GSM7, max_size=160))
def test_every_text_of_the_default_alphabet_survives_packing(text: str) -> None:
    septets = there(encode_gsm7(text))
    assert decode_gsm7(unpack(pack(septets), len(septets))) == text


@given(st.binary(max_size=200))
def test_no_bytes_make_the_reader_raise_anything_else(data: bytes) -> None:
    try:
        read_deliver(data.hex())
    except PduError:
        return


@each("pdu", ["", "0", "XY", "07911326", "0001000C91", HOW_ARE_YOU[:30]])
def test_what_is_no_deliver_is_said_to_be_none(pdu: str) -> None:
    with pytest.raises(PduError):
        read_deliver(pdu)


@given(st.permutations(range(1, 5)), st.booleans())
def test_parts_in_any_order_and_twice_are_one_message(order: list[int], twice: bool) -> None:
    assembler = Assembler()
    wholes = []
    for number in order:
        part = DeliveredMessage(
            sender="+39333", sent_at=None, text=f"<{number}>", part=ConcatenatedPart(7, 4, number)
        )
        for _ in range(2 if twice and number != order[-1] else 1):
            whole = assembler.add(part, 0.0, stored=number)
            if whole is not None:
                wholes.append(whole)
    assert [whole.text for whole in wholes] == ["<1><2><3><4>"]
    assert set(wholes[0].stored) == {1, 2, 3, 4}


def test_two_senders_parts_are_not_mixed() -> None:
    assembler = Assembler()
    for sender in ("+39333", "+39334"):
        assert (
            assembler.add(
                DeliveredMessage(sender=sender, sent_at=None, text="a", part=ConcatenatedPart(1, 2, 1)), 0.0
            )
            is None
        )
    whole = there(
        assembler.add(
            DeliveredMessage(sender="+39334", sent_at=None, text="b", part=ConcatenatedPart(1, 2, 2)), 0.0
        )
    )
    assert whole.first.sender == "+39334"


def test_what_has_come_is_told_when_the_rest_is_overdue() -> None:
    assembler = Assembler()
    assembler.add(
        DeliveredMessage(sender="+39333", sent_at=None, text="help", part=ConcatenatedPart(1, 3, 2)), 10.0
    )
    assert assembler.next_deadline() == 10.0 + PARTS_WAIT_S
    assert assembler.take_overdue(10.0) == []
    (whole,) = assembler.take_overdue(10.0 + PARTS_WAIT_S)
    assert not whole.complete
    assert "help" in whole.text
    assert assembler.next_deadline() is None


@st.composite
def _messages(draw: st.DrawFn) -> tuple[bytes | str, int, list[str]]:
    """A message in any alphabet with a reference of either size, and the PDUs of its parts, in any order."""
    wide = draw(st.booleans())
    reference = draw(st.integers(0, 0xFFFF if wide else 0xFF))
    kind = draw(st.sampled_from(["gsm7", "ucs2", "data"]))
    whole: bytes | str
    if kind == "gsm7":
        whole = draw(st.text(alphabet=GSM7, min_size=1, max_size=400))
        units = [encode_gsm7(one) or b"" for one in whole]
    elif kind == "ucs2":
        whole = draw(st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=200))
        units = [one.encode("utf-16-be") for one in whole]
    else:
        whole = draw(st.binary(min_size=1, max_size=400))
        units = [bytes((one,)) for one in whole]
    size = draw(st.integers(20, 130))
    pieces = [b""]
    for unit in units:
        if len(pieces[-1]) + len(unit) > size:
            pieces.append(b"")
        pieces[-1] += unit
    pdus = []
    for number, piece in enumerate(pieces, 1):
        named = reference.to_bytes(2, "big") if wide else bytes((reference,))
        element = bytes((0x08 if wide else 0x00, len(named) + 2)) + named + bytes((len(pieces), number))
        # Another element ahead of it, as some networks put one: a single shift table, which changes nothing.
        element = draw(st.sampled_from([b"", bytes((0x24, 1, 0))])) + element
        header = bytes((len(element),)) + element if len(pieces) > 1 else b""
        if kind == "gsm7":
            septets = (8 * len(header) + 6) // 7
            body = pack(piece, skip_bits=7 * septets - 8 * len(header))
            pdus.append(_deliver(body, septets + len(piece), 0x00, header=header))
        else:
            dcs = 0x08 if kind == "ucs2" else 0x04
            pdus.append(_deliver(piece, len(header) + len(piece), dcs, header=header))
    return whole, len(pieces), draw(st.permutations(pdus))


@given(_messages(), st.booleans())
def test_whatever_the_alphabet_and_the_order_of_its_parts_a_message_comes_whole(
    message: tuple[bytes | str, int, list[str]], twice: bool
) -> None:
    whole, count, pdus = message
    inbox = Inbox("IT")
    events = []
    for place, pdu in enumerate(pdus):
        for _ in range(2 if twice and place + 1 < count else 1):
            event = inbox.add(pdu, 0.0, stored=place)
            if event is not None:
                events.append(event)
    (received,) = events
    assert isinstance(received, SmsReceived)
    assert (received.text or received.data) == whole
    assert sorted(received.stored) == list(range(count))
    assert not received.service


@each(
    ("pid", "dcs", "header"),
    [
        (0x40, 0x00, ""),
        (0x7F, 0xF6, ""),
        (0x00, 0xC8, ""),
        (0x00, 0xD0, ""),
        (0x00, 0xF6, ""),
        (0x00, 0x04, "0605040B8423F0"),
        (0x00, 0x04, "027000"),
    ],
)
def test_what_is_for_the_phone_or_its_sim_is_told_apart(pid: int, dcs: int, header: str) -> None:
    pdu = _deliver(b"A", 1 + len(header) // 2, dcs, header=bytes.fromhex(header))
    at = pdu.index("0C9193331311223200") + len("0C91933313112232")
    assert read_deliver(f"{pdu[:at]}{pid:02X}{pdu[at + 2 :]}").service


@each(("pid", "dcs"), [(0x00, 0x00), (0x00, 0x08), (0x41, 0x00), (0x00, 0xF1), (0, 0x10)])
def test_what_a_person_writes_is_no_service(pid: int, dcs: int) -> None:
    pdu = _deliver(b"A\x00", 1 if dcs != 8 else 2, dcs)
    at = pdu.index("0C9193331311223200") + len("0C91933313112232")
    assert not read_deliver(f"{pdu[:at]}{pid:02X}{pdu[at + 2 :]}").service


def test_parts_that_are_read_again_and_again_are_remembered_once() -> None:
    assembler = Assembler()
    for _ in range(50):
        part = DeliveredMessage(sender="+39333", sent_at=None, text="a", part=ConcatenatedPart(1, 2, 1))
        assert assembler.add(part, 0.0, stored=3) is None
    whole = there(
        assembler.add(
            DeliveredMessage(sender="+39333", sent_at=None, text="b", part=ConcatenatedPart(1, 2, 2)), 0.0
        )
    )
    assert whole.stored == (3,)


def test_where_nothing_is_stored_nothing_is_listed() -> None:
    assert listed_pdus(()) == []
    assert stored_pdu(()) is None


def test_codes_between_a_stored_message_and_its_header_are_no_part_of_it() -> None:
    pdu = "07911326040000F0040B911346610089F60000208062917314080CC8F71D14969741F977FD07"
    assert stored_pdu(("+CMGR: 0,,24", "^RSSI:18", "FOO BAR", pdu)) == pdu
    assert listed_pdus(("+CMGL: 1,1,,24", "1,", pdu, "+CMGL: 2,1,,24", "+U", "+CMGL: 3,1,,24", pdu)) == [
        (1, pdu),
        (2, "+U"),
        (3, pdu),
    ]


def test_a_list_of_stored_messages_is_index_and_pdu() -> None:
    assert listed_pdus(("+CMGL: 1,1,,24", "AB", "+CMGL: 4,0,,3", "CD", "EF")) == [(1, "AB"), (4, "CD")]


AML = 'A"ML=1;lt=+45.46420;lg=9.19000;rd=50;top=20261124141935;lc=90;pm=W;mcc=222;mnc=10;ml='


@each("data", [False, True])
def test_an_aml_message_is_a_position(data: bool) -> None:
    text = AML + str(len(AML) + 2)
    position = there(read_aml(text.encode() if data else text))
    assert (position.lat, position.lon, position.radius_m) == (45.4642, 9.19, 50.0)
    assert position.at == datetime(2026, 11, 24, 14, 19, 35, tzinfo=UTC)
    assert (position.confidence_pct, position.method, position.mcc, position.mnc) == (90, "W", "222", "10")
    assert position.intact


def test_a_wrong_length_is_noticed_and_the_position_kept() -> None:
    assert there(read_aml(AML + "95")).intact == (len(AML) + 2 == 95)


@each(
    "text",
    [
        "",
        "help",
        'A"ML=1',
        'A"ML=1;lt=;lg=',
        'A"ML=1;lt=95;lg=9',
        'A"ML=1;lt=45.4;lg=200',
        'A"ML=1;lt=nan;lg=9',
        'A"ML=1;lt=1e9;lg=9',
        'A"ML=1;lt=' + "9" * 400 + ";lg=9",
    ],
)
def test_what_carries_no_usable_position_is_none(text: str) -> None:
    assert read_aml(text) is None


@each("digits", ["9" * 309, "9" * 2000, "-5", "1e3", "1_0", "\u0663", ""])
@each("name", ["rd", "lc", "ml", "top"])
def test_a_field_that_its_quantity_cannot_have_counts_as_missing(name: str, digits: str) -> None:
    position = there(read_aml(f'A"ML=1;lt=45.1;lg=9.1;{name}={digits}'))
    assert (position.radius_m, position.confidence_pct, position.at) == (None, None, None)


@each("year", ["0001", "1999", "9999"])
def test_a_time_that_no_such_phone_has_had_is_none(year: str) -> None:
    assert (there(read_aml(f'A"ML=1;lt=45.1;lg=9.1;top={year}1231235959')).at is None) == (year < "2000")


_FIELD = st.tuples(
    st.sampled_from(["lt", "lg", "rd", "top", "lc", "pm", "mcc", "mnc", "ml"]),
    st.one_of(st.text(max_size=12), st.from_regex(r"[+-]?[0-9]{1,400}(\.[0-9]*)?", fullmatch=True)),
)


@given(st.lists(_FIELD, max_size=9))
def test_no_fields_make_the_aml_reader_raise(fields: list[tuple[str, str]]) -> None:
    read_aml('A"ML=1;lt=45.1;lg=9.1;' + ";".join(map("=".join, fields)))


@given(st.text(max_size=100))
def test_no_message_makes_the_aml_reader_raise(text: str) -> None:
    read_aml('A"ML=1;' + text)
    read_aml(text.encode("utf-8"))


SEEN = [
    # An Airtel SIM: the +CMGS of the message had said 64.
    ("079119890400202306400C91197909913764511090718384225110907183252200", 64, "+919790197346", 0),
    # Free Mobile, out of the memory for reports of a DWM-156.
    ("0693050056F9F6064B0B913366504789F551211020840040512110207465400000", 75, "+33660574985", 0),
    # Without a service centre's address, as it stands behind some modems' `+CDS:`.
    ("0006000B910221815716F2709021510121807090215101718000", 0, "+20121875612", 0),
]
"""Reports as modems have shown them."""


@each(("pdu", "reference", "recipient", "status"), SEEN)
def test_a_report_tells_what_a_message_became(pdu: str, reference: int, recipient: str, status: int) -> None:
    told = StatusReport(reference=reference, recipient=recipient, status=status)
    assert read_report(pdu) == told
    assert is_report(pdu)
    assert not is_report(HOW_ARE_YOU)


def test_a_report_without_the_service_centre_is_known_by_its_length() -> None:
    bare = SEEN[2][0][2:]
    assert with_smsc_address(bare, len(bare) // 2) == SEEN[2][0]
    assert with_smsc_address(SEEN[0][0], 25) == SEEN[0][0]
    assert with_smsc_address(SEEN[0][0], None) == SEEN[0][0]


@given(st.integers(0, 255), st.integers(0, 255), st.sampled_from(["+393331112223", "3331112223"]))
def test_every_report_that_the_simulated_network_makes_is_read(reference: int, status: int, to: str) -> None:
    pdu, length = report_pdu(to, reference, status, 1_700_000_000.0, 1_700_000_005.0)
    assert length == len(pdu) // 2 - 8
    assert read_report(pdu) == StatusReport(reference=reference, recipient=to, status=status)


@given(st.binary(max_size=60))
def test_no_bytes_make_the_reader_of_reports_raise_anything_else(data: bytes) -> None:
    for read in (is_report, read_report):
        with contextlib.suppress(PduError):
            read(data.hex())


@given(st.text(alphabet=GSM7 + "жщ🆘", min_size=1, max_size=500))
def test_what_is_reported_on_is_the_same_message_and_valid_for_half_an_hour(text: str) -> None:
    plain = write_submit("+393331112223", text, reference=9)
    asked = write_submit("+393331112223", text, reference=9, report=True)
    assert [read_submit(pdu)[:4] for pdu, _ in asked] == [read_submit(pdu)[:4] for pdu, _ in plain]
    assert "".join(read_submit(pdu).text for pdu, _ in plain) == text
    for pdu, length in asked:
        octets = bytes.fromhex(pdu)
        assert length == len(octets) - 1 <= 160
        assert octets[1] & 0b0011_1000 == 0b0011_0000, "TP-SRR, and a relative TP-VP"
        assert (octets[5 + (octets[3] + 1) // 2 + 2] + 1) * 5 == VALID_MIN
        assert read_submit(pdu).report
    assert not any(read_submit(pdu).report for pdu, _ in plain)
