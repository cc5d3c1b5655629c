"""The operators' guide says what the console says: its words, its keys, its pictures; in each language."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import urljoin

import msgspec
import pytest
from litestar.testing import TestClient
from playwright.sync_api import expect

from gateways.console.guide import LANGUAGES as NAMES_OF_LANGUAGES
from gateways.console.page import STATIC, encoded_words, pages_of_features
from gateways.http.app import build
from messages.ids import OperatorCommand
from model.alarms.table import kinds
from model.orders.row import EnterKey
from model.orders.table import ORDERS
from tests.gateways.console import states
from tests.gateways.console.stage import Stage
from tests.gateways.http.place import ROOT, Place

GUIDE: Final = ROOT / "docs" / "operator"
PAGES: Final = sorted(GUIDE.glob("*/*.md"))
NAMES: Final = {path.name for path in PAGES}
ITALIAN: Final = msgspec.json.decode(encoded_words(), type=dict[str, dict[str, str]])["it"]
INSTALLED: Final = ("pyproject.toml", "scripts/lib/install/version.sh")
KEYS: Final = {command.value: row.console.key for command, row in ORDERS.items()}
LEAST_LETTERS: Final = 6
MOST_WORDS: Final = 700
MOST_PICTURES: Final = 3
MOST_BYTES: Final = 80_000
LINK: Final = re.compile(r"\]\(([^)]+)\)")
ROW: Final = re.compile(r"^\| [^|]+ \| ([^|]+) \| \*([^|*]+)\* \|$", re.MULTILINE)
LANGUAGES: Final = sorted({path.parent.name for path in PAGES})
OWN_NAME: Final[dict[str, dict[str, str]]] = {"en": {}, "it": {"Enter": "Invio"}}
"""What a language calls the keys that have a name."""
BESIDE: Final = {language: {"Acknowledge": key} for language, key in (("en", "Space"), ("it", "Spazio"))}
"""What the console's list has by another name than the key's own."""
each_page = pytest.mark.parametrize("file", PAGES, ids=lambda path: f"{path.parent.name}/{path.stem}")


def letters() -> dict[str, dict[str, str]]:
    """Return the keys of orders that sentences name: by the English sentence, by its hole."""
    found: dict[str, dict[str, str]] = {}
    for folder in (STATIC / "js", *pages_of_features().values()):
        for script in folder.rglob("*.js"):
            for said in re.findall(r"\b(?:say|phrase)`([^`]+)`", script.read_text()):
                parts = re.split(r"\$\{([^}]*)\}", " ".join(said.split()))
                holes = {
                    str(n): KEYS.get(one.removeprefix("KEY."), ".+") for n, one in enumerate(parts[1::2])
                }
                english = "".join(f"{{{n // 2}}}" if n % 2 else part for n, part in enumerate(parts))
                found[english] = holes
    return found


def pattern(language: str) -> re.Pattern[str]:
    """Return what matches each sentence of the console, its holes filled, with the order's key where that is
    what fills it; without the sentences that are holes alone.
    """
    alarms = [one.it if language == "it" else one.en for one in kinds()]
    said = [("", text) for one in alarms for text in (one.short, one.means, one.do)]
    said += [(key, own if language == "it" else key.partition("##")[0]) for key, own in ITALIAN.items()]
    named, found = letters(), set()
    for key, text in said:
        parts = re.split(r"\{([^}]*)\}", text)
        if len(parts) == 1 or len(re.findall(r"\w", "".join(parts[::2]))) >= LEAST_LETTERS:
            filled = KEYS | named.get(key, {})
            found.add(
                "".join(filled.get(one, ".+") if n % 2 else re.escape(one) for n, one in enumerate(parts))
            )
    return re.compile("|".join(sorted(found)))


def listed() -> dict[str, set[str]]:
    """Return the lines of the console's list of keys that are the operators': the keys of English words."""
    script = (STATIC / "js" / "shell" / "key-list.js").read_text().partition("title: say`Equipment`")[0]
    features = "".join((pages / "feature.js").read_text() for pages in pages_of_features().values())
    of_features = "".join(re.findall(r"(?:everywhere|shift): (\(\) => .*)", features))
    found = {
        words: {"Enter" if key == "⏎" else key for key in keys.split() if key != "…"}
        for keys, words in re.findall(r"\['([^']+)', say`([^`]+)`\]", script + of_features)
    }
    for names in re.findall(r"\bcommandKeys\(([^)]*)\)", script):
        for name in re.findall(r"'(\w+)'", names):
            row = ORDERS[OperatorCommand(name)].console
            found[row.listed or row.label or ""] = {
                row.key,
                *(["Enter"] if row.enter is EnterKey.ALWAYS else []),
            }
    return found


@each_page
def test_what_is_quoted_is_said_by_the_console(file: Path) -> None:
    quoted = re.findall(r"(?<!\*)\*([^*\n]+)\*(?!\*)", file.read_text())
    said = pattern(file.parent.name)
    assert len(quoted) > 10
    assert [text for text in quoted if not said.fullmatch(text)] == []


@each_page
def test_a_page_is_short_and_all_that_it_leads_to_is_there(file: Path) -> None:
    text = file.read_text()
    words = [word for word in re.sub(r"\]\([^)]+\)", "", text).split() if re.search(r"\w", word)]
    assert len(words) <= MOST_WORDS
    links = LINK.findall(text)
    pictures = [file.parent / link for link in links if link.endswith(".png")]
    assert len(pictures) <= MOST_PICTURES
    assert [one for one in pictures if not one.is_file() or one.stat().st_size > MOST_BYTES] == []
    assert {link for link in links if not link.endswith(".png")} == NAMES - {file.name}


def test_each_language_has_the_same_pages() -> None:
    assert [path.name for path in PAGES] == sorted(NAMES) * len(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_keys_has_each_key_of_the_list_and_no_other(language: str) -> None:
    def own(words: str) -> str:
        return ITALIAN[words] if language == "it" else words

    rows = ROW.findall((GUIDE / language / "keys.md").read_text())
    shown = {words: {*re.findall(r"`([^`]+)`", keys)} for keys, words in rows}
    console = {
        own(words): {OWN_NAME[language].get(key, key) for key in keys} for words, keys in listed().items()
    }
    assert len(console) == len(listed()) > 35
    assert shown == console | {own(words): {key} for words, key in BESIDE[language].items()}


def test_each_page_is_served_to_anybody_in_each_language_with_all_that_it_leads_to(tmp_path: Path) -> None:
    web = build(Place.make(tmp_path / "state").web())
    with TestClient(web, raise_server_exceptions=False) as client:
        for file in PAGES:
            language = file.parent.name
            answer = client.get(f"/console/guide/{file.stem}?lang={language}")
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/html; charset=utf-8")
            assert "script-src 'self'" in answer.headers["content-security-policy"]
            assert f'<html lang="{language}"' in answer.text
            leads = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
            assert {f"?lang={one}" for one in LANGUAGES} < set(leads)
            assert len(leads) > 8
            for link in leads:
                there = client.get(urljoin(f"/console/guide/{file.stem}", link))
                assert (link, there.status_code) == (link, 200)
        italian = client.get("/console/guide/keys", headers={"accept-language": "it-IT,it;q=0.9"})
        assert '<html lang="it"' in italian.text
        for nothing in ("nothing", "..%2fen", "keys.md", "nothing.png", "again.js"):
            assert client.get(f"/console/guide/{nothing}").status_code == 404
    assert sorted(NAMES_OF_LANGUAGES) == LANGUAGES


@pytest.mark.browser
def test_the_list_of_keys_leads_to_the_guide_in_a_tab_of_its_own(stage: Stage) -> None:
    states.help_(stage)
    with stage.page.expect_popup() as opened:
        stage.page.get_by_role("link", name="Guide").click()
    guide = opened.value
    expect(guide.get_by_role("heading", name="Your first night")).to_be_visible()
    guide.wait_for_function("[...document.images].every((one) => one.complete && one.naturalWidth > 0)")
    theme = stage.page.locator("html").get_attribute("data-theme")
    expect(guide.locator("html")).to_have_attribute("data-theme", str(theme))
    guide.get_by_role("link", name="Italiano").click()
    expect(guide.get_by_role("heading", name="La tua prima notte")).to_be_visible()
    expect(stage.page.get_by_role("dialog")).to_be_visible()


@pytest.mark.parametrize("named", INSTALLED)
def test_what_is_installed_has_the_guide_and_its_pictures(named: str) -> None:
    assert {"docs/operator", "docs/screens"} <= {*re.findall(r"docs/\w+", (ROOT / named).read_text())}
