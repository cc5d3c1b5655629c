"""Who the tests of the API have besides: the registered user, and the operator as a supervisor."""

from __future__ import annotations

import pytest

from gateways.http.parts.context import Web
from messages.ids import E164, UserId
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import GIULIA, Place


@pytest.fixture
def giulia(web: Web) -> UserId:
    """The user whom the registry knows."""
    found = Registry(web.journal).user_by_phone(E164(GIULIA))
    assert found is not None
    return found.id


@pytest.fixture
def supervisor(web: Web, place: Place) -> dict[str, str]:
    """The header of Marta, who is one."""
    Registry(web.journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    return place.operator()
