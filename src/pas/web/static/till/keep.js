// What this browser keeps of its tills: the keys, sales under way, and what was sold without internet.
// What must not be lost is written through to the disk before anything is shown.

const NAME = "pas";
const VERSION = 2;
const STORES = {
  tills: undefined, // by municipality: the till that this device is, with its key
  formerTills: undefined, // by till: a key that still has sales to hand in
  told: undefined, // by municipality: what the till heard of itself last
  choices: undefined, // by municipality: what the cashier chose: sound, camera, what is sold
  clocks: undefined, // by municipality: how far this clock differs from ours
  attempts: "saleId", // sales that were sent and not answered yet
  permits: undefined, // by till: what may be sold without internet, as signed
  chains: undefined, // by till: the last link of what was sold without internet
  queue: ["tillId", "sequence"], // what was sold without internet, and what became of it
};

/** This browser cannot be a till: private window, or too old. */
export class Unsupported extends Error {}

export function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Unsupported(request.error?.message));
  });
}

function finished(transaction) {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error ?? new Error("aborted"));
    transaction.onerror = () => reject(transaction.error);
  });
}

let opened;

function database() {
  opened ??= open();
  return opened;
}

async function open() {
  if (!globalThis.indexedDB || !globalThis.crypto?.subtle) throw new Unsupported();
  const opening = indexedDB.open(NAME, VERSION);
  opening.onupgradeneeded = () => {
    for (const [name, keyPath] of Object.entries(STORES)) {
      if (opening.result.objectStoreNames.contains(name)) continue;
      opening.result.createObjectStore(name, keyPath && { keyPath });
    }
  };
  const found = await settled(opening);
  // A newer page in another tab wants to add a store: let it, and open anew at the next use.
  found.onversionchange = () => {
    found.close();
    opened = undefined;
  };
  return found;
}

export async function read(store, key) {
  const found = await database();
  return settled(found.transaction(store).objectStore(store).get(key));
}

export async function readAll(store, range) {
  const found = await database();
  return settled(found.transaction(store).objectStore(store).getAll(range));
}

/**
 * Do all of it or nothing, on the disk when this resolves. `act` gets the stores by name and may not
 * wait for anything but their requests; what it returns comes back.
 */
export async function change(stores, act) {
  const found = await database();
  const transaction = found.transaction(stores, "readwrite", { durability: "strict" });
  const done = finished(transaction);
  const named = Object.fromEntries(stores.map((name) => [name, transaction.objectStore(name)]));
  try {
    const [result] = await Promise.all([act(named), done]);
    return result;
  } catch (error) {
    try {
      transaction.abort();
    } catch {
      // It ended by itself already.
    }
    await done.catch(() => {});
    throw error;
  }
}

export async function put(store, value, key) {
  await change([store], (named) => settled(named[store].put(value, key)));
}
