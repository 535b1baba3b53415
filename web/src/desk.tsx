/** Starts the desk: reads the address line, loads the picture, and keeps page and desk together. */

import { batch, computed, effect } from "@preact/signals";
import { render } from "preact";
import { heedOthers, keepCopy } from "./copy/page.ts";
import { type Ahead, langAtFirst } from "./core/ahead.ts";
import { Api, queryOf } from "./core/api.ts";
import { Desk, type Memory } from "./core/desk.ts";
import { DetailLoader } from "./core/detail.ts";
import { readUrl, writeSelection, writeUrl } from "./core/url.ts";
import { FALLBACK_NAME } from "./core/words.ts";
import { App, type FetchWork } from "./view/app.tsx";
import { Page, type Reach } from "./view/context.ts";

const SETTLE_MS = 180;
/** While the course tells what the land is, time must stand longer than it does at each step of playing. */
const MOVING_SETTLE_MS = 600;
const ADDRESS_MS = 400;
const WORDS_EVERY_MS = 5_000;
const HEALTH_EVERY_MS = 60_000;
/** While the land is drawn from what came once, whether entries have come since is asked this often. */
const MOVING_HEALTH_MS = 5_000;
const COPY_EVERY_MS = 10_000;
/** So long do the words wait for the lists, so that both are laid out once. */
const TOGETHER_MS = 400;
const NARROW = "(max-width: 719px)";

type Readiness = "page" | "map";

declare global {
  interface Window {
    /** Comes true with "map" once the map is drawn, or "page" where no map can be. */
    rafiqaReady: Promise<Readiness>;
    /** What was asked before this script came, where that was possible. */
    rafiqaAhead?: Ahead;
  }
}

function start(): void {
  const asked = readUrl(location.search);
  const lang = langAtFirst(location.search, memory.get("lang"), navigator.languages);
  const api = new Api((url, init) => window.rafiqaAhead?.fetch(url, init) ?? fetch(url, init));
  const desk = new Desk({ api, nowMs: () => Date.now(), elapsedMs: () => performance.now(), start: asked, lang, memory, shown });
  const reach: Reach = { desk, page: new Page() };
  keepActing(reach, api);
  watchWidth(reach);
  keepDocument(desk);
  keepAddress(desk);
  openTogether(reach);
  keepLoading(reach);
  window.rafiqaReady = tellReady(reach);
  const root = document.getElementById("desk");
  const fetchMap = (): Promise<typeof import("./map/maplibre.ts")> => import("./map/maplibre.ts");
  const fetchDraw = (): Promise<typeof import("./view/draw.tsx")> => styled(import("./view/draw.tsx"));
  const fetchAccount = (): Promise<typeof import("./view/account.tsx")> => styled(import("./view/account.tsx"));
  const fetchWork: FetchWork = (part) => {
    if (part === "queue") return styled(import("./view/queue.tsx"));
    if (part === "person") return styled(import("./view/person.tsx"));
    if (part === "folk") return styled(import("./view/folk.tsx"));
    return styled(part === "figures" ? import("./view/figures.tsx") : import("./view/work.tsx"));
  };
  if (root) render(<App reach={reach} fetches={{ map: fetchMap, work: fetchWork, draw: fetchDraw, account: fetchAccount }} />, root);
  void desk.loadSession();
  setInterval(() => {
    if (document.hidden) return;
    void (reach.page.tilesInOrder.peek() ? desk.checkHealth() : desk.reload());
  }, HEALTH_EVERY_MS);
  const wordless = setInterval(() => {
    if (desk.words.peek().loaded) clearInterval(wordless);
    else void desk.reload();
  }, WORDS_EVERY_MS);
  for (const turn of ["online", "offline"]) addEventListener(turn, () => void desk.checkHealth());
  // A page that was put away has heard of nothing since.
  addEventListener("pageshow", (event) => void (event.persisted && desk.reload()));
  document.addEventListener("visibilitychange", () => void (document.hidden || desk.checkHealth()));
  keepCourseNew(desk);
  heedOthers();
  keepReading(reach);
}

/** Acts go out for whom the page says, and for nobody once somebody else is signed in, or nobody. */
function keepActing({ desk, page }: Reach, api: Api): void {
  api.actingFor = () => page.acting.peek()?.id ?? null;
  let login: string | undefined;
  effect(() => {
    const now = desk.session.value.actor?.login;
    if (now !== login) page.acting.value = null;
    login = now;
  });
}

/** While time moves nothing is asked but this: whether the land may have changed. */
function keepCourseNew(desk: Desk): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  effect(() => {
    const moving = desk.moving.value !== null;
    if (!moving) clearInterval(timer);
    if (!moving) timer = undefined;
    if (!moving || timer !== undefined) return;
    timer = setInterval(() => void desk.checkHealth(), MOVING_HEALTH_MS);
    queueMicrotask(() => void desk.checkHealth());
  });
}

let looks: Promise<void> | undefined;

/** A chunk once the looks of the pages of work are there too: nothing is shown that cannot be read. */
async function styled<T>(chunk: Promise<T>): Promise<T> {
  looks ??= new Promise((resolve, reject) => {
    const link = document.createElement("link");
    Object.assign(link, { rel: "stylesheet", href: "/static/apart.css", onload: () => resolve() });
    link.onerror = () => {
      link.remove();
      looks = undefined; // asked for again with the next try
      reject(new Error("apart.css"));
    };
    document.head.append(link);
  });
  const [made] = await Promise.all([chunk, looks]);
  return made;
}

/** Has what is read kept on this device, and looks often whether the server is there again. */
function keepReading({ desk, page }: Reach): void {
  const again = async (): Promise<void> => {
    await desk.askAnew();
    page.face.peek()?.setTiles(queryOf({ asOf: desk.asked.peek(), lang: desk.lang.peek() }), true);
  };
  void window.rafiqaReady.then(() => keepCopy(() => void again(), () => (page.keeps.value = true)));
  setInterval(() => {
    if (desk.copy.peek() && !document.hidden) void desk.checkHealth();
  }, COPY_EVERY_MS);
}

/** Resolves once what was given to the page is on the screen; a page that nobody sees is not waited for. */
function shown(): Promise<void> {
  if (document.hidden) return Promise.resolve();
  return new Promise((done) => requestAnimationFrame(() => setTimeout(done)));
}

/** Opens the page with words and lists at once, or with the words alone where the lists are late or do not come. */
function openTogether({ desk, page }: Reach): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const open = (): void => {
    clearTimeout(timer);
    page.opened.value = true;
  };
  const stop = effect(() => {
    if (!desk.words.value.loaded) return;
    if (desk.picture.value || desk.stale.value) open();
    else timer ??= setTimeout(open, TOGETHER_MS);
  });
  effect(() => {
    if (page.opened.value) queueMicrotask(stop);
  });
}

/** The browser's storage, which may be refused or full: then nothing is remembered. */
const memory: Memory = {
  get(name) {
    try {
      return localStorage.getItem(`rafiqa.${name}`);
    } catch {
      return null;
    }
  },
  set(name, value) {
    try {
      localStorage.setItem(`rafiqa.${name}`, value);
    } catch {
      return;
    }
  },
};

function watchWidth({ page }: Reach): void {
  const query = matchMedia(NARROW);
  const set = (): void => {
    page.narrow.value = query.matches;
    if (query.matches) page.tab.value = null; // the map has the room; the lists are one press away
    if (!query.matches && (page.tab.peek() === null || page.tab.peek() === "key")) page.tab.value = "projects";
  };
  query.addEventListener("change", set);
  set();
}

/** Language, direction and title of the document. */
function keepDocument(desk: Desk): void {
  effect(() => {
    const words = desk.words.value;
    document.documentElement.lang = words.lang;
    document.documentElement.dir = words.dir;
    const site = words.name(desk.site.value?.name);
    const product = words.loaded ? words.t("desk.name") : FALLBACK_NAME;
    document.title = site ? `${site} · ${product}` : product;
  });
}

/** The address line follows the desk; a new selection is a step that "back" undoes. */
function keepAddress(desk: Desk): void {
  // A slider that is dragged would write the address at every step, which browsers hinder or forbid.
  let late: string | null = null;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const settle = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (late !== null) history.replaceState(null, "", location.pathname + late);
    late = null;
  };
  effect(() => {
    const state = desk.urlState();
    const query = writeUrl(state);
    if (query === (late ?? location.search)) return;
    const before = readUrl(late ?? location.search);
    const moved = writeSelection(before.selected) !== writeSelection(state.selected) || before.work !== state.work || before.of !== state.of || !before.account !== !state.account;
    const onlyTime = writeUrl({ ...before, time: state.time }) === query;
    if (onlyTime && timer !== undefined) {
      late = query;
      return;
    }
    settle();
    history[moved ? "pushState" : "replaceState"](null, "", location.pathname + query);
    if (onlyTime) timer = setTimeout(settle, ADDRESS_MS);
  });
  addEventListener("pagehide", settle);
  addEventListener("popstate", () => {
    late = null;
    settle();
    const state = readUrl(location.search);
    batch(() => {
      desk.lang.value = state.lang ?? desk.lang.value;
      desk.time.value = state.time;
      desk.selected.value = state.selected;
      desk.work.value = state.selected ? null : state.work;
      desk.of.value = state.of;
      desk.hidden.value = new Set(state.hidden);
      desk.drawn.value = state.drawn;
      desk.drawnFor.value = state.drawnFor;
      desk.account.value = state.account;
    });
  });
}

/** Loads again whenever what was asked changes; sliders settle first. */
function keepLoading({ desk, page }: Reach): void {
  effect(() => {
    memory.set("lang", desk.lang.value);
    void desk.loadWords();
  });
  const listed = computed(() => desk.picture.value !== null);
  effect(() => {
    void desk.lang.value;
    if (listed.value) void shown().then(() => desk.loadGround());
  });
  let timer: ReturnType<typeof setTimeout> | undefined;
  let first = true;
  effect(() => {
    void desk.asked.value;
    void desk.lang.value;
    clearTimeout(timer);
    const settleMs = desk.moving.peek() === null ? SETTLE_MS : MOVING_SETTLE_MS;
    timer = setTimeout(() => void desk.loadPicture(), first ? 0 : settleMs);
    first = false;
  });
  effect(() => {
    void [desk.revision.value, desk.session.value];
    void desk.loadUnread();
  });
  const loader = new DetailLoader((state) => (page.detail.value = state));
  let detailTimer: ReturnType<typeof setTimeout> | undefined;
  effect(() => {
    const [selection, asked, lang] = [desk.selected.value, desk.asked.value, desk.lang.value];
    void [desk.revision.value, desk.session.value];
    clearTimeout(detailTimer);
    detailTimer = setTimeout(() => void loader.load(desk.api, selection, asked, lang), selection ? 30 : 0);
  });
}

/** Marks the document "page" once the lists are shown and "map" once the map is drawn. */
function tellReady({ desk, page }: Reach): Promise<Readiness> {
  const mark = document.documentElement.dataset;
  return new Promise((resolve) => {
    effect(() => {
      const lists = desk.words.value.loaded && desk.picture.value !== null;
      if (!lists) return;
      if (!mark["ready"]) requestAnimationFrame(() => (mark["ready"] ??= "page"));
      if (page.map.value === "failed") resolve("page");
      const face = page.face.value;
      if (!face || !desk.picture.value?.layers || mark["ready"] === "map") return;
      void face.whenIdle().then(() => {
        mark["ready"] = "map";
        resolve("map");
      });
    });
  });
}

start();
