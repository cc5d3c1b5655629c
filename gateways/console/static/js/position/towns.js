// The towns by which a position is named. Requested from the center when the page starts, and kept.

import { language } from '../words/words.js';
import { nearbyCity, nearestTown } from './wording.js';

const DATA = '/console/data/';
const RETRY_MS = 5000;

/**
 * Return a function that requests a file of data once. Its promise resolves when the file was received, or
 * when the request failed and may be repeated.
 * @param {string} name @param {(said: any) => void} take @returns {() => Promise<void>}
 */
export function kept(name, take) {
  /** @type {Promise<void>} */
  let asked = null;
  const fetched = async () => {
    const answer = await fetch(DATA + name);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    take(await answer.json());
  };
  return () => {
    asked ??= fetched().catch(() => {
      setTimeout(() => {
        asked = null;
      }, RETRY_MS);
    });
    return asked;
  };
}

/** The towns received so far. */
export const towns = { all: /** @type {Town[]} */ ([]) };

/** Request the towns. */
export const load = kept('towns-it.json', (data) => {
  let lat = 0;
  towns.all = data.names.split('\n').map((name, i) => {
    lat += data.lat[i];
    return {
      name,
      region: data.regions[data.region[i]],
      lat: lat / data.per_degree,
      lon: data.lon[i] / data.per_degree,
      population: data.population[i],
    };
  });
});

load(); // before the first case, so that its lines do not move when the names arrive

let asked = { lat: null, lon: null, language: null };
let found = null;

/**
 * Return {near, city} of a position, either may be null. The last position's answer is kept.
 * @param {PositionView} p
 */
export function whereabouts(p) {
  load();
  if (!towns.all.length) return { near: null, city: null };
  if (asked.lat !== p.lat || asked.lon !== p.lon || asked.language !== language()) {
    asked = { lat: p.lat, lon: p.lon, language: language() };
    const near = nearestTown(p.lat, p.lon, towns.all);
    found = { near, city: near && nearbyCity(p.lat, p.lon, towns.all, near) };
  }
  return found;
}
