// The parts of Leaflet that the pages use, loosely typed: see ../vendor/README.md.

declare class Made {
  constructor(...given: any[]);
  [name: string]: any;
}
export class Circle extends Made {}
export class CircleMarker extends Made {}
export class DivIcon extends Made {}
export class LayerGroup extends Made {}
export class Map extends Made {}
export class Marker extends Made {}
export class Polygon extends Made {}
export class Polyline extends Made {}
export class Rectangle extends Made {}
export class TileLayer extends Made {
  static extend(members: object): typeof TileLayer;
}
export const control: Record<string, (...given: any[]) => any>;
export function latLng(lat: number, lon: number): any;
