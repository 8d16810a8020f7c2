// Selling without internet: within limits that the municipality signed, in a queue that is signed and
// chained with this till's own key, and handed in by itself as soon as there is a connection.

import { change, put, read, readAll, settled } from "./keep.js";
import { Refused } from "./device.js";
import { bytes, hex, sha256, signText, unbase64 } from "./signing.js";
import { readScanned } from "./codes.js";
import { wanted } from "./selling.js";

const FIRST = "0".repeat(64);
const AT_ONCE = 50;
const KEPT_DAYS = 14;
const DAY = 86_400_000;
const NUMBER_BYTES = 3;
const TOKEN_BYTES = 8;
const VERIFYING = { name: "ECDSA", hash: "SHA-256" };
const SECRET_AT = 7; // SC1 and four characters that name the municipality

/** Why nothing can be sold without internet now; `why` names a text of the page. */
export class NotOffline extends Error {
  constructor(why, facts = {}) {
    super(why);
    this.why = why;
    this.facts = facts;
  }
}

// --- what may be sold -----------------------------------------------------------------------

/** Ask for new limits; the program gives the old ones again while sales under them are not in. */
export async function renew(device) {
  const chain = await chainOf(device.till.id);
  const given = await device.post("/offline-permits", {
    lastSequence: chain.sequence,
    lastHash: chain.hash,
  });
  await device.setClock(given.serverTime);
  if (!(await isGenuine(given))) throw new NotOffline("forged");
  await put("permits", given, device.till.id);
}

export async function forgetPermit(device) {
  await change(["permits"], (stores) => settled(stores.permits.delete(device.till.id)));
}

/** The limits that were signed; what somebody changed in this browser's storage counts for nothing. */
async function permitOf(device) {
  const given = await read("permits", device.till.id);
  if (!given) throw new NotOffline("none");
  if (!(await isGenuine(given))) throw new NotOffline("forged");
  // What was signed is the permit as JSON; the object beside it is not looked at.
  const permit = JSON.parse(given.text);
  if (permit.tillId !== device.till.id) throw new NotOffline("forged");
  return { permit, blocked: given.blocked };
}

async function isGenuine({ text, signature, publicKey }) {
  const kind = { name: "ECDSA", namedCurve: "P-256" };
  const key = await crypto.subtle.importKey("spki", unbase64(publicKey), kind, false, ["verify"]);
  return crypto.subtle.verify(VERIFYING, key, unbase64(signature), bytes(text));
}

/** What is left of the limits, and until when. */
export async function left(device) {
  const { permit, blocked } = await permitOf(device);
  const now = await ownTime(device);
  if (now >= Date.parse(permit.validUntil)) throw new NotOffline("ended");
  const sold = (await queueOf(device.till.id)).filter((one) => one.permitId === permit.id);
  const spent = sold.reduce((sum, one) => sum + one.amountCents, 0);
  return { permit, leftCents: permit.totalCents - spent, until: permit.validUntil, sold, blocked };
}

/** Our time, never earlier than the last sale: a clock that was set back does not win a day. */
async function ownTime(device) {
  const chain = await chainOf(device.till.id);
  return Math.max(device.now(), chain.at ?? 0);
}

async function chainOf(tillId) {
  return (await read("chains", tillId)) ?? { sequence: 0, hash: FIRST, at: 0 };
}

// --- selling --------------------------------------------------------------------------------

/**
 * What a sale comes to; refuses what the limits or the list of blocked cards do not allow. `takeCents`
 * is what was quoted while there was a network; the holder pays the rest of the price.
 */
export async function judge(device, { scanned, choice, takeCents = null }) {
  const { permit, leftCents, until, sold, blocked } = await left(device);
  // It lives for a minute: by the time that it is handed in nobody can tell whose it was.
  const { kind } = readScanned(scanned, { earlierCards: true });
  // Nor is there a list of numbers of an earlier supplier on this device.
  if (kind === "phone" || kind === "earlier") throw new NotOffline(kind);
  if (await isBlocked(blocked, scanned)) throw new NotOffline("blocked-card");
  const asked = wanted(choice);
  const perVisit = asked.visits ? visitPrice(permit, asked.category) : null;
  const amountCents = takeCents ?? (asked.visits ? asked.visits * perVisit : asked.priceCents);
  const visits = asked.visits ? amountCents / perVisit : null;
  if (!amountCents || (asked.visits && !Number.isInteger(visits))) throw new NotOffline("no-price");
  const today = dayOf(await ownTime(device));
  const ofPass = sold
    .filter((one) => one.scanned === scanned && dayOf(one.occurredAt) === today)
    .reduce((sum, one) => sum + one.amountCents, 0);
  if (amountCents > permit.perSaleCents) throw new NotOffline("sale", { most: permit.perSaleCents });
  if (ofPass + amountCents > permit.perPassDayCents) {
    throw new NotOffline("pass", { most: permit.perPassDayCents - ofPass });
  }
  if (amountCents > leftCents) throw new NotOffline("total", { most: leftCents });
  return { amountCents, visits, leftCents: leftCents - amountCents, until, permit };
}

/** The day that counts is that of the municipality, wherever this device thinks that it is. */
function dayOf(moment) {
  return new Date(moment).toLocaleDateString("sv-SE", { timeZone: "Europe/Amsterdam" });
}

function visitPrice(permit, category) {
  const prices = permit.visitPrices.filter((one) => !category || one.category === category);
  return prices.length === 1 ? prices[0].priceCents : null;
}

async function isBlocked({ salt, tokens, numbers }, scanned) {
  const code = readScanned(scanned);
  if (code.kind === "token") {
    const digest = hex(await sha256(code.text.slice(SECRET_AT)));
    return tokens.includes(digest.slice(0, TOKEN_BYTES * 2));
  }
  const salted = new Uint8Array([...unbase64(salt), ...bytes(code.text)]);
  return numbers.includes(hex(await sha256(salted)).slice(0, NUMBER_BYTES * 2));
}

/**
 * Accept a sale: signed, chained to the one before, and on the disk before this resolves. `attempt` is
 * the sale that was sent and never answered; it is struck off in the same write.
 */
export async function accept(device, { scanned, choice, takeCents = null, replaces = null, saleId = null, attempt = null }) {
  const { amountCents, visits, permit } = await judge(device, { scanned, choice, takeCents });
  const asked = wanted(choice);
  for (;;) {
    const chain = await chainOf(device.till.id);
    const item = {
      sequence: chain.sequence + 1,
      previous: chain.hash,
      id: device.newId(),
      replaces,
      saleId,
      permitId: permit.id,
      scanned: readScanned(scanned).text,
      holder: 0,
      priceCents: visits ? null : asked.priceCents,
      takeCents: visits ? null : takeCents,
      visits,
      category: asked.category,
      occurredAt: new Date(await ownTime(device)).toISOString(),
    };
    const text = textOf(device, item);
    item.signature = await signText(device.till.key, text);
    const hash = hex(await sha256(text));
    const row = { ...item, tillId: device.till.id, amountCents, hash, answer: null, undo: null };
    if (await append(row, chain, attempt)) return row;
  }
}

/** Both or neither: the link and the sale. Another tab may have been first; then it is made anew. */
function append(row, chain, attempt) {
  return change(["chains", "queue", "attempts"], async (stores) => {
    const found = await settled(stores.chains.get(row.tillId));
    if ((found?.sequence ?? 0) !== chain.sequence) return false;
    stores.queue.add(row);
    const at = Date.parse(row.occurredAt);
    stores.chains.put({ sequence: row.sequence, hash: row.hash, at }, row.tillId);
    if (attempt) stores.attempts.delete(attempt);
    return true;
  });
}

const or = (value) => value ?? "-";

function textOf(device, item) {
  return [
    "pas offline sale 1",
    device.municipality,
    device.till.id,
    item.permitId,
    item.sequence,
    item.previous,
    item.id,
    or(item.replaces),
    or(item.saleId),
    item.scanned,
    item.holder,
    or(item.priceCents),
    or(item.takeCents),
    or(item.visits),
    or(item.category),
    item.occurredAt,
  ].join("\n");
}

// --- handing in -----------------------------------------------------------------------------

export async function queueOf(tillId) {
  return readAll("queue", IDBKeyRange.bound([tillId, 0], [tillId, Infinity]));
}

/**
 * Hand in what has no answer yet, oldest first, of this till and of those that this device was before.
 * One tab at a time; whatever breaks on the way, the next time sends the same again.
 */
export async function handIn(device) {
  if (!device.till) return 0;
  return navigator.locks.request(`pas hand in ${device.municipality}`, async () => {
    let handed = 0;
    const former = await readAll("formerTills");
    const ours = former.filter((one) => one.municipality === device.municipality);
    for (const till of [...ours, device.till]) handed += await handInOf(device, till);
    await tidy(device);
    return handed;
  });
}

async function handInOf(device, till) {
  let handed = 0;
  for (;;) {
    const waiting = (await queueOf(till.id)).filter((one) => !one.answer).slice(0, AT_ONCE);
    if (waiting.length === 0) break;
    const body = JSON.stringify({ items: waiting.map(asSent) });
    const { items } = await device.call("POST", "/offline-sales", { body, till, patience: 20_000 });
    await note(waiting, items);
    handed += waiting.length;
  }
  for (const one of (await queueOf(till.id)).filter((each) => each.undo && !each.undo.done)) {
    await undoNow(device, till, one);
  }
  return handed;
}

function asSent(row) {
  const { tillId, amountCents, hash, answer, undo, ...item } = row;
  return item;
}

/** Each has its answer, in the order of asking: also what somebody made unreadable. */
function note(waiting, answers) {
  return change(["queue"], async (stores) => {
    waiting.forEach((row, place) => stores.queue.put({ ...row, answer: answers[place] }));
  });
}

/** Undo one: now if it is in, else as soon as it is. */
export async function undo(device, row, reason) {
  const asked = { ...row, undo: { id: device.newId(), reason, done: false } };
  await put("queue", asked);
  if (row.answer) await undoNow(device, device.till, asked);
}

async function undoNow(device, till, row) {
  if (!row.answer) return;
  let refusal = null;
  if (row.answer.outcome === "booked") {
    const body = JSON.stringify({ id: row.undo.id, reason: row.undo.reason });
    try {
      await device.call("POST", `/redemptions/${row.id}/voids`, { body, till });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      refusal = error.problem.title;
    }
  }
  await put("queue", { ...row, undo: { ...row.undo, done: true, refusal } });
}

/**
 * Keep what was handed in for two weeks, to be looked at, but of whose card it was only that day, for
 * the limit of a pass: a device can be stolen. And keep the keys only while they are needed.
 */
async function tidy(device) {
  const before = device.now() - KEPT_DAYS * DAY;
  const today = dayOf(await ownTime(device));
  const former = await readAll("formerTills");
  await change(["queue", "formerTills"], async (stores) => {
    for (const till of [...former, device.till]) {
      const range = IDBKeyRange.bound([till.id, 0], [till.id, Infinity]);
      const rows = await settled(stores.queue.getAll(range));
      for (const row of rows) {
        const over = row.answer && (!row.undo || row.undo.done);
        if (!over) continue;
        if (Date.parse(row.occurredAt) < before) stores.queue.delete([row.tillId, row.sequence]);
        else if (dayOf(row.occurredAt) !== today) stores.queue.put({ ...row, scanned: null });
      }
      const open = rows.some((row) => !row.answer || (row.undo && !row.undo.done));
      if (!open && till !== device.till) stores.formerTills.delete(till.id);
    }
  });
}
