// Failover to another node of the center: the page looks for a node that answers when its own node is silent,
// and continues there. The page's state, the acknowledged alarms and the ticket travel in the fragment of the
// address, which browsers send to no server. A note that is being written is left behind: it would stay in
// the browser's history.

const POLL_AFTER_MS = 500; // silence after which the other nodes are polled
const MOVE_AFTER_MS = 1500; // a gateway that has ended is replaced by then
const POLL_EVERY_MS = 750;
const TIMEOUT_MS = 1500;
const ANSWER_VALID_MS = 3000; // age at which an answer expires

/** The other nodes that answer. */
export class OtherNodes {
  constructor() {
    this.reset();
  }

  /** Reset, because the page's own node answers again. */
  reset() {
    this.answeredAtMs = new Map(); // the time of the last answer, by address
    this.polledAtMs = 0;
  }

  /**
   * Poll the other nodes. Return the address at which the page continues, once it must; else ''.
   * @param {number} silentMs @param {NodeView[]} nodes
   */
  poll(silentMs, nodes) {
    const now = Date.now();
    const others = [...nodes.slice(1)]
      .filter((one) => one.web && one.web !== location.origin)
      .sort((a, b) => Number(b.alive) - Number(a.alive) || Number(a.draining) - Number(b.draining));
    if (silentMs >= POLL_AFTER_MS && now - this.polledAtMs >= POLL_EVERY_MS) {
      this.polledAtMs = now;
      for (const one of others) this.#poll(one.web);
    }
    const target = others.find(
      (one) => now - (this.answeredAtMs.get(one.web) ?? -Infinity) < ANSWER_VALID_MS,
    );
    return silentMs >= MOVE_AFTER_MS && target ? target.web : '';
  }

  /** Poll a node, and note the time of its answer. @param {string} web */
  async #poll(web) {
    const { answeredAtMs } = this;
    try {
      const answer = await fetch(`${web}/healthz`, {
        credentials: 'omit',
        cache: 'no-store',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (answer.ok) answeredAtMs.set(web, Date.now());
    } catch {
      answeredAtMs.delete(web);
    }
  }
}

/**
 * Replace this page by the console of another node.
 * @param {string} web @param {string} ticket @param {object} pageState the page's state
 */
export function moveTo(web, ticket, pageState) {
  const along = new URLSearchParams({ ticket, kept: JSON.stringify(pageState) });
  location.replace(`${web}/console/${location.search}#${along}`);
}

/**
 * Return what another node or a link put into the fragment, and remove it from the address.
 * @returns {FromAddress}
 */
export function takeFromAddress() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [token, ticket, first, callout] = ['token', 'ticket', 'first', 'callout'].map((name) =>
    fragment.get(name),
  );
  const found = { token, ticket, first, callout, kept: {} };
  // The address would show them, and the history would keep them.
  if (token || ticket || first || callout)
    history.replaceState(null, '', location.pathname + location.search);
  try {
    const pageState = JSON.parse(fragment.get('kept') ?? '{}');
    if (pageState !== null && typeof pageState === 'object') found.kept = pageState;
  } catch {
    // A truncated state is dropped; the case is found without it.
  }
  return found;
}
