// Declarations of the browser that its own declarations lack, or give less exactly.

// A page queries its own HTML only: each element can have the focus, and fields can be read and selected.
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

// The globals of a worklet, which the library does not declare.
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  port: MessagePort;
}
declare function registerProcessor(name: string, made: typeof AudioWorkletProcessor): void;
