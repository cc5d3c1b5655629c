// The screen for the known state of an alert. Pure: no clock, no network, no page. The screen claims only
// what has happened. `phase` alone is not sufficient: `calling_user` begins when an operator is assigned,
// before the user's number is dialled; each sentence therefore depends on the leg that it describes.

import { RECENT_MS } from './position.js';

export const NEAR_MS = 5000; // a call that is not being made by then cannot ring before the deadline
const CANCELLATIONS = new Set(['sending', 'unsent', 'sent']);

/**
 * Return the state after the press. `pressedMs`: the press by the phone's clock; `raisedAt`: by the center's
 * clock, or null.
 */
export const newAlert = (id, pressedMs, raisedAt, { test = false, silent = false } = {}) => ({
  id,
  pressedMs,
  raisedAt,
  test,
  silent,
  due: true, // the center has not stored this press yet
  unsigned: false, // the request was sent without a signature, and may have arrived
  alert: null, // the center's id, once the center has accepted the alert
  repeated: false, // the alert existed already: its deadline may be long past, and the user long reached
  durable: false,
  deadlineMs: null, // by the center's clock
  advice: 'wait',
  trouble: '', // 'offline' | 'unavailable' | 'refused': why the alert has not arrived
  state: null, // the last answer of GET /v1/alerts/ID
  reached: false, // the phone has rung; stays true
  helped: false, // an operator has had the alert, or 112 was being called; stays true
  rings: '', // '' | 'sending' | 'sent': the report that the phone rings
  lost: false, // the last request failed
  sawEnd: false, // the end was on a screen
  asked: '', // '' | 'sending' | 'unsent' | 'sent': the cancellation
});

/** Return the state after an answer of POST /v1/alerts; `status` 0 is no answer. */
export function afterRaise(known, { status, data }, online) {
  const has = typeof data?.alert === 'string';
  if ((status === 200 || status === 202 || status === 503) && has) {
    const other = known.alert !== null && known.alert !== data.alert;
    return {
      ...known,
      ...(other ? { state: null, reached: false, helped: false, rings: '' } : {}),
      alert: data.alert,
      repeated: status === 200,
      durable: status !== 503,
      due: status === 503,
      deadlineMs: Date.parse(data.deadline_at),
      advice: data.advice,
      trouble: '',
    };
  }
  if (status === 0) return { ...known, trouble: online ? 'unavailable' : 'offline' };
  return { ...known, trouble: status >= 400 && status < 500 ? 'refused' : 'unavailable' };
}

/** Return the state after an answer of GET /v1/alerts/ID. */
export function afterState(known, { status, data }) {
  if (status !== 200) return { ...known, lost: true };
  const rang = ['ringing', 'answered'].includes(call(data, 'user'));
  const helped =
    data.operator_assigned || isUnderWay(call(data, 'psap')) || call(data, 'psap') === 'answered';
  return {
    ...known,
    state: data,
    silent: Boolean(known.silent || data.silent),
    advice: data.advice,
    deadlineMs: Date.parse(data.deadline_at),
    reached: known.reached || rang,
    helped: known.helped || helped,
    lost: false,
    sawEnd: known.sawEnd && data.phase === 'closed',
  };
}

export const isClosed = (known) => known.state?.phase === 'closed';
export const cancelRequested = (known) => CANCELLATIONS.has(known.asked);

/** Return true for a call that is being made. */
const isUnderWay = (one) => one === 'originating' || one === 'ringing';
/**
 * Return true if the deadline is met: the phone has rung; for a silent alert, also if the center is at work.
 */
const isMet = (known) => known.reached || Boolean(known.silent && known.helped);

/**
 * Return the most advanced state of a party's calls: 'answered', 'ringing', 'originating', 'over', or ''
 * without a call.
 */
export function call(state, party) {
  const of = (state?.legs ?? []).filter((leg) => leg.party === party).map((leg) => leg.state);
  return ['answered', 'ringing', 'originating'].find((one) => of.includes(one)) ?? (of.length ? 'over' : '');
}

/** Return true if no party is known to be unheard. */
const isHeard = (state) => (state?.legs ?? []).every((leg) => leg.heard !== false);

/** Return true if messages after the end still reach the center; `nowMs` is the center's clock. */
export const messagesReachCenter = (known, nowMs) => Date.parse(known.state?.writes_until ?? '') > nowMs;

/**
 * The last screen as names of words: [title, text], and the text if messages reach 112. The first match
 * counts: outcomes that override the knowledge of 112, the knowledge of 112, other outcomes.
 * @type {[Record<string, string[]>, Record<string, string[]>, Record<string, string[]>]}
 */
const LAST_WORDS = [
  {
    false_alarm: ['closed', 'endMistake'],
    user_called_112: ['endCalled112', 'endCalled112Text'],
    test_done: ['endTest', 'endTestText'],
  },
  {
    'alert place silence': ['endQuiet', 'endQuietText', 'endQuietWrite'],
    'alert old place silence': ['endQuietOld', 'endQuietOldText', 'endQuietOldWrite'],
    'alert silence': ['endQuietNowhere', 'endQuietNowhereText', 'endQuietNowhereWrite'],
    'alert place': ['endPlace', 'endPlaceText', 'endPlaceWrite'],
    'alert old place': ['endPlaceOld', 'endPlaceOldText', 'endPlaceOldWrite'],
    alert: ['endPsap', 'endPsapText', 'endPsapWrite'],
  },
  {
    no_contact: ['endNoContact', 'endNoPsap'],
    put_away: ['closed', 'endNoPsap'],
  },
];

/**
 * Return the age of the position that 112 knows, in minutes; 0 if the position is recent, or was described in
 * words.
 */
function placeOldMin(known, nowMs) {
  const oldMs = nowMs - Date.parse(known.state?.psap_place_at ?? '');
  return oldMs >= RECENT_MS ? Math.floor(oldMs / 60_000) : 0;
}

/** Return the words for the knowledge of 112; undefined if 112 knows nothing. */
const wordsOf112 = (known, nowMs) =>
  LAST_WORDS[1][
    (known.state?.psap_knows ?? [])
      .join(' ')
      .replace('place', placeOldMin(known, nowMs) ? 'old place' : 'place')
  ];

/** Return the last screen: only what the center knows, and advice. */
function lastScreen(known, nowMs) {
  const { outcome } = known.state;
  const [first, , last] = LAST_WORDS;
  const writes = messagesReachCenter(known, nowMs);
  const words = first[outcome] ?? wordsOf112(known, nowMs) ?? last[outcome];
  const [title, text, write = text] = words ?? ['closed', 'closedText'];
  return screen('closed', {
    icon: 'done',
    title,
    text: writes ? write : text,
    minutes: placeOldMin(known, nowMs),
    cancel: false,
    back: true,
    test: known.test,
    reads: true,
    writes,
    note: known.lost && writes ? 'lost' : '',
  });
}

/**
 * Return the screen: `{name, tone, title, text, steps, left, now, cancel, note}`. Titles, texts and steps are
 * names of words. `left`: whole seconds or null; `now`: the screen advises to call 112 now; `call112`: the
 * link to 112, hidden only while 112 is on the line with the user; `nowMs`: the center's clock as estimated
 * by the phone. `silence`: offers to continue silently; `rings`: offers to report that the phone rings;
 * `writes`: offers to write; `reads`: shows messages; `minutes`: replaces `#` in the title.
 */
export function screenOf(known, nowMs) {
  if (cancelRequested(known)) return cancelScreen(known);
  if (known.alert === null) return unsentScreen(known);
  if (isClosed(known)) return lastScreen(known, nowMs);
  const { state } = known;
  const operator = Boolean(state?.operator_assigned);
  const user = call(state, 'user');
  const psap = call(state, 'psap');
  const leftMs = known.deadlineMs - nowMs;
  const seen = {
    note: known.lost ? 'lost' : '',
    test: known.test,
    silence: !known.silent,
    rings: isUnderWay(user) && known.rings === '',
    writes: true,
  };
  const steps = stepsOf(known, nowMs, operator, user, psap);
  const free = known.silent ? 'quietText' : 'freeText';
  if (psap === 'answered' && isUnderWay(user)) {
    return screen('calling', {
      ...seen,
      icon: 'ring',
      title: 'calling',
      text: 'psapStep',
      steps,
      cancel: false,
    });
  }
  if (psap === 'answered') {
    const withUser = user === 'answered';
    const title = withUser ? 'psap' : operator ? 'psapTold' : 'psapStep';
    const text = withUser ? 'stayText' : free;
    return screen('psap', {
      ...seen,
      tone: 'good',
      icon: 'voice',
      title,
      text,
      steps,
      cancel: false,
      call112: !withUser,
    });
  }
  if (user === 'answered' && isLeft(known) && !isUnderWay(psap)) {
    return screen('dropped', { ...seen, icon: 'phone', title: 'psapGone', text: 'closedText', steps });
  }
  if (user === 'answered') {
    const sure = isHeard(state);
    const spoken = operator ? 'stayText' : 'findingText';
    const text = isUnderWay(psap) ? 'psapCalled' : sure ? spoken : 'unheardText';
    return screen('talking', {
      ...seen,
      tone: sure ? 'good' : 'calm',
      icon: 'voice',
      title: operator && sure ? 'talking' : 'stay',
      text,
      steps,
    });
  }
  const left = leftMs > 0 ? Math.ceil(leftMs / 1000) : null;
  // A user who was advised to call 112 may be talking to 112: no countdown may distract the user.
  const advised = known.advice === 'call_112_now';
  if (user === 'ringing')
    return screen('calling', {
      ...seen,
      left: advised ? null : left,
      icon: 'ring',
      title: 'calling',
      text: advised ? 'callingLate' : '',
      steps,
    });
  if (isLate(known, user, leftMs)) return lateScreen(known, nowMs, seen, operator, user);
  if (user === 'originating')
    return screen('calling', { ...seen, left, icon: 'ring', title: 'calling', steps });
  const waiting = isMet(known) ? null : left;
  if (user === 'over') {
    const text = isLeft(known) ? 'closedText' : free;
    return screen('dropped', { ...seen, left: waiting, icon: 'phone', title: 'notOnLine', text, steps });
  }
  if (operator)
    return screen('found', {
      ...seen,
      left: waiting,
      icon: 'headset',
      title: 'operatorFound',
      text: free,
      steps,
    });
  return screen('sent', {
    ...seen,
    left: waiting,
    icon: 'bell',
    title: 'finding',
    text: known.silent ? free : '',
    steps,
  });
}

/** Return true if the operator has left the user with 112, and no operator is looked for. */
const isLeft = (known) => known.state?.phase === 'handed_over';

/** Return a screen with the default values. */
const screen = (name, more) => ({
  name,
  tone: 'calm',
  icon: 'bell',
  text: '',
  steps: [],
  left: null,
  now: false,
  call112: true,
  cancel: true,
  back: false,
  note: '',
  minutes: 0,
  test: false,
  silence: false,
  rings: false,
  writes: false,
  reads: Boolean(more.writes),
  ...more,
});

/**
 * Return true if the user must be advised to call 112: by the center's advice, or because no known call can
 * ring in time.
 */
function isLate(known, user, leftMs) {
  if (!known.durable || known.advice === 'call_112_now') return true;
  // For a repeated alert, only the center's answer shows whether the user was reached.
  if (isMet(known) || (known.repeated && known.state === null && !known.lost)) return false;
  return leftMs <= (user === 'originating' ? 0 : NEAR_MS);
}

/** Return the screen after the deadline: 112 knows the position; before that, the advice to call 112. */
function lateScreen(known, nowMs, seen, operator, user) {
  const steps = [['done', known.durable ? 'got' : 'gotUnkept']];
  if (operator) steps.push(['done', 'operatorFound']);
  else if (!isMet(known)) steps.push(['bad', 'noOperator']);
  if (user === 'originating') steps.push(['now', 'callingStep']);
  else if (known.reached) steps.push(['done', 'called']);
  else if (operator && !known.silent) steps.push(['bad', 'notCalled']);
  const [knows, ifElsewhere] = wordsOf112(known, nowMs) ?? [];
  if (known.durable && known.state?.psap_knows?.includes('place')) {
    const minutes = placeOldMin(known, nowMs);
    const text = minutes ? ifElsewhere : known.silent ? 'quietText' : known.test ? '' : 'toldText';
    return screen('told', { ...seen, tone: 'good', icon: 'done', title: knows, text, minutes, steps });
  }
  const inTime = known.silent ? ['quietLate', 'quietLateText'] : ['cannot', 'cannotText'];
  const [title, text] = known.durable ? [knows ?? inTime[0], inTime[1]] : ['unkept', 'unkeptText'];
  return screen('late', {
    ...seen,
    tone: 'bad',
    icon: 'warn',
    title,
    text: known.test ? 'testLate' : text,
    steps,
    now: !known.test,
  });
}

/** Return the screen of an alert that has not arrived. */
function unsentScreen(known) {
  const seen = { test: known.test, writes: known.trouble !== 'refused' };
  if (!known.trouble) {
    const steps = [
      ['now', 'sending'],
      ['', 'finding'],
      ...(known.silent ? [] : [['', 'callingStep']]),
      ['', 'psapTodo'],
    ];
    return screen('sending', { ...seen, cancel: false, title: 'sending', steps });
  }
  const title = { offline: 'noConnection', unavailable: 'unavailable', refused: 'refused' }[known.trouble];
  const text = known.test ? 'testLate' : known.trouble === 'refused' ? 'refusedText' : 'cannotText';
  return screen('late', {
    ...seen,
    tone: 'bad',
    icon: 'warn',
    title,
    text,
    steps: [['bad', 'notSent']],
    now: !known.test,
    cancel: known.trouble !== 'refused',
    back: known.trouble === 'refused',
  });
}

/** Return the same screen for the right PIN, the duress PIN and a wrong PIN: an attacker may be reading. */
function cancelScreen(known) {
  const title = known.asked === 'sent' ? 'asked' : 'askedSending';
  const text = known.asked === 'unsent' ? 'askedUnsent' : 'pinText';
  return screen('asked', {
    icon: 'done',
    title,
    text,
    cancel: false,
    back: known.asked === 'sent',
    test: known.test,
  });
}

/** Return the steps of an accepted alert: `[state, word]`. */
function stepsOf(known, nowMs, operator, user, psap) {
  const steps = [['done', 'got']];
  if (operator) steps.push(['done', 'operatorFound']);
  else if (psap !== 'answered' && !isLeft(known)) steps.push(['now', 'finding']);
  if (isUnderWay(user)) steps.push(['now', 'callingStep']);
  else if (user !== '') steps.push(['done', 'called']);
  else if (!known.silent) steps.push(['', 'callingStep']);
  if (psap === 'answered') steps.push(['done', 'psapStep']);
  else if (isUnderWay(psap)) steps.push(['now', 'psapCalled']);
  else steps.push(wordsOf112(known, nowMs) ? ['done', 'endPsap'] : ['', 'psapTodo']);
  return steps;
}
