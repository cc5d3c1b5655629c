"""What the console says by pure modules, in Italian and in English, which no state of its pages shows."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.process, pytest.mark.timeout(120)]

SAID = """async () => {
  const all = await Promise.all(['words/words', 'case/situation', '../features/reviews/figures/charts',
    '../features/people/import',
    'shift/prompts', 'access/factors', 'access/own',
    'admin/nodes/nodes', '../features/reviews/reviews/call', '../features/reviews/reviews/state'
  ].map((one) => import(`/console/js/${one}.js`)));
  const [words, s, { heat }, { faultText }, { soundState }, { factors }, own] = all;
  const [nodes, { callPane }, { state: reviewed }] = all.slice(-3);
  const text = (drawn) => Array.isArray(drawn) ? drawn.map(text).join(' ')
    : drawn?._$litDirective$ ? text(drawn.values[0].map(drawn.values[2]))
    : drawn?.strings ? drawn.strings.map((part, i) => part + text(drawn.values[i])).join('')
    : ['string', 'number'].includes(typeof drawn) ? String(drawn) : '';
  const both = (draw) => ['it', 'en'].map((lang) => {
    words.setLanguage(lang);
    return text(draw()).replace(/\\s+/g, ' ');
  });
  const view = { person: null, identified: true, closed_us: null, timeline: [] };
  const day = { day: '2026-11-30', alerts: 1, hours: Array(24).fill(0) };
  const node = { node: 'a', state: 'alive', lines: [], ahead_ms: 0, alerts: 0, version: '1' };
  const answer = { nodes: [{ ...node, load: 0.5 }, { ...node, node: 'b', load: 27.6 }], shared: true };
  const feed = { names: (one) => one, signedOn: { way: 'recovery' },
    read: async () => new Response(JSON.stringify(answer)) };
  const ui = { feed, draw() {}, press() {} };
  await nodes.again(ui);
  Object.assign(reviewed, { story: view, files: ['a.flac'], playing: 'blob:a' });
  const computer = (name, id) => ({ id, name, kind: 'passkey' });
  own.state.own = { passkeys_of: 'here', authenticators: ['Questo computer', 'This computer'].map(computer) };
  return {
    asked_for: both(() => words.reason('psap_called')),
    ...Object.fromEntries(['not durable', 'the journal cannot be reached', 'the center has failed'].map(
      (one) => [one, both(() => words.reason(`${one}: said in English`))])),
    languages: both(() => ['pt', 'ru'].map(words.languageName)),
    unnamed: both(() => [s.firstName, s.toUser, s.fromUser, s.possessive].map((one) => one(view))),
    hours: both(() => heat({ days: 1, figures: { days: [day] } })),
    record: both(() => faultText({ column: 'safe_word', flaw: 'record', reason: 'its own reason' })),
    sound: both(soundState),
    lost_passkey: both(() => factors(ui)),
    load: both(() => nodes.pane(ui)),
    recording: both(() => callPane(ui)),
  };
}"""


WORDS = {
    "asked_for": ("già richiesto", "already asked for"),
    "not durable": ("non l’ha ancora scritto", "has not written it down"),
    "the journal cannot be reached": ("giornale: premi di nuovo", "its journal: press again"),
    "the center has failed": ("guasto: premi di nuovo", "has failed: press again"),
    "languages": ("Portoghese Russo", "Portuguese Russian"),
    "unnamed": ("l’utente all’utente dall’utente dell’utente", "the user .*The user’s"),
    "hours": ("ore del centro", "the centre’s hours"),
    "record": ("safe_word: .*: its own reason", "safe_word: .*: its own reason"),
    "sound": ("Premi un tasto qualsiasi", "Press any key"),
    "lost_passkey": (
        "hai perso, toglila:.*=Questo computer 2 /",
        "you lost .* remove it:.*=This computer 2 /",
    ),
    "load": ("Carico per core.*>0,5<.*>27,6<.*sovraccarico", "Load per core.*>0.5<.*>27.6<.*overloaded"),
    "recording": ('controlslist="nodownload"', 'controlslist="nodownload"'),
}


@pytest.fixture(scope="module")
def said(modules: Page) -> Any:
    """Each in Italian and in English, with its markup."""
    return modules.evaluate(SAID)


@pytest.mark.parametrize("what", WORDS)
def test_it_is_said_in_both_languages(said: Any, what: str) -> None:
    for text, words in zip(said[what], WORDS[what], strict=True):
        assert re.search(words, text), text


def test_the_clock_runs_until_somebody_has_spoken_to_the_user(modules: Page) -> None:
    shown = modules.evaluate(
        """async () => {
          const { deadline } = await import('/console/js/case/deadline.js');
          const rang = {
            received_us: 0, deadline_us: 50e6, met_us: 10e6, rang_us: 10e6, missed_us: null, reached_us: null,
            reached_by: '', closed_us: null, reopened_us: null, steps: { answered_us: null, spoken_us: null },
            user: { state: 'ringing' }, operator_leg: { state: 'answered' }, psap: {}, timeline: [],
          };
          return [60e6, 61e6].map((nowUs) => deadline(rang, nowUs).value);
        }"""
    )
    assert shown == ["1:00", "1:01"]
