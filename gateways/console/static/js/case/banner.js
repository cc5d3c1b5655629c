// The banner of a case: red for faults and dangers, amber for warnings, plain for information. Pure.

import { KEY } from '../words/center.js';
import { phrase, say } from '../words/words.js';
import * as f from '../words/format.js';
import * as s from './situation.js';
import { enrolled } from '../words/assurance.js';
import { brokenText, isBroken } from './broken-conference.js';

/** A restart of a part of the center is shown for this long. */
const RESTART_SHOWN_US = 60e6;

/** The reasons why no line can call 112. @type {Record<string, Phrase>} */
const NO_LINE = {
  none: phrase`there is no line kept for 112`,
  out_of_use: phrase`no line kept for 112 works`,
  taken: phrase`all lines kept for 112 are taken`,
  failing: phrase`calls fail on each line kept for 112`,
  guarded: phrase`the settings forbid calls to the real 112`,
};

/**
 * Return in the page's language why no line can carry the call; an unknown reason is returned as it is.
 * @param {string} why
 */
export const noLineReason = (why) => (NO_LINE[why] ? NO_LINE[why]() : why);

/**
 * Return the banner: {icon, title, text, aside, tone}, or null. The gravest finding has the title, the others
 * follow in the text.
 * @param {CaseView} view @param {number} nowUs @param {MeView} me @param {Names} names
 */
export function banner(view, nowUs, me, names) {
  if (view.closed_us !== null) return afterwards(view);
  const found = [
    noLine,
    duress,
    broken,
    unreadable,
    unreadableText,
    late,
    wrongPin,
    cancelled,
    unproved,
    silent,
    otherSignals,
    conflictingAlert,
  ]
    .map((what) => what(view, nowUs, me, names))
    .filter(Boolean);
  if (!found.length) return restarted(view, nowUs);
  const [gravest, ...others] = found;
  const rest = others.filter((one) => one.brief).map((one) => one.brief);
  const aside = view.silent && gravest.what !== 'silent' ? say`Silent` : (gravest.aside ?? '');
  return { tone: 'bad', aside, ...gravest, text: [gravest.text, ...rest].filter(Boolean).join(' ') };
}

/** Return the banner of a closed alert: a call would still endanger the user. @param {CaseView} view */
function afterwards(view) {
  if (view.duress)
    return {
      tone: 'bad',
      icon: 'shield',
      title: say`Duress`,
      text: say`Cancelled with the duress PIN. Do not phone her: a ring would expose her.`,
      aside: say`No sound here`,
    };
  if (!s.keptSilent(view)) return null;
  return {
    tone: 'quiet',
    icon: 'hush',
    title: say`Silent`,
    text: say`She could not talk. Her phone was not called: it may still have to stay quiet.`,
    aside: '',
  };
}

/** Return the finding that no line can call 112. @param {CaseView} view */
function noLine(view) {
  if (s.psapState(view) !== 'lacking') return null;
  const why = noLineReason(view.psap_no_line);
  return {
    icon: 'warn',
    title: say`No line can call 112`,
    text: s.capital(`${why}.`),
    brief: '',
  };
}

/** Return the finding that the user acts under duress. @param {CaseView} view */
function duress(view) {
  if (!view.duress) return null;
  const now = !s.isTalking(view.user)
    ? say`Do not call her.`
    : view.user_hears_nobody
      ? say`She is on the line, and hears nobody.`
      : say`She is on the line: who forces her may hear.`;
  const forced = say`Cancelled with the duress PIN: someone is forcing her. On her phone nothing else is
    seen.`;
  return {
    icon: 'shield',
    title: say`Duress`,
    text: `${forced} ${now}`,
    aside: say`No sound here`,
    brief: say`Duress: ${now[0].toLowerCase()}${now.slice(1)}`,
  };
}

/**
 * Return the finding that the conference is broken.
 * @param {CaseView} view @param {number} nowUs @param {MeView} me @param {Names} names
 */
function broken(view, nowUs, me, names) {
  if (!isBroken(view)) return null;
  const finding = brokenText(view, me, names);
  return { icon: 'warn', title: finding.title, text: finding.text, brief: finding.title };
}

/** Return the finding that a part of the alert cannot be read. @param {CaseView} view */
function unreadable(view) {
  if (!view.unreadable) return null;
  const title = say`A part cannot be read`;
  const text = say`The centre cannot read all of this alert: ask the user, and look at another console.`;
  return { icon: 'warn', title, text, brief: `${title}.` };
}

/** Return the finding that a text of the user cannot be read. @param {CaseView} view */
function unreadableText(view) {
  if (!view.unread_texts) return null;
  const title = say`One of her texts cannot be read`;
  const text = say`Ask her what she wrote; where that cannot be, take it for a call for help.`;
  return { icon: 'warn', title, text, brief: `${title}.` };
}

/** Return the finding that the deadline has passed. @param {CaseView} view @param {number} nowUs */
function late(view, nowUs) {
  if (!s.isLate(view, nowUs)) return null;
  const userName = s.firstName(view);
  const presumed = view.presumed_calling_112
    ? s.capital(say`${userName} is presumed to be calling 112.`)
    : '';
  const advised =
    view.advice === 'call_112_now' && s.hasApp(view) ? say`The app has told her to call 112.` : '';
  const passed = say`Deadline passed, not reached.`;
  const text = [passed, presumed, advised].filter(Boolean).join(' ');
  return { icon: 'warn', title: say`Late`, text, brief: passed };
}

/** Return a number of times in words, from two. @param {number} n */
const timesText = (n) => (n > 1 ? say`, ${n} times` : '');

/** Return the finding of wrong PINs. @param {CaseView} view */
function wrongPin(view) {
  if (!view.wrong_pins) return null;
  const title = say`Wrong PIN${timesText(view.wrong_pins)}`;
  const text = say`Somebody tried to cancel the alert: a sign of coercion.`;
  const sign = say`${title}: a sign of coercion.`;
  return { icon: 'shield', title, text, brief: sign };
}

/** Return the finding that the alert was cancelled with the right PIN. @param {CaseView} view */
function cancelled(view) {
  if (!view.cancelled || view.duress) return null;
  const title = say`Cancelled with the right PIN: verify`;
  const text = say`Speak to her: somebody may have made her tell it.`;
  return { icon: 'phone', tone: 'quiet', title, text, brief: `${title}.` };
}

/** Return the finding that a cancellation without a PIN was requested. @param {CaseView} view */
function unproved(view) {
  if (!view.cancel_unproved || view.cancelled || view.duress) return null;
  const title = say`Asked to cancel: no PIN is set`;
  const text = say`This proves nothing: somebody who has her phone may have asked. Speak to her.`;
  return { icon: 'phone', tone: 'quiet', title, text, brief: `${title}.` };
}

/** Return the finding that the alert is silent. @param {CaseView} view */
function silent(view) {
  if (!view.silent) return null;
  const staysQuiet = s.keptSilent(view) && !s.isUnderWay(view.user);
  const text = staysQuiet
    ? say`She cannot talk. Her phone is not called: it has to stay quiet.`
    : say`She cannot talk.`;
  return { what: 'silent', icon: 'hush', tone: 'quiet', title: say`Silent`, text, brief: '' };
}

/** The claims of unproved signals. @type {Record<string, Phrase>} */
const CLAIMED = {
  position: phrase`it gives another place`,
  silent: phrase`it asks for silence`,
  cancels: phrase`it asks to cancel`,
  rings: phrase`it says that the phone rings`,
  words: phrase`it writes`,
};

/**
 * Return the finding that other signals use the user's number. They change nothing, and may be the user's
 * own.
 * @param {CaseView} view
 */
function otherSignals(view) {
  if (!view.claims.length) return null;
  const lastClaim = (of) => view.claims.findLast(of);
  const clause = (what, one, more = '') => (one ? `${CLAIMED[what]()} ${more}`.trim() : '');
  const skipped = view.claims.reduce((sum, one) => sum + one.skipped, 0);
  const [placed, written] = [lastClaim((one) => one.position), lastClaim((one) => one.text)];
  const all = [
    clause('position', placed, placed && f.coordinates(placed.position)),
    clause(
      'silent',
      lastClaim((one) => one.silent),
    ),
    clause(
      'cancels',
      lastClaim((one) => one.kind === 'cancels'),
    ),
    clause(
      'rings',
      lastClaim((one) => one.kind === 'rings'),
    ),
    clause('words', written, written && `«${written.text}»`),
    skipped && say`${skipped} more signals`,
  ].filter(Boolean);
  const hers = lastClaim((one) => one.proof === 'device');
  const since = enrolled(lastClaim((one) => one.key_enrolled_us !== null)?.key_enrolled_us ?? null);
  const title = hers
    ? say`Another phone of hers sends signals as well`
    : say`Signals that are not proved use this number`;
  const text = say`They may be hers or somebody else’s, and change nothing here.`;
  const what = all.length ? s.capital(`${all.join('; ')}.`) : '';
  return {
    icon: 'warn',
    tone: 'quiet',
    title,
    text: [what, since && say`That phone: ${since}.`, text].filter(Boolean).join(' '),
    brief: `${title}.`,
  };
}

/**
 * Return the finding that another alert of the same number has another assurance level. The operator finds
 * out which is the user's.
 * @param {CaseView} view
 */
function conflictingAlert(view) {
  if (!view.beside.length) return null;
  if (view.proof === 'device') {
    const title = say`Another alert uses this number`;
    const text = say`It is not proved: it may be hers or somebody else’s. It changes nothing here.`;
    return { icon: 'bell', tone: 'quiet', title, text, brief: `${title}.` };
  }
  const title = say`A proved alert uses this number`;
  const text = say`This one is not proved. The other one calls the phone; ${KEY.redial_user}, then Enter:
    call it from here as well.`;
  return { icon: 'shield', tone: 'quiet', title, text, brief: `${title}.` };
}

/**
 * Return the banner of a restart during the alert. It reports calls only while they continue.
 * @param {CaseView} view @param {number} nowUs
 */
function restarted(view, nowUs) {
  const at = view.restarted_us;
  if (at === null || nowUs - at > RESTART_SHOWN_US) return null;
  const parties = [view.user, view.operator_leg, view.psap];
  const fell = parties.some((party) => party.state === 'released' && party.released_us >= at);
  const calls = !fell && parties.some(s.isTalking) ? `; ${say`the calls go on`}` : '';
  return {
    tone: 'note',
    icon: 'link',
    title: `${say`Part of the centre was restarted at`} ${f.clock(at)}${calls}.`,
    text: '',
    aside: '',
  };
}
