// Handing a case over to another operator: to whom, what is said of it, and what the other one sees.
// The case stays hers until the other one is in the conference; that is the center's to say.

import { html, nothing } from '../vendor/lit.js';
import { word } from './parts.js';
import { either, t } from './words.js';
import * as f from './format.js';
import { shiftWord } from './shift.js';
import { leftUs } from './wrapup.js';
import { calledFor, inDoubt, mine, talking, whom } from './situation.js';

const SAID_US = 20e6; // So long it is said that nobody has taken it over.
const NUMBERS = 9;
const state = { alert: null }; // for which it is being chosen to whom

const may = (ui, view) =>
  mine(view, ui.feed.me) &&
  view.hand_over === null &&
  view.closed_us === null &&
  view.left_us === null &&
  ui.feed.link === 'live';

/** Whether it is being chosen to whom this case is handed over. */
export const choosing = (ui, view) => view !== null && state.alert === view.alert && may(ui, view);

/** Whoever is free, then each colleague on shift: those who can come at once first. */
function choices(ui) {
  const nowUs = ui.feed.nowUs();
  const rank = (one) => (one.alert ? 3 : one.state === 'paused' ? 2 : leftUs(one, nowUs) ? 1 : 0);
  const others = ui.feed.operators.filter(
    (one) => one.operator !== ui.feed.me.operator && one.state !== 'off',
  );
  return [
    { to: null, name: either('A chi è libero', 'Anyone who is free'), said: null, busy: false },
    ...others
      .sort((a, b) => rank(a) - rank(b))
      .map((one) => ({
        to: one.operator,
        name: one.name,
        said: one.alert ? word('headset', t('onCase'), 'ink-2') : shiftWord(one, nowUs),
        busy: Boolean(one.alert),
      })),
  ];
}

function choose(ui, one, order) {
  if (!one || one.busy) return;
  order('H', 'hand_over', one.to);
  close(ui);
}

function close(ui) {
  state.alert = null;
  ui.draw();
  document.querySelector('.dock__hand')?.focus();
}

/** A key while it is being chosen. True where it was for the choice; every command goes on as ever. */
export function pressed(ui, key, order) {
  const view = ui.section === 'case' ? ui.selected() : null;
  if (!choosing(ui, view)) {
    state.alert = null;
    return false;
  }
  if (key === 'Escape' || key === 'H') {
    close(ui);
    return true;
  }
  if (/^[1-9]$/.test(key)) {
    choose(ui, choices(ui)[Number(key) - 1], order);
    return true;
  }
  if (key === 'ArrowDown' || key === 'ArrowUp') {
    step(key === 'ArrowDown' ? 1 : -1);
    return true;
  }
  return false;
}

function step(by) {
  const all = [...document.querySelectorAll('.hand__to')];
  const at = all.indexOf(document.activeElement);
  all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length]?.focus();
}

/** H in a case: asks to whom, or keeps the case. The reason why not, where there is one. */
export function toggle(ui, view, allowed, order) {
  if (view.hand_over && allowed.keep === null) {
    order('H', 'keep');
    return null;
  }
  if (allowed.hand_over !== null) return allowed.hand_over ?? allowed.keep;
  state.alert = view.alert;
  ui.draw();
  document.querySelector('.hand__to')?.focus();
  return null;
}

/** At the end of the dock's sentence, in every state. */
export function button(ui, view, allowed) {
  const keeps = view.hand_over !== null && allowed.keep === null;
  const off = ui.feed.link !== 'live' || !(keeps || allowed.hand_over === null);
  return html`<button
    class="btn dock__hand"
    data-key="H"
    aria-keyshortcuts="H"
    aria-disabled=${off ? 'true' : nothing}
    aria-expanded=${choosing(ui, view) ? 'true' : 'false'}
    @click=${() => ui.press('H')}>
    <kbd>H</kbd><span>${keeps ? t('keepCase') : t('handOver')}</span>
  </button>`;
}

/** In place of what happened, while it is being chosen. */
export function panel(ui, order) {
  return html`<div class="panel__head">
      <h2 id="hand-h">${either('A chi passi il caso?', 'Hand over to whom?')}</h2>
      <span class="ink-3 word"><kbd>Esc</kbd>${t('back')}</span>
    </div>
    <div class="panel__body hand" role="group" aria-labelledby="hand-h">
      ${choices(ui).map(
        (one, i) =>
          html`<button
            class="btn hand__to"
            aria-keyshortcuts=${i < NUMBERS ? String(i + 1) : nothing}
            aria-disabled=${one.busy ? 'true' : nothing}
            @click=${() => choose(ui, one, order)}>
            ${i < NUMBERS ? html`<kbd>${i + 1}</kbd>` : nothing}<b>${one.name}</b>${one.said ?? nothing}
          </button>`,
      )}
      <p class="ink-2">
        ${either(
          'Resti in linea finché l’altro non è in conversazione.',
          'You stay on the line until the other one has joined.',
        )}
      </p>
    </div>`;
}

/** The one who is being called for it: {name, said, time}. */
function called(ui, view, nowUs) {
  const { to, called: leg } = view.hand_over;
  const who = leg.operator ?? to;
  const name = who === null ? '' : who === ui.feed.me.operator ? t('you') : ui.names(who);
  const is = leg.state;
  if (is === 'ringing')
    return { name, is, said: t('ringing').toLowerCase(), time: f.span(nowUs - leg.ringing_us) };
  if (is === 'answered')
    return { name, is, said: t('joining').toLowerCase(), time: f.span(nowUs - leg.answered_us) };
  if (is === 'originating')
    return { name, is, said: t('dialling').toLowerCase(), time: f.span(nowUs - leg.since_us) };
  return {
    name,
    said:
      to === null
        ? either('cerchiamo chi è libero', 'looking for somebody free')
        : either('attendiamo che si liberi', 'waiting until free'),
    time: '',
  };
}

/** Both of them, on the operator's tile: {name, foot}; null where nothing is handed over. */
export function onTile(ui, view, name, nowUs) {
  if (!view.hand_over) return null;
  const other = called(ui, view, nowUs);
  return {
    name: `${name} → ${other.name || either('chi è libero', 'anyone free')}`,
    foot: [other.name, other.said, other.time].filter(Boolean).join(' '),
  };
}

/** In Italian, as a sentence of its own. */
function passed({ name, said, is }) {
  if (!name) return said;
  return (
    {
      ringing: `il telefono di ${name} squilla`,
      originating: `chiamo ${name}`,
      answered: `${name} risponde`,
    }[is] ?? `${name}, ${said}`
  );
}

/** In the dock of whoever has the case: who is called for it, or that nobody has taken it. */
export function said(ui, view, nowUs) {
  if (!mine(view, ui.feed.me)) return nothing;
  if (view.hand_over) {
    const other = called(ui, view, nowUs);
    return html`<span class="ink-wait"
      >${either(
        `Passaggio: ${passed(other)}.`,
        `Handing over: ${[other.name, other.said].filter(Boolean).join(' ')}.`,
      )}</span
    >`;
  }
  const last = [...view.timeline]
    .reverse()
    .find((entry) => entry.what.startsWith('hand_over.') || entry.what === 'operator.joined');
  if (last?.what !== 'hand_over.ended' || last.reason === 'withdrawn' || nowUs - last.at_us > SAID_US)
    return nothing;
  return html`<span class="ink-wait"
    >${why(last.reason)} ${either('Il caso resta tuo.', 'The case stays yours.')}</span
  >`;
}

/** Why nobody has taken it over, as a sentence. */
export const why = (reason) =>
  ({
    withdrawn: either('Passaggio ritirato.', 'The hand over was withdrawn.'),
    'no answer': either('Passaggio: nessuno ha risposto.', 'Hand over: nobody answered.'),
    nobody: either('Passaggio: nessuno è libero.', 'Hand over: nobody is free.'),
    'no line': either('Passaggio: manca una linea libera.', 'Hand over: no line is free.'),
  })[reason] ?? reason;

/** Who is on the line as the case comes: for whoever is to take it. */
function onTheLine(view) {
  const up = [talking(view.user) ? whom(view) : '', talking(view.psap) ? either('il 112', '112') : ''].filter(
    Boolean,
  );
  return up.length ? either(`In linea: ${up.join(', ')}.`, `On the line: ${up.join(', ')}.`) : '';
}

/** For whoever looks at a case that is handed over and not hers: {say, more, step}. */
export function next(view, me, names) {
  const { by, to, text, called: leg } = view.hand_over;
  const more = [onTheLine(view), text].filter(Boolean).join(' ');
  const take = {
    key: 'T',
    command: 'take',
    label: t('take'),
    sub: either('Chiamiamo il tuo telefono', 'Rings your phone'),
    tone: 'primary',
  };
  if (!calledFor(view, me))
    return {
      say: either(
        `${names(by)} passa il caso${to ? ` a ${names(to)}` : ''}.`,
        `${names(by)} hands the case over${to ? ` to ${names(to)}` : ''}.`,
      ),
      more,
      step: take,
    };
  if (leg.operator === me.operator && inDoubt(leg)) {
    return {
      say: either(`Senti ${names(by)}? Allora T.`, `Do you hear ${names(by)}? Then T.`),
      more,
      step: {
        ...take,
        label: either('Ci sono', 'I am here'),
        sub: either('Il caso diventa tuo', 'The case becomes yours'),
      },
    };
  }
  return {
    say: either('Rispondi al tuo telefono.', 'Answer your phone.'),
    more: either(
      `${names(by)} ti passa il caso. ${more}`,
      `${names(by)} hands this case over to you. ${more}`,
    ),
    step: {
      ...take,
      command: '',
      sub: '',
      tone: '',
      why: either('Prima rispondi al telefono', 'Answer your phone first'),
    },
  };
}

/** On the screen of an incoming case: who hands it over, and who is on the line. */
export function heading(view, names) {
  return view.hand_over
    ? either(`${names(view.hand_over.by)} ti passa il caso`, `${names(view.hand_over.by)} hands a case over`)
    : t('newAlert');
}
export function incoming(view, names) {
  if (!view.hand_over) return nothing;
  const others = [names(view.hand_over.by), talking(view.psap) ? either('il 112', '112') : '']
    .filter(Boolean)
    .join(', ');
  return html`<p>
    <b>${word('headset', either(`In linea: ${others}`, `On the line: ${others}`), 'ink-2')}</b><br /><span
      class="ink-2"
      >${view.hand_over.text}</span
    >
  </p>`;
}
