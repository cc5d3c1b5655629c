// The case in the middle of the screen, with the same layout in every state.

import { html, nothing } from '../../vendor/lit.js';
import { FEATURES } from '../features.js';
import { icon } from '../shell/parts.js';
import { languageName, say } from '../words/words.js';
import { storyLines, earlierNotes } from './log.js';
import * as dialogue from './dialogue/dialogue.js';
import * as facts from './facts.js';
import * as latest from './dialogue/latest-message.js';
import * as questions from './dialogue/questions.js';
import * as record from './record.js';
import { lastNote, noteField } from './notes.js';
import { banner } from './banner.js';
import { copyBox, readingPanel } from './psap-text.js';
import { otherForms, positionPanel, positionSentences } from '../position/panel.js';
import { caseHeader } from './header.js';
import { deadline } from './deadline-panel.js';
import { parties } from './parties.js';
import { commandBar } from '../steps/command-bar.js';
import { lostBanner } from '../link/lost-banner.js';
import * as s from './situation.js';
import * as handover from './handover.js';
import * as headset from '../voice/headset.js';

/** Render the case. @param {Ui} ui @param {CaseView} view */
export function caseView(ui, view) {
  const { feed } = ui;
  const nowUs = feed.nowUs();
  const allowed = feed.allowedIn(view);
  const lost = feed.link === 'lost';
  // Without the center the operator can reach 112 only with this text, on another phone.
  const briefing = s.showsBriefing(view, feed.me, allowed) || (lost && s.mayBrief(view, feed.me));
  const choosing = handover.isChoosing(ui, view);
  const covered = choosing || questions.isOpen(view) || facts.isOpen(view);
  /** @type {Banner} */
  const wrong = lost
    ? lostBanner(ui)
    : view.withheld
      ? null
      : gravest(headset.banner(ui, view), banner(view, nowUs, feed.me, ui.feed.names));
  // A case of the queue is redacted: no banner is shown until the whole case is here.
  return html`<section class="view case" aria-labelledby="case-h" aria-busy=${view.withheld}>
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
    ${caseHeader(ui, view)} ${deadline(view, nowUs, feed.center)}
    ${parties(ui, view, nowUs, briefing, allowed)}
    <div class="case__body" data-body=${briefing ? 'briefing' : 'map'}>
      ${
        briefing
          ? readingPanel(ui, view, nowUs, positionSentences(view))
          : record.isOpen(view)
            ? html`<section class="panel">${record.panel(ui, view)}</section>`
            : positionPanel(ui, view, nowUs)
      }
      <section class="panel">
        ${
          choosing
            ? handover.panel(ui)
            : questions.isOpen(view)
              ? questions.panel(ui, view)
              : facts.isOpen(view)
                ? facts.panel(ui, view, allowed)
                : dialogue.isOpen(view)
                  ? dialogue.panel(ui, view, allowed)
                  : briefing
                    ? record.isOpen(view)
                      ? record.panel(ui, view)
                      : html`${latest.keys(ui, view, allowed)}${notesList(ui, view)}${otherForms(view)}`
                    : storyPanel(ui, view)
        }${noteField(ui, view.alert, briefing)}${lastNote(ui, view)}
      </section>
      ${copyBox(view, ui.draw)}
    </div>
    ${latest.line(ui, view, allowed, {
      isShown: !covered && dialogue.isOpen(view),
      named: covered,
      briefing,
    })}
    ${commandBar(ui, view, allowed, nowUs, lost)}
  </section>`;
}

/**
 * Return the banner to show: a fault of the operator's voice first; information on the voice before plain
 * notes only.
 * @param {Banner} voice @param {Banner} other
 */
const gravest = (voice, other) =>
  voice?.tone === 'bad' || !other || other.tone === 'note' ? (voice ?? other) : other;

/** Render the notes from before an alert was reopened. @param {Ui} ui @param {CaseView} view */
function notesList(ui, view) {
  const notes = earlierNotes(ui, view);
  if (!notes.length) return nothing;
  const label = say`Earlier notes`;
  return html`<ol class="log log__before" tabindex="0" aria-label=${label}>
    ${notes.reverse()}
  </ol>`;
}

/** Return what features show of the user. */
const personFacts = () => FEATURES.flatMap((one) => one.personFacts ?? []);

/** Render the timeline and the facts on the user. @param {Ui} ui @param {CaseView} view */
function storyPanel(ui, view) {
  return html`<div class="panel__head">
      <h2>${say`What happened`}</h2>
      ${record.opener(ui, view)}<span class="ink-3 log__order">${say`newest first`}</span
      >${personFacts().map(
        ({ name, short }) => html`<span class="ink-2 log__earlier">${name()}: ${short(ui, view)}</span>`,
      )}
    </div>
    <div class="panel__body log" role="log" tabindex="0" aria-label=${say`What happened`}>
      ${notesList(ui, view)}
      <ol>
        ${storyLines(ui, view).reverse()}
      </ol>
    </div>
    <dl class="about" tabindex="0">
      ${[
        ...record.importantRows(view),
        [say`Her note`, s.ownNote(view)],
        [say`Language`, view.person?.language ? languageName(view.person.language) : ''],
        [say`Phone battery`, view.battery_pct === null ? '' : `${view.battery_pct} %`],
        [say`Signals`, view.signals > 1 ? String(view.signals) : ''],
        ...personFacts().map(({ name, line }) => [name(), line(ui, view), 'about__earlier']),
      ]
        .filter(([, value]) => value)
        .map(
          // On small screens these are one line of text, in which a space here would be visible.
          ([label, value, is]) => html`<div class=${is ?? nothing}><dt>${label}</dt><dd>${value}</dd></div>`,
        )}
    </dl>`;
}
