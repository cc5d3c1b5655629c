// What lies under everything on the map: coast and borders. Fetched from the center before a map is shown,
// and kept.

import { kept } from '../../js/place/towns.js';

/** What has come so far: {box, land, borders} as [lat, lon]. */
export const base = { drawn: null };

export const load = kept('base-map.json', (said) => {
  base.drawn = {
    box: said.box,
    land: said.land.map((rings) => rings.map((ring) => points(ring, said.per_degree))),
    borders: said.borders.map((line) => points(line, said.per_degree)),
  };
});

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
