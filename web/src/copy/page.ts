/** Has the browser keep the desk for reading without a network, where it can: over https, or on the server's own machine. */

/**
 * Starts what keeps the desk.
 *
 * `again` is to ask for everything once more, since what came before was not kept; `keeps` hears
 * that from now on a copy is kept.
 */
export function keepCopy(again: () => void, keeps: () => void): void {
  const workers = (navigator as { readonly serviceWorker?: ServiceWorkerContainer }).serviceWorker;
  if (!workers) return;
  // In another window somebody signed in or out: what is in sight here is no longer this person's.
  workers.addEventListener("message", () => location.reload());
  if (workers.controller) keeps();
  else workers.addEventListener("controllerchange", () => (keeps(), again()), { once: true });
  workers.register("/desk-worker.js").catch((error: unknown) => console.warn("no copy is kept:", error));
}
