/** Has the browser keep the desk for reading without a network, where it can: over https, or on the server's own machine. */

const workers = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker;

/** From the first moment on: where somebody signs in or out in another window, this one begins anew. */
export function heedOthers(): void {
  workers?.addEventListener("message", () => location.reload());
}

/**
 * Starts what keeps the desk.
 *
 * `again` is to ask for everything once more, since what came before was not kept; `keeps` hears
 * that from now on a copy is kept.
 */
export function keepCopy(again: () => void, keeps: () => void): void {
  if (!workers) return;
  if (workers.controller) keeps();
  else workers.addEventListener("controllerchange", () => (keeps(), again()), { once: true });
  workers.register("/desk-worker.js").catch((error: unknown) => console.warn("no copy is kept:", error));
}
