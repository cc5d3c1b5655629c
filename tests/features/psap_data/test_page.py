"""112's page: who has the code reads what the operator would say, and nobody else finds it."""

from __future__ import annotations

import re
import secrets
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest

from features.psap_data import as_html
from features.psap_data.page import TRIES_MAX
from gateways.http.parts.context import Web
from messages.base import Position
from messages.events import AlertErased, AlertReopened, BriefingFilled, PageViewed, PositionUpdated
from messages.ids import BriefingField, ErasureReason, Instant, Outcome, PersonalKind, UserId
from model.record import Contact, DangerousPerson, PersonRecord, SharedField, shared_with_psap
from model.rules.messages.dialogue import PAGE_STAYS_US
from store.alerts import pages
from store.registry.users import records
from tests.gateways.http.askers import MARTA, Api, Client, verdict
from tests.gateways.http.place import CLOCK, entered
from tests.gateways.story import Story
from tests.support.each import each
from tests.support.pictures import png


@pytest.fixture
def story(api: Api) -> Story:
    """Giulia's alert, which Marta has."""
    return api.story().had_by(MARTA)


@pytest.fixture
def code(api: Api, story: Story) -> str:
    """Of the page that Marta has opened."""
    assert api.marta.order(story, "open_page").status_code == 202
    api.followed()
    page = api.sheet(story.alert).page
    assert page is not None
    return page.code


def test_who_types_the_code_reads_what_is_known_now(api: Api, story: Story, code: str) -> None:
    story.hear(BriefingFilled(field=BriefingField.WEAPONS, text="a <knife>"))
    position = Position(lat=44.39058, lon=8.97342, at=CLOCK.now_us(), accuracy_m=18.0, source="gps")
    story.hear(PositionUpdated(position=position))
    spaced = f" {code[:3].lower()} {code[3:]} "
    answer = api.client.post("/112?lang=en", data={"code": spaced}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers["cache-control"] == "no-store"
    for text in ("a &lt;knife&gt;", "44.39058, 8.97342", "accurate to 18 m", "+393331112223"):
        assert text in answer.text
    assert "<script" not in answer.text
    assert "http-equiv='refresh'" in answer.text
    assert "Armi" in api.client.get(f"/112/{code}").text


def test_every_view_is_in_the_audit_and_the_first_from_an_address_in_the_story(
    api: Api, story: Story, code: str
) -> None:
    for _ in range(3):
        assert api.client.get(f"/112/{code}").status_code == 200
        api.followed()
    views = [one for one in entered(api.web) if one.actor == "112"]
    assert [(one.action, one.subjects) for one in views] == [("read.alert", (story.alert,))] * 3
    assert len(api.inbox(story.alert, PageViewed)) == 1


def test_a_page_is_opened_once_by_the_operator_who_has_the_case(api: Api, story: Story, code: str) -> None:
    assert verdict(api.marta.order(story, "open_page")) == (409, "page_open")
    assert api.luca.order(story, "open_page").status_code == 409


def test_guessing_is_slow_one_after_another_and_side_by_side(api: Api, story: Story, code: str) -> None:
    def guess(_: int) -> int:
        typed = "".join(secrets.choice(pages.ALPHABET) for _ in range(pages.LENGTH))
        return api.client.get(f"/112/{typed}").status_code

    with ThreadPoolExecutor(20) as pool:
        answers = Counter(pool.map(guess, range(200)))
    assert answers == {404: TRIES_MAX, 429: 200 - TRIES_MAX}
    told = api.client.get(f"/112/{code}")
    assert (told.status_code, int(told.headers["retry-after"]) > 0) == (429, True), "it cannot be told apart"
    assert "http-equiv='refresh'" in told.text


def test_who_has_had_the_page_keeps_it_whatever_is_typed_beside(client: Client, code: str) -> None:
    for _ in range(2 * TRIES_MAX):
        assert client.get(f"/112/{code}").status_code == 200
    for _ in range(2 * TRIES_MAX):
        client.post("/112", data={"code": "ABCDEF"})
    assert client.get(f"/112/{code}").status_code == 200


def test_a_reopened_alert_has_a_page_of_its_own(api: Api, story: Story, code: str) -> None:
    story.closed(Outcome.HANDED_OVER)
    story.say(AlertReopened(by=MARTA))
    assert api.client.get(f"/112/{code}").status_code == 404


@each("typed", ["", "ABC", "ABCDEFG", "O0I1L5", "../etc", "<b>"])
def test_what_can_be_no_code_is_none(client: Client, typed: str) -> None:
    answer = client.post("/112", data={"code": typed})
    assert (answer.status_code, "Nessun allarme con questo codice" in answer.text) == (404, True)


def test_the_page_stays_for_an_hour_after_the_end_and_no_longer(api: Api, story: Story, code: str) -> None:
    story.closed(Outcome.HANDED_OVER)
    answer = api.client.get(f"/112/{code}?lang=en")
    assert (answer.status_code, "Alert closed at" in answer.text) == (200, True)
    # What the user still writes comes by it.
    assert f"http-equiv='refresh' content='{as_html.AGAIN_AFTER_S};" in answer.text
    sheet = api.sheet(story.alert)
    assert (closed_at := sheet.case.closed_at) is not None
    assert pages.is_there(sheet, code, Instant(closed_at + PAGE_STAYS_US - 1))
    assert not pages.is_there(sheet, code, Instant(closed_at + PAGE_STAYS_US))


def test_what_is_erased_has_no_page(api: Api, story: Story, code: str) -> None:
    story.closed(Outcome.HANDED_OVER)
    story.hear(AlertErased(by="test", kinds=tuple(PersonalKind), reason=ErasureReason.PERSON))
    assert api.client.get(f"/112/{code}").status_code == 404


def test_what_has_changed_since_the_moment_in_its_address_is_marked_and_the_address_keeps_it(
    api: Api, story: Story, code: str
) -> None:
    story.hear(BriefingFilled(field=BriefingField.WEAPONS, text="a knife"))
    story.hear(BriefingFilled(field=BriefingField.CHILDREN, text="two"))
    opened = api.client.post("/112?lang=en", data={"code": code}, follow_redirects=True)
    since = int(opened.url.params["since"])
    assert "class='changed'" not in opened.text
    position = Position(lat=44.39158, lon=8.97342, at=CLOCK.now_us(), accuracy_m=18.0, source="gps")
    story.hear(PositionUpdated(position=position))
    story.hear(BriefingFilled(field=BriefingField.WEAPONS, text="a pistol"))
    story.hear(BriefingFilled(field=BriefingField.CHILDREN, text=""))
    assert f"content='10;url=/112/{code}?since={since}&amp;lang=en'" in opened.text
    for _ in range(2):  # looking does not take the marks away: a page that asks for itself was not read
        now = api.client.get(f"/112/{code}?lang=en&since={since}").text
        assert re.findall("class='changed'><b>changed:</b> ([^<]*)<", now) == [
            "44.39158, 8.97342",
            "a pistol",
            "no longer so: two",
        ]
    link = re.search("<a href='([^']*)'>I have read it: mark from now on", now)
    assert link is not None
    assert "class='changed'" not in api.client.get(unescape(link[1])).text
    assert "<b>cambiato:</b> non vale più: two" in api.client.get(f"/112/{code}?lang=it&since={since}").text
    assert "class='changed'" not in api.client.get(f"/112/{code}?since={10**16}").text, "of the future"


# ------------------------------------------------------------------------------ the record

RECORD = PersonRecord(
    dangerous=(DangerousPerson(name="Marco <Neri>", car="Fiat Panda", note="has a rifle"),),
    children="Luca, 4",
    medical="asthma",
    court_order="Trib. Milano 123/26",
    safe_word="umbrella",
    reach="by message",
    addresses=("via Roma 12",),
    contacts=(Contact(name="Anna Verdi", number="+393471234567"),),
)


@pytest.fixture
def giulia(giulia: UserId, story: Story) -> UserId:
    """Of whom the alert is known to be."""
    story.identified(giulia)
    return giulia


def recorded(web: Web, user: UserId, record: PersonRecord) -> None:
    web.journal.transact(
        lambda tx: records.write_record(tx, user, record, expected=None, by="test", region="IT")
    )


def said_of(client: Client, code: str) -> list[tuple[str, str]]:
    """What the page says, line by line, with the name of each."""
    text = client.get(f"/112/{code}?lang=en").text
    return [
        (unescape(name), unescape(re.sub(r"<[^>]+>", "|", value)))
        for name, value in re.findall(r"<dt>(.*?)</dt>\s*<dd>(.*?)</dd>", text)
    ]


def test_112_is_told_of_the_record_what_the_settings_let_it_in_its_order(
    api: Api, giulia: UserId, code: str
) -> None:
    recorded(api.web, giulia, RECORD)
    said = said_of(api.client, code)
    names = [name for name, _ in said]
    assert names == ["Where", "What", "Dangerous", "Dangerous", "Injured", "Children", "Who", "Phone"]
    lines = dict(reversed(said))
    assert "Lives at: via Roma 12" in lines["Where"]
    assert "Marco <Neri>, Fiat Panda, has a rifle" in lines["Dangerous"]
    assert "asthma" in lines["Injured"]
    assert "by message" in lines["Who"]
    whole = str(said)
    assert "umbrella" not in whole, "the safe word is for operators alone"
    assert "Anna Verdi" not in whole, "nor others' numbers, unless the settings say so"


def test_no_setting_lets_112_have_the_safe_word() -> None:
    assert "safe_word" not in {one.value for one in SharedField}
    assert shared_with_psap(RECORD, tuple(SharedField)).safe_word == ""
    assert shared_with_psap(RECORD, ()) == PersonRecord()


def test_112_sees_the_picture_of_who_is_dangerous_and_the_photo_only_if_the_settings_say_so(
    api: Api, giulia: UserId, code: str
) -> None:
    def sent(shade: int) -> str:
        return api.journal.transact(lambda tx: records.add_picture(tx, giulia, png(9, 9, shade)))

    face, other = sent(1), sent(200)
    recorded(
        api.web, giulia, PersonRecord(photo=face, dangerous=(DangerousPerson(name="Marco", picture=other),))
    )
    page = api.client.get(f"/112/{code}?lang=en")
    assert f"src='/112/{code}/pictures/{other}'" in page.text
    assert face not in page.text
    assert "img-src 'self'" in page.headers["content-security-policy"]
    shown = api.client.get(f"/112/{code}/pictures/{other}")
    assert (shown.status_code, shown.content) == (200, png(9, 9, 200))
    assert api.client.get(f"/112/{code}/pictures/{face}").status_code == 404
    assert api.client.get(f"/112/AAAAAA/pictures/{other}").status_code == 404
    last = [one for one in entered(api.web) if one.actor == "112"][-1]
    assert (last.action, last.detail, giulia in last.subjects) == ("read.person", "picture", True)
