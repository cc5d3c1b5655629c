"""The nights' proofs in the plant, by keyboard: what was found, what was left out and why; one now."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from messages.events import ProofBegun, ProofEnded, ProofOrdered, ProofStepBegun
from messages.ids import LineId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, StepResult
from messages.trials import WayFault, WayShown
from store import streams
from store.journal.journal import Journal
from tests.features.selftest.proved import ended, write
from tests.gateways.console.barriers import barriers
from tests.gateways.console.desk import signed_on
from tests.gateways.console.test_alarms import supervisor  # noqa: F401 - a fixture
from tests.gateways.http.place import NODE, Place, WebThread
from tests.waiting import wait_until

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]
WORDS = (
    "Male: 3 di 6",
    "presto pieno",
    "manca con che cosa",
    "In corso",
    "Prova adesso",
    "≥ 7 giorni",
    "nessun server lo regola",
    "[psap] test_number non è impostato",
)
ITEMS = (
    ProofItem(step=ProofStep.DISK),
    ProofItem(step=ProofStep.CERTIFICATE),
    ProofItem(step=ProofStep.VOICE, subject="sim1>sim2"),
    ProofItem(step=ProofStep.TEXT, subject="sim1>sim2"),
    ProofItem(step=ProofStep.CLOCK),
    ProofItem(step=ProofStep.EMERGENCY, subject="sim5"),
)


def ways(bad: bool) -> tuple[WayShown, ...]:
    return (
        WayShown(speaker=LineId("sim1"), listener=LineId("sim2"), bursts=20, delay_ms=80, level_db=-0.2,
                 lost_percent=0.0, proved=True),
        WayShown(speaker=LineId("sim2"), listener=LineId("sim1"), bursts=20, delay_ms=None if bad else 90,
                 level_db=None if bad else -2.0, faults=(WayFault.UNHEARD,) if bad else (), proved=not bad),
    )  # fmt: skip


def nights(journal: Journal) -> None:
    """Three; the last one bad."""
    for n, free in enumerate((60e9, 58e9, 20e9)):
        proof, bad = f"p{n}", n == 2
        disk, certificate, voice, text, clock, emergency = ITEMS
        wrong, fine = StepResult.FAILED if bad else StepResult.OK, ProofWhy.NONE
        write(
            journal,
            ProofBegun(proof=proof, steps=ITEMS),
            ended(proof, disk, wrong, ProofWhy.FULL_SOON if bad else fine, free_bytes=free, days=0.5),
            ended(proof, certificate, StepResult.LEFT_OUT, ProofWhy.NOT_SET),
            ended(proof, voice, wrong, ProofWhy.MUTE if bad else fine, ways(bad), seconds_to_answer=4.0),
            ended(proof, text, seconds=2.0 + n),
            ended(proof, clock, wrong, ProofWhy.CLOCK_OFF if bad else fine, moved_s=0.004),
            ended(proof, emergency, StepResult.LEFT_OUT, ProofWhy.NOT_SET),
            ProofEnded(proof=proof, why=ProofEnd.DONE),
        )


def test_the_last_proof_is_shown_step_by_step_and_another_is_begun_and_ended(
    page: Page,
    site: WebThread,
    supervisor: Place,  # noqa: F811
    journal: Journal,
) -> None:
    bad, full, not_set, runs, now, least, *whys = WORDS
    nights(journal)
    signed_on(page, site.url, supervisor, "it")
    page.keyboard.press("4")
    page.keyboard.press("n")
    expect(page.locator("#proofs-h")).to_be_focused()
    shown = page.locator(".proofs")
    for words in (bad, full, not_set, least, *whys, "sim1 → sim2", "· 0 dB"):
        expect(shown).to_contain_text(words)
    expect(page.locator(".proofs__nights li")).to_have_count(6)
    assert barriers(page) == []
    page.keyboard.press("t")
    wait_until(lambda: isinstance(journal.read(streams.proof(NODE))[-1].event, ProofOrdered))
    write(
        journal,
        ProofBegun(proof="p9", by=supervisor.marta, whole=False, steps=ITEMS[:1]),
        ProofStepBegun(proof="p9", step=ITEMS[0].step),
    )
    expect(shown).to_contain_text(runs)
    page.keyboard.press("e")
    wait_until(
        lambda: journal.read(streams.proof(NODE))[-1].event == ProofOrdered(by=supervisor.marta, stop=True)
    )
    write(journal, ProofEnded(proof="p9", why=ProofEnd.ORDERED))
    expect(page.get_by_role("button", name=now)).to_be_visible()
    page.keyboard.press("n")
    expect(page.locator("#plant-h")).to_be_visible()
