"""One command in flight, the urgent first; after a timeout nothing is believed until the modem is in step."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st

from gateways.gsm.at.commands import (
    BytesDropped,
    Command,
    EngineEvent,
    EngineRules,
    FinalCodes,
    Finished,
    InSync,
    Outcome,
    SyncLost,
    Ticket,
    Unsolicited,
    Urgency,
    error_code,
    prefix_of,
)
from gateways.gsm.at.engine import LINE_SILENCE_S, MAX_CODES_PER_LINE, Engine
from tests.support.depth import often
from tests.support.each import each

KNOWN = re.compile(r"RING|\+CLIP:.*|NO CARRIER|\^RSSI:.*|\+CMT:.*|\+CLCC:.*")
RULES = EngineRules(
    is_known_code=lambda line: KNOWN.fullmatch(line) is not None,
    takes_next_line=lambda line: line.startswith("+CMT:"),
    refusals=(re.compile("COMMAND NOT SUPPORT"),),
    unterminated=re.compile(r"\+CSS[IU]: ?\d+"),
)


def _command(text: str, urgency: Urgency = Urgency.IDLE, **more: object) -> Command:
    return Command(text=text, timeout_s=3.0, urgency=urgency, prefix=prefix_of(text), **more)  # type: ignore[arg-type]


DIAL = Command(
    text="ATD+39333;", timeout_s=45.0, urgency=Urgency.DIAL, finals=FinalCodes.CALL, any_byte_aborts=True
)
HANG_UP = Command(text="AT+CHUP", timeout_s=5.0, urgency=Urgency.HANG_UP, interrupts=True)


def _engine(rules: EngineRules = RULES) -> Engine:
    """In sync, at second 0."""
    engine = Engine(rules)
    engine.start(0.0)
    assert engine.take_output() == b"\x1bAT+CMEE?\r"
    engine.receive(b"\r\n+CMEE: 1\r\n\r\nOK\r\n", 0.0)
    assert engine.take_events() == [InSync()]
    return engine


def _finished(events: list[EngineEvent]) -> list[Finished]:
    return [event for event in events if isinstance(event, Finished)]


def _said(events: list[EngineEvent]) -> list[str]:
    return [event.text for event in events if isinstance(event, Unsolicited)]


ROW = ("+CLCC: 1,0,0",)


@each(
    ("command", "said", "lines", "unasked"),
    [
        # Only lines with the declared prefix are answers, and none to a command that sets something.
        (
            _command("AT+CLCC"),
            b'\r\nRING\r\n\r\n+CLCC: 1,0,0\r\n\r\n+CLIP: "1",129\r\n\r\nOK\r\n',
            ROW,
            ["RING", '+CLIP: "1",129'],
        ),
        (_command("AT+CLCC=1"), b"\r\n+CLCC: 1,0,0\r\n\r\nOK\r\n", (), ["+CLCC: 1,0,0"]),
        # An echo is removed wherever it stands, and noise swallows nothing.
        (_command("AT+CLCC"), b"AT+CLCC\r\r\n+CLCC: 1,0,0\r\n\r\nOK\r\n", ROW, []),
        (_command("AT+CLCC"), b"\r\n+CLCC: 1,0,0\r\nAT+CLCC\r\r\nOK\r\n", ROW, []),
        (_command("AT+CLCC"), b"AT+CLCC+CLCC: 1,0,0\r\n\r\nOK\r\n", ROW, []),
        (_command("AT+CLCC"), b"\r\n+CLCC: 1,0,0AT+CLCC\r\n\r\nOK\r\n", ROW, []),
        (_command("AT+CLCC"), b"\r\n&%garbage+CLCC: 1,0,0\r\n\r\nOK\r\n", ROW, ["&%garbage"]),
        # A bare answer is any line that is no known code.
        (
            _command("ATI", unprefixed=True),
            b"\r\nhuawei\r\nE1550\r\n^RSSI:3\r\n\r\nOK\r\n",
            ("huawei", "E1550"),
            ["^RSSI:3"],
        ),
        # Where no OK follows, the answer can be the end.
        (_command("AT+CPIN?", answer_ends=True), b"\r\n+CPIN: READY\r\n", ("+CPIN: READY",), []),
    ],
)
def test_what_is_an_answer_and_what_was_said_unasked(
    command: Command, said: bytes, lines: tuple[str, ...], unasked: list[str]
) -> None:
    engine = _engine()
    engine.submit(command, 1.0)
    engine.receive(said, 1.1)
    events = engine.take_events()
    assert [(one.outcome, one.lines) for one in _finished(events)] == [(Outcome.OK, lines)]
    assert _said(events) == unasked


def test_commands_wait_for_each_other_and_the_urgent_goes_first() -> None:
    engine = _engine()
    engine.submit(_command("AT+CSQ"), 1.0)
    engine.submit(_command("AT+CREG?"), 1.0)
    engine.submit(_command("AT+CLCC", Urgency.TRUTH), 1.0)
    engine.submit(Command(text="AT+CHUP", timeout_s=5.0, urgency=Urgency.HANG_UP), 1.0)
    written = [engine.take_output()]
    for _ in range(3):
        engine.receive(b"\r\nOK\r\n", 1.1)
        written.append(engine.take_output())
    assert written == [b"AT+CSQ\r", b"AT+CHUP\r", b"AT+CLCC\r", b"AT+CREG?\r"]


def test_a_command_whose_time_is_over_when_its_turn_comes_is_not_written_and_those_behind_it_are() -> None:
    engine = _engine()
    engine.submit(_command("AT+CSQ"), 1.0)
    late = engine.submit(_command("ATD1;", Urgency.DIAL, until_s=2.0), 1.0)
    engine.submit(_command("ATD2;", Urgency.DIAL, until_s=2.1), 1.0)
    assert engine.take_output() == b"AT+CSQ\r"
    engine.receive(b"\r\nOK\r\n", 2.0)
    assert engine.take_output() == b"ATD2;\r"
    never = [one for one in _finished(engine.take_events()) if one.ticket == late]
    assert [(one.outcome, one.sent_s) for one in never] == [(Outcome.TOO_LATE, None)]


def test_a_command_is_taken_back_until_its_bytes_are_taken() -> None:
    """The process may have been frozen just before it could write them."""
    engine = _engine()
    late = engine.submit(_command("ATD1;", Urgency.DIAL, until_s=2.0), 1.0)
    assert not engine.withdraw_expired(1.9)
    assert engine.withdraw_expired(2.0)
    in_time = engine.submit(_command("ATD2;", Urgency.DIAL, until_s=4.0), 2.0)
    assert engine.take_output() == b"ATD2;\r"
    assert not engine.withdraw_expired(5.0)
    engine.receive(b"\r\nOK\r\n", 5.0)
    ended = [(one.ticket, one.outcome) for one in _finished(engine.take_events())]
    assert ended == [(late, Outcome.TOO_LATE), (in_time, Outcome.OK)]


def test_no_carrier_ends_a_dial_and_nothing_else() -> None:
    engine = _engine()
    engine.submit(_command("AT+CSQ"), 1.0)
    engine.receive(b"\r\nNO CARRIER\r\n", 1.1)
    assert _said(engine.take_events()) == ["NO CARRIER"]
    engine.receive(b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", 1.2)
    engine.submit(DIAL, 2.0)
    engine.receive(b"\r\nNO CARRIER\r\n", 3.0)
    assert _finished(engine.take_events())[-1].outcome is Outcome.CALL_FAILED


def test_every_refusal_is_an_answer() -> None:
    engine = _engine()
    for line, code in (
        ("ERROR", ""),
        ("+CME ERROR: 30", "30"),
        ("+CMS ERROR: 500", "500"),
        ("+CME ERROR: SIM busy", "SIM busy"),
        ("COMMAND NOT SUPPORT", ""),
    ):
        engine.submit(_command("AT+X"), 1.0)
        engine.receive(f"\r\n{line}\r\n".encode(), 1.0)
        (finished,) = _finished(engine.take_events())
        assert finished.outcome is Outcome.ERROR
        assert error_code(finished.final) == code


@each("size", [4000, 8191])
def test_codes_that_run_into_each_other_without_end_are_cut_a_few_times_and_dropped(size: int) -> None:
    engine = _engine()
    engine.receive((b"x" + b"+ABC:" * size)[:size] + b"\r\nRING\r\n", 1.0)
    events = engine.take_events()
    assert _said(events)[-1] == "RING"
    assert len(events) <= MAX_CODES_PER_LINE + 2
    dropped = sum(event.count for event in events if isinstance(event, BytesDropped))
    assert size - 5 * MAX_CODES_PER_LINE <= dropped <= size


@each(
    ("line", "disturbed"),
    [
        (b'+BLCC: 1,0,0,0,0,"+39333",145', True),
        (b"+CL", True),
        (b"O\xc0\x89K?", True),
        (b"+XYZZY: 1,2", False),
        (b"^BOOT:20952548,0,0,0,75", False),
        (b"RING", False),
    ],
)
def test_an_answer_line_that_was_spoilt_is_noticed(line: bytes, disturbed: bool) -> None:
    engine = _engine()
    engine.submit(_command("AT+CLCC"), 1.0)
    engine.receive(b"\r\n" + line + b"\r\n\r\nOK\r\n", 1.1)
    assert _finished(engine.take_events())[0].maybe_damaged is disturbed


def test_an_ok_that_follows_such_an_answer_is_not_taken_for_the_next_commands() -> None:
    engine = _engine()
    engine.submit(_command("AT+CPIN?", answer_ends=True), 1.0)
    engine.submit(_command("AT+CSQ"), 1.0)
    engine.receive(b"\r\n+CPIN: SIM PIN\r\n\r\nOK\r\n", 1.1)
    engine.tick(engine.next_deadline() or 9.9)
    engine.receive(b"\r\n+CSQ: 20,99\r\n\r\nOK\r\n", 1.5)
    events = engine.take_events()
    assert [event.lines for event in _finished(events)] == [("+CPIN: SIM PIN",), ("+CSQ: 20,99",)]
    assert _said(events) == []


def test_a_payload_is_sent_at_the_prompt() -> None:
    engine = _engine()
    engine.submit(_command("AT+CMGS=3", payload=b"0011\x1a"), 1.0)
    assert engine.take_output() == b"AT+CMGS=3\r"
    engine.receive(b"\r\n> ", 1.1)
    assert engine.take_output() == b"0011\x1a"
    engine.receive(b"\r\n+CMGS: 7\r\n\r\nOK\r\n", 1.2)
    assert _finished(engine.take_events())[0].lines == ("+CMGS: 7",)


def test_a_message_comes_with_the_line_behind_it_even_when_another_squeezes_in() -> None:
    engine = _engine()
    engine.receive(b"\r\n+CMT: ,24\r\nRING\r\n07911326040000F0040B\r\n", 1.0)
    assert engine.take_events() == [
        Unsolicited(text="RING"),
        Unsolicited(text="+CMT: ,24", payload="07911326040000F0040B"),
    ]


def test_after_a_timeout_a_late_answer_is_not_believed() -> None:
    engine = _engine()
    engine.submit(_command("AT+CLCC"), 1.0)
    engine.submit(_command("AT+CSQ"), 1.0)
    engine.take_output()
    deadline = engine.next_deadline()
    assert deadline == 4.0
    engine.tick(4.0)
    assert _finished(engine.take_events())[0].outcome is Outcome.TIMED_OUT
    assert engine.take_output() == b"AT+CMEE?\r"
    engine.receive(b"\r\n+CLCC: 1,0,0\r\n\r\nOK\r\n", 4.1)
    assert not engine.in_sync
    assert _finished(engine.take_events()) == []
    assert engine.take_output() == b""
    engine.receive(b"\r\n+CMEE: 1\r\n\r\nOK\r\n", 4.2)
    assert InSync() in engine.take_events()
    assert engine.take_output() == b"AT+CSQ\r"


def test_a_late_answer_to_one_query_does_not_pass_for_the_next() -> None:
    engine = _engine()
    engine.submit(_command("AT+CSQ"), 1.0)
    engine.tick(4.0)
    engine.tick(5.0)
    assert engine.take_output() == b"AT+CSQ\rAT+CMEE?\rAT+CMGF?\r"
    engine.receive(b"\r\n+CMEE: 1\r\n\r\nOK\r\n", 5.1)
    assert not engine.in_sync
    engine.receive(b"\r\n+CMGF: 0\r\n\r\nOK\r\n", 5.2)
    assert engine.in_sync


def test_a_modem_that_knows_none_of_the_queries_but_says_so_is_alive() -> None:
    engine = Engine(RULES)
    engine.start(0.0)
    for _ in range(3):
        engine.receive(b"\r\nERROR\r\n", 0.1)
    assert engine.in_sync


def test_a_silent_modem_is_given_up_and_so_is_everything_queued() -> None:
    engine = _engine()
    engine.submit(_command("AT+CSQ"), 1.0)
    waiting = engine.submit(DIAL, 1.0)
    for now_s in (4.0, 5.0, 6.0, 9.0):
        engine.tick(now_s)
    events = engine.take_events()
    assert events[-1] == SyncLost()
    given_up = [event for event in _finished(events) if event.ticket == waiting]
    assert [(event.outcome, event.sent_s) for event in given_up] == [(Outcome.TIMED_OUT, None)]
    assert engine.lost


def test_nothing_is_written_while_a_dial_may_be_aborted_by_it() -> None:
    engine = _engine()
    engine.submit(DIAL, 1.0)
    engine.take_output()
    engine.submit(_command("AT+CLCC", Urgency.TRUTH), 2.0)
    engine.tick(20.0)
    assert engine.take_output() == b""
    assert engine.queries_forbidden
    engine.receive(b"\r\nOK\r\n", 21.0)
    assert engine.take_output() == b"AT+CLCC\r"


def test_a_hang_up_is_written_over_its_dial_and_then_the_engine_finds_its_step_again() -> None:
    engine = _engine()
    dial = engine.submit(DIAL, 1.0)
    engine.take_output()
    hang_up = engine.submit(HANG_UP, 2.0)
    assert engine.take_output() == b"AT+CHUP\r"
    assert [(event.ticket, event.outcome) for event in _finished(engine.take_events())] == [
        (dial, Outcome.ABORTED)
    ]
    engine.receive(b"\r\nNO CARRIER\r\n\r\nOK\r\n", 2.1)
    assert [(event.ticket, event.outcome) for event in _finished(engine.take_events())] == [
        (hang_up, Outcome.OK)
    ]
    assert engine.take_output() == b"AT+CMEE?\r"


def test_after_a_restart_it_only_listens_until_the_dial_is_over_or_something_is_to_be_hung_up() -> None:
    engine = Engine(RULES)
    engine.start(0.0, listen_s=30.0)
    engine.submit(_command("AT+CLCC"), 0.0)
    engine.tick(29.9)
    assert engine.take_output() == b""
    engine.receive(b"\r\n^RSSI:3\r\n", 29.95)
    assert _said(engine.take_events()) == ["^RSSI:3"]
    engine.tick(30.0)
    assert engine.take_output() == b"AT+CMEE?\r"
    engine.start(0.0, listen_s=30.0)
    engine.end_listening(1.0)
    assert engine.take_output() == b"AT+CMEE?\r"
    engine.start(0.0, listen_s=30.0)
    engine.submit(HANG_UP, 1.0)
    assert engine.take_output() == b"AT+CMEE?\r"
    engine.receive(b"\r\n+CMEE: 1\r\n\r\nOK\r\n", 1.1)
    assert engine.take_output() == b"AT+CHUP\r"


def test_a_command_that_has_not_been_written_can_be_taken_back() -> None:
    engine = _engine()
    first = engine.submit(_command("AT+CSQ"), 1.0)
    second = engine.submit(DIAL, 1.0)
    assert not engine.withdraw(first)
    assert engine.withdraw(second)
    engine.receive(b"\r\nOK\r\n", 1.1)
    assert engine.take_output() == b"AT+CSQ\r"


def test_a_modem_that_needs_a_pause_gets_it() -> None:
    rules = EngineRules(is_known_code=lambda line: False, takes_next_line=lambda line: False, gap_s=0.1)
    engine = _engine(rules)
    engine.tick(0.1)
    engine.submit(_command("AT+CSQ"), 1.0)
    engine.submit(_command("AT+CREG?"), 1.0)
    engine.receive(b"\r\nOK\r\n", 1.5)
    assert engine.take_output() == b"AT+CSQ\r"
    assert engine.next_deadline() == 1.6
    engine.tick(1.6)
    assert engine.take_output() == b"AT+CREG?\r"


def test_a_code_without_an_end_is_read_in_silence_and_half_a_line_is_not_waited_for_for_ever() -> None:
    engine = _engine()
    engine.receive(b"\r\n+CSSU: 2", 1.0)
    assert engine.next_deadline() == 1.0 + LINE_SILENCE_S
    engine.tick(1.0 + LINE_SILENCE_S)
    assert _said(engine.take_events()) == ["+CSSU: 2"]
    engine.receive(b"\r\n+CLCC: 1,", 2.0)
    engine.tick(2.0 + LINE_SILENCE_S)
    assert (engine.next_deadline(), engine.take_events()) == (None, [])
    engine = _engine()
    engine.receive(b"x" * 5000, 1.0)
    engine.receive(b"\r\n", 1.1)
    assert engine.take_events() == [BytesDropped(count=5000)]


PIECES = st.sampled_from(
    [
        *(b"\r\nOK\r\n", b"\r\nERROR\r\n", b"\r\n+CLCC: 1,0,0\r\n", b"RING\r\n", b"\r\nNO CARRIER\r\n"),
        *(b"> ", b"\r\n", b"+CMEE: 1\r\n", b"+CMT: ,9\r\n", b"garbage", b"\x00\xff", b"AT+CLCC\r", b"BUSY\r"),
    ]
)


@given(st.data())
@settings(max_examples=often(300), deadline=None)
def test_whatever_the_modem_says_each_command_ends_once_and_one_is_in_flight(data: st.DataObject) -> None:
    engine = Engine(RULES)
    engine.start(0.0, listen_s=data.draw(st.sampled_from([0.0, 5.0])))
    now_s = 0.0
    submitted: set[Ticket] = set()
    ended: list[Ticket] = []
    in_flight = 0
    commands = [_command("AT+CLCC"), DIAL, HANG_UP, _command("AT+CMGS=3", payload=b"00\x1a")]
    for _ in range(data.draw(st.integers(0, 30))):
        match data.draw(st.integers(0, 2)):
            case 0:
                submitted.add(engine.submit(data.draw(st.sampled_from(commands)), now_s))
            case 1:
                engine.receive(data.draw(PIECES), now_s)
            case _:
                deadline = engine.next_deadline()
                now_s = max(now_s, deadline) if deadline is not None else now_s + 1.0
                engine.tick(now_s)
                later = engine.next_deadline()
                assert later is None or later > now_s
        output = engine.take_output()
        for event in engine.take_events():
            if isinstance(event, Finished):
                ended.append(event.ticket)
        in_flight = output.count(b"\r")
        assert in_flight <= 3  # a probe that is refused at once is followed by the next
    assert len(ended) == len(set(ended))
    assert set(ended) <= submitted
    for _ in range(60):
        deadline = engine.next_deadline()
        if deadline is None:
            break
        now_s = max(now_s, deadline)
        engine.tick(now_s)
    ended += [event.ticket for event in engine.take_events() if isinstance(event, Finished)]
    assert set(ended) | {waiting for waiting in submitted if engine.lost and engine.has(waiting)} == submitted


@each("round_trip_s", [0.1, 0.7, 1.0, 1.9])
def test_a_modem_behind_a_slow_link_is_found(round_trip_s: float) -> None:
    engine, now_s = Engine(RULES), 0.0
    engine.start(now_s)
    coming: list[tuple[float, bytes]] = []
    while not engine.in_sync and now_s < 10.0:
        for line in engine.take_output().replace(b"\x1b", b"").split(b"\r"):
            if line:
                name = line.decode()[2:-1]
                coming.append((now_s + round_trip_s, f"\r\n{name}: 1\r\n\r\nOK\r\n".encode()))
        now_s = min([engine.next_deadline() or 10.0, *(at_s for at_s, _ in coming)])
        for at_s, data in [one for one in coming if one[0] <= now_s]:
            coming.remove((at_s, data))
            engine.receive(data, now_s)
        engine.tick(now_s)
    assert engine.in_sync
