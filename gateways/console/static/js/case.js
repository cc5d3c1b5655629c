// The case in the middle of the screen: the same places in every state.

import { html, live, nothing, ref } from '../vendor/lit.js';
import { act, icon, tag, track, word } from './parts.js';
import { channel, either, languageName, t } from './words.js';
import { log } from './log.js';
import { banner } from './banner.js';
import { why } from './causes.js';
import { slots } from './commands.js';
import { next } from './next.js';
import { cause, tile } from './party.js';
import { sourceName } from './briefing.js';
import { copyBox, copyHint, readingPanel } from './reading.js';
import { meter, noSound, tone } from './meters.js';
import { signal } from './signal.js';
import { earlier, howMany } from './earlier.js';
import { mapPanel, otherForms, placeSentences } from './place.js';
import * as f from './format.js';
import * as s from './situation.js';
import * as handover from './handover.js';
import * as otherline from './otherline.js';
import * as voice from './voice.js';

export function caseView(ui, view) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const allowed = feed.allowed.get(view.alert) ?? {};
  const lost = feed.link === 'lost';
  const briefing = s.reading(view, feed.me, allowed);
  const wrong = lost
    ? lostBanner(ui)
    : (voice.banner(s.mine(view, feed.me)) ?? banner(view, nowUs, feed.me, ui.names));
  return html`<section class="view case" aria-labelledby="case-h">
    <div
      class="banner"
      role=${wrong?.tone === 'note' ? 'status' : 'alert'}
      data-tone=${wrong?.tone ?? 'bad'}
      ?hidden=${!wrong}>
      ${
        wrong
          ? html`${icon(wrong.icon)}<b>${wrong.title}</b>
              <p>${wrong.text}</p>`
          : nothing
      }
      ${
        wrong?.aside
          ? html`<span class="banner__aside word">${icon(lost ? 'clock' : 'hush')}${wrong.aside}</span>`
          : nothing
      }
    </div>
    ${who(ui, view)} ${deadline(view, nowUs, feed.center)} ${parties(ui, view, nowUs, briefing, allowed)}
    <div class="case__body" data-body=${briefing ? 'briefing' : 'map'}>
      ${
        briefing
          ? readingPanel(ui, view, nowUs, placeSentences(view))
          : mapPanel(view, nowUs, feed.center.map)
      }
      <section class="panel">
        ${
          handover.choosing(ui, view)
            ? handover.panel(ui, ui.order)
            : briefing
              ? otherForms(view)
              : story(ui, view)
        }${noteField(ui, view, briefing)}
      </section>
      ${copyBox(view, ui.draw)}
    </div>
    ${dock(ui, view, allowed, nowUs, lost)}
  </section>`;
}

export function lostBanner(ui) {
  const { feed } = ui;
  const now = Date.now();
  const oldS = Math.max(0, Math.round((now - feed.heardAtMs) / 1000));
  const inS = Math.max(0, Math.ceil((feed.retryAtMs - now) / 1000));
  return {
    icon: 'nolink',
    title: t('unreachableCentre'),
    text: either(
      `Quello che vedi è di ${oldS} s fa. Le chiamate vanno avanti senza questo schermo.`,
      `What you see is ${oldS} s old. The calls go on without this screen.`,
    ),
    aside: feed.goesTo
      ? either(`Passo a ${new URL(feed.goesTo).host}`, `Going on at ${new URL(feed.goesTo).host}`)
      : either(`Riprovo tra ${inS} s`, `Retrying in ${inS} s`),
  };
}

/** Who else looks at it now. */
function others(ui, view) {
  const names = (ui.feed.watching[view.alert] ?? [])
    .filter((one) => one !== ui.feed.me.operator)
    .map(ui.names);
  return names.length
    ? html`<span
        class="who__others word"
        role="status"
        aria-label=${either(`La vede anche ${names.join(', ')}`, `Also seen by ${names.join(', ')}`)}
        >${icon('user')}<span>${names.join(', ')}</span></span
      >`
    : nothing;
}

/** Who listens in: no secret from those who talk. */
function listener(ui, view) {
  if (view.listener === null) return nothing;
  const me = view.listener === ui.feed.me.operator;
  const name = ui.names(view.listener);
  const toYou = view.operator === ui.feed.me.operator;
  const hears = me
    ? either('Stai ascoltando', 'You are listening')
    : either(`${name} ascolta`, `${name} is listening`);
  const toOne = either(`${name} parla solo all’operatore`, `${name} speaks to the operator alone`);
  const toMe = either(`${name} parla solo a te`, `${name} speaks to you alone`);
  const speaks = me ? either('L’operatore ti sente', 'The operator hears you') : toYou ? toMe : toOne;
  const listens = view.whispering ? speaks : hears;
  return html`<span class="who__listens word ink-wait" role="status"
    >${icon('headset')}<span
      >${
        view.listening ? listens : either(`Chiamata a ${name}, per ascoltare`, `Calling ${name}, to listen`)
      }</span
    ></span
  >`;
}

/** That it is recorded: whoever talks has to know. */
const recorded = (view) =>
  view.recorded
    ? html`<span class="who__listens word ink-2" role="status"
        >${icon('rec')}<span>${t('isRecorded')}</span></span
      >`
    : nothing;

function who(ui, view) {
  const p = view.position;
  return html`<header class="who">
    <div class="who__name">
      ${tag(view.test)}
      <h1 id="case-h">${s.name(view)}</h1>
      <span class="who__phone phone">${view.phone ? f.phone(view.phone) : t('noNumber')}</span
      >${recorded(view)}${listener(ui, view)}${others(ui, view)}
    </div>
    <dl class="facts">
      <div>
        <dt>${t('requested')}</dt>
        <dd>${f.day(view.raised_us)}, ${f.clock(view.raised_us)}</dd>
      </div>
      <div>
        <dt>${t('position')}</dt>
        <dd>
          ${
            p
              ? html`<span class="wide phone">${f.coordinates(p)} </span>${[
                  f.accuracy(p.accuracy_m) || either('precisione non nota', 'accuracy not known'),
                  sourceName(p),
                ]
                  .filter(Boolean)
                  .join(', ')}`
              : s.noPosition(view)
          }
        </dd>
      </div>
      <div>
        <dt>${t('channel')}</dt>
        <dd>${channel(view.channel)}</dd>
      </div>
    </dl>
  </header>`;
}

function deadline(view, nowUs, center) {
  const d = s.deadline(view, nowUs);
  const total = center.deadline_s * 1.2e6;
  const end = view.met_us ?? view.closed_us ?? nowUs;
  const limit = (view.deadline_us - view.received_us) / total;
  return html`<section class="deadline" data-tone=${d.tone} aria-label=${either('Scadenza', 'Deadline')}>
    <div class="deadline__clock ink-${d.tone}" role="timer">
      <b>${d.value}<i>${d.unit}</i></b
      ><span>${word({ ok: 'done', bad: 'warn' }[d.tone] ?? 'clock', d.word)}<small>${d.small}</small></span>
    </div>
    <div>
      ${track((end - view.received_us) / total, limit, `${Math.round(center.deadline_s)} s`, d.tone)}
      <ol class="steps">
        ${steps(view)}
      </ol>
    </div>
  </section>`;
}

function steps(view) {
  const at = view.steps;
  const all = [
    [t('received'), at.received_us],
    [t('operator'), at.operator_us],
    [t('ringing'), at.ringing_us],
    [t('answers'), at.answered_us],
    ['112', at.psap_us],
    [t('handedOver'), at.handed_over_us],
  ];
  const failed = view.user.state === 'released' && view.user.answered_us === null && at.answered_us === null;
  return all.map(([label, us], i) => {
    const bad = i === 3 && us === null && failed;
    const is = us !== null ? 'done' : bad ? 'bad' : '';
    return html`<li data-is=${is}>
      ${icon(is === 'done' ? 'done' : bad ? 'warn' : 'todo')}<span
        >${bad ? cause(view.user.cause) : label}</span
      >
      ${us !== null ? html`<b>${f.seconds(Math.max(0, us - view.received_us))}</b>` : nothing}
    </li>`;
  });
}

function parties(ui, view, nowUs, compact, allowed) {
  const { feed } = ui;
  const operator = view.operator_leg.operator ?? view.operator ?? view.reserved[0] ?? null;
  const rows = [
    ['user', 'user', t('user'), s.name(view), view.user],
    [
      'operator',
      'headset',
      t('operator'),
      operator === null ? '' : operator === feed.me.operator ? t('you') : ui.names(operator),
      view.operator_leg,
    ],
    [
      'psap',
      '112',
      '112',
      view.test ? t('simulated') : view.psap.number ? f.phone(view.psap.number) : '',
      view.psap,
    ],
  ];
  const both = handover.onTile(ui, view, rows[1][3], nowUs);
  if (both) rows[1][3] = both.name;
  const links = [view.user_hears_operator, view.operator_hears_psap];
  const line = (party) => (s.underWay(party) ? feed.lines.find((one) => one.line === party.line) : null);
  const tiles = rows.map(([which, , , , party]) => tile(party, which, view, nowUs, feed.center));
  if (both) tiles[1].foot = both.foot;
  return html`<section
      class="parties"
      ?data-compact=${compact}
      aria-label=${either('Chi è in linea', 'Who is on the line')}>
      ${rows.map(
        ([which, ic, role, name, party], i) =>
          html`${
            i
              ? html`<div class="link" data-is=${links[i - 1] ? 'on' : ''}>
                    ${icon(
                      links[i - 1]
                        ? 'voice'
                        : view.operator_leg.muted && s.talking(i === 1 ? view.user : view.psap)
                          ? 'mute'
                          : 'todo',
                    )}<span class="sr">${links[i - 1] ? t('hearEachOther') : t('notJoined')}</span>
                  </div>`
              : nothing
          }
            <article
              class="party"
              data-party=${which}
              data-is=${tiles[i].is}
              tabindex=${why(party) ? '0' : nothing}
              aria-describedby=${why(party) ? `why-${which}` : nothing}>
              <p class="party__role">${icon(ic)}<span>${role}</span><b>${name}</b></p>
              <p class="party__line">
                ${
                  party.line
                    ? html`<span>${s.capital(f.lineName(party.line))}</span>${signal(line(party))}`
                    : ''
                }
              </p>
              <p class="party__state word">
                ${icon(tiles[i].icon, tiles[i].is === 'ring' ? 'breathe' : '')}${tiles[i].label}
              </p>
              <b class="party__time">${tiles[i].time}</b>
              <p class="party__foot">
                ${
                  (s.talking(party) || s.inDoubt(party)) && party.joined && !party.network
                    ? html`${
                        ui.feed.isElsewhere(view.node)
                          ? html`<span class="ink-2"
                              >${either(`Livelli al nodo ${view.node}`, `Levels at node ${view.node}`)}</span
                            >`
                          : meter(which)
                      }${
                        noSound(view.alert, which) && !otherline.silent(party)
                          ? word('hush', t('noSoundAtAll'), 'ink-wait')
                          : nothing
                      }${
                        tone(view.alert, which) ? word('phone', tone(view.alert, which), 'ink-wait') : nothing
                      }`
                    : nothing
                }${otherline.offer(ui, view, which, party, allowed)}${
                  which === 'user' ? callAloud(ui, view, allowed) : nothing
                }${tiles[i].foot}
              </p>
              ${why(party) ? html`<p class="party__why" id="why-${which}">${why(party)}</p>` : nothing}
            </article>`,
      )}
    </section>
    <p class="sr" role="status">${rows.map(([, , role], i) => `${role}: ${tiles[i].label}. `)}</p>`;
}

function story(ui, view) {
  return html`<div class="panel__head">
      <h2>${t('whatHappened')}</h2>
      <span class="ink-3 log__order">${t('newestFirst')}</span
      ><span class="ink-2 log__earlier"
        >${either('Allarmi precedenti', 'Earlier alerts')}: ${howMany(ui, view)}</span
      >
    </div>
    <div class="panel__body log" role="log" tabindex="0" aria-label=${t('whatHappened')}>
      <ol>
        ${log(ui, view).reverse()}
      </ol>
    </div>
    <dl class="about">
      ${[
        [t('herNote'), s.ownNote(view)],
        [t('language'), view.person?.language ? languageName(view.person.language) : ''],
        [t('battery'), view.battery_pct === null ? '' : `${view.battery_pct} %`],
        [t('signals'), view.signals > 1 ? String(view.signals) : ''],
        [either('Allarmi precedenti', 'Earlier alerts'), earlier(ui, view), 'about__earlier'],
      ]
        .filter(([, value]) => value)
        .map(
          ([label, value, is]) =>
            html`<div class=${is ?? nothing}>
              <dt>${label}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
    </dl>`;
}

/** In one place whatever is above it: a note that is being written goes on. */
function noteField(ui, view, narrow) {
  return html`<label class="notefield"
    ><kbd>N</kbd
    ><textarea
      rows="1"
      maxlength="4000"
      placeholder=${narrow ? t('writeNote') : `${t('writeNote')} · ${t('noteSend')}`}
      aria-label=${t('writeNote')}
      .value=${live(ui.drafts.get(view.alert) ?? '')}
      ${ref(ui.noteField)}
      @input=${(e) => ui.drafts.set(view.alert, e.target.value)}
      @keydown=${(e) => ui.noteKey(e, view.alert)}></textarea>
  </label>`;
}

/**
 * On the tile of a silent alert's user, for whoever has the case: the phone is called all the same. O, then
 * Enter.
 */
function callAloud(ui, view, allowed) {
  if (
    !s.mine(view, ui.feed.me) ||
    !s.keptSilent(view) ||
    allowed.call_aloud !== null ||
    s.underWay(view.user)
  )
    return nothing;
  const label = ui.armed === 'O' ? t('thenEnter') : t('callAloud');
  return html`<button class="btn" data-key="O" aria-keyshortcuts="O" @click=${() => ui.press('O')}>
    <kbd>O</kbd><span>${label}</span>
  </button>`;
}

/** What an armed key that has no button is about to do. */
function armedSaid(ui, view) {
  const rings = either(
    `Il telefono di ${s.first(view)} squillerà: Invio conferma.`,
    `${s.possessive(view)} phone will ring: Enter confirms.`,
  );
  const briefed = either('Il 112 è informato: Invio conferma.', '112 is briefed: Enter confirms.');
  const text = { O: rings, Y: briefed }[ui.armed];
  return text ? html`<span class="ink-wait">${text}</span>` : nothing;
}

function lostDock(ui, view, allowed) {
  const { feed } = ui;
  const sub = either(
    `Tentativo ${feed.attempt}. Riprovo anche da solo, ogni 2 s`,
    `Attempt ${feed.attempt}. Retrying by itself too, every 2 s`,
  );
  const say =
    voice.whenLost(feed) ??
    either('Resta al telefono e continua a parlare.', 'Stay on the phone and keep talking.');
  return html`<footer class="dock" aria-label=${either('Azioni', 'Actions')}>
    <p class="dock__next" role="status"><span class="eyebrow">${t('now')}</span><b>${say}</b><span></span></p>
    ${handover.button(ui, view, allowed)}
    ${act({ key: 'Enter', label: t('retryNow'), sub, step: true, press: () => feed.retryNow() })}
    ${slots(view, allowed, null).map((slot) => act({ ...slot, why: t('noConnection') }))}
  </footer>`;
}

function dock(ui, view, allowed, nowUs, lost) {
  if (lost) return lostDock(ui, view, allowed);
  const { feed } = ui;
  const now = next(view, allowed, feed.me, nowUs, ui.names, feed.center);
  const refused = (key) =>
    ui.refused?.key === key && ui.refused.alert === view.alert ? ui.refused.text : '';
  const close = view.closed_us === null && allowed.close === null && view.steps.operator_us !== null;
  const five = slots(view, allowed, ui.armed);
  // A key without a button here says why not beside the sentence.
  const stray =
    ui.refused && ![now.step, ...five].some((one) => one.key === ui.refused.key)
      ? refused(ui.refused.key)
      : '';
  const closing = !close
    ? ''
    : ui.armed === 'X'
      ? either('Chiudere: Invio conferma.', 'Close it: Enter confirms.')
      : either('Chiudere: X, poi Invio.', 'To close it: X, then Enter.');
  return html`<footer class="dock" aria-label=${either('Azioni', 'Actions')}>
    <p class="dock__next" role="status">
      <span class="eyebrow">${t('now')}</span><b>${now.say}</b
      ><span
        >${stray ? html`<span class="ink-bad">${stray}</span> ` : nothing}${armedSaid(ui, view)}
        ${handover.said(ui, view, nowUs)} ${otherline.said(ui, view)} ${now.more} ${closing}
        ${copyHint(view, nowUs)}</span
      >
    </p>
    ${handover.button(ui, view, allowed)}
    ${act({
      ...now.step,
      step: true,
      refused: refused(now.step.key),
      tone: ui.armed === now.step.key ? 'armed' : now.step.tone,
      press: () => ui.press(now.step.key),
    })}
    ${five.map((slot) =>
      act({
        ...slot,
        refused: refused(slot.key),
        tone: ui.armed === slot.key ? 'armed' : (slot.tone ?? ''),
        press: () => ui.press(slot.key),
      }),
    )}
  </footer>`;
}
