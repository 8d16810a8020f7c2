// What a cashier sees of answers: the verdict, a line per pass, what to check and what to say first.

import { sound, useSwitches, vibrate } from "./feedback.js";
import { euros } from "./money.js";
import { fill, part, personLine, show, stamp, text, verdict } from "./screens.js";
import * as words from "./words.js";

/** Heard and felt too: the cashier looks at the holder, not at the screen. */
export class Answers {
  constructor(isQuiet) {
    useSwitches({ sound: () => !isQuiet(), vibration: () => !isQuiet() });
  }

  feel(kind) {
    sound(kind);
    vibrate(kind);
  }

  // --- what can be taken -------------------------------------------------------------------

  quote(sale, { moved, justSold, onUnmet }) {
    const { takeable } = sale;
    const first = sale.quotes[0];
    // A parent's pass that pays nothing here itself is no refusal: it may be for a child.
    const kind = takeable.length === 0 ? "who" : sale.askCents ? "part" : "ok";
    const take = takeable.length === 1 ? words.taken(takeable[0]) : euros(sale.takeCents);
    verdict("quote", {
      kind,
      title: takeable.length ? `Neem ${take}` : "Voor wie is het?",
      ask: sale.askCents ? `Vraag ${euros(sale.askCents)}` : null,
      text: takeable.length ? words.sold(sale) : words.notItself(first.refusal),
    });
    const isOwn = sale.people.length === 1 && sale.people[0].holder === 0;
    fill("quote-people", isOwn ? [] : sale.quotes, (answer) => line(sale, answer));
    fill("quote-warnings", takeable.flatMap((one) => one.warnings), warning);
    this.#asked(sale, { moved, justSold, onUnmet });
    part("take-form").hidden = takeable.length === 0;
    part("take").textContent = `Neem ${euros(sale.takeCents)}`;
    children(sale, moved);
    part("one-more").hidden = takeable.length === 0;
    this.feel(kind === "who" ? "part" : kind);
    show("quote");
  }

  quoteOffline(sale, judged, { now, justSold }) {
    const amount = euros(judged.amountCents);
    verdict("quote", {
      kind: "amber",
      title: `Neem ${amount} aan`,
      text: `Geen internet. U ziet later of de pas kon betalen. ${words.leftOffline(judged, now)}`,
    });
    for (const id of ["quote-people", "quote-warnings", "who-form", "one-more"]) part(id).hidden = true;
    this.#asked(sale, { moved: false, justSold, onUnmet: null });
    part("take-form").hidden = false;
    part("take").textContent = `Neem ${amount} aan`;
    this.feel("amber");
    show("quote");
  }

  #asked(sale, { moved, justSold, onUnmet }) {
    text("take-fault", null);
    part("quote-moved").hidden = !moved;
    part("quote-again").hidden = !justSold;
    if (justSold) text("quote-again-text", words.justSold(justSold));
    questions(sale, onUnmet);
  }

  // --- how it ended ------------------------------------------------------------------------

  /** What was taken, what to ask for, or why not. */
  done(sale, answers, { mayRetry }) {
    const booked = answers.filter((one) => one.outcome === "booked");
    const refused = answers.filter((one) => one.refusal);
    const ask = booked.reduce((sum, one) => sum + one.askCents, 0);
    if (booked.length) {
      verdict("done", {
        kind: ask || refused.length ? "part" : "ok",
        title: `Betaald ${words.total(booked)}`,
        ask: ask ? `Vraag nog ${euros(ask)}` : null,
        text: refused.length ? "Let op: niet alles is betaald." : null,
      });
    } else {
      const { title, cashier } = refused[0].refusal;
      verdict("done", { kind: "no", title, text: cashier === title ? null : cashier });
    }
    const lines = answers.length > 1 ? answers.map((one) => line(sale, one)) : [];
    this.#end([...lines, ...sayings(refused)], { mayRetry, mayUndo: booked.length > 0 });
    this.feel(booked.length === 0 ? "no" : ask || refused.length ? "part" : "ok");
  }

  doneOffline(cents, left, now) {
    const rest = left ? words.leftOffline(left, now) : "";
    verdict("done", {
      kind: "amber",
      title: `Aangenomen ${euros(cents)}`,
      text: `Bij Verkopen ziet u later of de pas kon betalen. ${rest}`.trim(),
    });
    this.#end([], {});
    this.feel("amber");
  }

  no(title, under) {
    verdict("done", { kind: "no", title, text: under });
    this.#end([], {});
    this.feel("no");
  }

  unsure(items, { sentence, stop }) {
    text("unsure-text", sentence);
    part("unsure-stop").textContent = stop;
    fill("unsure-people", items, (item) =>
      personLine({ who: words.who(item.holder), what: euros(item.takeCents) }));
    this.feel("amber");
    show("unsure");
  }

  #end(lines, { mayRetry = false, mayUndo = false }) {
    fill("done-people", lines, (one) => one);
    part("retry").hidden = !mayRetry;
    part("undo-this").hidden = !mayUndo;
    show("done");
  }
}

function line(sale, answer) {
  const who = words.passOf(sale.people, sale.quotes.indexOf(answer));
  if (answer.refusal) {
    return personLine({ who, what: answer.refusal.title, why: answer.refusal.cashier });
  }
  return personLine({ who, what: words.taken(answer), why: answer.askCents ? `Vraag ${euros(answer.askCents)}` : null });
}

function sayings(refused) {
  const found = new Map(refused.map((one) => [one.refusal.code, one.refusal]));
  return [...found.values()].map(({ holder, nextStep }) => {
    const made = personLine({ who: "Zeg tegen de pashouder", what: `“${holder}”`, why: nextStep });
    made.classList.add("pas-till-line--said");
    return made;
  });
}

function warning({ sentence }) {
  const made = stamp("warning");
  made.querySelector("p").textContent = `“${sentence}”`;
  return made;
}

/** What to check first: of the pass, each with a no; and of the offer, which the club made itself. */
function questions(sale, onUnmet) {
  const own = sale.choice.offer?.conditions;
  const asked = [...(own ? [{ code: null, question: own }] : []), ...sale.conditions];
  const lines = asked.flatMap(({ code, question }) => {
    const made = stamp("condition");
    made.querySelector("span").textContent = question;
    made.querySelector("input").dataset.code = code ?? "";
    if (code === null) return [made];
    const no = stamp("condition-no");
    no.querySelector("button").addEventListener("click", () => onUnmet(code));
    return [made, no];
  });
  part("quote-conditions").replaceChildren(...lines);
}

function children(sale, moved) {
  const { children: found, people } = sale;
  part("who-form").hidden = moved || found.length === 0 || people.some((one) => one.scanned !== people[0].scanned);
  fill("who", [0, ...found], (holder) => {
    const made = stamp("person-choice");
    const input = made.querySelector("input");
    input.value = holder;
    input.checked = people.some((one) => one.holder === holder);
    made.querySelector("span").textContent = words.who(holder);
    return made;
  });
}
