// What is to be seen to of the backups, and how the last one stands, in words.

import { either, number } from '../../words/words.js';
import * as f from '../../words/format.js';

/** @type {Record<BackupWrong, Pair>} */
const WRONG = {
  failed: ['L’ultimo backup non è riuscito.', 'The last backup was not made.'],
  check_failed: ['L’ultima prova di ripristino non è riuscita.', 'The last trial restore failed.'],
  settings: [
    'Le impostazioni non si leggono: di backup non si sa nulla.',
    'The settings cannot be read: nothing is known of backups.',
  ],
  no_place: [
    'Non se ne fanno: un disco rotto porta via tutto. Manca [backup] file nelle impostazioni.',
    'None are made: a broken disk takes everything along. [backup] file is missing in the settings.',
  ],
  nobody: [
    'Non si sa per chi cifrarlo: manca [backup] to.',
    'It is not known who may open it: [backup] to is missing.',
  ],
  no_folder: [
    'La cartella non c’è: il suo disco è collegato?',
    'The folder is not there: is its disk plugged in?',
  ],
  same_disk: [
    'È sullo stesso disco del centro: se si rompe, si perde anche il backup.',
    'It lies on the centre’s own disk: if that breaks, the backup is lost, too.',
  ],
  never: ['Questo centro non ne ha ancora fatto nessuno.', 'This centre has made none yet.'],
  old: ['L’ultimo riuscito ha più di un giorno.', 'The last good one is older than a day.'],
  gone: ['L’ultimo non è più dove era stato scritto.', 'The last one is not where it was written to.'],
  no_keys: [
    'Manca il file .keys accanto: senza, nessuna persona torna.',
    'The .keys file beside it is missing: without it nobody comes back.',
  ],
  no_trial_key: [
    'Questa macchina non può provarlo: manca [backup] identity.',
    'This machine cannot try it: [backup] identity is missing.',
  ],
  untried: [
    'Non è provato da più di una settimana: premi T.',
    'It was not tried for more than a week: press T.',
  ],
  no_timer: [
    'Niente lo fa da solo su questa macchina (systemd, scripts/install).',
    'Nothing makes one by itself on this machine (systemd, scripts/install).',
  ],
};

/** @param {BackupWrong} one */
export const wrong = (one) => either(...WRONG[one]);

/** `28 Nov 2026 03:40`. @param {string | null} at */
export function moment(at) {
  if (!at) return '—';
  const us = Date.parse(at) * 1000;
  return `${f.day(us)} ${f.minute(us)}`;
}

/** `12.4 MB`. @param {number} bytes */
export const size = (bytes) =>
  bytes < 1e5 ? `${number(bytes / 1e3, 1)}\u00a0kB` : `${number(bytes / 1e6, 1)}\u00a0MB`;

/**
 * How the last one stands; `before`: as large the one before is, in bytes; 0 where nobody knows.
 * @param {BackupRunView | null} run @param {number} nowUs @param {number} before
 */
export function standing(run, nowUs, before) {
  if (!run) return '';
  if (run.unheard)
    return either(
      'ordinato, ma nessuno comincia: su questa macchina manca securwoman-backup.path (scripts/install).',
      'ordered, and nobody begins: securwoman-backup.path is missing on this machine (scripts/install).',
    );
  if (run.waits) return either('ordinato: sta per cominciare.', 'ordered: it is about to begin.');
  const begun = moment(run.began_at);
  if (run.cut_off)
    return either(
      `si è interrotto, quello del ${begun}, senza una parola.`,
      `that of ${begun} was cut off without a word.`,
    );
  if (run.failed)
    return either(`non riuscito il ${begun}: ${run.failed}`, `failed on ${begun}: ${run.failed}`);
  if (!run.running) return '';
  const span = f.span(nowUs - Date.parse(run.began_at) * 1000);
  const written = run.bytes ? `, ${size(run.bytes)}` : '';
  const about = run.bytes && before ? either(` di circa ${size(before)}`, ` of about ${size(before)}`) : '';
  return either(`in corso da ${span}${written}${about}`, `at work for ${span}${written}${about}`);
}
