"""Which line answers the proof's check, and what both ends of the call have shown."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from features.selftest.self_test.calls import ChainWork, answering, both, chain_work
from features.selftest.self_test.work import CheckWork, Child, StepContext
from features.selftest.settings import SelfTestSettings
from features.selftest.trial import LineTrial, VoiceShown
from messages.calls import CallState, OwnCallEnd
from messages.ids import E164, SECOND, Instant, TrunkId
from messages.lines import LineReport, LineState, WayLevel
from messages.proofs import ProofStep, ProofWhy, Shown, StepResult
from messages.trials import PROOF
from model.settings import Settings
from model.settings.lines import Modem
from model.setup import Setup
from store.journal.journal import Journal
from tests.support.settings import changed

NOW = Instant(1_000 * SECOND)
WELL = Shown(result=StepResult.OK, figures={"closed_s": 9.0})


def spec(name: str, number: str | None, *, emergency: bool = False) -> Modem:
    return Modem(
        name=name,
        trunk=TrunkId("emergency" if emergency else "public"),
        emergency=emergency,
        inbound=not emergency,
        number=None if number is None else E164(number),
    )


ONE, TWO = spec("a", "+390200000001"), spec("b", "+390200000002")


def around(*lines: Modem, busy: str = "", phone: str | None = None) -> StepContext:
    proof = SelfTestSettings(phone=E164(phone or ""))
    reports = {
        one.line: LineReport(
            line=one.line,
            trunk=one.trunk,
            emergency=one.emergency,
            state=LineState.READY,
            since=NOW,
            busy=one.line == busy,
        )
        for one in lines
    }
    return StepContext(
        setup=Setup(settings=changed(Settings(modem=lines), {"proof": proof})),
        run=Path("/nowhere"),
        state=Path("/nowhere"),
        journal=Journal.__new__(Journal),
        holds={},
        reports=lambda: reports,
        now_us=NOW,
    )


def nobody(_step: ProofStep) -> Child:
    raise AssertionError("nothing is begun")


def test_the_first_line_that_is_free_answers_or_the_one_that_is_set() -> None:
    assert answering(around(ONE, TWO)) == ONE
    assert answering(around(ONE, TWO, busy="a")) == TWO
    assert answering(around(ONE, TWO, phone="+390200000002")) == TWO


def test_where_a_line_has_no_known_number_or_is_alone_none_is_called() -> None:
    look = CheckWork(ProofStep.CHAIN, nobody)
    for lines in ((ONE,), (ONE, spec("c", None)), (ONE, spec("e", "+390200000009", emergency=True))):
        assert answering(around(*lines)) is None
        assert chain_work(around(*lines), look) is look
    assert isinstance(chain_work(around(ONE, TWO), look), ChainWork)


def test_a_line_of_another_node_may_call_if_its_number_is_known() -> None:
    assert answering(replace(around(ONE), elsewhere=(TWO,))) == ONE
    assert answering(replace(around(ONE, TWO), elsewhere=(spec("c", None),))) is None
    assert answering(replace(around(), elsewhere=(ONE, TWO))) is None


def ended(voice_ms: int, ends: OwnCallEnd = OwnCallEnd.RELEASED) -> LineTrial:
    voice = VoiceShown(line=ONE.line, into=WayLevel(ms=5000, sound_ms=4000, voice_ms=voice_ms))
    return LineTrial(
        trial="t1",
        line=ONE.line,
        other=None,
        by=PROOF,
        begun_at=NOW,
        state=CallState.RELEASED,
        ended_at=NOW,
        ends=ends,
        voices=(voice,),
    )


def test_a_chain_is_well_if_each_end_of_the_call_has_heard_the_other() -> None:
    assert both(WELL, ended(1500)) == replace(WELL, figures={"closed_s": 9.0, "voice_s": 1.5})
    mute = both(WELL, ended(0))
    assert (mute.result, mute.why, mute.lines) == (StepResult.FAILED, ProofWhy.MUTE, ("a",))
    late = Shown(result=StepResult.FAILED, why=ProofWhy.NOT_CALLED)
    assert both(late, ended(0)) == late
    assert both(late, ended(0, OwnCallEnd.ALERT)).result is StepResult.GAVE_WAY
