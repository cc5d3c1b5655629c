"""A PSAP that asks has the alerts of its area of which 112 is called, and nobody else has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from litestar.testing import TestClient

from gateways.http.parts.context import Web
from messages import events as ev
from messages.ids import E164, BriefingField, Outcome
from model.areas import outline
from model.telling.data_target import FEED, DataFormat, DataTarget
from store.audit.entry import Action
from tests.gateways.http.place import CLOCK, Place, entered
from tests.gateways.story import Story
from tests.waiting import wait_until

Client = TestClient[Litestar]
TOKEN = "a-token-of-a-feed-that-nobody-guesses"
GENOA = outline([((8.5, 44.0), (9.5, 44.0), (9.5, 45.0), (8.5, 45.0))])
MILAN = outline([((8.5, 45.0), (10.0, 45.0), (10.0, 46.0), (8.5, 46.0))])


@pytest.fixture
def place(place: Place, tmp_path: Path) -> Place:
    """With two feeds."""

    def feed(name: str, token: str, **more: Any) -> DataTarget:
        file = tmp_path / f"{name}.token"
        file.write_text(f"{token}\n")
        return DataTarget(name=name, format=DataFormat.GEOJSON, to=FEED, token_file=str(file), **more)

    place.changes["data"] = (
        feed("genoa", TOKEN, outline=GENOA, language="en"),
        feed("milan", TOKEN.upper(), outline=MILAN),
        feed("short", "short", tests=True),
    )
    return place


def told(web: Web, *, test: bool = False, psap: bool = True) -> Story:
    story = Story(web.journal, CLOCK.now_us(), test=test).opened()
    if psap:
        story.say(ev.PsapRequested(by=None, number=E164("112")))
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    return story


def asked(client: Client, token: str = TOKEN) -> Any:
    return client.get("/v1/psap/feed", headers={"authorization": f"Bearer {token}"})


def test_it_has_what_112_is_told(client: Client, web: Web) -> None:
    story = told(web)
    story.hear(ev.BriefingFilled(field=BriefingField.WEAPONS, text="a knife"))
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    answer = asked(client)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "no-store"
    (one,) = answer.json()["features"]
    assert one["id"] == story.alert
    assert one["geometry"] == {"type": "Point", "coordinates": [8.97342, 44.39058]}
    assert one["properties"]["briefing"] == {"weapons": "a knife"}
    (entry,) = entered(web)
    assert (entry.action, entry.actor, entry.subjects) == (Action.READ_LIST, "psap:genoa", (story.alert,))


def test_of_another_area_it_has_nothing_and_nothing_is_entered(client: Client, web: Web) -> None:
    told(web)
    assert asked(client, TOKEN.upper()).json() == {"type": "FeatureCollection", "features": []}
    assert entered(web) == []


def test_neither_a_test_nor_what_112_is_not_called_for_is_in_it(client: Client, web: Web) -> None:
    told(web, test=True)
    story = told(web, psap=False)
    assert asked(client).json()["features"] == []
    story.say(ev.PsapRequested(by=None, number=E164("112")), ev.FalseAlarmDeclared(by="marta"))  # type: ignore[arg-type]
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    assert asked(client).json()["features"] == []


def test_a_closed_alert_is_gone(client: Client, web: Web) -> None:
    story = told(web)
    assert len(asked(client).json()["features"]) == 1
    story.say(ev.AlertClosed(outcome=Outcome.HANDED_OVER))
    wait_until(lambda: web.following.picture.seq == web.journal.last_seq())
    assert asked(client).json()["features"] == []


def test_without_a_feed_s_token_there_is_nothing(client: Client, web: Web, place: Place) -> None:
    told(web)
    for token in ("short", "wrong", TOKEN + "x", place.marta_token, place.app_key):
        assert asked(client, token).status_code == 401
    assert client.get("/v1/psap/feed").status_code == 401


def test_another_token_is_good_at_once_and_the_one_before_no_more(
    client: Client, web: Web, tmp_path: Path
) -> None:
    (tmp_path / "genoa.token").write_text("another-token-that-nobody-guesses")
    assert asked(client).status_code == 401
    assert asked(client, "another-token-that-nobody-guesses").status_code == 200
