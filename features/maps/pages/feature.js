// The feature's parts in the console.

import { say } from '../../js/words/words.js';
import { load, mapKey } from './map.js';
import { pane } from './panel.js';
import { testTiles } from './tiles.js';

/** @type {PlaceMap} */
export const map = {
  prepare({ feed }) {
    load();
    testTiles(feed.center.map);
  },
  pane,
  pressed: mapKey,
};

/** @type {KernelKeys} */
export const placeKeys = { everywhere: () => [['+ − 0', say`Map: nearer, further, to the middle`]] };
