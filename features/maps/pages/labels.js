// The placement of town labels on the map, left or right of the dot: the largest towns first, without
// overlaps.

const MOST = 40;
const LARGE = 50000;
const HEIGHT = 22;
const GAP = 12; // from the dot to the label
const CLEAR = 16; // around the user

/**
 * Return the labels as {lat, lon, element, large, left}, for the largest towns in sight. `kept`: areas of
 * other elements, in pixels of the map.
 * @param {Town[]} towns
 */
export function townLabels(map, towns, here, kept) {
  const seen = map.getBounds();
  const size = map.getSize();
  const at = map.latLngToContainerPoint(here);
  const taken = [
    box(at.x - CLEAR, at.y - CLEAR, 2 * CLEAR, 2 * CLEAR),
    ...kept.map((one) => box(one.x, one.y, one.width, one.height)),
  ];
  const found = [];
  const inSight = towns
    .filter((town) => seen.contains([town.lat, town.lon]))
    .sort((a, b) => b.population - a.population);
  for (const town of inSight) {
    if (found.length >= MOST) break;
    const point = map.latLngToContainerPoint([town.lat, town.lon]);
    const width = GAP + 8 + town.name.length * (town.population >= LARGE ? 10 : 8.5);
    for (const left of [false, true]) {
      const place = box(left ? point.x - width : point.x - 6, point.y - HEIGHT / 2, width + 6, HEIGHT);
      if (
        place.x0 < 0 ||
        place.y0 < 0 ||
        place.x1 > size.x ||
        place.y1 > size.y ||
        taken.some((other) => over(place, other))
      )
        continue;
      taken.push(place);
      const element = document.createElement('span');
      element.textContent = town.name;
      found.push({ lat: town.lat, lon: town.lon, element, large: town.population >= LARGE, left });
      break;
    }
  }
  return found;
}

const box = (x, y, width, height) => ({ x0: x, y0: y, x1: x + width, y1: y + height });
/** Return true if two boxes overlap. */
const over = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
