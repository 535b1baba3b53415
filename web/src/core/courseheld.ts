/** The course that the page holds: of the newest entries it knows of, or none. An old one is never shown. */

import { signal } from "@preact/signals-core";
import type { Api } from "./api.ts";
import type { Course, CourseTold } from "./course.ts";

export class CourseHeld {
  /** Null until it has come, and where the server tells none. */
  readonly course = signal<Course | null>(null);
  /** Whether one is on its way or about to be asked for: what the land was until then may be wrong. */
  readonly awaited = signal(false);
  /** What was asked for last: of how many entries of the ledger, and as known when. */
  #wanted = "";

  /** Lets go of the course, since the land may have changed; another is to be loaded. */
  drop(): void {
    this.#wanted = "";
    this.course.value = null;
    this.awaited.value = true;
  }

  /** Loads the course where it is not that one which is here; answers whether the ledger has grown since. */
  async load(api: Api, nEntries: number | null, knownAt: string | null): Promise<boolean> {
    const wanted = `${nEntries} ${knownAt}`;
    if (wanted === this.#wanted) return false;
    this.drop();
    this.#wanted = wanted;
    try {
      // Its code comes with it: most sites are small and never ask for one.
      const [told, made] = await Promise.all([
        api.get<CourseTold>("/api/course", { asOf: { validAt: null, knownAt } }),
        import("./course.ts"),
      ]);
      if (this.#wanted !== wanted) return false;
      // As known at a time before, fewer entries are known than there are.
      const fits = knownAt === null ? told.n_known === nEntries : told.n_known <= (nEntries ?? 0);
      if (told.told && fits) this.course.value = new made.Course(told, knownAt);
      if (!fits) this.#wanted = ""; // asked for again with the next picture
      this.awaited.value = false;
      return told.n_known > (nEntries ?? 0);
    } catch {
      if (this.#wanted !== wanted) return false;
      this.#wanted = "";
      this.awaited.value = false;
      return false;
    }
  }
}
