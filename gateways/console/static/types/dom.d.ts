// The browser, as far as its own declarations lack something, or know less than the pages do.

// A page looks for HTML in itself: each element can have the focus, and fields can be read and selected.
interface Found extends HTMLElement {
  content?: string;
  select?(): void;
  press?(key: string): boolean;
}
interface ParentNode {
  querySelector(selectors: string): Found | null;
  querySelectorAll(selectors: string): NodeListOf<Found>;
}
interface HTMLElement {
  select?(): void;
}
interface FormData {
  get(name: string): string | null;
}
interface Navigator {
  userAgentData?: object;
  getBattery?(): Promise<{ level: number }>;
}

// What a worklet has; the library has no declarations for it.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  port: MessagePort;
}
declare function registerProcessor(name: string, made: typeof AudioWorkletProcessor): void;
