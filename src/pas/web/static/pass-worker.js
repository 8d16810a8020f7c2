// Keeps My pass on a holder's own telephone, so that it opens without internet. It is served with HOME, the
// address of the pages, in front. The server says of each page whether it may be kept: only what a lasting session
// of an own telephone sees. Anything else, such as a page to sign in, means that all of it is forgotten.
/* global HOME */

const CACHE = `pas pass ${HOME} 1`;
const MAY = "pas-keep";
const PATIENCE = 4_000;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("message", (event) => {
  if (event.data.keep) event.waitUntil(keepNow(event.data));
});
addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname } = new URL(request.url);
  if (request.method !== "GET" || origin !== location.origin) return;
  if (request.mode === "navigate" && isOurs(pathname)) event.respondWith(fresh(request, pathname));
  else if (pathname.startsWith("/static/")) event.respondWith(file(request));
});

const isOurs = (pathname) => pathname === HOME || pathname.startsWith(`${HOME}/`);

async function fresh(request, pathname) {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    await learn(pathname, answer);
    return answer;
  } catch {
    // No internet, or too slow for a queue of people.
    const cache = await caches.open(CACHE);
    return (await cache.match(pathname)) ?? (await cache.match(HOME)) ?? fetch(request);
  }
}

/** What may be kept is kept; who is signed out, or signed in otherwise, leaves nothing behind. */
async function learn(pathname, answer) {
  // No longer a pass of whoever looks: what was kept of it goes, and their own stays.
  if (answer.status === 404) await (await caches.open(CACHE)).delete(pathname);
  const isAnswer = answer.ok || answer.type === "opaqueredirect" || [401, 403].includes(answer.status);
  if (!isAnswer) return;
  if (answer.headers.get(MAY) === "page") {
    const cache = await caches.open(CACHE);
    await cache.put(pathname, await asKept(answer.clone()));
  } else if (answer.headers.get(MAY) !== "others") {
    await caches.delete(CACHE);
  }
}

/** The code of now is none later: whoever opens this without internet sees at once the code that stays. */
async function asKept(answer) {
  const text = await answer.text();
  const headers = new Headers(answer.headers);
  for (const name of ["content-encoding", "content-length"]) headers.delete(name);
  return new Response(text.replace(/data-until="\d+"/, 'data-until="0"'), { headers });
}

async function keepNow({ keep, files }) {
  const answer = await fetch(keep, { credentials: "same-origin", cache: "no-store", redirect: "manual" });
  await learn(keep, answer);
  const cache = await caches.open(CACHE);
  if (await cache.match(keep)) await cache.addAll(files.filter(Boolean));
}

async function file(request) {
  return (await caches.match(request)) ?? fetch(request);
}
