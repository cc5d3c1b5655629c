"""A PSAP that asks has the alerts of its area of which 112 is called, and nobody else has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from features.psap_data.settings import FEED, DataFormat, DataTarget
from messages import events as ev
from messages.ids import E164, BriefingField, Outcome
from model.areas import outline
from store.audit.entry import Action
from tests.gateways.http.askers import Api, Client
from tests.gateways.http.place import CLOCK, Place, entered
from tests.gateways.story import Story

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

    place.changes["psap.data"] = (
        feed("genoa", TOKEN, outline=GENOA, language="en"),
        feed("milan", TOKEN.upper(), outline=MILAN),
        feed("short", "short", tests=True),
    )
    return place


def told(api: Api, *, test: bool = False, psap: bool = True) -> Story:
    story = Story(api.journal, CLOCK.now_us(), test=test).opened()
    if psap:
        story.say(ev.PsapRequested(by=None, number=E164("112")))
    api.followed()
    return story


def asked(client: Client, token: str = TOKEN) -> Any:
    return client.get("/v1/psap/feed", headers={"authorization": f"Bearer {token}"})


def test_it_has_what_112_is_told(api: Api) -> None:
    story = told(api)
    story.hear(ev.BriefingFilled(field=BriefingField.WEAPONS, text="a knife"))
    api.followed()
    answer = asked(api.client)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/geo+json"
    assert answer.headers["cache-control"] == "no-store"
    (one,) = answer.json()["features"]
    assert one["id"] == story.alert
    assert one["geometry"] == {"type": "Point", "coordinates": [8.97342, 44.39058]}
    assert one["properties"]["briefing"] == {"weapons": "a knife"}
    (entry,) = entered(api.web)
    assert (entry.action, entry.actor, entry.subjects) == (Action.READ_LIST, "psap:genoa", (story.alert,))


def test_of_another_area_it_has_nothing_and_nothing_is_entered(api: Api) -> None:
    told(api)
    assert asked(api.client, TOKEN.upper()).json() == {"type": "FeatureCollection", "features": []}
    assert entered(api.web) == []


def test_neither_a_test_nor_what_112_is_not_called_for_is_in_it(api: Api) -> None:
    told(api, test=True)
    story = told(api, psap=False)
    assert asked(api.client).json()["features"] == []
    story.say(ev.PsapRequested(by=None, number=E164("112")), ev.FalseAlarmDeclared(by="marta"))  # type: ignore[arg-type]
    api.followed()
    assert asked(api.client).json()["features"] == []


def test_a_closed_alert_is_gone(api: Api) -> None:
    story = told(api)
    assert len(asked(api.client).json()["features"]) == 1
    story.say(ev.AlertClosed(outcome=Outcome.HANDED_OVER))
    api.followed()
    assert asked(api.client).json()["features"] == []


def test_without_a_feed_s_token_there_is_nothing(api: Api) -> None:
    told(api)
    for token in ("short", "wrong", TOKEN + "x", api.place.marta_token, api.place.app_key):
        assert asked(api.client, token).status_code == 401
    assert api.client.get("/v1/psap/feed").status_code == 401


def test_another_token_is_good_at_once_and_the_one_before_no_more(api: Api, tmp_path: Path) -> None:
    (tmp_path / "genoa.token").write_text("another-token-that-nobody-guesses")
    assert asked(api.client).status_code == 401
    assert asked(api.client, "another-token-that-nobody-guesses").status_code == 200
