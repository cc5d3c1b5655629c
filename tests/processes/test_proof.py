"""A proof of a whole center: looks and calls by those who do them, and an alert that wants their lines.

It takes half a minute: each call of a proof is listened to for 16 s.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from application.backup import age
from application.state.journals import journal_of
from messages.events import LegOriginating, ProofOrdered
from messages.ids import SECOND, OperatorId
from messages.proofs import ProofStep
from store import streams
from store.journal.journal import Append
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


def test_an_alert_has_a_line_within_a_second_where_the_proof_has_all_of_them(made: Center) -> None:
    with journal_of(made.state) as journal:
        seq, before = journal.last_seq(), len(made.calls())
        ordered = ProofOrdered(by=OperatorId("eva"), steps=(ProofStep.VOICE,))
        journal.append(Append(streams.proof(journal.node), None, (ordered,)))
        made.until("two lines talk", lambda: [one for one in made.calls()[before:] if one["answered_at"]])
        alert = made.send()
        received_at = journal.read(streams.inbox(alert))[0].at_us

        def dialled() -> list[int]:
            legs = [one for one in journal.read_all(seq) if isinstance(one.event, LegOriginating)]
            return [one.at_us for one in legs if streams.alert_of(one.stream) == alert]

        first = made.until("an operator is dialled", lambda: dialled() or None)[0]
        assert first - received_at < 1 * SECOND
