/** What the public pages can do beside being read: language, age, search, the large map, offline. */

import { wireLargeMap } from "./map.ts";
import { matching } from "./search.ts";

const LANG = "rafiqa.public.lang";
const DAY_MS = 86_400_000;
const STALE_DAYS = 7;
const root = document.documentElement;

function remembered(): string | null {
  try {
    return localStorage.getItem(LANG);
  } catch {
    return null;
  }
}

function remember(lang: string): void {
  try {
    localStorage.setItem(LANG, lang);
  } catch {
    // Forbidden: the choice is forgotten with the page.
  }
}

/** Opens the page in the language chosen before, or else in the reader's own. */
function chooseLanguage(): boolean {
  const links = [...document.querySelectorAll<HTMLAnchorElement>("header nav a")];
  const known = links.map((link) => link.lang);
  for (const link of links) link.addEventListener("click", () => remember(link.lang));
  const named = /(?:^|\/)(?:list-)?(en|ar|ckb|kmr)\.html$/.exec(location.pathname);
  if (named || new URLSearchParams(location.search).has("lang")) return false;
  const own = navigator.languages.map((tag) => tag.toLowerCase().split("-")[0] ?? "");
  const wanted = [remembered() ?? "", ...own].find((lang) => known.includes(lang));
  const link = links.find((each) => each.lang === wanted);
  if (!link || wanted === root.lang) return false;
  location.replace(link.href);
  return true;
}

function tellAge(box: HTMLElement, now: number): void {
  const days = Math.floor((now - Date.parse(box.dataset["known"] ?? "")) / DAY_MS);
  const line = box.querySelector(".days");
  if (!line || Number.isNaN(days)) return;
  const told = days < 1 ? box.dataset["today"] : box.dataset["days"]?.replace("{n}", String(days));
  const parts = [told, days >= STALE_DAYS ? box.dataset["stale"] : "", box.dataset["shown"] === "offline" ? box.dataset["offline"] : ""];
  line.textContent = parts.filter(Boolean).join(" · ");
  box.classList.toggle("stale", days >= STALE_DAYS);
}

/** Asks whether a newer state is there; where nobody answers, says that this is the last one kept. */
async function askForNewer(box: HTMLElement): Promise<void> {
  try {
    const answer = await fetch("manifest.json", { cache: "no-store" });
    if (!answer.ok) return;
    const told = (await answer.json()) as { about?: { known_at?: string; as_of?: string } };
    // As old as what it says: when it was known, or true at if that is longer ago.
    const times = [told.about?.known_at, told.about?.as_of].map((at) => Date.parse(at ?? "")).filter((at) => !Number.isNaN(at));
    const newest = Math.min(...times);
    if (times.length && newest !== Date.parse(box.dataset["known"] ?? "") && !box.querySelector("button")) {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button";
      button.textContent = box.dataset["newer"] ?? "";
      button.addEventListener("click", () => location.reload());
      box.append(button);
    }
  } catch {
    box.dataset["shown"] = "offline";
    tellAge(box, Date.now());
  }
}

/** Notices end by themselves, also on a page that was opened before they did. */
function endNotices(now: number): void {
  for (const notice of document.querySelectorAll<HTMLElement>(".notice[data-until]")) {
    notice.hidden = Date.parse(notice.dataset["until"] ?? "") <= now;
  }
}

function wireSearch(): void {
  const box = document.querySelector<HTMLElement>(".search");
  const input = box?.querySelector("input");
  const found = document.getElementById("found");
  if (!box || !input || !found) return;
  box.hidden = false;
  const places = [...document.querySelectorAll<HTMLDetailsElement>("details.place")];
  input.addEventListener("input", () => {
    const written = input.value.trim();
    let shown = 0;
    for (const place of places) {
      const hit = matching(place.dataset["name"] ?? "", written);
      place.hidden = !hit;
      if (hit && place.id.startsWith("danger-")) shown += 1;
    }
    found.textContent = written && shown === 0 ? (found.dataset["none"] ?? "") : "";
  });
}

/** What an address points at is opened, so that it can be read. */
function openNamed(): void {
  const named = location.hash ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  if (named instanceof HTMLDetailsElement) named.open = true;
}

function wirePrint(): void {
  const button = document.getElementById("print");
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => print());
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
}

async function keepOffline(): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  // The server lets the worker keep /public itself; from a stick it keeps its own folder.
  const scopes = location.pathname.startsWith("/public") ? ["/public", "./"] : ["./"];
  for (const scope of scopes) {
    try {
      await navigator.serviceWorker.register("worker.js", { scope });
      await navigator.serviceWorker.ready;
      root.dataset["offline"] = "ready";
      return;
    } catch {
      // Without a certificate, or from a file: browsers keep no page then.
    }
  }
}

function begin(): void {
  if (chooseLanguage()) return;
  const box = document.getElementById("age");
  if (box) {
    tellAge(box, Date.now());
    void askForNewer(box);
  }
  endNotices(Date.now());
  setInterval(() => {
    endNotices(Date.now());
    if (box) tellAge(box, Date.now());
  }, 60_000);
  wireSearch();
  openNamed();
  addEventListener("hashchange", openNamed);
  wirePrint();
  wireLargeMap();
  root.dataset["ready"] = "page";
  void keepOffline();
}

begin();
