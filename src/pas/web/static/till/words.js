// Sentences that hold an amount or a moment; all others stand in the page.

import { euros, visitsText } from "./money.js";

const ZONE = { timeZone: "Europe/Amsterdam" };

export const clock = (moment) =>
  new Date(moment).toLocaleTimeString("nl-NL", { ...ZONE, hour: "2-digit", minute: "2-digit" });

export const day = (moment) => new Date(moment).toLocaleDateString("sv-SE", ZONE);

export function until(moment, now) {
  const date = new Date(moment);
  const name = date.toLocaleDateString("nl-NL", { ...ZONE, weekday: "long" });
  const when = { [day(now)]: "vandaag", [day(now + 86_400_000)]: "morgen" }[day(date)] ?? name;
  return `${when} ${clock(date)}`;
}

export const who = (holder) => (holder === 0 ? "Pashouder" : `Kind ${holder}`);

export function taken(answer) {
  const amount = euros(answer.takeCents);
  return answer.visits ? `${visitsText(answer.visits)} (${amount})` : amount;
}

/** What several answers took together. */
export function total(booked) {
  if (booked.length === 1) return taken(booked[0]);
  return euros(booked.reduce((sum, one) => sum + one.takeCents, 0));
}

/** What is for sale, under what can be taken of it. */
export function sold({ choice, quotes }) {
  if (choice.offer) return choice.offer.title;
  return choice.visits ? null : `Prijs ${euros(quotes[0].priceCents)}`;
}

/** Whose pass a line is about: the holder, a child by its number, or one of several passes. */
export function passOf(people, place) {
  const isOne = people.every((one) => one.scanned === people[0].scanned);
  return isOne ? who(people[place]?.holder ?? 0) : `Pas ${place + 1}`;
}

export const justSold = (last) =>
  `Om ${clock(last.at)} ging er ${last.amount} af. Klopt het dat dit erbij komt?`;

export const NEXT_PASS = "Scan nu de volgende pas.";

export const CODES = {
  unreadable: "Dit is geen pas. Scan de code op de pas opnieuw. Of typ de 12 cijfers.",
  mistyped: "Dit nummer klopt niet. Kijk op de pas en typ het opnieuw.",
};

export const NO_PRICE = "Typ het bedrag zo: 12,40.";
export const NO_PASS = "Scan de pas. Of typ de 12 cijfers.";
export const PASS_FIRST = "De pas is gescand. Kies nu wat u verkoopt.";
export const TICK = "Kijk eerst of dit klopt. Zet dan een vinkje.";

const CAMERA = {
  starting: "De camera start …",
  scanning: "Houd de code van de pas voor de camera.",
  paused: "",
  stopped: "De camera is uit.",
  denied: "De camera mag niet gebruikt worden. Zet dat aan bij de instellingen van de browser. Of typ het nummer.",
  missing: "Dit apparaat heeft geen camera. Typ het nummer van de pas.",
  busy: "Een ander programma gebruikt de camera. Sluit dat, of typ het nummer.",
};

export const camera = (state) => CAMERA[state] ?? "";

/** Why nothing can be sold without internet, and what to do. */
export function notOffline({ why, facts }) {
  const most = facts.most > 0 ? ` Het kan nu tot ${euros(facts.most)}.` : "";
  const told = {
    none: "Zonder internet kan deze kassa niet verkopen. Probeer het zo opnieuw.",
    forged: "De afspraken voor verkopen zonder internet kloppen niet. Ga eerst naar internet.",
    ended: "De tijd om zonder internet te verkopen is voorbij. Ga eerst naar internet.",
    "blocked-card": "Zeg dat de pashouder de gemeente kan bellen.",
    foreign: "De pas is van een andere gemeente. Vraag naar een andere pas.",
    "no-price": "Zonder internet moet u een bedrag typen.",
    sale: `Dit is te veel voor één keer zonder internet.${most}`,
    pass: `Deze pas betaalde vandaag al genoeg zonder internet.${most}`,
    total: `Deze kassa verkocht al genoeg zonder internet.${most}`,
    phone: "Een code op een telefoon werkt niet zonder internet. Vraag om de kaart.",
    earlier: "Deze kaart werkt niet zonder internet. Vraag om een nieuwe kaart.",
    several: "Zonder internet kan het met één pas tegelijk.",
  };
  return told[why];
}

export const notOfflineTitle = ({ why }) =>
  ["blocked-card", "foreign"].includes(why) ? "Deze pas kan niet gebruikt worden" : "Geen internet";

export function leftOffline({ leftCents, until: end }, now) {
  return `U kunt zonder internet nog ${euros(Math.max(0, leftCents))} aannemen, tot ${until(end, now)}.`;
}

/** What became of a sale without internet, and who bears it. */
export function became(row) {
  const { answer, undo } = row;
  if (undo?.done && !undo.refusal) return "Ongedaan gemaakt";
  if (undo && !undo.done) return "Wordt ongedaan gemaakt als er internet is";
  if (!answer) return "Nog niet verstuurd. Dat gaat vanzelf als er internet is.";
  if (answer.outcome === "replay") return "Deze verkoop was online al geboekt. U krijgt het geld één keer.";
  if (answer.outcome === "declined") return `Niet betaald. ${answer.reason?.cashier ?? ""}`.trim();
  if (answer.bearer === "municipality") return "Betaald. De gemeente draagt het bedrag.";
  if (answer.bearer === "both") return `Betaald. De gemeente draagt ${euros(answer.riskCents)} ervan.`;
  return "Betaald van de pas";
}

export const notItself = ({ title }) => `${title} Kies voor wie het is.`;

export const UNSURE = {
  sent: {
    sentence: "Er was geen verbinding. Wij weten niet of er betaald is. Probeer het opnieuw: er wordt nooit dubbel betaald.",
    stop: "Later uitzoeken",
  },
  found: {
    sentence: "Deze kassa stopte tijdens een verkoop. Er is nog niet betaald. Verkoop het alsnog, of laat het zo.",
    stop: "Laat het zo",
  },
};

/** Why a till stands still, in the words of whoever stopped it. */
export function paused({ happened, because, holder, nextStep, telephone }) {
  return {
    code: "till-paused",
    title: "Deze kassa staat stil",
    detail: happened,
    reason: because ? `De reden: “${because}”` : null,
    holder: `${holder} Zeg dat ook.`,
    nextStep: `${nextStep} Het nummer van de gemeente is ${telephone}.`,
  };
}

export const NOTHING = {
  online: "Er is vandaag nog niets verkocht.",
  offline: "Zonder internet ziet u hier alleen wat u zonder internet verkocht. Dat is nog niets.",
};
