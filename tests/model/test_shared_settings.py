"""Nodes of one center with settings that are not alike."""

from __future__ import annotations

from msgspec.structs import replace

from messages.ids import E164, LineId, NodeId
from model.policy import Policy, RecordingPolicy
from model.shared_settings import checksums, differing

A, B, C = NodeId("a"), NodeId("b"), NodeId("c")


def test_what_is_not_alike_is_named_with_who_has_the_same() -> None:
    policy = Policy(psap_number=E164("112"))
    other = replace(policy, psap_number=E164("+390200000113"), deadline_s=40.0)
    told = {A: checksums(policy), B: checksums(other), C: checksums(policy)}
    assert differing(told) == {"deadline_s": ((A, C), (B,)), "psap_number": ((A, C), (B,))}


def test_what_belongs_to_a_machine_may_differ_and_an_older_node_tells_less() -> None:
    spared = RecordingPolicy(spared=(LineId("b-1"),))
    told = {
        A: checksums(Policy(contact_words={"it": "x", "en": "y"})),
        B: checksums(Policy(live_cases=9, recording=spared, contact_words={"en": "y", "it": "x"})),
        C: {"deadline_s": checksums(Policy())["deadline_s"]},
    }
    assert differing(told) == {}
