"""What 112's own systems have of the alert, beside the text for 112: in words, and never before it is so."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from messages import events as ev
from messages.ids import DataKind
from tests.gateways.console.barriers import found_by_axe
from tests.gateways.console.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]


def test_sent_received_and_refused_are_said_as_they_are(stage: Stage) -> None:
    stage.lang = "it"
    stage.page.set_viewport_size({"width": 1280, "height": 720})
    story = stage.alert(30, silent=True)
    stage.ago(20)
    story.operator_joined(stage.place.marta).psap_called(stage.place.marta)
    stage.ago(8)
    story.psap_joined()
    stage.ago(0)
    stage.signed_on()
    given = stage.page.locator(".given")
    expect(given).to_have_count(0)
    one = given.locator("[data-target=questura]")
    story.hear(ev.DataSent(target="questura", version=1, kind=DataKind.ALERT, digest="1"))
    expect(one).to_contain_text("non ricevuti")
    story.hear(ev.DataReceived(target="questura", version=1, receipt="7"))
    expect(one).to_contain_text(re.compile("(?<!non) ricevuti "))
    story.hear(ev.DataSent(target="questura", version=2, kind=DataKind.UPDATE, digest="2"))
    expect(one).to_contain_text("non ricevuti")
    story.hear(ev.DataRefused(target="questura", version=2, status=403, reason="no agreement"))
    expect(one).to_contain_text("rifiutati (403 no agreement); gli ultimi")
    expect(one).to_be_in_viewport(ratio=1)
    story.hear(ev.DataSent(target="comando-vvf", version=1, kind=DataKind.ALERT, digest="1"))
    expect(given.locator("li")).to_have_count(2)
    assert found_by_axe(stage.page) == []
