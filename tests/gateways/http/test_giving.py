"""What supervisors hand out from the console: as the command line makes it, packed; nothing is left."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages.ids import UserId
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.http.place import CLOCK, Place
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]


@pytest.fixture
def story(web: Web, client: Client, giulia: UserId) -> Story:
    made = Story(web.journal, CLOCK.now_us()).opened().identified(giulia)
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq(), what="the web knows of it")
    return made


def test_a_supervisor_gets_both_and_an_operator_neither(
    web: Web, client: Client, place: Place, story: Story
) -> None:
    ways = {what: f"/v1/alerts/{story.alert}/{what}" for what in ("dossier", "person")}
    assert [client.get(way, headers=place.operator()).status_code for way in ways.values()] == [403, 403]
    Registry(web.journal).set_role(place.marta, StaffRole.SUPERVISOR, by="test")
    names = {}
    for what, way in ways.items():
        answer = client.get(way, headers=place.operator())
        assert answer.headers["cache-control"] == "no-store"
        archive = ZipFile(BytesIO(answer.content))
        assert archive.testzip() is None
        names[what] = {name.rpartition("/")[2] for name in archive.namelist()} - {""}
    pdf = f"{story.alert}.pdf"
    assert names == {"dossier": {pdf, f"{pdf}.p7s"}, "person": {"index.html", "data.json"}}
    assert not list((place.state / "run").glob("giving-*"))


def test_of_an_alert_that_is_none_or_of_nobody_nothing_is_made(
    web: Web, client: Client, supervisor: dict[str, str]
) -> None:
    unknown = Story(web.journal, CLOCK.now_us()).opened()
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq(), what="the web knows of it")
    for path in ("/v1/alerts/none/dossier", "/v1/alerts/none/person", f"/v1/alerts/{unknown.alert}/person"):
        assert client.get(path, headers=supervisor).status_code == 404
