"""When the contacts of a user are told, and in which words: a rule, tried case by case."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from messages.base import Address
from messages.ids import E164, SECOND, AlertId, Assurance, Channel, Instant, Nearness, OperatorId
from model.alert.case import Case
from model.alert.parts import CallsTo112, CancelRequests, KnownPosition, PsapCall
from model.settings import Settings
from model.telling.contacts import contact_text, must_notify_contacts
from tests.support.settings import changed

AT = Instant(1_795_000_000 * SECOND)
MARTA = OperatorId("marta")
SETTINGS = Settings()
TOLD = Case(
    alert=AlertId("a"), channel=Channel.DATA, proof=Assurance.DEVICE, received_at=AT, raised_at=AT,
    deadline_at=AT, language="it", tells=True, psap=PsapCall(by=MARTA, number=E164("112"), at=AT),
    to_112=CallsTo112(joined_at=AT),
)  # fmt: skip


def test_once_112_was_told_by_an_operators_order_and_once_alone() -> None:
    assert must_notify_contacts(TOLD, SETTINGS)
    assert not must_notify_contacts(replace(TOLD, contacts_at=AT), SETTINGS)


@pytest.mark.parametrize(
    "but",
    [
        {"tells": False},
        {"test": True},
        {"duress": True},
        {"cancelled": True},
        {"cancel_asked": CancelRequests(at=AT, version=1, wrong=1)},
        {"false_alarm_at": AT},
        {"silent": True},
        {"voices": False},
        {"psap": None},
        {"psap": PsapCall(by=None, number=E164("112"), at=AT)},
        {"to_112": CallsTo112()},
    ],
)
def test_not_before_anybody_has_judged_and_never_where_it_could_betray(but: dict[str, Any]) -> None:
    assert not must_notify_contacts(replace(TOLD, **but), SETTINGS)


def test_112_that_was_called_from_another_phone_was_told_too() -> None:
    assert must_notify_contacts(replace(TOLD, psap=None, to_112=CallsTo112(elsewhere_at=AT)), SETTINGS)


def test_a_silent_alert_in_which_the_user_is_called_aloud_is_silent_no_more() -> None:
    assert must_notify_contacts(replace(TOLD, silent=True, aloud=True), SETTINGS)


def test_without_words_nobody_is_told() -> None:
    assert not must_notify_contacts(TOLD, changed(SETTINGS, {"sms.contacts": {}}))


def test_the_words_are_in_the_users_language_or_the_centers_or_english() -> None:
    for language, begins in (("it", "Da securWoman"), ("en", "From"), ("uk", "Da securWoman")):
        said = contact_text(replace(TOLD, language=language), SETTINGS, "Giulia", where=False)
        assert said.startswith(begins)
        assert "Giulia" in said
    english = changed(SETTINGS, {"language": "ro"})
    assert contact_text(replace(TOLD, language="uk"), english, "G", where=False).startswith("From")


def test_where_it_is_only_who_may_know_it_is_told() -> None:
    at = KnownPosition(
        lat=44.390581, lon=8.97342, accuracy_m=18.0, at=AT, received_at=AT, channel=Channel.DATA
    )
    there = replace(TOLD, positions=(at,))
    assert "44.39" not in contact_text(there, SETTINGS, "Giulia", where=False)
    assert contact_text(there, SETTINGS, "Giulia", where=True).endswith(" Dove: 44.39058, 8.97342.")
    assert "Dove" not in contact_text(TOLD, SETTINGS, "Giulia", where=True)
    found = Address(
        lat=44.390581, lon=8.97342, accuracy_m=18.0, nearness=Nearness.NUMBER, street="via Roma",
        number="12", town="Genova", distance_m=3,
    )  # fmt: skip
    assert contact_text(replace(there, address_found=found), SETTINGS, "Giulia", where=True).endswith(
        " Dove: via Roma 12, Genova."
    )
    near = replace(found, nearness=Nearness.NEAR, number="")
    assert contact_text(replace(there, address_found=near), SETTINGS, "Giulia", where=True).endswith(
        " Dove: 44.39058, 8.97342."
    )


def test_a_text_without_a_place_is_one_short_message() -> None:
    """TS 23.038: 160 letters of the alphabet that costs seven bits each; `ò` is in it."""
    for language in SETTINGS.sms.contacts:
        said = contact_text(
            replace(TOLD, language=language), SETTINGS, "Massimiliana Alessandra", where=False
        )
        assert len(said) <= 160
        assert not set(said) - set("àèéìòù") - set(map(chr, range(0x20, 0x7B)))


def test_a_name_is_no_place_holder() -> None:
    assert "{place}" in contact_text(TOLD, SETTINGS, "{place}", where=True)
