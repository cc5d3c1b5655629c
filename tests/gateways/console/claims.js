// Everything that the console would show of each of these states, in both languages: by place, as plain text;
// and every claim of the table that is among it, with its words and whether it is so. For a page with the
// console's modules.
async () => {
  const [words, claims, commands, due, list, { next }, ...drawn] = await Promise.all(
    [
      'words/words',
      'words/claims',
      'steps/commands',
      'case/deadline',
      'alerts/now',
      'steps/next',
      'case/party',
      'case/banner',
      'case/briefing',
      'case/story',
      'case/incoming',
    ].map((one) => import(`/console/js/${one}.js`)),
  );
  const [{ tile }, { banner }, { briefing }, { told }, { incomingView }] = drawn;
  const plain = (drawn) => {
    if (Array.isArray(drawn)) return drawn.map(plain).join(' ');
    if (drawn?.strings && drawn.values)
      return drawn.strings.map((part, i) => part + plain(drawn.values[i])).join('');
    return ['string', 'number'].includes(typeof drawn) ? String(drawn) : '';
  };
  const text = (...drawn) =>
    plain(drawn)
      .replace(/<[^>]*>/g, ' ')
      .replace(/\s+/g, ' ');
  const shown = ({ view, allowed, me, center }, nowUs) => {
    const names = (one) => `Operator ${one}`;
    const now = { view, allowed, me, nowUs, names, center };
    const user = view.person?.first_name ?? '';
    const feed = { me, center, names, nowUs: () => nowUs };
    const called = view.reserved.includes(me.operator) && view.operator !== me.operator;
    const dock = next(view, allowed, me, nowUs, names, center);
    const over = banner(view, nowUs, me, names);
    const clock = due.deadline(view, nowUs);
    const parties = { user: view.user, operator: view.operator_leg, psap: view.psap };
    const tiles = Object.entries(parties).map(([which, party]) => {
      const { label, foot } = tile(party, which, view, nowUs, center);
      return [`tile.${which}`, text(label, '. ', foot)];
    });
    const places = {
      'dock.say': text(dock.say),
      'dock.more': text(dock.more),
      'dock.keys': text(commands.keysSaid(view, me, allowed)),
      'dock.close': text(commands.closeSaid(view, allowed)),
      x: commands.commandOf('X', dock.step, view, me, allowed),
      'dock.step': text(dock.step.key, dock.step.label, dock.step.sub, dock.step.why ?? ''),
      banner: over ? text(over.title, over.text, over.aside) : '',
      clock: text(clock.value, clock.unit, clock.word, clock.small),
      contact: due.contact(view),
      list: text(list.now({ feed }, view, nowUs).slice(2).join('. ')),
      briefing: text(briefing(view, nowUs).map(({ parts }) => parts.map((one) => one.text))),
      keys: allowed.call_psap ? words.reason(allowed.call_psap) : '',
      incoming: called ? text(incomingView({ feed, press() {} }, view)) : '',
      story: text(view.timeline.slice(-1).map((one) => told(one, user, names, view.test)?.text ?? '')),
      ...Object.fromEntries(tiles),
    };
    const whole = Object.values(places).join('\n');
    return { places, claims: claims.all(now).filter((one) => whole.includes(one.words)) };
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
