// The words for faults of the backups and for the state of the last run.

import { number, phrase, say } from '../../js/words/words.js';
import * as f from '../../js/words/format.js';

/** @type {Record<BackupWrong, Phrase>} */
const WRONG = {
  failed: phrase`The last backup was not made.`,
  check_failed: phrase`The last trial restore failed.`,
  settings: phrase`The settings cannot be read: nothing is known of backups.`,
  no_place: phrase`None are made: a broken disk takes everything along. [backup] file is missing in the
    settings.`,
  nobody: phrase`It is not known who may open it: [backup] to is missing.`,
  no_folder: phrase`The folder is not there: is its disk plugged in?`,
  same_disk: phrase`It lies on the centre’s own disk: if that breaks, the backup is lost, too.`,
  never: phrase`This centre has made none yet.`,
  old: phrase`The last good one is older than a day.`,
  gone: phrase`The last one is not where it was written to.`,
  no_keys: phrase`The .keys file beside it is missing: without it nobody comes back.`,
  no_trial_key: phrase`This machine cannot try it: [backup] identity is missing.`,
  untried: phrase`It was not tried for more than a week: press T.`,
  no_timer: phrase`Nothing makes one by itself on this machine (systemd, scripts/install).`,
};

/** Return the words for a fault. @param {BackupWrong} one */
export const wrong = (one) => WRONG[one]();

/** Return a moment: `28 Nov 2026 03:40`. @param {string | null} at */
export function moment(at) {
  if (!at) return '—';
  const us = Date.parse(at) * 1000;
  return `${f.day(us)} ${f.minute(us)}`;
}

/** Return a size: `12.4 MB`. @param {number} bytes */
export const size = (bytes) =>
  bytes < 1e5 ? `${number(bytes / 1e3, 1)}\u00a0kB` : `${number(bytes / 1e6, 1)}\u00a0MB`;

/**
 * Return the state of the last run in words. `before`: the previous backup's size in bytes, 0 if unknown.
 * @param {BackupRunView | null} run @param {number} nowUs @param {number} before
 */
export function runState(run, nowUs, before) {
  if (!run) return '';
  if (run.unheard)
    return say`ordered, and nobody begins: securwoman-backup.path is missing on this machine
      (scripts/install).`;
  if (run.waits) return say`ordered: it is about to begin.`;
  const begun = moment(run.began_at);
  if (run.cut_off) return say`that of ${begun} was cut off without a word.`;
  if (run.failed) return say`failed on ${begun}: ${run.failed}`;
  if (!run.running) return '';
  const span = f.span(nowUs - Date.parse(run.began_at) * 1000);
  const written = run.bytes ? `, ${size(run.bytes)}` : '';
  const about = run.bytes && before ? say` of about ${size(before)}` : '';
  return say`at work for ${span}${written}${about}`;
}
