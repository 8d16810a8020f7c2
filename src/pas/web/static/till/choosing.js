// What is sold: an offer of this merchant, visits at the agreed price, or an amount that is typed.

import { centsIn, euros, visitsText } from "./money.js";
import { fault, fill, part, stamp } from "./screens.js";
import { NO_PRICE } from "./words.js";

const AMOUNT = "amount";

export class Choosing {
  constructor(connection, kept) {
    this.connection = connection;
    this.kept = kept;
    this.choices = [];
    this.chosen = kept.value.chosen ?? AMOUNT;
    part("amount").addEventListener("input", () => fault("amount", null));
  }

  /** Draw what can be chosen; the choice stays, for the next pass in the queue. */
  draw() {
    const { told, offers } = this.connection;
    // Drawn anew only when it is another list: somebody may be choosing from it.
    const drawn = JSON.stringify([told?.categories, offers]);
    if (drawn === this.drawn) return;
    this.drawn = drawn;
    const categories = told?.categories ?? [];
    const visits = categories
      .filter((one) => one.visitPriceCents && !offers.some((offer) => offer.visits && offer.category === one.code))
      .map((one) => ({
        key: `visit ${one.code}`,
        title: `1 bezoek ${one.title.toLowerCase()}`,
        priceText: euros(one.visitPriceCents),
        choice: { visits: 1, category: one.code },
      }));
    const offered = offers.map((offer) => ({
      key: offer.id,
      title: offer.title,
      priceText: offer.visits ? visitsText(offer.visits) : euros(offer.priceCents),
      choice: { offer },
    }));
    this.choices = [...offered, ...visits];
    const rows = [...this.choices, { key: AMOUNT, title: "Een bedrag", priceText: "" }];
    if (!rows.some((row) => row.key === this.chosen)) this.chosen = AMOUNT;
    fill("offers", this.choices.length ? rows : [], (row) => this.#line(row));
    this.#categories(categories);
    this.#fields();
  }

  #line(row) {
    const line = stamp("offer-choice");
    const input = line.querySelector("input");
    input.value = row.key;
    input.checked = row.key === this.chosen;
    input.addEventListener("change", () => {
      this.chosen = row.key;
      this.kept.set({ chosen: row.key });
      this.#fields();
      if (row.key === AMOUNT) part("amount").focus();
    });
    line.querySelector(".pas-till-offer__title").textContent = row.title;
    line.querySelector(".pas-till-offer__price").textContent = row.priceText;
    return line;
  }

  #categories(categories) {
    const select = part("category");
    const before = select.value;
    const options = [["", "Weet ik niet"], ...categories.map((one) => [one.code, one.title])];
    select.replaceChildren(...options.map(([value, label]) => new Option(label, value)));
    select.value = options.some(([value]) => value === before) ? before : "";
  }

  #fields() {
    const typed = this.chosen === AMOUNT;
    part("amount-field").hidden = !typed;
    part("category-field").hidden = !typed || (this.connection.told?.categories.length ?? 0) < 2;
  }

  get isChosen() {
    return this.chosen !== AMOUNT || part("amount").value.trim() !== "";
  }

  /** What was chosen, or null with the fault beside its field. */
  read() {
    const found = this.choices.find((one) => one.key === this.chosen);
    if (found) return found.choice;
    const priceCents = centsIn(part("amount").value);
    if (!priceCents) {
      fault("amount", NO_PRICE);
      return null;
    }
    return { priceCents, category: part("category").value };
  }
}
