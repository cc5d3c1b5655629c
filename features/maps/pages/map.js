// The map: the user's newest position, its accuracy, the trail of positions. The map pans only when the
// position leaves the middle of the view, or on request. All data comes from the center: streets, if the
// center has them, are drawn over the page's own coast and towns.

import {
  Circle,
  CircleMarker,
  DivIcon,
  LayerGroup,
  Map,
  Marker,
  Polygon,
  Polyline,
  Rectangle,
  control,
  latLng,
} from '../../vendor/leaflet.js';
import { requestOnce, loadTowns, towns } from '../../js/position/towns.js';
import { townLabels } from './labels.js';
import { streets, tiles } from './tiles.js';

const MIDDLE = 0.6; // the share of the width and the height in which a position may move
// About 20 km across: the next towns are visible; the coast is no more exact than that.
const NEAREST_ZOOM = 12;
const STREETS_ZOOM = 16; // with streets: about 1 km across
const FURTHEST_ZOOM = 6;
const COAST_M = 1000; // the maximum error of the drawn coast: zoomed in, the coast is a band
const OPTIONS = {
  zoomControl: false,
  attributionControl: false,
  keyboard: false,
  boxZoom: false,
  inertia: false,
  zoomAnimation: false,
  fadeAnimation: false,
  markerZoomAnimation: false,
  minZoom: 5,
  maxZoom: 17,
};
const STILL = { animate: false };
const drawn = (className, pane) => ({ className, interactive: false, ...(pane ? { pane } : {}) });

/** The base map: {box, land, borders} as [lat, lon]; null until it has arrived. */
const base = { drawn: null };

/** Request coast and borders once, before a map is shown. */
export const load = requestOnce('base-map.json', (answer) => {
  base.drawn = {
    box: answer.box,
    land: answer.land.map((rings) => rings.map((ring) => points(ring, answer.per_degree))),
    borders: answer.borders.map((line) => points(line, answer.per_degree)),
  };
});

/**
 * Return points as [lat, lon] in degrees. `differences`: `lon, lat, lon, lat, …`, each relative to the point
 * before.
 */
function points(differences, perDegree) {
  const found = [];
  for (let i = 0, lon = 0, lat = 0; i < differences.length; i += 2) {
    lon += differences[i];
    lat += differences[i + 1];
    found.push([lat / perDegree, lon / perDegree]);
  }
  return found;
}

export class SwMap extends HTMLElement {
  #view = null;
  #map = null;
  #alert = null;
  #here = null;
  #drawn = '';
  #based = false;
  #user = new LayerGroup();
  #towns = new LayerGroup();
  #streets = null;
  #size = new ResizeObserver(() => this.#map?.invalidateSize({ pan: false }));

  /** Set the case with the positions to show. @param {CaseView} view */
  set view(view) {
    this.#view = view;
    if (this.isConnected) this.#show();
  }

  get view() {
    return this.#view;
  }

  /** Set the center's tile settings, or null; must be set before `view`. */
  set tiles(settings) {
    this.#streets = settings;
  }

  connectedCallback() {
    this.#size.observe(this);
    this.addEventListener('keydown', this.#key);
    this.#show();
  }

  disconnectedCallback() {
    this.#size.disconnect();
    this.removeEventListener('keydown', this.#key);
    this.#map?.remove();
    this.#map = null;
    this.#alert = null;
    this.#drawn = '';
    this.#based = false;
  }

  /** Act on a key of the map and return true: + zooms in, − out, 0 centers the user. @param {string} key */
  press(key) {
    if (!this.#map) return false;
    if (key === '+' || key === '=') this.#map.zoomIn(1, STILL);
    else if (key === '-' || key === '_') this.#map.zoomOut(1, STILL);
    else if (key === '0') this.#map.setView(this.#here, this.#map.getZoom(), STILL);
    else return false;
    return true;
  }

  #key = (e) => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
    if (!by || !this.#map) return;
    // On the map the arrows pan the map; the list ignores them.
    e.preventDefault();
    e.stopPropagation();
    this.#map.panBy([by[0] * 80, by[1] * 80], STILL);
  };

  /** Draw the positions, and move the map to a new alert or a position outside the middle. */
  #show() {
    const view = this.#view;
    const p = view?.position ?? null;
    if (!p) return;
    const before = this.#here;
    this.#here = latLng(p.lat, p.lon);
    this.#map ??= this.#newMap();
    const content = JSON.stringify([p, view.positions]);
    if (content !== this.#drawn) this.#draw(p, view.positions);
    this.#drawn = content;
    if (this.#alert !== view.alert) {
      this.#alert = view.alert;
      this.#map.setView(this.#here, this.#zoom(p, view.positions), STILL);
    } else if (
      before &&
      !before.equals(this.#here) &&
      this.#inMiddle(before) &&
      !this.#inMiddle(this.#here)
    ) {
      // A map that the operator has panned away stays there.
      this.#map.panTo(this.#here, STILL);
    }
  }

  /** Return a new map with its layers. */
  #newMap() {
    const map = new Map(this, OPTIONS);
    for (const [name, level] of [
      ['base', 300],
      ['streets', 350],
      ['towns', 420],
      ['user', 450],
    ])
      map.createPane(name).style.zIndex = level;
    map.setView(this.#here, NEAREST_ZOOM, STILL);
    control.scale({ imperial: false, maxWidth: 120, position: 'bottomleft' }).addTo(map);
    this.#user.addTo(map);
    this.#towns.addTo(map);
    // Leaflet reports a resize 200 ms late, also for a removed map.
    map.on('moveend zoomend resize', () => this.#map && this.#drawLabels());
    // In place of dragging, a click centers its point.
    map.on('click', (e) => map.panTo(e.latlng, STILL));
    if (this.#streets) {
      map.setMaxZoom(Math.max(OPTIONS.maxZoom, this.#streets.max_zoom));
      streets(this.#streets, 'streets', (shown) => {
        this.dataset.streets = shown;
      }).addTo(map);
    }
    Promise.all([load(), loadTowns()]).then(() => this.#drawBase());
    return map;
  }

  /** Draw the base map once its data has arrived. */
  #drawBase() {
    if (!this.#map || this.#based || !base.drawn) return;
    this.#based = true;
    const [west, south, east, north] = base.drawn.box;
    new Rectangle(
      [
        [south, west],
        [north, east],
      ],
      drawn('map__sea', 'base'),
    ).addTo(this.#map);
    new Polygon(base.drawn.land, drawn('map__land', 'base')).addTo(this.#map);
    new Polygon(base.drawn.land, drawn('map__coast', 'base')).addTo(this.#map);
    new Polyline(base.drawn.borders, drawn('map__border', 'base')).addTo(this.#map);
    this.#drawLabels();
  }

  /** Write the names of the towns in sight. */
  #drawLabels() {
    this.#towns.clearLayers();
    this.style.setProperty('--map-coast', `${Math.round((2 * COAST_M) / this.#metresPerPixel())}px`);
    const mine = this.getBoundingClientRect();
    const others = [
      ...this.parentElement.querySelectorAll('.map__keys, .map__close, .map__credit, .leaflet-control-scale'),
    ]
      .map((one) => one.getBoundingClientRect())
      .map((box) => ({ x: box.x - mine.x, y: box.y - mine.y, width: box.width, height: box.height }));
    for (const label of townLabels(this.#map, towns.all, this.#here, others)) {
      const kinds = ['map__town', label.large && 'map__town--large', label.left && 'map__town--left'];
      const icon = new DivIcon({
        className: kinds.filter(Boolean).join(' '),
        html: label.element,
        iconSize: null,
      });
      this.#towns.addLayer(
        new Marker([label.lat, label.lon], { icon, interactive: false, keyboard: false, pane: 'towns' }),
      );
    }
  }

  /** Draw the positions and the trail. @param {PositionView} p */
  #draw(p, positions) {
    this.#user.clearLayers();
    const way = positions.map((one) => [one.lat, one.lon]);
    if (way.length > 1) this.#user.addLayer(new Polyline(way, drawn('map__trail', 'user')));
    for (const one of positions)
      if (one.at_us !== p.at_us)
        this.#user.addLayer(
          new CircleMarker([one.lat, one.lon], { ...drawn('map__was', 'user'), radius: 4 }),
        );
    if (p.accuracy_m)
      this.#user.addLayer(new Circle(this.#here, { ...drawn('map__circle', 'user'), radius: p.accuracy_m }));
    this.#user.addLayer(new CircleMarker(this.#here, { ...drawn('map__here', 'user'), radius: 9 }));
  }

  /** Return the largest zoom at which all positions are in the middle. @param {PositionView} p */
  #zoom(p, positions) {
    const around = this.#here.toBounds(2 * Math.max(p.accuracy_m ?? 0, 10));
    for (const one of positions) around.extend([one.lat, one.lon]);
    const fits = this.#map.getBoundsZoom(around, false, this.#map.getSize().multiplyBy(1 - MIDDLE));
    const nearest =
      this.#streets && !tiles.failing ? Math.min(STREETS_ZOOM, this.#streets.max_zoom) : NEAREST_ZOOM;
    return Math.max(FURTHEST_ZOOM, Math.min(nearest, fits));
  }

  /** Return the scale in the middle of the map. */
  #metresPerPixel() {
    const middle = this.#map.getSize().divideBy(2);
    return (
      this.#map.distance(
        this.#map.containerPointToLatLng(middle),
        this.#map.containerPointToLatLng(middle.add([100, 0])),
      ) / 100
    );
  }

  /** Return true if the position is in the middle of the map. */
  #inMiddle(where) {
    const size = this.#map.getSize();
    const at = this.#map.latLngToContainerPoint(where);
    return (
      Math.abs(at.x - size.x / 2) <= (size.x * MIDDLE) / 2 &&
      Math.abs(at.y - size.y / 2) <= (size.y * MIDDLE) / 2
    );
  }
}

customElements.define('sw-map', SwMap);

/** Pass a key to the map that is shown; return true if the map used it. @param {string} key */
export const mapKey = (key) => document.querySelector('sw-map')?.press(key) ?? false;
