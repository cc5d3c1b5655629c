// The parts of lit that the pages use; see ../vendor/README.md.

export function html(strings: TemplateStringsArray, ...values: unknown[]): object;
export function svg(strings: TemplateStringsArray, ...values: unknown[]): object;
export const nothing: symbol;
export function render(drawn: unknown, into: Element): void;
export function repeat<T>(all: readonly T[], key: (one: T) => unknown, draw: (one: T, at: number) => unknown): object;
export function live(value: unknown): object;
export function ref(to: (element?: HTMLElement) => void): object;
