"""Who the tests of the API have besides: the registered user, and who asks the web."""

from __future__ import annotations

import pytest

from gateways.http.parts.context import Web
from messages.ids import E164, UserId
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.askers import Api, Asker, Client
from tests.gateways.http.place import GIULIA, Later, Place


@pytest.fixture
def clock() -> Later:
    return Later()


@pytest.fixture
def registry(web: Web) -> Registry:
    return Registry(web.journal)


@pytest.fixture
def giulia(registry: Registry) -> UserId:
    """The user whom the registry knows."""
    found = registry.user_by_phone(E164(GIULIA))
    assert found is not None
    return found.id


@pytest.fixture
def api(client: Client, place: Place, web: Web) -> Api:
    """The web, and everybody who asks it."""
    return Api(client, place, web)


@pytest.fixture
def app(api: Api) -> Asker:
    """A phone with the app's key, which signs nothing."""
    return api.app


@pytest.fixture
def marta(api: Api) -> Asker:
    """An operator."""
    return api.marta


@pytest.fixture
def luca(api: Api) -> Asker:
    """Another one."""
    return api.luca


@pytest.fixture
def supervisor(registry: Registry, place: Place, marta: Asker) -> Asker:
    """Marta, who is one."""
    registry.set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    return marta


@pytest.fixture
def admin(registry: Registry, place: Place, marta: Asker) -> Asker:
    """Marta, who is one."""
    registry.set_role(place.marta, StaffRole.ADMIN, by="test")
    return marta
