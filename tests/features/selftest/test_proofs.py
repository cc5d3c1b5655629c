"""/v1/proofs: what supervisors are told of proofs, and order."""

from __future__ import annotations

from messages.events import ProofBegun, ProofEnded, ProofOrdered, ProofStepBegun
from messages.ids import LineId
from messages.proofs import ProofEnd, ProofItem, ProofStep, ProofWhy, StepResult
from messages.trials import WayShown
from store import streams
from tests.features.selftest.proved import ended, write
from tests.gateways.http.askers import MARTA, Api, Asker, verdict

VOICE = ProofItem(step=ProofStep.VOICE, subject="L1>L2")
DISK = ProofItem(step=ProofStep.DISK)
CHAIN = ProofItem(step=ProofStep.CHAIN)
WAYS = (
    WayShown(speaker=LineId("L1"), listener=LineId("L2"), delay_ms=80, level_db=-1.0, proved=True),
    WayShown(speaker=LineId("L2"), listener=LineId("L1"), delay_ms=90, level_db=-2.0, proved=True),
)


def test_a_proof_is_told_while_it_goes_on_and_afterwards(api: Api, supervisor: Asker) -> None:
    assert supervisor.get("/v1/proofs").json()["nodes"][0]["last"] is None
    write(
        api.journal,
        ProofBegun(proof="p1", steps=(VOICE, CHAIN, DISK)),
        ended("p1", VOICE, ways=WAYS),
        ended("p1", CHAIN, closed_s=9.0),
        ProofStepBegun(proof="p1", step=DISK.step),
    )
    (node,) = supervisor.get("/v1/proofs").json()["nodes"]
    assert [(row["step"], row["state"]) for row in node["last"]["rows"]] == [
        ("voice", "ok"),
        ("chain", "ok"),
        ("disk", "runs"),
    ]
    assert node["last"]["rows"][0]["ways"][0]["delay_ms"] == 80
    # One goes on: another is not to begin beside it.
    assert verdict(supervisor.post("/v1/proofs", json={})) == (409, "busy")
    write(api.journal, ended("p1", DISK, StepResult.FAILED, ProofWhy.FULL_SOON, free_bytes=5e9, days=0.9))
    write(api.journal, ProofEnded(proof="p1", why=ProofEnd.DONE))
    (node,) = supervisor.get("/v1/proofs").json()["nodes"]
    disk = node["last"]["rows"][2]
    assert (disk["why"], disk["figures"]["days"], disk["bad_since_us"] is not None) == (
        "full_soon",
        0.9,
        True,
    )
    charted = {(one["figure"], one["subject"]): one["points"] for one in node["series"]}
    assert charted["delay_ms", "L2>L1"][0]["value"] == 90
    assert charted["closed_s", ""][0]["value"] == 9.0, "how long the test alert took"
    assert (charted["free_bytes", ""][0]["value"], charted["free_bytes", ""][0]["good"]) == (5e9, False)
    told = api.client.get("/metrics").text
    assert 'securwoman_proof_ok{step="disk",subject=""} 0.0' in told
    assert 'securwoman_proof_ok{step="voice",subject="L1>L2"} 1.0' in told
    assert "securwoman_proof_last_timestamp_seconds 1." in told


def test_a_supervisor_orders_one_and_its_end(api: Api, supervisor: Asker) -> None:
    assert supervisor.post("/v1/proofs", json={"node": "other"}).status_code == 404
    ordered = supervisor.post("/v1/proofs", json={"steps": ["voice"]})
    assert (ordered.status_code, ordered.json()["nodes"][0]["ordered"]) == (202, True)
    assert supervisor.delete("/v1/proofs").status_code == 204
    found = [one.event for one in api.journal.read(streams.proof(api.web.settings.node))]
    assert found == [ProofOrdered(by=MARTA, steps=(ProofStep.VOICE,)), ProofOrdered(by=MARTA, stop=True)]
