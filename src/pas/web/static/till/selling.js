// One sale, from choice to answer: what is sold, to which passes, and under which ids.

import { change, readAll, settled } from "./keep.js";
import { Refused } from "./device.js";

const AGAIN = new Set(["busy", "condition-not-confirmed"]);

/** What the cashier chose to sell: an amount, visits, or an offer, which is one of the two. */
export function wanted(choice) {
  if (choice.offer) {
    const { priceCents, visits, category } = choice.offer;
    return { priceCents, visits, category };
  }
  return {
    priceCents: choice.priceCents ?? null,
    visits: choice.visits ?? null,
    category: choice.category || null,
  };
}

export class Sale {
  constructor(choice, people, payee) {
    this.choice = choice;
    this.people = people; // [{ scanned, holder }]
    this.payee = payee;
    this.unmet = [];
    this.children = [];
    this.quotes = []; // one answer per person
    this.sent = null; // what was sent, under its ids
  }

  asks() {
    return this.people.map(({ scanned, holder }) => ({
      scanned,
      holder,
      ...wanted(this.choice),
      payee: this.payee,
      unmet: this.unmet,
    }));
  }

  /** Ask what can be taken. Nothing is booked. */
  async ask(device) {
    const { items } = await device.post("/quotes", { items: this.asks() }, { patience: 4_000 });
    this.quotes = items;
    this.#goOn(items);
    this.children = [...new Set(items.flatMap((item) => item.children))].sort((a, b) => a - b);
    return items;
  }

  /** A code on a telephone is over before the holder has found the rest; the ticket for it is not. */
  #goOn(answers) {
    this.people.forEach((one, place) => {
      one.scanned = answers[place].ticket ?? one.scanned;
    });
  }

  get takeable() {
    return this.quotes.filter((one) => one.outcome === "quoted" || one.outcome === "moved");
  }

  get takeCents() {
    return this.takeable.reduce((sum, one) => sum + one.takeCents, 0);
  }

  get askCents() {
    return this.takeable.reduce((sum, one) => sum + one.askCents, 0);
  }

  get conditions() {
    const found = new Map(this.takeable.flatMap((one) => one.conditions.map((c) => [c.code, c])));
    return [...found.values()];
  }

  /** What is sent: exactly what was quoted; the ids are made once and stay with the sale. */
  basket(device, confirmed) {
    const before = new Map(this.sent?.items.map((item) => [`${item.scanned} ${item.holder}`, item]));
    const items = [];
    this.asks().forEach((ask, place) => {
      const quote = this.quotes[place];
      if (quote.outcome !== "quoted" && quote.outcome !== "moved") return;
      items.push({
        ...ask,
        id: before.get(`${ask.scanned} ${ask.holder}`)?.id ?? device.newId(),
        takeCents: quote.takeCents,
        lostCents: quote.warnings.reduce((sum, one) => sum + one.lostCents, 0),
        lostVisits: quote.warnings.reduce((sum, one) => sum + one.lostVisits, 0),
        confirmed,
      });
    });
    this.sent = { saleId: this.sent?.saleId ?? device.newId(), items };
    return this.sent;
  }
}

/**
 * Send a sale. It is written down first, so that a till that dies now still knows the ids; what has
 * an answer is struck off. Raises Unreachable when nobody knows what became of it.
 */
export async function send(device, { choice, sent: basket }) {
  await remember(device, basket, choice);
  try {
    const { items } = await device.post("/redemptions", basket);
    await forget(basket.saleId);
    return items;
  } catch (error) {
    if (error instanceof Refused) await forget(basket.saleId);
    throw error;
  }
}

async function remember(device, basket, choice) {
  const entry = { ...basket, choice, municipality: device.municipality, at: device.now() };
  await change(["attempts"], (stores) => settled(stores.attempts.put(entry)));
}

export async function forget(saleId) {
  await change(["attempts"], (stores) => settled(stores.attempts.delete(saleId)));
}

export async function attempts(device) {
  const found = await readAll("attempts");
  return found.filter((one) => one.municipality === device.municipality);
}

/** What became of a sale whose answer never came: each item booked, declined, or not known there. */
export async function outcomes(device, attempt) {
  const found = [];
  for (const item of attempt.items) {
    try {
      found.push({ item, sale: await device.get(`/redemptions/${item.id}`) });
    } catch (error) {
      if (!(error instanceof Refused) || error.status !== 404) throw error;
      found.push({ item, sale: null });
    }
  }
  return found;
}

export const mayGoAgain = (answer) =>
  answer.outcome === "moved" || (answer.refusal && AGAIN.has(answer.refusal.code));
