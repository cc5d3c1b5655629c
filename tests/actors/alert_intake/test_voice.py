"""Which calls are declined, so that the user is called back (S2)."""

from __future__ import annotations

from msgspec.structs import replace

from actors.alert_intake.voice import Verdict, VoiceAlerts
from messages.calls import IncomingCall
from messages.ids import E164, LineId
from model.settings import Settings
from model.settings.alerts import VoiceAlert
from model.setup import Setup

CALL = IncomingCall(line=LineId("sim1"), call=1, number=E164("+393331112223"), settled=True)


def test_a_call_is_declined_only_where_the_user_may_be_called_back() -> None:
    back = Setup(settings=Settings(voice_alert=VoiceAlert.CALLBACK))
    assert VoiceAlerts(back).hear(CALL) is Verdict.REJECT
    assert VoiceAlerts(back).hear(CALL, hushed=True) is Verdict.TAKE
    assert VoiceAlerts(Setup(settings=Settings())).hear(CALL) is Verdict.TAKE


def test_calls_whose_end_no_line_has_told_are_not_remembered_for_ever() -> None:
    alerts = VoiceAlerts(Setup(settings=Settings()))
    for call in range(5000):
        alerts.known(CALL.line, call)
    assert alerts.hear(replace(CALL, call=4999)) is Verdict.KNOWN
    assert alerts.hear(replace(CALL, call=0)) is Verdict.TAKE
