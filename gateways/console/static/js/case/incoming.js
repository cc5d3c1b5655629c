// The screen of an incoming alert: an alert for which the operator's phone is called takes the whole screen
// until it is acknowledged.

import { html, nothing } from '../../vendor/lit.js';
import { act, icon, ring, tag, word } from '../shell/parts.js';
import { channel, languageName, say } from '../words/words.js';
import { claimText } from '../words/claims.js';
import { assuranceText } from '../words/assurance.js';
import { sourceName } from './briefing.js';
import { brokenText, isBroken } from './broken-conference.js';
import { deadline } from './deadline.js';
import * as f from '../words/format.js';
import * as handed from './handover-status.js';
import { announcementText } from './party.js';
import * as record from './record.js';
import * as s from './situation.js';
import { blocked } from '../sound/sound.js';
import * as headset from '../voice/headset.js';
import * as voice from '../voice/voice.js';

/** Render the screen. @param {Ui} ui @param {CaseView} view */
export function incomingView(ui, view) {
  const { feed } = ui;
  const quiet = view.duress;
  const sound = quiet
    ? say`No sound: duress`
    : blocked()
      ? say`The browser blocks the sound: press a key`
      : say`Alarm sounding until you acknowledge`;
  const press = () => ui.press('Space');
  const sub = voice.receivesAlerts(feed)
    ? headset.acknowledgeSub()
    : say`Stops the sound and opens the case. Answer your phone to take the call.`;
  const step = { key: 'Space', label: say`Acknowledge`, sub, tone: 'primary', step: true, press };
  return html`<section
    class="view incoming ${record.hasRecord(view) ? 'incoming--record' : ''}"
    role="alertdialog"
    aria-labelledby="inc-h"
    aria-describedby="inc-d">
    <header class="incoming__head">
      ${icon('bell', quiet ? '' : 'breathe')}
      <h1 id="inc-h" class="who__name">${heading(ui, view)}</h1>
      ${tag(view.test)}${flags(view)}
      <span class="incoming__sound word ink-wait"
        >${icon(quiet ? 'hush' : 'voice')}<span>${sound}</span></span
      >
    </header>
    ${clock(ui, view)} ${data(ui, view)}
    ${
      record.hasRecord(view)
        ? html`<section class="incoming__record" tabindex="0" aria-label=${say`Record`}>
            ${record.list(view)}
          </section>`
        : nothing
    }
    <footer class="incoming__foot">${act(step)}${legs(ui, view)}</footer>
  </section>`;
}

/** Return the heading. @param {Ui} ui @param {CaseView} view */
function heading(ui, view) {
  if (isBroken(view)) return brokenText(view, ui.feed.me, ui.feed.names).title;
  return view.reopened_us === null ? handed.heading(view, ui.feed.names) : say`Alert reopened`;
}

/** Render the warnings, as large as the heading. @param {CaseView} view */
function flags(view) {
  return html`${view.duress ? word('shield', say`Duress`, 'ink-bad') : nothing}
  ${view.silent ? word('hush', say`Silent`, 'ink-wait') : nothing}
  ${view.wrong_pins ? word('shield', say`Wrong PIN`, 'ink-bad') : nothing}`;
}

/** Render the clock of the deadline. @param {Ui} ui @param {CaseView} view */
function clock(ui, view) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const d = deadline(view, nowUs);
  const met = view.met_us !== null;
  const totalS = Math.round(feed.center.deadline_s);
  const counts = !met && d.tone !== 'bad' && !s.waitsAlone(view);
  const notSpoken = s.spokenTo(view) ? '' : say`Nobody has spoken to her`;
  const then = view.test
    ? html`<span class="ink-test">${say`a test: never to 112`}</span>`
    : html`<span class="ink-3"
        >${counts ? claimText({ view, nowUs }, 'appDials', 'noApp') : notSpoken}</span
      >`;
  return html`<div class="ring" role="timer">
    ${ring(met ? 0 : (view.deadline_us - nowUs) / 1e6 / feed.center.deadline_s)}
    <div class="ring__text">
      <b class=${d.tone === 'bad' ? 'ink-bad' : s.waitsAlone(view) ? 'ink-wait' : ''}>${d.value}</b>
      <span>${counts ? say`seconds left of ${totalS}` : d.word}</span>${then}
    </div>
  </div>`;
}

/**
 * Render the user, the position, the time, the channel and the note.
 * @param {Ui} ui @param {CaseView} view
 */
function data(ui, view) {
  const p = view.position;
  const nowUs = ui.feed.nowUs();
  const language = view.person?.language ? languageName(view.person.language) : '';
  const more = [
    assuranceText(view),
    language && say`Speaks ${language}`,
    view.battery_pct === null ? '' : say`battery ${view.battery_pct} %`,
  ]
    .filter(Boolean)
    .join(' · ');
  const doubt = p ? [f.accuracy(p.accuracy_m), f.age(nowUs - p.at_us), sourceName(p)] : [];
  const where = p
    ? html`<span class="phone">${f.coordinates(p)}</span><small>${doubt.filter(Boolean).join(', ')}</small>`
    : html`<small>${say`No position`}</small>`;
  const note = s.ownNote(view);
  const written = view.dialogue.findLast((one) => !one.by)?.text;
  const phone = view.phone ? f.phone(view.phone) : say`Number not known`;
  const raised = html`${f.clock(view.raised_us)}<small>${f.longDay(view.raised_us)}</small>`;
  return html`<div class="data" id="inc-d">
    <dl>
      <dt class="sr">${say`Who`}</dt>
      <dd class="data__name">${s.name(view)}</dd>
      <dt class="sr">${say`Phone`}</dt>
      <dd class="data__phone phone">${phone}</dd>
    </dl>
    ${record.photo(view)}
    <dl class="data__rows">
      <div>
        <dt>${say`Requested`}</dt>
        <dd>${raised}</dd>
      </div>
      <div>
        <dt>${say`Channel`}</dt>
        <dd>${channel(view.channel)}<small>${more}</small></dd>
      </div>
      ${
        written
          ? html`<div class="data__wide">
              <dt>${say`Writes`}</dt>
              <dd class="data__words">${written}</dd>
            </div>`
          : nothing
      }
      <div class="data__wide">
        <dt>${say`Position`}</dt>
        <dd>${where}</dd>
      </div>
      ${
        note
          ? html`<div class="data__wide">
              <dt>${say`Her note`}</dt>
              <dd class="data__note">${note}</dd>
            </div>`
          : nothing
      }
    </dl>
  </div>`;
}

/** Render the state of the calls. @param {Ui} ui @param {CaseView} view */
function legs(ui, view) {
  const { feed } = ui;
  const ringing = view.operator_leg.operator === feed.me.operator && view.operator_leg.state === 'ringing';
  const mine = voice.receivesAlerts(feed)
    ? word('headset', headset.acceptText(), 'ink-wait')
    : word('ring', ringing ? say`Your phone is ringing` : say`Your phone is being called`, 'ink-wait');
  if (isBroken(view)) {
    const { text } = brokenText(view, feed.me, ui.feed.names);
    const now = { view, nowUs: feed.nowUs(), me: feed.me };
    const answer = voice.receivesAlerts(feed) ? mine : claimText(now, 'answerYourPhone', 'youAreCalled');
    return html`<div class="incoming__legs">
      <p><b>${text}</b><br /><b class="ink-wait">${answer}</b></p>
    </div>`;
  }
  const number = feed.me.number && !voice.receivesAlerts(feed) ? f.phone(feed.me.number) : '';
  return html`<div class="incoming__legs">
    <p><b>${mine}</b><br /><span class="ink-2 phone">${number}</span></p>
    <p><b>${usersPhone(view, feed.nowUs())}</b></p>
    ${handed.incoming(view, ui.feed.names)}
  </div>`;
}

/** Render the state of the call to the user. @param {CaseView} view @param {number} nowUs */
function usersPhone(view, nowUs) {
  if (view.user.state === 'ringing') return word('ring', say`Her phone is ringing`, 'ink-ok');
  if (s.waitsAlone(view)) {
    const lasts = f.span(nowUs - s.aloneSinceUs(view));
    const waits = `${claimText({ view, nowUs }, 'waitsOnTheLine')} ${say`for`} ${lasts}`;
    return word('voice', [waits, announcementText(view.user)].filter(Boolean).join(', '), 'ink-wait');
  }
  if (s.isTalking(view.user))
    return word(
      'voice',
      [say`She is on the line`, announcementText(view.user)].filter(Boolean).join(', '),
      'ink-ok',
    );
  if (view.duress || s.keptSilent(view)) return word('hush', say`Her phone is not called`, 'ink-wait');
  return word(
    'todo',
    view.dial_withheld ? say`Her phone is not called` : say`The user’s phone comes next`,
    'ink-2',
  );
}
