"""A short message is told until it is kept, once for each, and carries what was written and the place."""

from __future__ import annotations

from gateways.gsm.driver.events import SmsReceived
from gateways.gsm.sms.pending_messages import PendingTexts
from messages.ids import Instant, LineId
from tests.support.each import each

NOW = Instant(1_700_000_000_000_000)
AML = 'A"ML=1;lt=+45.46420;lg=9.19000;rd=50;top=20261124141935;lc=90;pm=W;mcc=222;mnc=10;ml=95'
AT = Instant(1_795_529_975_000_000)


def sms(text: str = "help", *, sender: str = "+393331112223", **more: object) -> SmsReceived:
    fields: dict[str, object] = {
        "at_s": 0.0,
        "sender": sender,
        "number": sender if sender.startswith("+") else None,
        "text": text,
        "data": b"",
        "sent_at": "2026-11-24T14:19:30+00:00",
        "stored": (1,),
    }
    return SmsReceived(**{**fields, **more})  # type: ignore[arg-type]


def test_it_is_told_until_it_is_kept_and_only_then_forgotten_by_the_sim() -> None:
    texts = PendingTexts(LineId("one"))
    assert texts.add(sms(), NOW) == ()
    assert texts.add(sms(stored=(1,)), NOW) == ()
    (told,) = texts.to_publish
    assert (told.number, told.text, told.position) == ("+393331112223", "help", None)
    assert texts.remove_stored(told.key) == (1,)
    assert texts.to_publish == []


def test_one_that_is_still_on_the_sim_after_it_was_kept_is_deleted_and_not_told_again() -> None:
    texts = PendingTexts(LineId("one"))
    texts.add(sms(), NOW)
    texts.remove_stored(texts.to_publish[0].key)
    assert texts.add(sms(stored=(4,)), NOW) == (4,)
    assert texts.to_publish == []


def test_a_restart_gives_it_the_same_key_and_another_message_another() -> None:
    keys = []
    for message in (sms(), sms(stored=(9,)), sms("help!"), sms(sent_at="2026-11-24T14:19:31+00:00")):
        texts = PendingTexts(LineId("one"))
        texts.add(message, NOW)
        keys.append(texts.to_publish[0].key)
    assert keys[0] == keys[1]
    assert len(set(keys)) == 3


@each(("text", "data"), [(f"Aiuto {AML}", b""), ("", AML.encode())])
def test_a_position_is_told_with_its_accuracy_time_and_source(text: str, data: bytes) -> None:
    texts = PendingTexts(LineId("one"))
    texts.add(sms(text, data=data), NOW)
    (told,) = texts.to_publish
    assert told.position is not None
    assert (told.position.lat, told.position.lon) == (45.4642, 9.19)
    assert (told.position.accuracy_m, told.position.source, told.position.at) == (50.0, "aml", AT)
    assert told.text == ("Aiuto" if text else "")


@each(
    ("sender", "number", "known"),
    [
        ("+393331112223", "+393331112223", True),
        ("3331112223", "+393331112223", True),
        ("482424", "+39482424", False),
        ("Polizia", None, False),
    ],
)
def test_a_short_code_is_nobodys_number(sender: str, number: str | None, known: bool) -> None:
    texts = PendingTexts(LineId("one"))
    texts.add(sms(sender=sender, number=number), NOW)
    assert (texts.to_publish[0].number is not None) is known
