"""What people on duty are told of each alarm: enough to act, in one short message, and nobody's name."""

from __future__ import annotations

import pytest

from features.duty.words import LANGUAGES, ONE_SMS, notification_text
from gateways.gsm.sms.alphabet import encode_gsm7
from messages.events import CalloutAlarm
from messages.ids import CalloutKind, Instant, NodeId
from model.alarms.kind import SubjectKind, Wakes
from model.alarms.table import kinds


def alarm(name: str, subject: str) -> CalloutAlarm:
    return CalloutAlarm(alarm=name, subject=subject, node=NodeId("n"), raised_at=Instant(1))


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_alarm_is_one_short_message_that_says_what_is_wrong(language: str) -> None:
    for kind in kinds():
        if kind.wakes is Wakes.NEVER:
            continue
        for others in (0, 1, 9):
            alarms = [alarm(kind.name, "sim1"), *[alarm("backup.old", "")] * others]
            said = notification_text(CalloutKind.ALARM, alarms, language, "it")
            septets = encode_gsm7(said.sms)
            assert septets is not None, f"no letters of GSM 7 bit: {said.sms}"
            assert len(septets) <= ONE_SMS, said.sms
            assert "{s}" not in f"{said}"
            assert (str(others) in said.spoken.split(".")[-2]) == (others > 1), said.spoken


def test_of_an_alert_its_id_is_told_and_no_more() -> None:
    for kind in kinds():
        if kind.about is SubjectKind.ALERT:
            said = notification_text(
                CalloutKind.ALARM, [alarm(kind.name, "0123456789abcdef:user")], "en", "it"
            )
            assert "0123456789" not in f"{said}"
            assert "user" not in said.subject


def test_a_test_says_that_it_is_one_and_another_version_s_alarm_says_its_name() -> None:
    assert "test" in notification_text(CalloutKind.TEST, (), "en", "it").sms
    assert "Prova" in notification_text(CalloutKind.TEST, (), "de", "it").spoken
    assert (
        notification_text(CalloutKind.ALARM, [alarm("of.tomorrow", "x")], "en", "it").subject
        == "securWoman: of.tomorrow x"
    )
