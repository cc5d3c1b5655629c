// Failover to another node of the center: the page looks for a node that answers when its own node is silent,
// and continues there. The page's state, the acknowledged alarms and the ticket travel in the fragment of the
// address, which browsers send to no server. A note that is being written is left behind: it would stay in
// the browser's history.

const LOOK_MS = 500; // silence after which the other nodes are polled
const LEAVE_MS = 1500; // a gateway that has ended is replaced by then
const AGAIN_MS = 750;
const ANSWER_MS = 1500;
const OLD_MS = 3000; // age at which an answer expires

/** The other nodes that answer. */
export class Elsewhere {
  constructor() {
    this.forget();
  }

  /** Reset, because the page's own node answers again. */
  forget() {
    this.answered = new Map(); // the time of the last answer, by address
    this.askedAtMs = 0;
  }

  /**
   * Poll the other nodes. Return the address at which the page continues, once it must; else ''.
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

  /** Poll a node, and note the time of its answer. @param {string} web */
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

/**
 * Replace this page by the console of another node.
 * @param {string} web @param {string} ticket @param {object} kept the page's state
 */
export function leave(web, ticket, kept) {
  const along = new URLSearchParams({ ticket, kept: JSON.stringify(kept) });
  location.replace(`${web}/console/${location.search}#${along}`);
}

/**
 * Return what another node or a link put into the fragment, and remove it from the address.
 * @returns {Came}
 */
export function arrived() {
  const given = new URLSearchParams(location.hash.slice(1));
  const [token, ticket, first, callout] = ['token', 'ticket', 'first', 'callout'].map((name) =>
    given.get(name),
  );
  const found = { token, ticket, first, callout, kept: {} };
  // The address would show them, and the history would keep them.
  if (token || ticket || first || callout)
    history.replaceState(null, '', location.pathname + location.search);
  try {
    const kept = JSON.parse(given.get('kept') ?? '{}');
    if (kept !== null && typeof kept === 'object') found.kept = kept;
  } catch {
    // A truncated state is dropped; the case is found without it.
  }
  return found;
}
