"""The judge finds what is planted in an otherwise right round, and nothing in a right one."""

from __future__ import annotations

import os
from collections.abc import Callable
from types import SimpleNamespace
from typing import cast

from msgspec.structs import replace

from application.state.processes import ProcessId
from messages import events as ev
from messages.ids import E164, SECOND, AlertId, ErasureReason, LineId, Role, TextId, TextPurpose
from tests.chaos.harness.strikes import Place
from tests.chaos.harness.view import Call
from tests.chaos.in_process.test_invariants import ANNA, CALLS, A, Writer, at, call, good
from tests.chaos.nemesis.done import FAULT_AFTER_US, Done, Ordered, Receipt, Text
from tests.chaos.nemesis.evidence import SLACK_US, evidence
from tests.chaos.nemesis.judge import complaints, grown, judge
from tests.chaos.nemesis.story import Sizes, as_before_erasing
from tests.chaos.nemesis.world import NUMBERS, PHONES, World
from tests.support.each import each

LINE = NUMBERS["m1"]
START_S = at(0) / SECOND


def found(made: Writer, done: Done, *calls: Call) -> list[str]:
    """Judged with the calls of a right round, and these of the carrier's."""
    seen = made.evidence(*CALLS)
    return judge(seen, calls, done)


def receipt(alert: str) -> Receipt:
    return Receipt(at_us=at(0), id="n-1", phone=PHONES[0], status=202, alert=AlertId(alert))


def ordered(command: str, text: str = "", status: int = 202) -> Ordered:
    return Ordered(at_us=at(15), alert=A, command=command, text=text, status=status)


def to_us(**changes: object) -> Call:
    """A user's call to the center."""
    fields = {"id": 9, "caller": PHONES[0], "to": LINE, "line": "m1", "state": "ended", "started_s": START_S}
    return Call(**fields | changes)  # type: ignore[arg-type]


def noted(*texts: str) -> Writer:
    made = good()
    made.write(44, "inbox-a", *(ev.NoteAdded(by=ANNA, text=text) for text in texts))
    return made


def test_a_right_round_is_found_right() -> None:
    done = Done(
        receipts=[receipt("a")],
        texts=[Text(at_us=at(0), phone=PHONES[0], words="help", delivered=False)],
        orders=[
            ordered("note", "x"),
            ordered("note", "y", 0),
            ordered("leave"),
            ordered("close", status=409),
        ],
    )
    assert found(noted("x", "y"), done, to_us(cause=17)) == []


LOST: dict[str, Callable[[], list[str]]] = {
    "receipts": lambda: found(good(), Done(receipts=[receipt("b")])),
    "texts": lambda: found(
        good(), Done(texts=[Text(at_us=at(0), phone=PHONES[0], words="help", delivered=True)])
    ),
    "answered_calls": lambda: found(good(), Done(), to_us(answered_s=START_S + 1)),
    "notes": lambda: found(good(), Done(orders=[ordered("note", "x")])),
    "orders": lambda: found(good(), Done(orders=[ordered("leave"), ordered("leave")])),
    "odd": lambda: found(good(), Done(odd=["the web has answered 500"])),
}


@each("rule", LOST)
def test_what_was_answered_and_is_not_in_the_journal_is_found(rule: str) -> None:
    assert [one.partition(":")[0] for one in LOST[rule]()] == [rule]


def test_a_note_that_is_written_once_too_often_is_found() -> None:
    assert found(noted("x", "x"), Done(orders=[ordered("note", "x")]))
    assert not found(noted("x", "x"), Done(orders=[ordered("note", "x"), ordered("note", "x", 0)]))


def test_a_call_that_is_dialled_twice_is_found() -> None:
    twice = replace(CALLS[1], number=4, line=LineId("sim4"))
    wrong = judge(good().evidence(*CALLS, twice), (), Done())
    assert any(one.startswith("nobody_is_called_twice") for one in wrong)


def test_a_call_to_a_user_of_whom_nothing_is_open_is_found() -> None:
    late = call(4, E164(PHONES[0]), "sim3", 60, ended=61)
    wrong = judge(good().evidence(*CALLS, late), (), Done())
    assert [one for one in wrong if one.startswith("nobody_is_called_for_nothing")]


def test_a_check_that_cannot_judge_says_so_and_the_others_judge_on() -> None:
    made = good()
    made.write(50, "alert-a", ev.BridgeLeft(bridge="a", legs=None))  # type: ignore[arg-type]
    wrong = judge(made.evidence(*CALLS), (), Done(receipts=[receipt("b")]))
    assert any("cannot be judged" in one for one in wrong)
    assert any(one.startswith("receipts") for one in wrong)


def test_the_carriers_calls_and_texts_and_the_faults_of_lines_become_evidence() -> None:
    made = good()
    asked = ev.TextAsked(purpose=TextPurpose.MESSAGE, expires_at=at(90))
    made.write(1, "text-t", asked)
    made.write(2, "text-t", ev.TextSending(line=LineId("m1")), ev.TextSent(line=LineId("m1")))
    message = {"from": LINE, "to": PHONES[0]}
    dialled = to_us(caller=LINE, to=PHONES[0], ended_s=START_S + 5, ended_by=LINE)
    done = Done(failed=[(LineId("m1"), at(3), at(4))])
    seen = evidence(made.recorded, [dialled, to_us()], done, until=at(99), messages=[message, message])
    assert seen.texts == {TextId("t"): 2}  # the second came without being said to be sent
    assert [(one.ours, one.ended_by_us, one.ended) for one in seen.calls] == [(True, True, at(5))]
    assert seen.failed_at(LineId("m1"), at(3.5))


def test_advice_may_be_as_late_as_there_was_no_center_and_no_later() -> None:
    def slack(stopped_at: float, started_at: float) -> float:
        made = good()
        made.recorded[1:] = []
        made.write(stopped_at, "node-n", ev.NodeStopped())
        made.write(started_at, "node-n", ev.NodeStarted(version="1", pid=1))
        return evidence(made.recorded, (), Done(), until=at(99)).slack[A] / SECOND

    assert slack(10, 10) == slack(80, 99) == SLACK_US / SECOND
    assert slack(10, 40) == SLACK_US / SECOND + 30


def test_what_was_erased_is_judged_as_it_was_read_before() -> None:
    made, other = good(), good()
    received = made.recorded[0]
    assert isinstance(received.event, ev.AlertReceived)
    made.recorded[0] = replace(received, event=replace(received.event, phone=None))
    assert as_before_erasing(made.recorded, other.recorded)[0].event == made.recorded[0].event
    made.write(50, "inbox-a", ev.AlertErased(by="test", kinds=(), reason=ErasureReason.PERSON))
    assert as_before_erasing(made.recorded, other.recorded)[:-1] == other.recorded


def test_a_fault_of_a_line_is_its_own_for_a_while() -> None:
    done = Done()
    done.line_fails("m1", 2.0)
    ((line, begin, end),) = done.failed
    assert line == "m1"
    assert end - begin > 2 * SECOND + FAULT_AFTER_US


def test_a_log_tells_of_every_fault_but_a_named_one() -> None:
    event = '{"event":"the actor crashes","exception":"Traceback ... ServerSilent: no answer"}'
    trace = "Traceback (most recent call last):\n  File x\n    y()\nstore.ServerSilent: no answer"
    assert not list(complaints(f"{event}\n{trace}\nall is well", ["ServerSilent"]))
    assert len(list(complaints(f"{event}\n{trace}", ["OperationalError"]))) == 2


def test_a_process_that_grows_is_found() -> None:
    def sizes(last: tuple[int, int]) -> dict[tuple[str, str, int], list[tuple[float, int, int]]]:
        return {("Web", "", 1): [(0.0, 9, 1), (5.0, 99_000, 20), (10.0, 100_000, 20), (200.0, *last)]}

    assert not list(grown(sizes((110_000, 25))))
    assert len(list(grown(sizes((190_000, 60))))) == 2


def test_the_descriptors_that_a_supervisor_holds_are_of_its_own_nodes_actors() -> None:
    this = ProcessId(pid=os.getpid(), started=1)
    alone = SimpleNamespace(places=lambda: [Place(Role.SUPERVISOR, "", this)])
    beside = SimpleNamespace(places=lambda: [Place(Role.CALL_LEG, "", this)] * 50)

    def seen(*nodes: SimpleNamespace) -> int:
        sizes = Sizes()
        sizes.look(cast(World, SimpleNamespace(each=nodes)))
        return sizes.of[str(Role.SUPERVISOR), "", this.pid][0][2]

    assert abs(seen(alone) - seen(alone, beside)) < 5
