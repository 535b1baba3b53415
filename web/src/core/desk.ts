/** The desk's state in signals, and the steps that change it. Knows no page and no map. */

import { batch, computed, type ReadonlySignal, type Signal, signal } from "@preact/signals-core";
import type { AccountChoice } from "./account.ts";
import { type Api, ApiFault, SESSION } from "./api.ts";
import { Clock } from "./clock.ts";
import type { Course } from "./course.ts";
import { CourseHeld } from "./courseheld.ts";
import type { Lang } from "./language.ts";
import type { Credentials } from "./person.ts";
import { GROUND_LAYERS, LAND_LAYERS, LARGE_FROM_AREAS, TIMED_LAYERS } from "./layers.ts";
import { areasFromLayers, type Ground, type Picture } from "./picture.ts";
import type { LonLat } from "./plane.ts";
import { asOf, Figures, instant, NOW, sameAsOf, type TimeChoice } from "./time.ts";
import type {
  AsOf,
  Catalogue,
  Health,
  MapView,
  ProjectBrief,
  Selection,
  Session,
  Shapes,
  Site,
} from "./types.ts";
import type { UrlState } from "./url.ts";
import { type Layers, loadAreas, loadLayer, loadLayers } from "./mapload.ts";
import { Words } from "./words.ts";
import type { WorkId } from "./work.ts";

/** What is wrong with the picture shown: since when, and what the fault was. */
export interface Stale {
  readonly sinceMs: number;
  readonly fault: ApiFault;
}

/** A small memory of this browser, for words: a page without words says nothing. */
export interface Memory {
  get(name: string): string | null;
  set(name: string, value: string): void;
}

const LIGHT_LAYERS = TIMED_LAYERS.filter((layer) => !(LAND_LAYERS as readonly string[]).includes(layer));

export interface DeskParts {
  readonly api: Api;
  readonly memory: Memory;
  readonly nowMs: () => number;
  /** A stopwatch that nobody sets; the device's clock where none is given. */
  readonly elapsedMs?: () => number;
  readonly start: UrlState;
  readonly lang: Lang;
  readonly stillMs?: number;
  /** Resolves once what was given is in sight; what the lists do not need is asked for after that. */
  readonly shown?: () => Promise<void>;
}

/** Remembers that a session is to be ended: `due` until the server has done it. */
const ENDS = "ends";
/** From how many areas on a site is large on this device, where that is fewer than usual. */
const MANY_AREAS = "many-areas";

/** So long must the time stand still before a large site sends the shapes of all its land. */
const STILL_MS = 1_200;

/** All state that more than one place on the page needs. */
export class Desk {
  readonly api: Api;
  readonly nowMs: () => number;
  readonly #memory: Memory;
  readonly lang: Signal<Lang>;
  readonly words: Signal<Words>;
  readonly time: Signal<TimeChoice>;
  readonly selected: Signal<Selection | null>;
  readonly view: Signal<MapView | null>;
  /** The page of work that is open beside the map. */
  readonly work: Signal<WorkId | null>;
  /** What that page shows of many, by its id; null shows them all. */
  readonly of: Signal<string | null>;
  /** How much news there is that who is signed in has not seen. */
  readonly unread = signal(0);
  readonly hidden: Signal<ReadonlySet<string>>;
  /** Corners of an outline that is drawn and not on record yet. */
  readonly drawn: Signal<readonly LonLat[]>;
  /** The area whose outline is drawn anew; null for a new one. */
  readonly drawnFor: Signal<string | null>;
  /** What the land account is asked; null while it is closed. */
  readonly account: Signal<AccountChoice | null>;
  readonly site = signal<Site | null>(null);
  readonly session = signal<Session>({ actor: null });
  readonly picture = signal<Picture | null>(null);
  readonly ground = signal<Ground | null>(null);
  readonly stale = signal<Stale | null>(null);
  /** Where what is shown comes from the copy on this device: as of when all of it is, in ms since 1970. */
  readonly copy = signal<{ readonly asOfMs: number } | null>(null);
  /** Whether somebody signed out whose session the server has not ended yet. */
  readonly ending = signal(false);
  readonly busy = signal(false);
  /** Counts up when the ledger has grown, so that open details ask again. */
  readonly revision = signal(0);
  readonly asked: ReadonlySignal<AsOf> = computed(() => asOf(this.time.value));
  readonly figures: ReadonlySignal<Figures> = computed(() => new Figures(this.words.value));
  /** Whether the site is large, so that its land is drawn from tiles; the first answer settles it. */
  readonly large = signal<boolean | null>(null);
  /** Of a large site what its land is at every time, so that time can move without asking; null until it has come. */
  readonly course: ReadonlySignal<Course | null>;
  /** Where the moment asked is not that of the picture and the course tells it: how many of its times have come. */
  readonly moving: ReadonlySignal<number | null> = computed(() => this.#movingTo());
  /** Whether another moment is asked than is drawn while its course is awaited: nothing may be shown as released. */
  readonly withheld: ReadonlySignal<boolean> = computed(() => this.#withheldNow());
  readonly #held = new CourseHeld();
  readonly #clock: Clock;
  readonly #stillMs: number;
  readonly #shown: () => Promise<void>;
  #running: AbortController | null = null;
  #nKept = 0;
  /** How many answers the copy had given when the picture began to load. */
  #nKeptBefore = 0;
  #ends: Promise<unknown> | null = null;
  #entries: number | null = null;

  constructor(parts: DeskParts) {
    this.api = parts.api;
    this.api.heard = (keptAtMs) => this.#hear(keptAtMs);
    this.api.ready = () => this.#endSession();
    this.ending.value = parts.memory.get(ENDS) === "due";
    this.api.readsCopy = () => this.copy.peek() !== null;
    this.nowMs = parts.nowMs;
    this.#clock = new Clock(parts.elapsedMs ?? parts.nowMs);
    this.course = this.#held.course;
    this.#memory = parts.memory;
    this.#stillMs = parts.stillMs ?? STILL_MS;
    this.#shown = parts.shown ?? (() => Promise.resolve());
    this.lang = signal(parts.lang);
    this.words = signal(new Words(null, parts.lang));
    this.time = signal(parts.start.time);
    this.selected = signal(parts.start.selected);
    this.view = signal(parts.start.view);
    this.work = signal(parts.start.selected ? null : parts.start.work);
    this.of = signal(parts.start.of);
    this.hidden = signal<ReadonlySet<string>>(new Set(parts.start.hidden));
    this.drawn = signal(parts.start.drawn);
    this.drawnFor = signal(parts.start.drawnFor);
    this.account = signal(parts.start.account);
  }

  /** Loads the catalogue of the chosen language; the old words stay until the new have come. */
  async loadWords(): Promise<void> {
    const lang = this.lang.value;
    try {
      const catalogue = await this.api.get<Catalogue>(`/api/catalogue/${lang}.json`);
      if (this.lang.value !== lang) return;
      this.words.value = new Words(catalogue, lang);
      this.#memory.set(`words.${lang}`, JSON.stringify(catalogue));
    } catch (error) {
      if (this.lang.value === lang) this.#rememberWords(lang);
      this.#note(error);
    }
  }

  #rememberWords(lang: Lang): void {
    const kept = this.#memory.get(`words.${lang}`);
    if (!kept) return;
    try {
      this.words.value = new Words(JSON.parse(kept) as Catalogue, lang);
    } catch {
      return; // what was kept cannot be read; the page goes without
    }
  }

  /** Loads what does not hang on the times: who is signed in, and the quiet ground. */
  async loadSession(): Promise<void> {
    try {
      this.session.value = await this.api.get<Session>(SESSION);
    } catch (error) {
      this.#note(error);
    }
  }

  async loadGround(): Promise<void> {
    const found: Record<string, Shapes> = {};
    const load = async (layer: string): Promise<void> => {
      found[layer] = await loadLayer(this.api, layer, { asOf: asOf(NOW), lang: this.lang.value });
    };
    try {
      await Promise.all(GROUND_LAYERS.map(load));
      this.ground.value = found as unknown as Ground;
    } catch (error) {
      this.#note(error);
    }
  }

  /**
   * Loads the picture as asked now. It is swapped in whole or not at all: if a needed layer
   * fails, the old picture stays and is marked as out of date.
   */
  async loadPicture(): Promise<void> {
    this.#running?.abort();
    const run = new AbortController();
    this.#running = run;
    this.busy.value = true;
    const asked = this.asked.value;
    this.#nKeptBefore = this.#nKept;
    try {
      await this.#loadAll(asked, run.signal);
      if (run.signal.aborted) return;
      this.stale.value = null;
      if (this.#nKept === this.#nKeptBefore) this.copy.value = null; // all of it came from the server
    } catch (error) {
      if (!run.signal.aborted) this.#note(error);
    } finally {
      if (this.#running === run) this.busy.value = false;
    }
  }

  async #loadAll(asked: AsOf, signal: AbortSignal): Promise<void> {
    const question = { asOf: asked, lang: this.lang.value, signal };
    const told = this.api.get<Site>("/api/site", question);
    const large = told.then((site) => this.#isLarge(site));
    const ask = (is: boolean): Promise<Layers> => loadLayers(this.api, question, is ? LIGHT_LAYERS : TIMED_LAYERS);
    // The first lists come before any shape.
    const early = this.picture.peek() ? large.then(ask) : null;
    early?.catch(() => undefined); // awaited below; a fault before that must not go unhandled
    const [site, projects, areas, health] = await Promise.all([
      told,
      this.api.get<{ projects: ProjectBrief[] }>("/api/projects", question),
      large.then((is) => (is ? null : loadAreas(this.api, question))),
      this.api.get<Health>("/health", { signal }),
    ]);
    if (signal.aborted) return;
    if (!this.copy.value) this.#clock.hear(health.now); // a copy was given at another time
    this.site.value = site;
    if (this.#entries !== health.entries) this.#held.drop(); // the land may have changed
    this.#entries = health.entries; // of the whole ledger; the site tells those known then
    const lists = { asOf: asked, projects: projects.projects, loadedAtMs: this.#asOfMs() };
    if (!this.picture.value) this.picture.value = { ...lists, areas: areas ?? [], layers: null };
    if (!early) await this.#shown();
    const shapes = await (early ?? large.then(ask));
    if (signal.aborted) return;
    if (this.large.value) {
      await this.#loadLand(asked, signal, lists, shapes);
      return;
    }
    this.picture.value = {
      ...lists,
      loadedAtMs: this.#asOfMs(),
      areas: areas ?? areasFromLayers(shapes),
      layers: shapes,
    };
  }

  #isLarge(site: Site): boolean {
    const most = Math.min(LARGE_FROM_AREAS, Number(this.#memory.get(MANY_AREAS) ?? LARGE_FROM_AREAS) || LARGE_FROM_AREAS);
    this.large.value ??= (site.counts["areas"] ?? 0) > most;
    return this.large.value;
  }

  /** Shows what came, while the map draws land from tiles; the land's shapes follow once time stands. */
  async #loadLand(
    asked: AsOf,
    signal: AbortSignal,
    lists: Pick<Picture, "asOf" | "projects" | "loadedAtMs">,
    light: Layers,
  ): Promise<void> {
    const before = this.picture.value;
    const first = !before?.layers;
    this.picture.value = { ...lists, areas: before?.areas ?? [], layers: light, partial: true };
    if (!first) await new Promise((done) => setTimeout(done, this.#stillMs));
    if (signal.aborted) return;
    const question = { asOf: asked, lang: this.lang.value, signal };
    const [land, areas] = await Promise.all([loadLayers(this.api, question, LAND_LAYERS), loadAreas(this.api, question)]);
    if (signal.aborted) return;
    const layers = { ...light };
    for (const name of LAND_LAYERS) layers[name] = land[name];
    this.picture.value = { ...lists, loadedAtMs: this.#asOfMs(), areas: areas ?? areasFromLayers(layers), layers };
    void this.#loadCourse(asked.knownAt);
  }

  /** Loads the course of the land as known at a time; where the ledger has grown meanwhile, everything. */
  async #loadCourse(knownAt: string | null): Promise<void> {
    // As then known, each step of the slider would be another course.
    if (this.time.peek().tied) return;
    if (await this.#held.load(this.api, this.#entries, knownAt)) await this.checkHealth();
  }

  #movingTo(): number | null {
    const course = this.course.value;
    return course && this.#isApart(course.knownAt) ? course.place(this.asked.value.validAt, this.presentMs()) : null;
  }

  #withheldNow(): boolean {
    const picture = this.picture.value;
    if (!this.large.value || !picture?.layers || this.time.value.tied || this.course.value) return false;
    return this.#held.awaited.value && this.#isApart(picture.asOf.knownAt);
  }

  /** Whether another moment is asked than the picture has, as known at the same time. */
  #isApart(knownAt: string | null): boolean {
    const [asked, picture] = [this.asked.value, this.picture.value];
    if (!picture || knownAt !== asked.knownAt || sameAsOf(picture.asOf, asked)) return false;
    // What is not of now, or comes from a copy, says so of the whole picture: nothing newer is laid over it.
    return !this.stale.value && !this.copy.value;
  }

  /** The present at the server, ms since 1970; until it has told that, when its ledger was last written. */
  presentMs(): number {
    const site = this.site.value;
    return this.#clock.nowMs() ?? instant(site?.last_known_at) ?? instant(site?.last_valid_at) ?? 0;
  }

  /** The server's time when something came here; a copy was dated by this device, and is told so. */
  atServerMs(loadedAtMs = this.nowMs()): number {
    return this.copy.value ? loadedAtMs : this.presentMs() - (this.nowMs() - loadedAtMs);
  }

  /** As of when what has come now is: the age of a copy is that of its oldest answer. */
  #asOfMs(): number {
    const fromCopy = this.#nKept !== this.#nKeptBefore ? this.copy.value : null;
    return Math.min(this.nowMs(), fromCopy?.asOfMs ?? Number.POSITIVE_INFINITY);
  }

  #hear(keptAtMs: number | null): void {
    if (keptAtMs === null) return;
    this.#nKept += 1;
    // What is in sight is no newer than it was when it was loaded, whenever the copy was made.
    const shown = this.copy.value?.asOfMs ?? this.picture.value?.loadedAtMs ?? Number.POSITIVE_INFINITY;
    const asOfMs = Number.isFinite(keptAtMs) ? Math.min(shown, keptAtMs) : 0;
    if (asOfMs !== this.copy.value?.asOfMs) this.copy.value = { asOfMs };
  }

  /** Asks whether the ledger has grown; loads again if so, or if the picture is out of date. */
  async checkHealth(): Promise<void> {
    try {
      const nKept = this.#nKept;
      const health = await this.api.get<Health>("/health");
      if (this.#nKept !== nKept) return; // the server did not answer: the copy did
      this.#clock.hear(health.now);
      if (health.entries !== this.#entries || this.stale.value || this.copy.value) await this.reload();
    } catch (error) {
      this.#note(error);
    }
  }

  /** Loads the picture and open details anew, and whatever has never come yet. */
  async reload(): Promise<void> {
    this.revision.value += 1;
    if (this.large.value) this.#held.drop();
    const missing: Promise<void>[] = [];
    if (!this.words.value.loaded) missing.push(this.loadWords());
    if (!this.ground.value) missing.push(this.loadGround());
    await Promise.all([this.loadPicture(), ...missing]);
  }

  /** Asks for everything once more, so that what keeps answers from now on has them all. */
  async askAnew(): Promise<void> {
    await this.loadSession();
    await Promise.all([this.loadWords(), this.loadGround(), this.reload()]);
  }

  /** Signs in; what only those signed in may see follows on its own. */
  async signIn(given: Credentials): Promise<void> {
    this.session.value = await this.api.send<Session>("POST", SESSION, given);
    this.#setEnding(false);
    void this.reload();
  }

  /** Signs in for the first time, or after everything was lost; the ticket is good once. */
  async useTicket(login: string, ticket: string, password: string): Promise<void> {
    this.session.value = await this.api.send<Session>("POST", "/api/session/ticket", { login, ticket, password });
    this.#setEnding(false);
    void this.reload();
  }

  /**
   * Signs out. Where no answer comes, what this page and the browser know is thrown away all the
   * same, and nothing more is asked in this session's name: it ends with the first answer.
   */
  async signOut(): Promise<void> {
    this.#setEnding(true);
    try {
      await this.#endSession();
    } catch (error) {
      if (!(error instanceof ApiFault) || !error.unreachable) {
        this.#setEnding(false);
        throw error;
      }
      batch(() => {
        this.picture.value = this.ground.value = this.site.value = this.copy.value = null;
        this.selected.value = this.work.value = null;
      });
    }
    this.session.value = { actor: null };
    void this.reload();
  }

  /** Ends the session of somebody who signed out while no answer came, before anything else is asked. */
  async #endSession(): Promise<void> {
    if (!this.ending.peek()) return;
    this.#ends ??= this.api.send("DELETE", SESSION).finally(() => (this.#ends = null));
    await this.#ends;
    this.#setEnding(false);
  }

  #setEnding(due: boolean): void {
    this.ending.value = due;
    this.#memory.set(ENDS, due ? "due" : "");
  }

  /** Does an act through the server, then loads what it changed. Throws ApiFault if refused. */
  async act(path: string, body: unknown): Promise<void> {
    await this.api.act(path, body, this.lang.value);
    await this.reload();
  }

  setTime(change: Partial<TimeChoice>): void {
    this.time.value = { ...this.time.value, ...change };
  }

  toNow(): void {
    this.time.value = NOW;
  }

  toggle(id: string): void {
    const hidden = new Set(this.hidden.value);
    if (!hidden.delete(id)) hidden.add(id);
    this.hidden.value = hidden;
  }

  showRows(ids: readonly string[]): void {
    const hidden = new Set(this.hidden.value);
    for (const id of ids) hidden.delete(id);
    this.hidden.value = hidden;
  }

  /** Selects a thing; who wants to see it wants the page of work out of its way. */
  select(selection: Selection | null): void {
    // At once: the address takes one step, and "back" undoes it.
    batch(() => {
      if (selection) this.work.value = null;
      this.selected.value = selection;
    });
  }

  /** Opens the page for drawing: a new area, or another outline of one on record. */
  openDrawing(areaId: string | null): void {
    batch(() => {
      this.drawn.value = [];
      this.drawnFor.value = areaId;
      this.openWork("draw");
    });
  }

  openWork(id: WorkId, of: string | null = null): void {
    batch(() => {
      this.selected.value = null;
      this.of.value = of;
      this.work.value = id;
    });
  }

  /** Asks how much is new for who is signed in; a desk without an answer goes on without. */
  async loadUnread(): Promise<void> {
    const role = this.session.value.actor?.role ?? "resident";
    if (role === "resident") {
      this.unread.value = 0;
      return;
    }
    try {
      this.unread.value = (await this.api.get<{ n_new: number }>("/api/news")).n_new;
    } catch {
      return;
    }
  }

  /** The state for the address line. */
  urlState(): UrlState {
    return {
      lang: this.lang.value,
      time: this.time.value,
      selected: this.selected.value,
      view: this.view.value,
      work: this.work.value,
      of: this.of.value,
      hidden: [...this.hidden.value],
      drawn: this.work.value === "draw" ? this.drawn.value : [],
      account: this.account.value,
      drawnFor: this.work.value === "draw" ? this.drawnFor.value : null,
    };
  }

  #note(error: unknown): void {
    const fault = error instanceof ApiFault ? error : new ApiFault(0, null);
    const sinceMs = this.stale.value?.sinceMs ?? this.nowMs();
    this.stale.value = { sinceMs, fault };
  }
}
