"""The record of a person on the screen: by what matters first, whole at the smallest size, and as it is."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from messages.ids import E164
from model.record import PersonRecord
from store.registry.registry import Registry
from store.registry.users import records
from tests.gateways.console import states
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import GIULIA

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]
ORDER = [
    *("dangerous", "children", "medical", "court_order"),
    *("safe_word", "reach", "addresses", "contacts"),
]
LABELS = ["Pericoloso", "Bambini", "Salute", "Provvedimento", "Parola d’ordine", "Come contattarla"]
WHOLE = """(e) => e.scrollHeight <= e.clientHeight + 1 && e.scrollWidth <= e.clientWidth + 1"""
LETTERS = """(all) => Math.min(...all.map((e) => parseFloat(getComputedStyle(e).fontSize)))"""


def enter(stage: Stage, record: PersonRecord) -> None:
    user = Registry(stage.journal).user_by_phone(E164(GIULIA))
    assert user is not None
    stage.journal.transact(
        lambda tx: records.write_record(tx, user.id, record, expected=None, by="test", region="IT")
    )


def test_an_incoming_alert_shows_what_matters_first_and_all_of_it_at_1280_by_720(stage: Stage) -> None:
    stage.lang = "it"
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    states.incoming_record(stage)
    shown = stage.page.locator(".incoming__record [data-record]")
    assert shown.evaluate_all("(all) => all.map((e) => e.dataset.record)") == ORDER
    assert shown.locator("dt").all_text_contents()[:6] == LABELS
    expect(shown.first).to_contain_text("Marco Neri, Fiat Panda blu, AB 123 CD")
    expect(stage.page.locator(".incoming__record")).to_contain_text("ombrello blu")
    assert stage.page.locator(".incoming__record").evaluate(WHOLE), "nothing has to be scrolled to"
    assert stage.page.locator(".incoming__record dd:not(.record__more)").evaluate_all(LETTERS) >= 19
    for image in (shown.first.locator("img"), stage.page.locator(".data .record__photo")):
        expect(image).to_be_visible()
        expect(image).to_have_js_property("naturalHeight", 120)


def test_in_a_case_d_opens_all_of_it_and_esc_the_map_again(stage: Stage) -> None:
    states.with_record(stage)
    states.talking(stage)
    expect(stage.page.locator(".about")).to_contain_text("Marco Neri")
    expect(stage.page.locator(".about")).to_contain_text("ombrello blu")
    stage.page.keyboard.press("d")
    shown = stage.page.locator(".record__all [data-record]")
    assert shown.evaluate_all("(all) => all.map((e) => e.dataset.record)") == ORDER
    stage.page.keyboard.press("q")
    expect(shown).to_have_count(0)
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("d")
    expect(shown).to_have_count(len(ORDER))
    stage.page.keyboard.press("Escape")
    expect(shown).to_have_count(0)
    expect(stage.page.locator(".map")).to_be_visible()


def test_what_is_entered_while_the_alert_is_open_is_read_at_once(stage: Stage) -> None:
    states.incoming(stage)
    enter(stage, PersonRecord(children="Luca, 4"))
    expect(stage.page.locator("[data-record=children]")).to_contain_text("Luca, 4")
    enter(stage, PersonRecord(children="Luca, 4, and a dog"))
    expect(stage.page.locator("[data-record=children]")).to_contain_text("and a dog", timeout=2000)


def test_of_anothers_case_the_queue_has_no_record(stage: Stage) -> None:
    """Decision 90: it is left out by the center, not by the page."""
    states.with_record(stage)
    stage.alert().operator_joined(stage.place.marta)
    told: list[str] = []
    stage.page.on("websocket", lambda socket: socket.on("framereceived", lambda text: told.append(str(text))))
    stage.place.marta_token = stage.place.luca_token
    stage.signed_on(shift=False)
    expect(stage.page.locator(".rail__item")).to_have_count(1)
    assert told
    assert not [secret for secret in ("ombrello", "Marco Neri", "Anna Rossi") if secret in "".join(told)]


def test_s10_the_text_for_112_has_the_record_in_the_order_in_which_112_asks(stage: Stage) -> None:
    stage.lang = "it"
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    stage.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    states.with_record(stage)
    states.briefing(stage)
    lines = stage.page.locator(".brief > dd")
    expect(lines).to_have_count(7)
    order = lines.evaluate_all("(all) => all.map((e) => e.dataset.line)")
    assert order == ["where", "what", "dangerous", "injured", "children", "who", "phone"]
    expect(lines.nth(2)).to_contain_text("Marco Neri, Fiat Panda blu, AB 123 CD, Ha un fucile da caccia.")
    expect(lines.nth(3)).to_contain_text("allergica alla penicillina")
    assert stage.page.locator(".brief").evaluate(
        "(e) => e.parentElement.scrollWidth <= e.parentElement.clientWidth"
    )
    expect(stage.page.locator("html")).not_to_have_attribute("data-settling", "")
    stage.page.keyboard.press("c")
    expect(stage.page.locator(".copy__said")).to_have_text("Copiato")
    copied = stage.page.evaluate("navigator.clipboard.readText()")
    assert "via Roma 12" in copied
    assert "ombrello" not in copied, "the safe word is for operators alone"
    assert "Anna Rossi" not in copied
    stage.page.keyboard.press("d")
    expect(stage.page.locator(".record__all")).to_contain_text("ombrello blu")
    expect(lines).to_have_count(7)
