// My pass, with a script: the code is fetched anew before it ends, shown large at the till, and on an own
// telephone the page is kept for when there is no internet. Without this script the code of the card stands there.

(() => {
  const RENEW_AT = 20_000;
  const AGAIN = 10_000;
  const box = document.getElementById("code");
  const home = document.documentElement.querySelector("[data-home]");
  const workers = navigator.serviceWorker;

  // --- what is kept on this telephone ---------------------------------------------------------

  async function forget(address) {
    const names = window.caches ? await caches.keys() : [];
    await Promise.all(names.filter((name) => name.startsWith(`pas pass ${address} `)).map((name) => caches.delete(name)));
    const found = workers ? await workers.getRegistrations() : [];
    const ours = found.filter((one) => new URL(one.scope).pathname === address);
    await Promise.all(ours.map((one) => one.unregister()));
  }

  async function keep(address, script) {
    const controlled = Boolean(workers.controller);
    await workers.register(script, { scope: address });
    if (controlled) return;
    // This very page was opened before anybody could keep it.
    const { active } = await workers.ready;
    active.postMessage({ keep: location.pathname, files: scripts() });
  }

  function scripts() {
    return [...document.scripts].map((one) => one.src).filter(Boolean);
  }

  if (home) {
    const { home: address, worker } = home.dataset;
    if (worker && workers) keep(address, worker).catch(() => {});
    else if (!worker) forget(address).catch(() => {});
    for (const form of document.querySelectorAll('form[action$="/sign-out"]')) {
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        // A failure to forget must not keep anybody signed in.
        forget(address).catch(() => {}).then(() => form.submit());
      });
    }
  }
  if (!box) return;

  // --- the code -------------------------------------------------------------------------------

  const part = (name) => box.querySelector(`[data-part="${name}"]`);
  const shown = { signed: part("signed"), fixed: part("fixed") };
  const bar = part("left");
  let endsAt = 0;
  let asking = false;
  let askedAt = 0;

  function show(which) {
    if (!shown[which]) return;
    for (const [name, square] of Object.entries(shown)) if (square) square.hidden = name !== which;
    bar.hidden = which !== "signed";
    part("card-note").hidden = which !== "fixed";
    part("phone-note").hidden = which !== "signed";
  }

  function without(isOffline) {
    show("fixed");
    if (!shown.fixed) shown.signed.hidden = true;
    part("offline").hidden = !isOffline;
  }

  async function renew() {
    if (asking || document.visibilityState !== "visible") return;
    asking = true;
    askedAt = Date.now();
    try {
      const answer = await fetch(box.dataset.from, { headers: { Accept: "application/json" }, cache: "no-store" });
      if (answer.status === 401) location.reload();
      else if (!answer.ok) without(false);
      else take(await answer.json());
    } catch {
      without(true);
    } finally {
      asking = false;
    }
  }

  function take({ svg, seconds }) {
    shown.signed.innerHTML = svg;
    endsAt = Date.now() + seconds * 1000;
    bar.max = seconds;
    part("offline").hidden = true;
    show("signed");
    tick();
  }

  function tick() {
    const left = endsAt - Date.now();
    bar.value = Math.max(0, Math.ceil(left / 1000));
    if (left < RENEW_AT && Date.now() - askedAt > AGAIN) renew();
    if (left <= 0 && !shown.signed.hidden) without(false);
  }

  if (shown.signed) {
    endsAt = Number(box.dataset.until);
    // A clock that is wrong, or a page that was kept: then what stands here says nothing of now.
    if (endsAt - Date.now() > bar.max * 1000 + 5_000) endsAt = 0;
    if (endsAt < Date.now()) without(false);
    else show("signed");
    tick();
    setInterval(tick, 1000);
    for (const happens of ["online", "pageshow"]) addEventListener(happens, tick);
    document.addEventListener("visibilitychange", tick);
  }

  // --- large ----------------------------------------------------------------------------------

  const button = part("large");
  let lock = null;

  async function awake(on) {
    if (on && navigator.wakeLock) lock = await navigator.wakeLock.request("screen");
    else if (lock) await lock.release();
  }

  function large(on) {
    box.classList.toggle(button.dataset.class, on);
    button.setAttribute("aria-pressed", String(on));
    button.textContent = on ? button.dataset.small : button.dataset.large;
    awake(on).catch(() => {});
    if (on && box.requestFullscreen) box.requestFullscreen().catch(() => {});
    else if (document.fullscreenElement) document.exitFullscreen().catch(() => {});
  }

  const isLarge = () => box.classList.contains(button.dataset.class);
  button.hidden = false;
  button.addEventListener("click", () => large(!isLarge()));
  addEventListener("keydown", ({ key }) => key === "Escape" && isLarge() && large(false));
  document.addEventListener("fullscreenchange", () => !document.fullscreenElement && isLarge() && large(false));
})();
