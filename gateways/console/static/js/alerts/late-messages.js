// Alerts in which the user has written after their end, or after the last operator had left: all who are
// signed on see and hear them, until somebody has read it.

/** Return them, the oldest message first. @param {Feed} feed @returns {CaseView[]} */
export const writtenAfter = (feed) =>
  feed.link === 'live'
    ? [...feed.cases.values()]
        .filter((view) => view.written_us !== null)
        .sort((a, b) => a.written_us - b.written_us)
    : [];

/** By what such a message is known once it is acknowledged. @param {CaseView} view */
export const writtenKey = (view) => `${view.alert}/written@${view.written_us}`;
