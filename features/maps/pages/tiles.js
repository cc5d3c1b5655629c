// Streets around the user's place: tiles of the center, drawn over the page's own map. The own map shows
// wherever a tile is missing.

import { TileLayer } from '../../vendor/leaflet.js';

const AGAIN_MS = 30000;

/**
 * The state of the tiles. `failing`: the last request failed; `shown`: none, some or all tiles of the view.
 */
export const tiles = { failing: false, shown: 'none' };

// The layer uses a canvas in place of an image: the statuses of answers can be distinguished, and an empty
// tile writes no error into the browser's log.
const Streets = TileLayer.extend({
  createTile(coords, done) {
    const begun = { stop: new AbortController(), complete: false, drawn: false };
    const tile = Object.assign(document.createElement('canvas'), begun);
    fill(tile, coords).then(
      (drawn) => {
        tile.complete = true;
        tile.drawn = drawn;
        tiles.failing = false;
        done(drawn ? null : new Error('none'), tile);
      },
      (error) => {
        tile.complete = true;
        if (error.name !== 'AbortError') tiles.failing = true;
        done(error, tile);
      },
    );
    return tile;
  },
});

/** Request a tile; throw an error with the status on a failure. */
async function requestTile(place, signal) {
  const answer = await fetch(`/v1/map/tiles/${place}`, { credentials: 'same-origin', signal });
  if (!answer.ok) throw new Error(String(answer.status));
  return answer;
}

let probedAtMs = -Infinity;

/**
 * Test for streets before a map is shown, and again while requests fail: the first zoom of a map depends on
 * the result.
 * @param {MapView} settings
 */
export function testTiles(settings) {
  if (!settings || Date.now() - probedAtMs < AGAIN_MS || (probedAtMs > 0 && !tiles.failing)) return;
  probedAtMs = Date.now();
  requestTile(`${settings.min_zoom}/0/0`).then(
    () => {
      tiles.failing = false;
    },
    () => {
      tiles.failing = true;
    },
  );
}

/** Draw a tile; return false for an empty tile. */
async function fill(tile, { z, x, y }) {
  const answer = await requestTile(`${z}/${x}/${y}`, tile.stop.signal);
  if (answer.status === 204) return false;
  const picture = await createImageBitmap(await answer.blob());
  tile.width = picture.width;
  tile.height = picture.height;
  tile.getContext('2d').drawImage(picture, 0, 0);
  picture.close();
  return true;
}

/**
 * Return the layer of streets for a map. `settings`: the center's tile settings. `changed(shown)` is called
 * with the state of the view's tiles.
 * @param {MapView} settings
 */
export function streets(settings, pane, changed) {
  const layer = new Streets('', {
    pane,
    minZoom: settings.min_zoom,
    maxNativeZoom: settings.max_zoom,
    maxZoom: 24,
    keepBuffer: 1,
  });
  const countDrawn = () => {
    const there = Object.values(layer._tiles).filter((one) => one.current);
    const drawn = there.filter((one) => one.el.drawn).length;
    tiles.shown = drawn === 0 ? 'none' : drawn < there.length ? 'some' : 'all';
    changed(tiles.shown);
  };
  layer.on('tileunload tileabort', ({ tile }) => tile.stop?.abort());
  layer.on('load', countDrawn);
  const beyond = () => {
    if (layer._tileZoom === undefined) countDrawn();
  }; // zoomed out beyond the tiles
  let timer = 0;
  layer.on('add', ({ target }) => {
    target._map.on('zoomend', beyond);
    timer = setInterval(() => {
      if (tiles.failing && tiles.shown === 'none') layer.redraw();
    }, AGAIN_MS);
  });
  layer.on('remove', () => {
    clearInterval(timer);
    tiles.shown = 'none';
  });
  return layer;
}
