// Keeps the till's page in this browser, so that it opens without internet. It is served with the
// addresses of what belongs to it in front: PAGE, FILES and VERSION, a hash of them all.
/* global PAGE, FILES, VERSION */

const CACHE = `pas till ${PAGE} `;
const PATIENCE = 3_000;

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("activate", (event) => event.waitUntil(forgetOlder()));
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && pathname === PAGE) event.respondWith(fresh(request));
  else if (pathname.startsWith("/static/")) event.respondWith(kept(request));
});

// All or nothing: half a page would be worse than the one before.
async function keepAll() {
  const cache = await caches.open(CACHE + VERSION);
  await cache.addAll(FILES);
  // As somebody who is nobody: what is kept is for every till of this municipality.
  const page = await fetch(PAGE, { credentials: "omit", cache: "no-store" });
  if (!page.ok) throw new Error(`status ${page.status}`);
  await cache.put(PAGE, page);
  await skipWaiting();
}

// The one before stays: a tab that is open may still need a file of it.
async function forgetOlder() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(CACHE));
  const before = ours.filter((name) => name !== CACHE + VERSION).slice(0, -1);
  await Promise.all(before.map((name) => caches.delete(name)));
  await clients.claim();
}

async function fresh(request) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.ok) return answer;
  } catch {
    // No internet, or too slow for a queue of people.
  }
  // The newest that was kept whole: the one before is there for tabs that are open.
  const cache = await caches.open(CACHE + VERSION);
  return (await cache.match(PAGE)) ?? fetch(request);
}

async function kept(request) {
  return (await caches.match(request)) ?? fetch(request);
}
