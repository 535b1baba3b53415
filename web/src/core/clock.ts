/** The server's clock as this page knows it. The device's may be wrong by years, and would show the future as present. */

import { instant } from "./time.ts";

export class Clock {
  readonly #elapsedMs: () => number;
  #toldMs: number | null = null;
  #atMs = 0;

  /** @param elapsedMs a stopwatch of this page, which nobody sets: milliseconds since any beginning. */
  constructor(elapsedMs: () => number) {
    this.#elapsedMs = elapsedMs;
  }

  /** Takes what the server said its time is, as of now. */
  hear(now: string | undefined): void {
    const ms = instant(now);
    if (ms === null) return;
    this.#toldMs = ms;
    this.#atMs = this.#elapsedMs();
  }

  /** Milliseconds since 1970 at the server; null until it has told them. */
  nowMs(): number | null {
    return this.#toldMs === null ? null : this.#toldMs + Math.max(0, this.#elapsedMs() - this.#atMs);
  }
}
