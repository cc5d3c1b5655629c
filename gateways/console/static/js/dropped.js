// A conference that I have left and that came apart soon after: it sounds as a new alert. Pure.

const SOON_US = 60e6;
const SOUNDS_US = 60e6;

/** The case that I left, one of whose two parties was gone within a minute; null where there is none, or I know. */
export function droppedSoon(feed, acknowledged) {
  const nowUs = feed.nowUs();
  return [...feed.cases.values()].find((view) => {
    if (view.left_us === null || view.silent || view.duress || acknowledged.has(`${view.alert}/dropped`)) return false;
    const mine = view.timeline.some((entry) => entry.what === 'leave.requested' && entry.operator === feed.me.operator);
    const left = [view.user, view.psap].filter((party) => party.answered_us !== null && (party.released_us ?? Infinity) >= view.left_us);
    if (left.length < 2) return false; // 112 was briefed alone, and let go with her
    const at = Math.min(...left.map((party) => party.released_us ?? Infinity));
    return mine && at - view.left_us < SOON_US && nowUs - at < SOUNDS_US;
  }) ?? null;
}
