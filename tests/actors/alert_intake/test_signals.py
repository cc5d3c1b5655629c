"""What a call or a text that comes in is to the intake."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from actors.alert_intake.incoming import CallOutcome, VoiceAlerts, signal_of
from messages.base import Position
from messages.calls import IncomingCall
from messages.ids import E164, Channel, Instant, LineId
from messages.sms import SmsArrived
from model.settings import Settings
from model.settings.alerts import VoiceAlert
from model.setup import Setup

CALL = IncomingCall(line=LineId("sim1"), call=1, number=E164("+393331112223"), settled=True)


def test_a_call_is_declined_only_where_the_user_may_be_called_back() -> None:
    back = Setup(settings=Settings(voice_alert=VoiceAlert.CALLBACK))
    assert VoiceAlerts(back).outcome_of(CALL) is CallOutcome.REJECT
    assert VoiceAlerts(back).outcome_of(CALL, hushed=True) is CallOutcome.TAKE
    assert VoiceAlerts(Setup(settings=Settings())).outcome_of(CALL) is CallOutcome.TAKE


def test_calls_whose_end_no_line_has_told_are_not_remembered_for_ever() -> None:
    alerts = VoiceAlerts(Setup(settings=Settings()))
    for call in range(5000):
        alerts.record_call(CALL.line, call)
    assert alerts.outcome_of(replace(CALL, call=4999)) is CallOutcome.KNOWN
    assert alerts.outcome_of(replace(CALL, call=0)) is CallOutcome.TAKE


NOW = Instant(2_000_000)
SENDER, OURS = E164("+393331112223"), E164("+390200000001")
PLACE = Position(lat=45.0, lon=9.0, at=Instant(1), accuracy_m=30.0, source="aml")


def sms(number: E164 | None = SENDER, **more: object) -> SmsArrived:
    return SmsArrived(
        line=LineId("one"),
        key="0123",
        sender=number or "TIM",
        number=number,
        sent_at=Instant(1_000_000),
        **more,  # type: ignore[arg-type]
    )


def test_case_14_words_from_anybody_who_can_be_called_back_are_an_alert() -> None:
    signal = signal_of(sms(text="aiuto"), [OURS], NOW)
    assert signal is not None
    assert (signal.channel, signal.phone, signal.text) == (Channel.SMS, SENDER, "aiuto")
    assert (signal.raised_at, signal.received_at, signal.id) == (1_000_000, NOW, "sms-0123")


@pytest.mark.parametrize("number", [SENDER, None])
@pytest.mark.parametrize("service", [False, True])
def test_a_position_is_an_alert_whoever_sends_it(number: E164 | None, service: bool) -> None:
    signal = signal_of(sms(number, position=PLACE, service=service), [OURS], NOW)
    assert signal is not None
    assert (signal.phone, signal.position) == (number, PLACE)


@pytest.mark.parametrize(
    "message",
    [
        sms(None, text="La tua offerta scade oggi"),
        sms(text="", service=True),
        sms(OURS, text="out of the office"),
    ],
)
def test_what_networks_and_our_own_lines_send_is_none(message: SmsArrived) -> None:
    assert signal_of(message, [OURS], NOW) is None
