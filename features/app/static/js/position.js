// The phone's position while an alert is open: sent often enough to follow the user, rarely enough to spare
// the battery.

const EVERY_MS = 10_000;
const MOVED_M = 25;
const LEAST_MS = 1000;
const ANSWER_MS = 8000;
/** An older position would send help to a former place. */
export const RECENT_MS = 300_000;
const EARTH_M = 6_371_000;
const WATCH = { enableHighAccuracy: true, maximumAge: 10_000, timeout: 30_000 };

/** Return the metres between two places, computed on a plane: the distances are short. */
export function metres(a, b) {
  const rad = Math.PI / 180;
  const east = (b.lon - a.lon) * rad * Math.cos(((a.lat + b.lat) / 2) * rad);
  return Math.hypot(east, (b.lat - a.lat) * rad) * EARTH_M;
}

/** Return true if this position must be sent, after `last` was sent at `lastMs`. */
export function isDue(last, lastMs, fix, nowMs) {
  if (last === null || nowMs - lastMs >= EVERY_MS) return true;
  return nowMs - lastMs >= LEAST_MS && metres(last, fix) >= MOVED_M;
}

export class Positions {
  constructor(api, clock, changed) {
    this.api = api;
    this.clock = clock;
    this.changed = changed;
    this.fix = null; // the newest position
    this.denied = false;
    this.alert = null; // the alert that receives the positions
    this.untilMs = Infinity;
    this.watching = null;
    this.sent = null;
    this.sentMs = 0;
    this.sending = false;
  }

  /** Start to watch the position. Nothing is sent before an alert is set. */
  watch() {
    if (this.watching !== null || !('geolocation' in navigator)) return;
    this.watching = navigator.geolocation.watchPosition(
      (found) => this.#found(found),
      (error) => {
        this.denied = error.code === error.PERMISSION_DENIED;
        this.changed();
      },
      WATCH,
    );
  }

  /** Request the position once, and thereby the permission while nothing is urgent. */
  ask() {
    navigator.geolocation?.getCurrentPosition(
      (found) => this.#found(found),
      (error) => {
        this.denied = error.code === error.PERMISSION_DENIED;
        this.changed();
      },
      WATCH,
    );
  }

  /** Request the position once if permission was given before: the position may be needed the next second. */
  async requestIfAllowed() {
    const leave = await navigator.permissions?.query({ name: 'geolocation' }).catch(() => null);
    if (leave?.state === 'granted') this.ask();
    this.denied = leave?.state === 'denied';
    this.changed();
  }

  /**
   * Send positions to this alert, until `untilMs` of the phone's clock. `sent`: the position in the alert's
   * own request.
   */
  follow(alert, sent = null, untilMs = Infinity) {
    if (this.alert !== alert) {
      this.sent = sent;
      this.sentMs = sent ? Date.now() : 0;
    }
    this.alert = alert;
    this.untilMs = untilMs;
    this.watch();
    this.#send();
  }

  /** Return the newest position; null if it is older than some minutes. */
  recent(nowMs) {
    return this.fix !== null && nowMs - this.fix.ms < RECENT_MS ? this.fix : null;
  }

  /** Stop watching the position. */
  stop() {
    this.alert = null;
    if (this.watching !== null) navigator.geolocation.clearWatch(this.watching);
    this.watching = null;
  }

  /** Store a new position, and send it if due. */
  #found({ coords, timestamp }) {
    this.denied = false;
    this.fix = {
      lat: coords.latitude,
      lon: coords.longitude,
      accuracy_m: coords.accuracy,
      source: 'app',
      ms: timestamp,
    };
    this.#send();
  }

  /** Return the position for a request, its time by the center's clock. */
  body(fix) {
    const { ms, ...place } = fix;
    return { ...place, ...(this.clock.isKnown ? { at: new Date(this.clock.center(ms)).toISOString() } : {}) };
  }

  /** Send the newest position if it is due. */
  async #send() {
    if (Date.now() > this.untilMs) this.stop();
    const { alert, fix } = this;
    if (
      alert === null ||
      fix === null ||
      this.sending ||
      fix === this.sent ||
      !isDue(this.sent, this.sentMs, fix, Date.now())
    )
      return;
    this.sending = true;
    const { status } = await this.api.position(alert, this.body(fix), ANSWER_MS);
    this.sending = false;
    // A lost position is not sent again: the next position is better.
    if (status === 202) {
      this.sent = fix;
      this.sentMs = Date.now();
    }
  }
}
