"""What a supervisor hands out by keys, and a console of a center that gives nothing away."""

from __future__ import annotations

from collections.abc import Iterator
from zipfile import is_zipfile

import pytest
from playwright.sync_api import expect

from center import features
from store.registry.people import StaffRole
from store.registry.registry import Registry
from tests.gateways.console import states_of_place
from tests.gateways.console.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def test_a_supervisor_hands_out_a_dossier_and_the_person_s_data(stage: Stage) -> None:
    Registry(stage.journal).set_role(stage.place.marta, StaffRole.SUPERVISOR, by="test")
    states_of_place.history(stage)
    giving = stage.page.locator(".history__giving")
    for key, label, name in (
        ("J", "Dossier for a court", "dossier-"),
        ("Y", "All the person’s data", "person-"),
    ):
        expect(giving.get_by_role("button", name=label)).to_have_attribute("aria-keyshortcuts", key)
        with stage.page.expect_download() as given:
            stage.page.keyboard.press(key.lower())
        assert given.value.suggested_filename.startswith(name)
        assert is_zipfile(given.value.path())
        expect(giving.get_by_role("status")).to_have_text("Downloaded")


@pytest.fixture
def left_out() -> Iterator[None]:
    features.install(["privacy"])
    yield
    features.install()


def test_without_it_the_history_hands_out_nothing_and_no_chapter_is_the_audit_s(
    left_out: None, stage: Stage
) -> None:
    Registry(stage.journal).set_role(stage.place.marta, StaffRole.ADMIN, by="test")
    states_of_place.history(stage)
    giving = stage.page.locator(".history__giving button")
    expect(giving.locator("kbd")).to_have_text(["O", "P"])
    stage.page.keyboard.press("?")
    listed = stage.page.locator(".help__keys")
    expect(listed).to_contain_text("History, search")
    for word in ("dossier", "Audit"):
        expect(listed).not_to_contain_text(word)
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("5")
    expect(stage.page.locator(".chapters button", has_text="Version")).to_be_visible()
    expect(stage.page.locator(".chapters button", has_text="Audit")).to_have_count(0)
