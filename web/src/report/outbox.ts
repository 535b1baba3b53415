/** The outbox: what was written stays on this device until the office has given a receipt. */

export type State = "waiting" | "received" | "apart" | "refused";

export interface Kept {
  readonly id: string;
  readonly code: string;
  readonly kind: string;
  readonly writtenAt: string;
  readonly state: State;
  /** The message as it was frozen; null once the office has it. */
  readonly body: string | null;
  readonly picture: Blob | null;
  readonly pictureHash: string | null;
  readonly pictureFailed?: boolean;
  readonly receivedAt: string | null;
}

const STORE = "reports";

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const asked = indexedDB.open("rafiqa-report", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "id" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error ?? new Error("storage"));
  });
}

async function run<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    return await new Promise<T>((resolve, reject) => {
      // Written through to the disk before anybody is told that it is kept.
      const transaction = database.transaction(STORE, mode, { durability: "strict" });
      const asked = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(asked.result);
      transaction.onabort = () => reject(transaction.error ?? new Error("storage"));
      transaction.onerror = () => reject(transaction.error ?? new Error("storage"));
    });
  } finally {
    database.close();
  }
}

/** Keeps an item; resolves when it is on the device. */
export async function keep(item: Kept): Promise<void> {
  await run("readwrite", (store) => store.put(item));
}

/** Everything that is kept, the newest first. */
export async function all(): Promise<Kept[]> {
  const found = (await run("readonly", (store) => store.getAll())) as Kept[];
  return found.sort((a, b) => b.writtenAt.localeCompare(a.writtenAt));
}

/** Forgets an item on this device. */
export async function forget(id: string): Promise<void> {
  await run("readwrite", (store) => store.delete(id));
}
