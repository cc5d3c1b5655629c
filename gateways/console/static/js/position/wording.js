// Positions in forms that can be read aloud. Pure: degrees (WGS 84) and lists → words and numbers.

import { number, phrase, say } from '../words/words.js';

const EARTH_KM = 6371.0088;
const NB = '\u00a0';
/** @type {Phrase[]} */
const COMPASS = [
  phrase`north`,
  phrase`north-east`,
  phrase`east`,
  phrase`south-east`,
  phrase`south`,
  phrase`south-west`,
  phrase`west`,
  phrase`north-west`,
];
const AROUND_KM = 15; // distance at which people name a city as their place
const MUCH_LARGER = 5;
const STILL_M = 25;

/** Convert degrees to radians. @param {number} degrees */
const radians = (degrees) => (degrees * Math.PI) / 180;

/** Return the distance along a great circle, kilometres. */
export function distanceKm(a, b) {
  const h =
    Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * EARTH_KM * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Return the bearing from `a` to `b`, degrees clockwise from north, 0 to 360. */
export function bearingDeg(a, b) {
  const y = Math.sin(radians(b.lon - a.lon)) * Math.cos(radians(b.lat));
  const x =
    Math.cos(radians(a.lat)) * Math.sin(radians(b.lat)) -
    Math.sin(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.cos(radians(b.lon - a.lon));
  return ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360;
}

/** Return one of eight directions in words. @param {number} degrees */
export const directionName = (degrees) => COMPASS[Math.round(degrees / 45) % 8]();

/** Return a town with the distance and direction of the point from the town. @param {number} km */
const withDistance = (town, point, km) => ({
  name: town.name,
  region: town.region,
  population: town.population,
  km,
  bearing: directionName(bearingDeg(town, point)),
});

/**
 * Return the nearest town; `bearing` is the direction of the point, seen from the town. Null without towns.
 * @param {number} lat @param {number} lon
 * @param {Town[]} towns
 */
export function nearestTown(lat, lon, towns) {
  const point = { lat, lon };
  let best = null;
  let bestKm = Infinity;
  for (const town of towns) {
    if (Math.abs(town.lat - lat) * 110 > bestKm) continue; // too far north or south already
    const km = distanceKm(town, point);
    if (km < bestKm) {
      best = town;
      bestKm = km;
    }
  }
  return best && withDistance(best, point, bestKm);
}

/**
 * Return the much larger city nearby by which people know the nearest town, or null.
 * @param {number} lat @param {number} lon
 * @param {Town[]} towns @param {Near} near
 */
export function nearbyCity(lat, lon, towns, near) {
  const point = { lat, lon };
  const found = towns.filter(
    (town) =>
      Math.abs(town.lat - lat) * 110 < AROUND_KM &&
      town.population > MUCH_LARGER * near.population &&
      distanceKm(town, point) < AROUND_KM,
  );
  const city = found.reduce((one, other) => (one && one.population >= other.population ? one : other), null);
  return city && withDistance(city, point, distanceKm(city, point));
}

/** Return a distance: `350 m` or `3.6 km`. @param {number} km */
export const distance = (km) =>
  km < 0.995
    ? `${Math.max(10, Math.round(km * 100) * 10)}${NB}m`
    : `${km < 20 ? number(km) : Math.round(km)}${NB}km`;
/** Return `3.6 km east of Genova`. @param {Near} town */
export const fromTown = (town) => say`${distance(town.km)} ${town.bearing} of ${town.name}`;
/** Return `3.6 km east of its centre`. @param {Near} town */
export const fromCentre = (town) => say`${distance(town.km)} ${town.bearing} of its centre`;
/** Return `Pavia, Lombardia`. @param {Pick<Town, 'name' | 'region'>} town */
export const townName = (town) => [town.name, town.region].filter(Boolean).join(', ');

const OLC = '23456789CFGHJMPQRVWX';

/**
 * Return the Open Location Code of ten digits: a field of about 14 m by 10 m.
 * @param {number} lat @param {number} lon
 */
export function plusCode(lat, lon) {
  const perDegree = 8000;
  // Rounded first: 0.1 + 0.2 must not fall into the neighbouring field.
  const whole = (degrees, most) =>
    Math.min(most * perDegree - 1, Math.max(0, Math.floor(Math.round(degrees * perDegree * 1e6) / 1e6)));
  let y = whole(lat + 90, 180);
  let x = whole((((lon + 180) % 360) + 360) % 360, 360);
  let code = '';
  for (let pair = 0; pair < 5; pair += 1) {
    code = OLC[y % 20] + OLC[x % 20] + code;
    y = Math.floor(y / 20);
    x = Math.floor(x / 20);
  }
  return `${code.slice(0, 8)}+${code.slice(8)}`;
}

/** The numbers from 0 to 99, ten in each sentence. @type {Phrase[]} */
const NUMBERS = [
  phrase`zero one two three four five six seven eight nine`,
  phrase`ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen`,
  phrase`twenty twenty-one twenty-two twenty-three twenty-four twenty-five twenty-six twenty-seven
    twenty-eight twenty-nine`,
  phrase`thirty thirty-one thirty-two thirty-three thirty-four thirty-five thirty-six thirty-seven
    thirty-eight thirty-nine`,
  phrase`forty forty-one forty-two forty-three forty-four forty-five forty-six forty-seven forty-eight
    forty-nine`,
  phrase`fifty fifty-one fifty-two fifty-three fifty-four fifty-five fifty-six fifty-seven fifty-eight
    fifty-nine`,
  phrase`sixty sixty-one sixty-two sixty-three sixty-four sixty-five sixty-six sixty-seven sixty-eight
    sixty-nine`,
  phrase`seventy seventy-one seventy-two seventy-three seventy-four seventy-five seventy-six seventy-seven
    seventy-eight seventy-nine`,
  phrase`eighty eighty-one eighty-two eighty-three eighty-four eighty-five eighty-six eighty-seven
    eighty-eight eighty-nine`,
  phrase`ninety ninety-one ninety-two ninety-three ninety-four ninety-five ninety-six ninety-seven
    ninety-eight ninety-nine`,
];

/** Return a whole number from 0 to 199 in words. @param {number} n */
export function numberWords(n) {
  if (n > 100) return say`one hundred and ${numberWords(n - 100)}`;
  if (n === 100) return say`one hundred`;
  return NUMBERS[Math.floor(n / 10)]().split(' ')[n % 10];
}

/**
 * Return degrees as they are read aloud, five decimals: `forty-four point three nine zero, five eight`.
 * @param {number} degrees
 */
export function spokenDegrees(degrees) {
  const [whole, decimals] = Math.abs(degrees).toFixed(5).split('.');
  const digits = [...decimals].map((digit) => numberWords(Number(digit)));
  const [three, two] = [digits.slice(0, 3).join(' '), digits.slice(3).join(' ')];
  return `${numberWords(Number(whole))} ${say`point`} ${three}, ${two}`;
}

/**
 * Return the user's movement in words: distance, direction, time, and whether it has stopped. Empty with
 * fewer than two positions.
 * @param {PositionView[]} positions
 */
export function movementText(positions) {
  const last = positions.at(-1);
  const first = positions.find((one) => one.at_us >= (last?.at_us ?? 0) - 600e6);
  if (!last || first === last) return '';
  const doubt = (one) => Math.max(STILL_M, last.accuracy_m ?? 0, one.accuracy_m ?? 0) / 1000;
  const minutes = Math.max(1, Math.round((last.at_us - first.at_us) / 60e6));
  const spell = say`${minutes}${NB}min`;
  const km = distanceKm(first, last);
  if (km <= doubt(first)) return say`Still for ${spell}`;
  const lately = positions.filter((one) => one.at_us >= last.at_us - 60e6);
  const still = lately.length > 1 && lately.every((one) => distanceKm(one, last) <= doubt(one));
  const direction = directionName(bearingDeg(first, last));
  return say`${distance(km)} ${direction} in ${spell}${still ? say`, now still` : ''}`;
}
