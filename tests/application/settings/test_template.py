"""What is made of the settings' structs: the shipped file and the reference are as the structs say."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from application.settings.file import parse
from application.settings.in_use import shipped
from application.settings.template import reference, template, with_meaning
from model.settings import Settings
from tests.support.settings import changed

ROOT = Path(__file__).parents[3]


def test_the_shipped_file_and_the_reference_are_as_the_structs_say() -> None:
    assert shipped("center.toml").read_text() == template(), "run scripts/settings"
    page = ROOT / "docs" / "operations" / "settings.md"
    assert page.read_text() == reference(), "run scripts/settings"


def test_each_key_that_is_shown_is_one_and_the_file_sets_nothing_but_defaults_and_trunks() -> None:
    assert changed(parse(template()), {"trunk": ()}) == Settings()
    keys = re.sub(r"(?m)^# (?=\[|[a-z_.]+ = )", "", template())
    assert parse(
        keys.replace('area = ""', 'area = "IT"').replace('area_file = ""', 'area_file = "it.geojson"')
    )
    assert tomllib.loads(keys)["modem"][0]["credit"]["least"] == 0


def test_a_fault_says_what_its_key_means() -> None:
    said = with_meaning("user.attempts: expected int <= 10")
    assert said == "user.attempts: expected int <= 10 (Calls without an operator’s order)"
    assert with_meaning("not TOML: invalid") == "not TOML: invalid"
