"""A whole center tries itself: looks, calls by those who do them, an alert that wants the lines, a drill."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from application.state.journals import journal_of
from features.backup import age
from features.selftest.chain import chain
from messages.events import LegOriginating, ProofOrdered, ProofStepEnded
from messages.ids import CHECK, SECOND, Instant, OperatorId
from messages.proofs import ProofStep, StepResult
from store import streams
from store.journal.journal import Append, Journal
from tests.support.center import PSAP, Center, center, line_number, simulation

pytestmark = [pytest.mark.process, pytest.mark.timeout(240)]
FOR_TESTS = "+390200000114"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Center]:
    """With no line that a call of the proof's between two leaves free, and a backup that it may try."""
    folder = tmp_path_factory.mktemp("proof")
    file, key = folder / "center.age", folder / "trial.key"
    to = age.new_identity(key)
    backup = f'[backup]\nfile = "{file}"\nto = ["{to}"]\nidentity = "{key}"\n'
    (folder / "center.toml").write_text(backup)
    world = simulation(
        public=2, emergency=1, phones={FOR_TESTS: {"name": "PSAP, for tests", "says": "tone:830"}}
    )
    with center(folder, world, "--config", str(folder / "center.toml")) as running:
        yield running


def proved(made: Center, *steps: ProofStep) -> dict[str, tuple[str, str]]:
    """What `proof run` says of these steps."""
    asked = [word for step in steps for word in ("--step", step)]
    done = made.cli("proof", "run", "--json", *asked)
    rows = json.loads(done.stdout)["steps"]
    assert (done.returncode == 0) is all(row["result"] != "failed" for row in rows), done.stderr
    return {row["step"]: (row["result"], row["why"]) for row in rows}


def test_the_last_backup_is_restored_and_the_emergency_line_calls_the_number_for_tests(made: Center) -> None:
    assert made.cli("backup").returncode == 0
    found = proved(made, ProofStep.EMERGENCY, ProofStep.BACKUP)
    assert found == {"emergency": ("ok", ""), "backup": ("ok", "")}
    assert [(call["from"], call["to"]) for call in made.calls()] == [(line_number(3), FOR_TESTS)]
    assert not made.calls(PSAP)
    file = made.state.path.parent / "center.age"
    file.write_bytes(file.read_bytes()[:-9])
    assert proved(made, ProofStep.BACKUP) == {"backup": ("failed", "damaged")}


def order_chain(journal: Journal) -> int:
    """How many steps were tried before it."""
    before = len(ended(journal))
    ordered = ProofOrdered(by=OperatorId("eva"), steps=(ProofStep.CHAIN,))
    journal.append(Append(streams.proof(journal.node), None, (ordered,)))
    return before


def ended(journal: Journal) -> list[ProofStepEnded]:
    events = (one.event for one in journal.read(streams.proof(journal.node)))
    return [event for event in events if isinstance(event, ProofStepEnded)]


def test_a_check_goes_from_http_to_a_voice_on_a_line_of_ours(made: Center) -> None:
    with journal_of(made.state) as journal:
        before = order_chain(journal)
        made.until("the chain is tried", lambda: ended(journal)[before:], within_s=60)
        (step,) = ended(journal)[before:]
        assert (step.result, step.lines) == (StepResult.OK, ()), made.everything()
        assert step.figures["voice_s"] > 0
        assert step.figures["heard_s"] < step.figures["closed_s"]
    shown = chain(made.state)
    assert shown.result is StepResult.OK, "and as far as the case, where no line stands by"
    assert set(shown.figures) == {"opened_s", "closed_s"}


def test_a_drill_goes_from_the_alert_to_the_hand_over(made: Center) -> None:
    drilled = made.cli("drill", "--json", "--timeout", "40")
    assert drilled.returncode == 0, drilled.stdout + drilled.stderr
    said = json.loads(drilled.stdout)
    assert (said["ok"], said["outcome"]) == (True, "test_done")
    assert "112 is in the conference" in made.cli("alert", "timeline", said["alert"]).stdout
    shown = json.loads(made.cli("alert", "show", said["alert"], "--json").stdout)
    assert (shown["phase"], shown["test"]) == ("closed", True)


def test_a_real_alert_in_the_middle_of_a_check_has_its_line_at_once(made: Center) -> None:
    """All lines are the check's by then."""
    with journal_of(made.state) as journal:
        seq, before = journal.last_seq(), order_chain(journal)
        made.until("the check's call is dialled", lambda: dialled(journal, seq, CHECK))
        alert = made.send()
        received_at = journal.read(streams.inbox(alert))[0].at_us
        first = made.until("an operator is dialled", lambda: dialled(journal, seq, alert))[0]
        assert first - received_at < 5 * SECOND, "a check lasts longer than that"
        made.until("the proof has given way", lambda: ended(journal)[before:], within_s=60)
        assert ended(journal)[before:][0].result is StepResult.GAVE_WAY


def dialled(journal: Journal, seq: int, alert: str) -> list[Instant]:
    """When calls of an alert whose id begins so were begun, after that place."""
    return [
        one.at_us
        for one in journal.read_all(seq)
        if isinstance(one.event, LegOriginating) and str(streams.alert_of(one.stream)).startswith(alert)
    ]
