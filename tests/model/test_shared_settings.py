"""Nodes of one center with settings that are not alike."""

from __future__ import annotations

from messages.ids import E164, NodeId
from model.membership import checksums, differing_settings
from model.settings import Settings
from model.settings.alerts import LimitsSettings, SmsSettings
from model.settings.psap import PsapSettings
from model.settings.storage import RecordingSettings
from tests.support.settings import changed

A, B, C = NodeId("a"), NodeId("b"), NodeId("c")


def test_what_is_not_alike_is_named_with_who_has_the_same() -> None:
    settings = Settings(psap=PsapSettings(number=E164("112")))
    other = changed(settings, {"psap.number": E164("+390200000113"), "deadline.seconds": 40.0})
    told = {A: checksums(settings), B: checksums(other), C: checksums(settings)}
    assert differing_settings(told) == {"deadline.seconds": ((A, C), (B,)), "psap.number": ((A, C), (B,))}


def test_what_belongs_to_a_machine_may_differ_and_an_older_node_tells_less() -> None:
    spared = RecordingSettings(trunks=("b",))
    told = {
        A: checksums(Settings(sms=SmsSettings(contacts={"it": "x", "en": "y"}))),
        B: checksums(
            Settings(
                recording=spared,
                limits=LimitsSettings(live_cases=9),
                sms=SmsSettings(contacts={"en": "y", "it": "x"}),
            )
        ),
        C: {"deadline.met_by": checksums(Settings())["deadline.met_by"]},
    }
    assert differing_settings(told) == {}
