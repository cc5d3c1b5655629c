// Everything that the console would show of each of these states, in both languages: by place, as plain text;
// and every claim of the table that is among it, with its words and whether it is so. For a page with the
// console's modules.
async () => {
  const found = await Promise.all(
    [
      'words/words',
      'words/claims',
      'steps/key-to-command',
      'case/deadline',
      'alerts/alert-state',
      'steps/next-step',
      'steps/visible-keys',
      'position/panel',
      'case/party',
      'case/banner',
      'case/briefing',
      'case/timeline',
      'case/incoming',
      'case/parties',
      'case/handover-status',
      'alerts/rail',
      'shell/notices',
    ].map((one) => import(`/console/js/${one}.js`)),
  );
  const [words, claims, commands, due, list, { nextStep }, { namedKeys }, ...views] = found;
  const [{ positionPanel }, ...drawn] = views;
  const [{ tile }, { banner }, { briefing }, { entryLine }, { incomingView }, ...others] = drawn;
  const [{ parties }, handed, { railList }, { notices }] = others;
  const clock = Date.now;
  let clockMs = 0;
  /** By a clock that has gone on for some seconds: a band stands only for what has been so for so long. */
  const later = (work) => {
    clockMs += 5000;
    Date.now = () => clockMs;
    try {
      return work();
    } finally {
      Date.now = clock;
    }
  };
  const plain = (drawn) => {
    if (Array.isArray(drawn)) return drawn.map(plain).join(' ');
    if (drawn?.strings && drawn.values)
      return drawn.strings.map((part, i) => part + plain(drawn.values[i])).join('');
    if (drawn?._$litDirective$) {
      const [items, , template] = drawn.values; // of a list
      return items.map((one) => plain(template(one))).join(' ');
    }
    return ['string', 'number'].includes(typeof drawn) ? String(drawn) : '';
  };
  const text = (...drawn) =>
    plain(drawn)
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim();
  /** Of what is found in it, the text of each. */
  const within = (drawn, selector) =>
    [...new DOMParser().parseFromString(plain(drawn), 'text/html').querySelectorAll(selector)].map((one) =>
      one.textContent.replace(/\s+/g, ' ').trim(),
    );
  const shown = ({ view, allowed, me, center }, nowUs) => {
    const names = (one) => `Operator ${one}`;
    const now = { view, allowed, me, nowUs, names, center };
    const user = view.person?.first_name ?? '';
    const feed = {
      me,
      center,
      names,
      nowUs: () => nowUs,
      allowedIn: () => allowed,
      myShift: () => 'ready',
      isElsewhere: () => false,
      link: 'live',
      cases: new Map([[view.alert, view]]),
      operators: [],
      alarms: [],
      alarmsOver: [],
      lines: [],
      open: 1,
    };
    const called = view.reserved.includes(me.operator) && view.operator !== me.operator;
    const screen = {
      section: 'alerts',
      hiddenOwnCase: () => (view.operator === me.operator && view.closed_us === null ? view : null),
      ownCase: () => (view.operator === me.operator && view.closed_us === null ? view : null),
      incoming: () => null,
      selected: () => null,
      listed: () => [view],
      open() {},
    };
    const ui = { feed, screen, acknowledged: { hasKey: () => false }, commands: { armed: null }, press() {} };
    const dock = nextStep(view, allowed, me, nowUs, names, center);
    const over = banner(view, nowUs, me, names);
    const counted = due.deadline(view, nowUs);
    const calls = { user: view.user, operator: view.operator_leg, psap: view.psap };
    const tiles = Object.entries(calls).map(([which, party]) => {
      const { label, foot } = tile(party, which, view, nowUs, center);
      return [`tile.${which}`, text(label, '. ', foot)];
    });
    const drawn = parties(ui, view, nowUs, false, allowed);
    const links = within(drawn, '.link .sr').map((one, i) => [`link.${['user', 'psap'][i]}`, one]);
    const feet = within(drawn, '.party__foot').map((one, i) => [`foot.${Object.keys(calls)[i]}`, one]);
    const five = commands.slots(view, allowed, null);
    const slots = five.map((one) => [`slot.${one.key}`, text(one.why ?? one.sub)]);
    later(() => notices(ui));
    const places = {
      dock: text(dock.say, ' ', dock.more),
      'dock.say': text(dock.say),
      'dock.more': text(dock.more),
      'dock.keys': text(commands.keyHints(view, me, allowed)),
      'dock.close': text(commands.closingHint(view, allowed)),
      x: commands.commandOf('X', dock.step, view, me, allowed),
      t: commands.commandOf('T', dock.step, view, me, allowed) ?? '',
      'dock.step': text(dock.step.key, dock.step.label, dock.step.sub, dock.step.why ?? ''),
      banner: over ? text(over.title, over.text, over.aside) : '',
      clock: text(counted.value, counted.unit, counted.word, counted.small),
      contact: due.contactText(view),
      list: text(list.alertState({ feed }, view, nowUs).slice(2).join('. ')),
      briefing: text(briefing(view, nowUs).map(({ parts }) => parts.map((one) => one.text))),
      keys: allowed.call_psap ? words.reason(allowed.call_psap) : '',
      map: view.position ? '' : text(positionPanel(ui, view, nowUs)),
      incoming: called ? text(incomingView(ui, view)) : '',
      story: text(view.timeline.slice(-1).map((one) => entryLine(one, user, names, view.test)?.text ?? '')),
      handed: text(handed.statusLine(ui, view, nowUs)),
      strip: later(() => text(notices(ui))),
      rail: text(railList(ui)),
      ...Object.fromEntries([...tiles, ...links, ...feet, ...slots]),
    };
    const whole = Object.values(places).join('\n');
    const sentences = ['say', 'more', 'keys', 'close'].map((one) => places[`dock.${one}`]);
    const keys = [dock.step.key, ...[...sentences, text(dock.step.sub)].flatMap(namedKeys)];
    const all = claims.all(now);
    window.claimed = all.map((one) => one.claim);
    return {
      nowUs,
      places,
      keys: [...new Set(keys)].sort(),
      claims: all.filter((one) => whole.includes(one.words)),
    };
  };
  window.show = (told) =>
    JSON.stringify(
      JSON.parse(told).map((state) =>
        ['it', 'en'].flatMap((lang) => {
          words.setLanguage(lang);
          return state.nowUs.map((nowUs) => shown(state, nowUs));
        }),
      ),
    );
};
