// Pairs this device with a till, and opens the till. The key is made here, cannot be exported, and
// stays in this browser's own store; what leaves is its public half and signatures.

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };
const STORE = "tills";
// What the program says of a till that this device is no longer.
const GONE = new Set(["till-is-revoked", "till-unknown", "till-signature-wrong"]);

const part = (id) => document.getElementById(id);
const page = part("pairing");
const { municipality, token } = page.dataset;
const address = {
  pairings: `/v1/${municipality}/pairings`,
  session: `/${municipality}/till/session`,
  till: `/${municipality}/till`,
};
const bytes = (text) => new TextEncoder().encode(text);
const base64 = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer)));

class Refused extends Error {
  constructor(problem) {
    super(problem.title);
    this.problem = problem;
  }
}

class Unsupported extends Error {}

// --- what this browser keeps ---------------------------------------------------------------

function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(new Unsupported(request.error?.message));
  });
}

async function store() {
  if (!globalThis.indexedDB || !globalThis.crypto?.subtle) throw new Unsupported();
  const opening = indexedDB.open("pas", 1);
  opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
  return settled(opening);
}

async function kept(database) {
  return settled(database.transaction(STORE).objectStore(STORE).get(municipality));
}

async function keep(database, till) {
  const writing = database.transaction(STORE, "readwrite").objectStore(STORE);
  await settled(writing.put(till, municipality));
}

// --- what it sends -------------------------------------------------------------------------

async function send(where, options) {
  const answer = await fetch(where, { method: "POST", credentials: "same-origin", ...options });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw problem?.title ? new Refused(problem) : new TypeError("no answer that can be read");
}

// As the program reads a code: nothing that separates, and letters as they were meant.
function meant(typed) {
  const code = typed.slice(typed.lastIndexOf("#") + 1).replace(/[^0-9a-z]/gi, "");
  return code.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
}

async function pair(database, typed) {
  const code = meant(typed);
  const key = await crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
  const proof = bytes(`pas till pairing 1\n${municipality}\n${code}`);
  const body = {
    code,
    algorithm: "ES256",
    publicKey: base64(await crypto.subtle.exportKey("spki", key.publicKey)),
    signature: base64(await crypto.subtle.sign(SIGNING, key.privateKey, proof)),
  };
  const answer = await send(address.pairings, {
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { tillId, name, merchantName } = await answer.json();
  const till = { id: tillId, name, merchant: merchantName, key: key.privateKey };
  await keep(database, till);
  return till;
}

// HTTP Message Signatures (RFC 9421) over method, path and a digest of the body.
async function signed(till, path, body) {
  const digest = `sha-256=:${base64(await crypto.subtle.digest("SHA-256", bytes(body)))}:`;
  const created = Math.floor(Date.now() / 1000);
  const input =
    `("@method" "@path" "content-digest");created=${created};keyid="${till.id}"` +
    `;alg="ecdsa-p256-sha256";nonce="${crypto.randomUUID()}"`;
  const base = [
    `"@method": POST`,
    `"@path": ${path}`,
    `"content-digest": ${digest}`,
    `"@signature-params": ${input}`,
  ].join("\n");
  const signature = base64(await crypto.subtle.sign(SIGNING, till.key, bytes(base)));
  return {
    "content-digest": digest,
    "signature-input": `pas=${input}`,
    signature: `pas=:${signature}:`,
  };
}

async function open(till) {
  const body = new URLSearchParams({ csrf_token: token }).toString();
  const headers = await signed(till, address.session, body);
  headers["content-type"] = "application/x-www-form-urlencoded";
  await send(address.session, { headers, body });
  location.assign(address.till);
}

// --- what it shows -------------------------------------------------------------------------

function show(till) {
  part("till-name").textContent = till.name;
  part("till-merchant").textContent = till.merchant ?? "";
  part("known").hidden = false;
}

function tell(error) {
  if (error instanceof Refused) {
    part("refused-title").textContent = error.problem.title;
    part("refused-step").textContent = error.problem.nextStep;
    part("refused").hidden = false;
    if (GONE.has(error.problem.code)) part("known").hidden = true;
  } else {
    const offline = error instanceof TypeError;
    part(offline ? "no-connection" : "unsupported").hidden = false;
    if (!offline) part("pair").hidden = true;
  }
}

// One thing at a time: a second press while the first is under way would use up the code.
async function doing(action) {
  const buttons = [...page.querySelectorAll("button")];
  for (const id of ["refused", "no-connection", "unsupported"]) part(id).hidden = true;
  for (const button of buttons) button.disabled = true;
  try {
    await action();
  } catch (error) {
    tell(error);
  }
  for (const button of buttons) button.disabled = false;
}

// Out of the address bar at once: there it would be copied along, or stay in the history.
function takeCode() {
  if (location.hash.length > 1) {
    part("code").value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
  }
}

async function start() {
  part("without").hidden = true;
  page.hidden = false;
  takeCode();
  addEventListener("hashchange", takeCode);
  await doing(async () => {
    const database = await store();
    const known = await kept(database);
    if (known) show(known);
    part("open").addEventListener("click", () => doing(async () => open(await kept(database))));
    part("pair-form").addEventListener("submit", (event) => {
      event.preventDefault();
      doing(async () => {
        show(await pair(database, part("code").value));
        part("code").value = "";
        part("pair").hidden = true;
      });
    });
  });
}

start();
