// Pairs this device with a till. The key is made here, cannot be exported, and stays in this browser's
// own store; what leaves is its public half and signatures.

import { Device, Refused } from "./device.js";
import { base64, newKey, signedHeaders, signText } from "./signing.js";
import { Unsupported } from "./keep.js";
import { part } from "./screens.js";

const page = part("pairing");
const { municipality, token, address } = page.dataset;

// As the program reads a code: nothing that separates, and letters as they were meant.
function meant(typed) {
  const code = typed.slice(typed.lastIndexOf("#") + 1).replace(/[^0-9a-z]/gi, "");
  return code.toUpperCase().replaceAll("O", "0").replace(/[IL]/g, "1");
}

async function send(where, options) {
  const answer = await fetch(where, { method: "POST", credentials: "same-origin", ...options });
  if (answer.ok) return answer;
  const problem = await answer.json().catch(() => null);
  throw problem?.title ? new Refused(problem, answer.status) : new TypeError("no answer that can be read");
}

async function pair(device, typed) {
  const code = meant(typed);
  const key = await newKey();
  const body = {
    code,
    algorithm: "ES256",
    publicKey: base64(await crypto.subtle.exportKey("spki", key.publicKey)),
    signature: await signText(key.privateKey, `pas till pairing 1\n${municipality}\n${code}`),
  };
  const answer = await send(`/v1/${municipality}/pairings`, {
    credentials: "omit", // The code says enough, also where its maker is signed in.
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  const { tillId, name, merchantName } = await answer.json();
  const till = { id: tillId, name, merchant: merchantName, key: key.privateKey };
  await device.become(till);
  return till;
}

/** A session, for the pages that need no script: one request, signed by the key. */
async function openPlainly(device) {
  const target = `${address}/session`;
  const body = new URLSearchParams({ csrf_token: token }).toString();
  const headers = await signedHeaders(device.till, { method: "POST", target, body, now: device.now() });
  headers["content-type"] = "application/x-www-form-urlencoded";
  await send(target, { headers, body });
  location.assign(address);
}

// --- what it shows -------------------------------------------------------------------------

// What the program says of a till that this device is no longer.
const GONE = new Set(["till-is-revoked", "till-unknown", "till-signature-wrong"]);

function showTill(till) {
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
    if (!offline && !(error instanceof Unsupported)) throw error;
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
  } finally {
    for (const button of buttons) button.disabled = false;
  }
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
    const device = new Device({ municipality });
    if (await device.load()) showTill(device.till);
    part("plainly").addEventListener("click", () => doing(() => openPlainly(device)));
    part("pair-form").addEventListener("submit", (event) => {
      event.preventDefault();
      doing(async () => {
        showTill(await pair(device, part("code").value));
        part("code").value = "";
        part("pair").hidden = true;
      });
    });
  });
}

start();
