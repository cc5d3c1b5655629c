"""What a supervisor hands out by keys."""

from __future__ import annotations

from zipfile import is_zipfile

import pytest
from playwright.sync_api import expect

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
