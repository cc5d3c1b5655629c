"""Who the tests of the API have besides: the registered user, and who asks the web."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from litestar.testing import TestClient

from gateways.http.app import build
from gateways.http.parts.construction import parts
from gateways.http.parts.context import Web
from messages.ids import E164, UserId
from store.journal.notify import LocalNotifier
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


Start = Callable[..., Api]


@pytest.fixture
def start(place: Place, clock: Later) -> Iterator[Start]:
    """Starts a web with other settings; each call another one, as after the death of the one before."""
    with ExitStack() as stack:

        def begin(**changes: object) -> Api:
            web = parts(place.settings(**changes), clock=clock, notifier=LocalNotifier())
            client = stack.enter_context(TestClient(build(web), raise_server_exceptions=False))
            return Api(client, place, web)

        yield begin


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
