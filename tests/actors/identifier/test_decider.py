"""Number and device lead to one user, or to no user."""

from __future__ import annotations

from actors.identifier.decider import Person, identity
from messages.cases import Identify
from messages.ids import E164, AlertId, UserId

GIULIA = Person(user=UserId("giulia"), phones=(E164("+39333"),), language="it")
ANNA = Person(user=UserId("anna"), phones=(E164("+39334"),), language="de")


def test_s03_the_number_decides_where_the_device_says_another() -> None:
    asked = Identify(alert=AlertId("a"), phone=E164("+39333"), device="d")
    assert identity(asked, GIULIA, ANNA).user == "giulia"


def test_s03_a_device_alone_leads_to_the_number_to_call() -> None:
    found = identity(Identify(alert=AlertId("a"), device="d"), None, ANNA)
    assert (found.user, found.phone, found.language) == ("anna", "+39334", "de")


def test_case_14_nobody_is_an_answer() -> None:
    assert identity(Identify(alert=AlertId("a"), phone=E164("+39")), None, None).user is None
