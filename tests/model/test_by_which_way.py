"""By which way what an operator writes goes to the user."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from messages import events as ev
from messages.ids import E164, SECOND, Channel, Instant, OperatorId, Way
from model.alert.case import Case
from model.alert.evolve import fold
from model.alert.parts import CancelRequests
from model.rules.messages.message_channel import LOST_US, ChannelChoice, ChannelReason, choose_channel
from model.rules.proof import level_of
from model.settings import Settings
from model.settings.alerts import SmsSettings
from tests.support.actors import NODE
from tests.support.recorded import recorded
from tests.support.there import there

T0 = Instant(1_790_000_000 * SECOND)
OPERATOR = OperatorId("marta")
PHONE = E164("+393331112223")
SETTINGS = Settings()


def case(*events: ev.InboxEvent, channel: Channel = Channel.DATA, **of: object) -> Case:
    received = ev.AlertReceived(
        channel=channel,
        raised_at=T0,
        received_at=T0,
        deadline_at=T0,
        **{"phone": PHONE, "proof": level_of(channel), **of},
    )
    return there(
        fold(
            recorded(event, n + 1, at(n), stream="inbox-a1", node=NODE)
            for n, event in enumerate((received, *events))
        )
    )


def at(seconds: float) -> Instant:
    return Instant(T0 + round(seconds * SECOND))


def wrote(id: str = "m1") -> ev.DialogueSaid:
    return ev.DialogueSaid(id=id, by=OPERATOR, text="Dove sei?")


def test_an_app_that_reads_is_the_way_until_something_does_not_arrive() -> None:
    written = case(wrote())
    assert choose_channel(written, SETTINGS, at(1)) == ChannelChoice(way=Way.APP, why=ChannelReason.READS)
    assert choose_channel(written, SETTINGS, Instant(at(1) + LOST_US - 1)) == ChannelChoice(
        way=Way.APP, why=ChannelReason.READS
    )
    assert choose_channel(written, SETTINGS, Instant(at(1) + LOST_US)) == ChannelChoice(
        way=Way.SMS, why=ChannelReason.LOST
    )


def test_an_app_that_is_heard_again_is_the_way_again() -> None:
    back = case(wrote("m1"), wrote("m2"), ev.DialogueSeen(upto=2))
    assert choose_channel(back, SETTINGS, at(1000)) == ChannelChoice(way=Way.APP, why=ChannelReason.READS)


@pytest.mark.parametrize("channel", [Channel.SMS, Channel.VOICE])
def test_without_an_app_it_is_a_short_message(channel: Channel) -> None:
    assert choose_channel(case(channel=channel), SETTINGS, T0) == ChannelChoice(
        way=Way.SMS, why=ChannelReason.NO_APP
    )


def test_a_phone_that_is_to_keep_still_is_not_made_to_sound_without_an_order() -> None:
    silent = case(wrote(), silent=True)
    assert choose_channel(silent, SETTINGS, at(100)) == ChannelChoice(way=Way.APP, why=ChannelReason.SOUNDS)
    assert choose_channel(replace(silent, texts_ordered=True), SETTINGS, at(100)) == ChannelChoice(
        way=Way.SMS, why=ChannelReason.LOST
    )
    hidden = replace(case(channel=Channel.VOICE), voices=False)
    assert choose_channel(hidden, SETTINGS, T0) == ChannelChoice(way=None, why=ChannelReason.SOUNDS)


def test_an_alert_by_short_message_is_answered_by_one_also_where_no_voice_may_be_heard() -> None:
    hidden = replace(case(channel=Channel.SMS), voices=False)
    assert choose_channel(hidden, SETTINGS, T0) == ChannelChoice(way=Way.SMS, why=ChannelReason.NO_APP)


@pytest.mark.parametrize("channel", list(Channel))
def test_from_an_attempt_to_cancel_on_nothing_goes_out(channel: Channel) -> None:
    asked = CancelRequests(at=T0, version=2)
    cancelled = replace(case(wrote(), channel=channel), texts_ordered=True, cancel_asked=asked)
    for one in (cancelled, replace(case(wrote(), channel=channel), duress=True)):
        assert choose_channel(one, SETTINGS, at(100)) == ChannelChoice(way=None, why=ChannelReason.CANCELLED)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"phone": None, "device": "d1"}, ChannelReason.NO_NUMBER),
        ({"phone": E164("+39899123456")}, ChannelReason.UNFIT),
        ({"phone": E164("+870772001234")}, ChannelReason.UNFIT),
        ({"phone": E164("112")}, ChannelReason.UNFIT),
    ],
)
def test_where_no_number_can_be_written_to_the_app_is_a_way(
    changes: dict[str, object], why: ChannelReason
) -> None:
    assert choose_channel(case(wrote(), **changes), SETTINGS, at(100)) == ChannelChoice(way=Way.APP, why=why)
    by_voice = case(channel=Channel.VOICE, **changes)
    assert choose_channel(by_voice, SETTINGS, T0) == ChannelChoice(way=None, why=why)


def test_a_number_that_the_lines_would_not_dial_is_not_written_to() -> None:
    own = replace(case(channel=Channel.VOICE), dial_withheld="own_line")
    assert choose_channel(own, SETTINGS, T0) == ChannelChoice(way=None, why=ChannelReason.UNFIT)


def test_a_center_that_is_set_to_write_no_short_messages_writes_none() -> None:
    off = Settings(sms=SmsSettings(dialogue=False))
    assert choose_channel(case(channel=Channel.SMS), off, T0) == ChannelChoice(
        way=None, why=ChannelReason.OFF
    )
    assert choose_channel(case(wrote()), off, at(100)) == ChannelChoice(way=Way.APP, why=ChannelReason.OFF)
