// The map's data: coast, borders and towns. Fetched from the center when a case is first shown, and kept.

const DATA = '/console/data/';
const RETRY_MS = 5000;

/**
 * What has come so far. `base`: {box, land, borders} as [lat, lon]; `towns`: {name, region, lat, lon,
 * population}.
 */
export const atlas = { base: null, towns: /** @type {Town[]} */ ([]) };

let asked = null;

/**
 * Fetch what is missing; resolves when there is all, or when it could not be had and may be asked for again.
 */
export function load() {
  asked ??= fetched().catch(() => {
    setTimeout(() => {
      asked = null;
    }, RETRY_MS);
  });
  return asked;
}

async function fetched() {
  const [base, towns] = await Promise.all(
    ['base-map.json', 'towns-it.json'].map(async (name) => {
      const answer = await fetch(DATA + name);
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return answer.json();
    }),
  );
  atlas.base = {
    box: base.box,
    land: base.land.map((rings) => rings.map((ring) => points(ring, base.per_degree))),
    borders: base.borders.map((line) => points(line, base.per_degree)),
  };
  atlas.towns = columns(towns);
}

/** `lon, lat, lon, lat, …`, each the difference from the one before, as [lat, lon] in degrees. */
function points(differences, perDegree) {
  const found = [];
  for (let i = 0, lon = 0, lat = 0; i < differences.length; i += 2) {
    lon += differences[i];
    lat += differences[i + 1];
    found.push([lat / perDegree, lon / perDegree]);
  }
  return found;
}

function columns(data) {
  let lat = 0;
  return data.names.split('\n').map((name, i) => {
    lat += data.lat[i];
    return {
      name,
      region: data.regions[data.region[i]],
      lat: lat / data.per_degree,
      lon: data.lon[i] / data.per_degree,
      population: data.population[i],
    };
  });
}
