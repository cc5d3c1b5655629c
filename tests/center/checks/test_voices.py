"""What the doctor says of how operators are reached."""

from __future__ import annotations

from pathlib import Path

import pytest

from application.settings.file import parse
from application.state.journals import journal_of
from application.state.keys import set_shift
from application.state.state_dir import StateDir
from center.checks.lines import nailed_up, voices
from messages.calls import CallState
from messages.ids import LineId, NodeId, OperatorId, OperatorLine, ShiftState
from messages.operators import OperatorVoice, OperatorVoices
from model.checks import Severity
from runtime.published import voice_files
from runtime.published.peers import FilePeers, NodeInfo, Peers
from store.registry.registry import Registry

TRUNK = '[[trunk]]\nname = "public"\n'


def settings(line: str, modems: int = 0) -> str:
    text = f'[operator]\nline = "{line}"\n{TRUNK}'
    return text + "".join(
        f'[[modem]]\nname = "m{n}"\ntrunk = "public"\nport = "/dev/p{n}"\n' for n in range(modems)
    )


@pytest.mark.parametrize(
    ("modems", "said", "verdict"),
    [
        (5, "2 operators can be nailed up: half of 4", Severity.OK),
        (2, "1 operators can be nailed up: half of 2", Severity.OK),
        (1, "0 operators can be nailed up: half of 1", Severity.WARN),
    ],
)
def test_how_many_can_be_nailed_up_is_said_before_anybody_is(
    modems: int, said: str, verdict: Severity
) -> None:
    (found,) = nailed_up(parse(settings("nailed_up", modems)))
    assert found.verdict is verdict
    assert found.text.startswith(said)
    assert list(nailed_up(parse(settings("headset", modems)))) == []


@pytest.fixture
def state(tmp_path: Path) -> StateDir:
    """Two operators on shift and one who is not."""
    made = StateDir(tmp_path / "state")
    made.create()
    with journal_of(made, create=True) as journal:
        for name in ("Anna", "Bice", "Carla"):
            one = Registry(journal).add_operator(name, f"+39020000010{len(name)}", by="test")
            if name != "Carla":
                set_shift(journal, one.id, ShiftState.READY, "")
    return made


def test_who_is_on_shift_is_told_with_how_the_operator_is_reached(state: StateDir) -> None:
    said = [
        OperatorVoice(operator=who, mode=OperatorLine.NAILED_UP, state=how, line=LineId("m1"), text=why)  # type: ignore[arg-type]
        for who, how, why in (
            ("anna", CallState.ANSWERED, ""),
            ("bice", CallState.RELEASED, "the operator's phone is busy"),
        )
    ]
    voice_files.write(state.run, OperatorVoices(voices=tuple(said)))
    found = [(one.verdict, one.text) for one in voices(state, parse(settings("nailed_up")))]
    assert found == [
        (Severity.OK, "Anna is nailed up on m1"),
        (Severity.WARN, "Bice is called by phone: the operator's phone is busy"),
    ]


def test_a_headset_at_another_node_is_one(state: StateDir) -> None:
    here, there = (
        OperatorVoice(operator=OperatorId("anna"), mode=OperatorLine.HEADSET, state=how)
        for how in (CallState.RELEASED, CallState.ANSWERED)
    )
    voice_files.write(state.run, OperatorVoices(voices=(here,)))
    place = NodeInfo(node=NodeId("b"), address="10.0.0.2", voices=(there,))
    FilePeers(state.run).publish(Peers(places=(place,)))
    found = [(one.verdict, one.text) for one in voices(state, parse(settings("headset")))]
    assert found[0] == (Severity.OK, "Anna is on the headset")


def test_where_nothing_is_known_the_operator_s_phone_is_called_and_on_demand_nothing_is_to_be_said(
    state: StateDir,
) -> None:
    found = list(voices(state, parse(settings("headset"))))
    assert [one.verdict for one in found] == [Severity.WARN, Severity.WARN]
    assert list(voices(state, parse(settings("on_demand")))) == []
