"""21 strings that a page might run, wherever somebody can leave one: they stay what they are, text."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Page, expect

from messages import events as ev
from messages.base import Address, Position
from messages.ids import E164, Nearness, OperatorId, ShiftState
from store import streams
from store.journal.journal import Append, Journal
from store.registry.people import Person
from store.registry.registry import Registry
from tests.gateways.console.desk import giulias, signed_on
from tests.gateways.http.askers import Api
from tests.gateways.http.place import CLOCK, GIULIA, ROOT, Place, WebThread

STRINGS: Final = (
    "<script>hit=1</script>",
    "</script><script>hit=1</script>",
    "<img src=x onerror=hit=1>",
    "<svg onload=hit=1>",
    "<svg><script>hit=1</script></svg>",
    "<iframe src=javascript:hit=1>",
    "<a href=javascript:hit=1>x</a>",
    '"><img src=x onerror=hit=1>',
    "'><img src=x onerror=hit=1>",
    "`><img src=x onerror=hit=1>",
    '" onmouseover="hit=1" x="',
    "javascript:hit=1//",
    "${hit=1}",
    "{{hit=1}}",
    "<!--<img src=x onerror=hit=1>-->",
    "<style>*{display:none}</style>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<base href=https://evil.example>",
    "<template><img src=x onerror=hit=1></template>",
    "&lt;img src=x onerror=hit=1&gt;",
    "\u003cimg src=x onerror=hit=1\u003e\u2028</title>",
)


def address(lat: float, words: str) -> Address:
    """As a geocoder, or a file, that is not ours may name it."""
    return Address(
        lat=lat,
        lon=9.0,
        accuracy_m=10.0,
        nearness=Nearness.NUMBER,
        street=words,
        number=words,
        town=words,
        distance_m=3,
    )


def told(journal: Journal, place: Place) -> str:
    """An alert with all of them, in every place that others write; its id."""
    registry = Registry(journal)
    giulia = registry.user_by_phone(E164(GIULIA))
    assert giulia is not None
    half = len(STRINGS) // 2
    registry.change_user(
        giulia.id,
        Person(first_name="".join(STRINGS[:3]), last_name=STRINGS[3], notes=" ".join(STRINGS)),
        by="test",
    )
    story = giulias(journal).operator_called(place.marta).operator_joined(place.marta)
    story.hear(*(ev.NoteAdded(by=OperatorId(""), text=one) for one in STRINGS[:half]))
    story.hear(*(ev.NoteAdded(by=place.luca, text=one) for one in STRINGS[half:]))
    now = CLOCK.now_us()
    for n, one in enumerate(STRINGS):
        story.hear(
            ev.PositionUpdated(position=Position(lat=45.0 + n / 1e3, lon=9.0, at=now, source=one[:32])),
            ev.AddressFound(address=address(45.0 + n / 1e3, one)),
        )
    shift = ev.ShiftChanged(operator=place.luca, state=ShiftState.PAUSED, reason=STRINGS[2])
    journal.append(Append(streams.operator(place.luca), None, (shift,)))
    alarm = ev.AlarmRaised(alarm="line.lost", subject=STRINGS[7], text=STRINGS[3])
    journal.append(Append(streams.node(place.node), None, (alarm,)))
    return story.alert


def test_there_are_as_many_as_held_before() -> None:
    assert len(set(STRINGS)) == 21


def test_they_come_back_as_data_and_as_nothing_that_a_browser_runs(api: Api, journal: Journal) -> None:
    alert = told(journal, api.place)
    for path in (f"/v1/alerts/{alert}/story", "/v1/alerts", f"/v1/alerts/{alert}"):
        headers = api.place.app() if path.endswith(alert) else api.place.operator()
        answer = api.client.get(path, headers=headers)
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "application/json"
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for one in STRINGS:
        refused = api.app.post("/v1/alerts", json={"phone": one})
        assert (refused.status_code, refused.headers["content-type"]) == (400, "application/json")


def test_no_script_of_ours_makes_markup_of_text() -> None:
    making = re.compile(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|unsafeHTML|\beval\(|new Function"
    )
    ours = (*Path(ROOT, "gateways").glob("*/static/js/**/*.js"), *Path(ROOT, "features").rglob("*.js"))
    for file in sorted(ours):
        assert making.search(file.read_text(encoding="utf-8")) is None, file.name


@pytest.mark.browser
@pytest.mark.process
@pytest.mark.timeout(120)
def test_the_console_shows_them_as_what_they_are(
    page: Page, site: WebThread, place: Place, journal: Journal
) -> None:
    told(journal, place)
    console = signed_on(page, site.url, place)
    expect(console.locator("body")).to_contain_text(STRINGS[0])
    expect(console.locator("body")).to_contain_text(STRINGS[20].partition("\u2028")[0])
    for key in ("2", "3", "4", "1"):
        console.keyboard.press(key)
    assert console.evaluate("typeof hit") == "undefined"
    foreign = "img[src=x], svg[onload], iframe, base, meta[http-equiv=refresh], a[href^=javascript]"
    assert console.locator(foreign).count() == 0
    assert console.url.startswith(site.url)
