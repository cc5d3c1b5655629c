// From what is known of an alert to what she is shown. Pure: no clock, no network, no page.
//
// The one rule: it says only what has happened. `phase` alone is not enough for that: `calling_user` stands
// as soon as an operator is there, before anybody has dialled; so each sentence is taken from the leg it
// speaks of.

import { RECENT_MS } from './position.js';

export const NEAR_MS = 5000; // a call that is not even being made now will not ring before the deadline
const ASKED = new Set(['sending', 'unsent', 'sent']);

/**
 * Nothing is known yet but the press. `pressedMs` is this phone's clock, `raisedAt` the center's time of it,
 * or null.
 */
export const pressed = (id, pressedMs, raisedAt, { test = false, silent = false } = {}) => ({
  id,
  pressedMs,
  raisedAt,
  test,
  silent,
  due: true, // the center has not kept this press yet
  unsigned: false, // it was sent without a signature, and may have arrived
  alert: null, // the center's id, once it has said that it has the alert
  repeated: false, // it was there already: the deadline given may be long past, and she long reached
  durable: false,
  deadlineMs: null, // the center's clock
  advice: 'wait',
  trouble: '', // 'offline' | 'unavailable' | 'refused': why the alert is not there yet
  state: null, // the last answer of GET /v1/alerts/ID
  reached: false, // the phone has rung; stays
  helped: false, // an operator has had the alert, or 112 was being called; stays
  rings: '', // '' | 'sending' | 'sent': that the phone rings was told to the center
  lost: false, // the last question found nobody
  sawEnd: false, // that it is closed was on a screen
  asked: '', // '' | 'sending' | 'unsent' | 'sent': a cancellation
});

/** What POST /v1/alerts was answered with; `status` 0 is no answer at all. */
export function raised(known, { status, said }, online) {
  const has = typeof said?.alert === 'string';
  if ((status === 200 || status === 202 || status === 503) && has) {
    const other = known.alert !== null && known.alert !== said.alert;
    return {
      ...known,
      ...(other ? { state: null, reached: false, helped: false, rings: '' } : {}),
      alert: said.alert,
      repeated: status === 200,
      durable: status !== 503,
      due: status === 503,
      deadlineMs: Date.parse(said.deadline_at),
      advice: said.advice,
      trouble: '',
    };
  }
  if (status === 0) return { ...known, trouble: online ? 'unavailable' : 'offline' };
  return { ...known, trouble: status >= 400 && status < 500 ? 'refused' : 'unavailable' };
}

/** What GET /v1/alerts/ID was answered with. */
export function heard(known, { status, said }) {
  if (status !== 200) return { ...known, lost: true };
  const rang = ['ringing', 'answered'].includes(call(said, 'user'));
  const helped =
    said.operator_assigned || isUnderWay(call(said, 'psap')) || call(said, 'psap') === 'answered';
  return {
    ...known,
    state: said,
    silent: Boolean(known.silent || said.silent),
    advice: said.advice,
    deadlineMs: Date.parse(said.deadline_at),
    reached: known.reached || rang,
    helped: known.helped || helped,
    lost: false,
    sawEnd: known.sawEnd && said.phase === 'closed',
  };
}

export const isClosed = (known) => known.state?.phase === 'closed';
export const isAsked = (known) => ASKED.has(known.asked);

const isUnderWay = (one) => one === 'originating' || one === 'ringing';
/** Whether the deadline is met: the phone has rung or, of a silent alert, somebody is at work for it. */
const isMet = (known) => known.reached || Boolean(known.silent && known.helped);

/**
 * The party's call that has got furthest: 'answered', 'ringing', 'originating', 'over', or '' where there was
 * none.
 */
export function call(state, party) {
  const of = (state?.legs ?? []).filter((leg) => leg.party === party).map((leg) => leg.state);
  return ['answered', 'ringing', 'originating'].find((one) => of.includes(one)) ?? (of.length ? 'over' : '');
}

/** Whether it is known that who is on the line hears and is heard. */
const isHeard = (state) => (state?.legs ?? []).every((leg) => leg.heard !== false);

/**
 * Whether what is written after the end still reaches somebody; `nowMs` is the center's clock.
 */
export const goesOn = (known, nowMs) => Date.parse(known.state?.writes_until ?? '') > nowMs;

/**
 * The last word, as names of words: [title, text], and the text where what is written reaches 112. By how the
 * alert ended, whatever 112 knows; else by what 112 knows; else by how it ended.
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

/** How old the place is that 112 knows, in minutes; 0 where it is recent, or was told in words. */
function placeOldMin(known, nowMs) {
  const oldMs = nowMs - Date.parse(known.state?.psap_place_at ?? '');
  return oldMs >= RECENT_MS ? Math.floor(oldMs / 60_000) : 0;
}

/** What 112 was told, as the last word has it; undefined while it was told nothing. */
const toldTo112 = (known, nowMs) =>
  LAST_WORDS[1][
    (known.state?.psap_knows ?? [])
      .join(' ')
      .replace('place', placeOldMin(known, nowMs) ? 'old place' : 'place')
  ];

/** What is said at the end, and what there is to do: what the center knows, and nothing else. */
function ended(known, nowMs) {
  const { outcome } = known.state;
  const [first, , last] = LAST_WORDS;
  const writes = goesOn(known, nowMs);
  const said = first[outcome] ?? toldTo112(known, nowMs) ?? last[outcome];
  const [title, text, write = text] = said ?? ['closed', 'closedText'];
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
 * What is on the screen: `{name, tone, title, text, steps, left, now, cancel, note}`. Titles, texts and steps
 * are names of words; `left` are whole seconds or null; `now` asks to call 112 at once, `call112` is the link
 * to it, which is away only while 112 is on the line with her; `nowMs` is the center's clock as this phone
 * knows it. `silence` offers to go on without a sound, `rings` to say that the phone rings, `writes` to
 * write; `reads` shows what was written; `minutes` stands in the title in place of `#`.
 */
export function shown(known, nowMs) {
  if (isAsked(known)) return asked(known);
  if (known.alert === null) return unsent(known);
  if (isClosed(known)) return ended(known, nowMs);
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
  const steps = journey(known, nowMs, operator, user, psap);
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
  // Who was told to call 112 may be talking to it by now: no countdown takes the user away from that.
  const toldToCall = known.advice === 'call_112_now';
  if (user === 'ringing')
    return screen('calling', {
      ...seen,
      left: toldToCall ? null : left,
      icon: 'ring',
      title: 'calling',
      text: toldToCall ? 'callingLate' : '',
      steps,
    });
  if (isLate(known, user, leftMs)) return late(known, nowMs, seen, operator, user);
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

/** The operator has left user and 112 to each other, and nobody is looked for. */
const isLeft = (known) => known.state?.phase === 'handed_over';

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
 * Whether she has to be told to call 112 herself: the center says so, or nothing that is known can ring her
 * in time.
 */
function isLate(known, user, leftMs) {
  if (!known.durable || known.advice === 'call_112_now') return true;
  // An alert that was there before: only the center's answer says whether she was reached then.
  if (isMet(known) || (known.repeated && known.state === null && !known.lost)) return false;
  return leftMs <= (user === 'originating' ? 0 : NEAR_MS);
}

/** What is said then: that 112 knows where she is; before that, to call it, and whether it knows of her. */
function late(known, nowMs, seen, operator, user) {
  const steps = [['done', known.durable ? 'got' : 'gotUnkept']];
  if (operator) steps.push(['done', 'operatorFound']);
  else if (!isMet(known)) steps.push(['bad', 'noOperator']);
  if (user === 'originating') steps.push(['now', 'callingStep']);
  else if (known.reached) steps.push(['done', 'called']);
  else if (operator && !known.silent) steps.push(['bad', 'notCalled']);
  const [knows, ifElsewhere] = toldTo112(known, nowMs) ?? [];
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

function unsent(known) {
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

/** One and the same for the right PIN, the duress PIN and any other: an attacker reads along. */
function asked(known) {
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

function journey(known, nowMs, operator, user, psap) {
  const steps = [['done', 'got']];
  if (operator) steps.push(['done', 'operatorFound']);
  else if (psap !== 'answered' && !isLeft(known)) steps.push(['now', 'finding']);
  if (isUnderWay(user)) steps.push(['now', 'callingStep']);
  else if (user !== '') steps.push(['done', 'called']);
  else if (!known.silent) steps.push(['', 'callingStep']);
  if (psap === 'answered') steps.push(['done', 'psapStep']);
  else if (isUnderWay(psap)) steps.push(['now', 'psapCalled']);
  else steps.push(toldTo112(known, nowMs) ? ['done', 'endPsap'] : ['', 'psapTodo']);
  return steps;
}
