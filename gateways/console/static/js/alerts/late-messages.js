// Alerts in which the user wrote after the alert's end, or after the last operator left. All signed-on
// operators see and hear these alerts until an operator has read the message.

/** Return these alerts, the oldest message first. @param {Feed} feed @returns {CaseView[]} */
export const alertsWithLateMessages = (feed) =>
  feed.link === 'live'
    ? [...feed.cases.values()]
        .filter((view) => view.written_us !== null)
        .sort((a, b) => a.written_us - b.written_us)
    : [];

/**
 * Return the key under which an acknowledgement of the alert's last message is kept.
 * @param {CaseView} view
 */
export const lateMessageKey = (view) => `${view.alert}/written@${view.written_us}`;
