// The center's other nodes: which of them answers when this one is silent, and how the page goes on there.
// What is on the screen, which alarms were acknowledged and the ticket go along in the fragment, which no
// server is ever sent; a note that is being written does not: it would stay in the browser's history.

const LOOK_MS = 500; // silent for so long: who else is there?
const LEAVE_MS = 1500; // a web that has ended has its successor by then
const AGAIN_MS = 750;
const ANSWER_MS = 1500;
const OLD_MS = 3000; // an answer of that age says nothing

export class Elsewhere {
  constructor() {
    this.forget();
  }

  /** This node is back. */
  forget() {
    this.answered = new Map(); // by address, when
    this.askedAtMs = 0;
  }

  /**
   * Look for the others of `nodes`; the address where to go on, as soon as it is time to, else ''.
   * @param {number} silentMs @param {NodeView[]} nodes
   */
  look(silentMs, nodes) {
    const now = Date.now();
    const others = [...nodes.slice(1)]
      .filter((one) => one.web && one.web !== location.origin)
      .sort((a, b) => Number(b.alive) - Number(a.alive) || Number(a.draining) - Number(b.draining));
    if (silentMs >= LOOK_MS && now - this.askedAtMs >= AGAIN_MS) {
      this.askedAtMs = now;
      for (const one of others) this.#ask(one.web);
    }
    const there = others.find((one) => now - (this.answered.get(one.web) ?? -Infinity) < OLD_MS);
    return silentMs >= LEAVE_MS && there ? there.web : '';
  }

  /** @param {string} web */
  async #ask(web) {
    const { answered } = this;
    try {
      const answer = await fetch(`${web}/healthz`, {
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      if (answer.ok) answered.set(web, Date.now());
    } catch {
      answered.delete(web);
    }
  }
}

/** Go to another node's console, in place of this page. @param {string} web @param {string} ticket */
export function leave(web, ticket, kept) {
  const along = new URLSearchParams({ ticket, kept: JSON.stringify(kept) });
  location.replace(`${web}/console/${location.search}#${along}`);
}

/** What came along from another node, or in a link, out of the address at once. @returns {Came} */
export function arrived() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [token, ticket, first, callout] = ['token', 'ticket', 'first', 'callout'].map((name) =>
    given.get(name),
  );
  const found = { token, ticket, first, callout, kept: {} };
  // It would be seen on the screen, and kept in the history.
  if (token || ticket || first || callout)
    history.replaceState(null, '', location.pathname + location.search);
  try {
    const kept = JSON.parse(given.get('kept') ?? '{}');
    if (kept !== null && typeof kept === 'object') found.kept = kept;
  } catch {
    // Cut off on the way: the case is found all the same.
  }
  return found;
}
