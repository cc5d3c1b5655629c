// The towns by which a position is named. Requested from the center when the page starts, and kept.

import { language } from '../words/words.js';
import { nearbyCity, nearestTown } from './wording.js';

const DATA = '/console/data/';
const RETRY_MS = 5000;

/**
 * Return a function that requests a file of data once. Its promise resolves when the file was received, or
 * when the request failed and may be repeated.
 * @param {string} name @param {(data: any) => void} take @returns {() => Promise<void>}
 */
export function requestOnce(name, take) {
  /** @type {Promise<void>} */
  let lastRequest = null;
  const fetched = async () => {
    const answer = await fetch(DATA + name);
    if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
    take(await answer.json());
  };
  return () => {
    lastRequest ??= fetched().catch(() => {
      setTimeout(() => {
        lastRequest = null;
      }, RETRY_MS);
    });
    return lastRequest;
  };
}

/** The towns received so far. */
export const towns = { all: /** @type {Town[]} */ ([]) };

/** Request the towns. */
export const loadTowns = requestOnce('towns-it.json', (data) => {
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

loadTowns(); // before the first case, so that its lines do not move when the names arrive

let lastRequest = { lat: null, lon: null, language: null };
let lastAnswer = null;

/**
 * Return {near, city} of a position, either may be null. The last position's answer is kept.
 * @param {PositionView} p
 */
export function whereabouts(p) {
  loadTowns();
  if (!towns.all.length) return { near: null, city: null };
  if (lastRequest.lat !== p.lat || lastRequest.lon !== p.lon || lastRequest.language !== language()) {
    lastRequest = { lat: p.lat, lon: p.lon, language: language() };
    const near = nearestTown(p.lat, p.lon, towns.all);
    lastAnswer = { near, city: near && nearbyCity(p.lat, p.lon, towns.all, near) };
  }
  return lastAnswer;
}
