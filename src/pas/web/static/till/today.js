// The sales of today: what was booked, what was sold without internet and what became of it; undoing.

import { Refused, Unreachable } from "./device.js";
import { euros } from "./money.js";
import { handIn, queueOf, undo } from "./offline.js";
import { fill, onScreen, part, say, show, stamp, text } from "./screens.js";
import { attempts } from "./selling.js";
import * as words from "./words.js";

const PAGES = 6;
const HOUR = 3_600_000;

export class Today {
  constructor({ device, connection, onUnsure }) {
    Object.assign(this, { device, connection, onUnsure });
    this.undoing = [];
    this.isOpen = false;
    this.turn = 0;
    part("hand-in").addEventListener("click", () => this.#handIn());
    part("undo-stop").addEventListener("click", () => this.open());
    part("undo-form").addEventListener("submit", (event) => {
      event.preventDefault();
      const reason = part("undo-other").value.trim();
      if (reason) this.#undo(reason);
      else text("undo-fault", "Typ een reden, of kies er een.");
    });
    for (const button of part("undo-reasons").querySelectorAll("button")) {
      button.addEventListener("click", () => this.#undo(button.dataset.reason));
    }
    connection.addEventListener("handed-in", () => this.isOpen && this.open());
    onScreen((name) => {
      this.isOpen = name === "list";
    });
  }

  async open() {
    this.isOpen = true;
    const turn = (this.turn += 1);
    const lines = await this.#lines();
    // Meanwhile somebody may have gone on, or more was handed in.
    if (this.isOpen && turn === this.turn) this.#draw(lines);
  }

  async #lines() {
    const offline = await this.#offline();
    let online = [];
    try {
      online = await this.connection.use(() => this.#online());
    } catch (error) {
      if (!(error instanceof Unreachable)) throw error;
    }
    const lines = [...(await this.#unsure()), ...together(online, offline)];
    return lines.sort((a, b) => b.at - a.at);
  }

  #draw(lines) {
    const taken = lines.filter((one) => one.counts).reduce((sum, one) => sum + one.cents, 0);
    text("list-total", lines.length ? `Samen ${euros(taken)}. De nieuwste staat bovenaan.` : words.NOTHING[this.connection.online ? "online" : "offline"]);
    const waiting = lines.filter((one) => one.waits).length;
    text("list-waiting", waiting ? waitingText(waiting) : null);
    part("hand-in").hidden = waiting === 0;
    fill("sales", lines, (one) => this.#line(one));
    show("list");
  }

  async #online() {
    const found = [];
    const today = words.day(this.device.now());
    let before;
    for (let page = 0; page < PAGES; page += 1) {
      const query = before ? { before } : { day: today };
      const { items } = await this.device.get("/redemptions", query);
      const ofToday = items.filter((one) => words.day(one.recordedAt) === today);
      found.push(...ofToday);
      if (items.length === 0 || ofToday.length < items.length) break;
      before = items.at(-1).id;
    }
    return found.map((one) => this.#sold(one));
  }

  #sold(one) {
    const at = Date.parse(one.recordedAt);
    const { voidHours = 24 } = this.connection.told ?? {};
    const back = one.reversedCents;
    const isOpen = one.outcome === "booked" && back < one.takeCents;
    return {
      id: one.id,
      at,
      cents: one.takeCents - back,
      counts: one.outcome === "booked",
      kind: one.outcome === "booked" && back === 0 ? "ok" : "no",
      title: one.outcome === "booked" ? euros(one.takeCents) : "Niet betaald",
      note: back ? (back === one.takeCents ? "Ongedaan gemaakt" : `Deels terug: ${euros(back)}`) : null,
      mayUndo: isOpen && back === 0 && this.device.now() - at < voidHours * HOUR,
    };
  }

  /** Sent, and never answered: nobody knows yet. */
  async #unsure() {
    return (await attempts(this.device)).map((one) => ({
      id: one.saleId,
      at: one.at,
      cents: one.items.reduce((sum, item) => sum + item.takeCents, 0),
      kind: "amber",
      title: euros(one.items.reduce((sum, item) => sum + item.takeCents, 0)),
      note: "Niet zeker of er betaald is.",
      act: { label: "Zoek uit", run: () => this.onUnsure() },
    }));
  }

  async #offline() {
    if (!this.device.till) return [];
    const today = words.day(this.device.now());
    const rows = await queueOf(this.device.till.id);
    const recent = rows.filter((row) => !row.answer || words.day(row.occurredAt) === today || isNew(row, this.device.now()));
    return recent.map((row) => ({
      id: row.id,
      row,
      at: Date.parse(row.occurredAt),
      cents: row.amountCents,
      counts: !row.undo?.done && (!row.answer || row.answer.outcome === "booked"),
      waits: !row.answer,
      kind: !row.answer ? "amber" : row.answer.outcome === "booked" ? "ok" : "no",
      title: euros(row.amountCents),
      note: `Zonder internet. ${words.became(row)}`,
      mayUndo: !row.undo && (!row.answer || row.answer.outcome === "booked"),
    }));
  }

  #line(one) {
    const line = stamp("sale-line");
    line.dataset.kind = one.kind;
    line.querySelector(".pas-till-sale__amount").textContent = one.title;
    line.querySelector(".pas-till-sale__when").textContent = this.#when(one.at);
    const note = line.querySelector(".pas-till-sale__note");
    note.textContent = one.note ?? "";
    note.hidden = !one.note;
    const button = line.querySelector("button");
    const act = one.act ?? (one.mayUndo ? this.#undoAct(one) : null);
    button.hidden = !act;
    if (!act) return line;
    button.textContent = act.label;
    button.setAttribute("aria-label", `${act.label}: ${one.title} van ${words.clock(one.at)}`);
    button.addEventListener("click", act.run);
    return line;
  }

  #undoAct({ id, cents, row }) {
    return { label: "Maak ongedaan", run: () => this.ask([{ id, amountCents: cents, row }]) };
  }

  #when(at) {
    const isToday = words.day(at) === words.day(this.device.now());
    return isToday ? words.clock(at) : `${words.day(at)} ${words.clock(at)}`;
  }

  // --- undoing -----------------------------------------------------------------------------

  /** Which sales, and why; the ids of the undoing are made now and stay, however often it is sent. */
  ask(sales) {
    this.undoing = sales.map((one) => ({ ...one, undoId: this.device.newId() }));
    const total = sales.reduce((sum, one) => sum + one.amountCents, 0);
    text("undo-what", `Verkoop van ${euros(total)}`);
    text("undo-fault", null);
    part("undo-other").value = "";
    show("undo");
  }

  async #undo(reason) {
    try {
      for (const one of this.undoing) await this.#undoOne(one, reason);
      say("De verkoop is ongedaan gemaakt.");
      await this.open();
    } catch (error) {
      if (error instanceof Refused) text("undo-fault", `${error.problem.title} ${error.problem.nextStep}`);
      else if (error instanceof Unreachable) text("undo-fault", "Er is geen internet. Probeer het zo opnieuw.");
      else throw error;
    }
  }

  async #undoOne({ id, undoId, row }, reason) {
    if (row) await this.connection.use(() => undo(this.device, row, reason));
    else await this.connection.use(() => this.device.post(`/redemptions/${id}/voids`, { id: undoId, reason }));
  }

  async #handIn() {
    try {
      await this.connection.use(() => handIn(this.device));
    } catch (error) {
      if (!(error instanceof Unreachable || error instanceof Refused)) throw error;
      text("list-waiting", "Het opsturen lukte niet. Het gaat vanzelf als er internet is.");
      return;
    }
    await this.open();
  }
}

/**
 * Each sale once: what was handed in is in both lists, and so is the id that was tried before it, booked
 * or closed for ever.
 */
function together(online, offline) {
  const byId = new Map(online.map((one) => [one.id, one]));
  const left = [];
  const twice = new Set();
  for (const one of offline) {
    const { answer, replaces } = one.row;
    const before = byId.get(replaces);
    twice.add(one.id);
    if (answer?.outcome === "replay" && before) before.note ??= words.became(one.row);
    else {
      left.push(one);
      twice.add(replaces);
    }
  }
  return [...left, ...online.filter((one) => !twice.has(one.id))];
}

const NEWS = 3 * 24 * HOUR;

/** What came in late stays on the list for three days, so that somebody sees what became of it. */
const isNew = (row, now) => row.answer?.recordedAt && now - Date.parse(row.answer.recordedAt) < NEWS;

const waitingText = (waiting) =>
  waiting === 1
    ? "1 verkoop is nog niet verstuurd. Dat gaat vanzelf als er internet is."
    : `${waiting} verkopen zijn nog niet verstuurd. Dat gaat vanzelf als er internet is.`;
