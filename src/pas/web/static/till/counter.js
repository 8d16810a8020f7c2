// At the counter: which pass, what can be taken, take it. Online, and within its limits without.

import { Answers } from "./answers.js";
import { CodeFault, whichPass, readScanned } from "./codes.js";
import { Refused, Unreachable } from "./device.js";
import { accept, judge, NotOffline } from "./offline.js";
import { euros } from "./money.js";
import { fault, part, show, text } from "./screens.js";
import { attempts, forget, mayGoAgain, outcomes, Sale, send } from "./selling.js";
import * as words from "./words.js";

const JUST_NOW = 60_000;
const QUICK = 300;

export class Counter {
  constructor({ device, connection, choosing, onStop, onUndo, isQuiet }) {
    Object.assign(this, { device, connection, choosing, onStop, onUndo });
    this.answers = new Answers(isQuiet);
    this.people = [];
    this.sale = null;
    this.last = null;
    this.booked = [];
    this.seenAt = null;
    this.busy = false;
    part("sell-form").addEventListener("submit", (event) => this.#typed(event));
    part("take-form").addEventListener("submit", (event) => this.#take(event));
    part("who-form").addEventListener("submit", (event) => this.#who(event));
    part("scanned").addEventListener("input", () => fault("scanned", null));
    part("one-more").addEventListener("click", () => this.#oneMore());
    part("unsure-stop").addEventListener("click", () => this.#leave());
    for (const id of ["next", "stop"]) part(id).addEventListener("click", () => this.clear());
    part("retry").addEventListener("click", () => this.#send());
    part("unsure-again").addEventListener("click", () => this.#send());
    part("undo-this").addEventListener("click", () => this.onUndo(this.booked));
  }

  /** The next pass; what is sold stays chosen. */
  clear() {
    this.people = [];
    this.sale = null;
    part("scanned").value = "";
    for (const field of ["scanned", "amount"]) fault(field, null);
    text("scanned-note", null);
    show("sell");
  }

  // --- which pass --------------------------------------------------------------------------

  async #typed(event) {
    event.preventDefault();
    if (part("scanned").value.trim()) await this.pass(part("scanned").value);
    else if (this.people.length) await this.#look();
    else fault("scanned", words.NO_PASS);
  }

  /**
   * A code from the camera, or what was typed; a wrong digit goes no further than this. `seenAt` is when
   * the camera had it in sight.
   */
  async pass(scanned, seenAt = null) {
    if (this.busy) return;
    this.seenAt = seenAt;
    let code;
    try {
      code = readScanned(scanned, this.connection.told ?? {});
    } catch (error) {
      if (!(error instanceof CodeFault)) throw error;
      fault("scanned", words.CODES[error.reason]);
      this.answers.feel("no");
      return;
    }
    fault("scanned", null);
    part("scanned").value = "";
    const known = this.people.find((one) => whichPass(one.scanned) === whichPass(code.text));
    if (known) known.scanned = code.text;
    else this.people.push({ scanned: code.text, holder: 0 });
    // While an amount is being typed, a pass in sight waits for the whole of it.
    const isTyping = seenAt !== null && document.activeElement === part("amount");
    if (this.choosing.isChosen && !isTyping) {
      await this.#look();
      return;
    }
    text("scanned-note", words.PASS_FIRST);
    part("amount").focus();
  }

  #oneMore() {
    text("scanned-note", words.NEXT_PASS);
    show("sell");
  }

  async #look() {
    const choice = this.choosing.read();
    if (!choice) return;
    this.sale = new Sale(choice, [...this.people], this.device.payee);
    await this.#quote();
  }

  async #who(event) {
    event.preventDefault();
    const ticked = [...part("who").querySelectorAll("input:checked")].map((one) => Number(one.value));
    if (ticked.length === 0) return;
    const { scanned } = this.sale.people[0];
    this.sale.people = ticked.map((holder) => ({ scanned, holder }));
    await this.#quote();
  }

  // --- what can be taken -------------------------------------------------------------------

  async #quote() {
    await this.#doing(async () => {
      // While nothing is heard, a queue of people does not wait for each of them to fail.
      if (!this.connection.online && (await this.connection.leftOffline())) {
        await this.#quoteOffline();
        return;
      }
      const start = performance.now();
      try {
        await this.connection.use(() => this.sale.ask(this.device));
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await this.#quoteOffline();
        return;
      }
      performance.measure("pas-quote", { start });
      this.#quoted();
    });
  }

  #quoted({ moved = false } = {}) {
    const { sale } = this;
    if (sale.takeable.length === 0 && sale.children.length === 0) {
      this.#told(sale.quotes);
      return;
    }
    const onUnmet = (code) => {
      sale.unmet.push(code);
      this.#quote();
    };
    this.answers.quote(sale, { moved, justSold: this.#justSold(), onUnmet });
    if (this.seenAt !== null) performance.measure("pas-green", { start: this.seenAt });
    this.seenAt = null;
  }

  async #quoteOffline() {
    const { sale } = this;
    try {
      if (sale.people.length > 1 || sale.people[0].holder > 0) throw new NotOffline("several");
      const [{ scanned }] = sale.people;
      if (readScanned(scanned, this.connection.told ?? {}).foreign) throw new NotOffline("foreign");
      const judged = await judge(this.device, { scanned, choice: sale.choice });
      sale.offline = true;
      sale.quotes = [];
      this.answers.quoteOffline(sale, judged, { now: this.device.now(), justSold: this.#justSold() });
    } catch (error) {
      if (!(error instanceof NotOffline)) throw error;
      this.answers.no(words.notOfflineTitle(error), words.notOffline(error));
    }
  }

  /** Twice in a minute is mostly a mistake; the cashier decides. */
  #justSold() {
    const { last, sale } = this;
    const isAgain = last && this.device.now() - last.at < JUST_NOW
      && sale.people.some((one) => last.people.some((each) => whichPass(each.scanned) === whichPass(one.scanned) && each.holder === one.holder));
    return isAgain ? last : null;
  }

  // --- taking ------------------------------------------------------------------------------

  async #take(event) {
    event.preventDefault();
    const boxes = [...part("quote-conditions").querySelectorAll("input")];
    const open = boxes.find((box) => !box.checked);
    if (open) {
      text("take-fault", words.TICK);
      open.focus();
      return;
    }
    if (this.sale.offline) {
      await this.#doing(() => this.#accept([{ scanned: this.sale.people[0].scanned }]));
      return;
    }
    this.sale.basket(this.device, boxes.map((box) => box.dataset.code).filter(Boolean));
    await this.#send();
  }

  async #send() {
    await this.#doing(async () => {
      const start = performance.now();
      try {
        const answers = await this.connection.use(() => send(this.device, this.sale));
        performance.measure("pas-take", { start });
        this.#answered(answers);
      } catch (error) {
        if (!(error instanceof Unreachable)) throw error;
        await this.#unanswered();
      }
    });
  }

  #answered(answers) {
    const { sale } = this;
    sale.people = sale.sent.items.map(({ scanned, holder }) => ({ scanned, holder }));
    sale.quotes = answers;
    if (answers.some((one) => one.outcome === "moved")) this.#quoted({ moved: true });
    else this.#told(answers);
  }

  #told(answers) {
    const booked = answers.filter((one) => one.outcome === "booked");
    const stop = answers.find((one) => one.refusal && this.onStop.isFor(one.refusal.code));
    if (stop && booked.length === 0) {
      const { code, title, cashier, nextStep } = stop.refusal;
      this.onStop(stop.pause ? words.paused(stop.pause) : { code, title, detail: cashier, nextStep });
      return;
    }
    if (booked.length) this.#remember(words.total(booked));
    this.booked = booked.map((one) => ({ id: one.id, amountCents: one.takeCents }));
    this.answers.done(this.sale, answers, { mayRetry: Boolean(this.sale.sent) && answers.some(mayGoAgain) });
  }

  #remember(amount) {
    this.last = { at: this.device.now(), amount, people: this.sale.people };
  }

  // --- without an answer -------------------------------------------------------------------

  /** Accept each on its own; what was sent online is named, so that it is never booked twice. */
  async #accept(sold, attempt = null) {
    let cents = 0;
    for (const [place, one] of sold.entries()) {
      const isLast = place === sold.length - 1;
      const facts = { ...one, choice: this.sale.choice, saleId: attempt, attempt: isLast ? attempt : null };
      cents += (await accept(this.device, facts)).amountCents;
    }
    this.#remember(euros(cents));
    this.answers.doneOffline(cents, await this.connection.leftOffline(), this.device.now());
  }

  /** Within the limits it goes on without internet; else it stays to be found out. */
  async #unanswered() {
    const { saleId, items } = this.sale.sent;
    if (this.connection.mayBeOffline && items.every((one) => one.holder === 0)) {
      try {
        const { choice } = this.sale;
        const sold = items.map(({ scanned, takeCents, id }) => ({ scanned, takeCents, replaces: id }));
        for (const one of sold) await judge(this.device, { ...one, choice });
        await this.#accept(sold, saleId);
        return;
      } catch (error) {
        if (!(error instanceof NotOffline)) throw error;
      }
    }
    this.answers.unsure(items, words.UNSURE.sent);
  }

  /** Not sold after all. What may still be on its way stays written down until that is known. */
  async #leave() {
    if (this.sale.known) await forget(this.sale.sent.saleId);
    this.clear();
  }

  /** What a till that stopped has not heard the end of: struck off when known, asked about when not. */
  async unfinished() {
    for (const attempt of await attempts(this.device)) {
      const found = await this.connection.use(() => outcomes(this.device, attempt));
      if (found.every(({ sale }) => sale)) {
        await forget(attempt.saleId);
        continue;
      }
      const { saleId, items, choice } = attempt;
      this.sale = new Sale(choice, items.map(({ scanned, holder }) => ({ scanned, holder })), this.device.payee);
      this.sale.sent = { saleId, items };
      this.sale.known = true;
      this.answers.unsure(items, words.UNSURE.found);
      return;
    }
  }

  // --- one thing at a time -----------------------------------------------------------------

  async #doing(act) {
    if (this.busy) return;
    this.busy = true;
    const waiting = setTimeout(() => show("wait"), QUICK);
    try {
      await act();
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const { problem } = error;
      if (this.onStop.isFor(problem.code)) this.onStop(problem);
      else this.answers.no(problem.title, problem.nextStep);
    } finally {
      clearTimeout(waiting);
      this.busy = false;
    }
  }
}
