// Whole cents, as text and from text: as `pas/money.py` reads and writes them.

const AMOUNT = /^(?:([0-9]{1,15})|([1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?=,))(?:,([0-9]{2})|\.([0-9]{2})|,-{1,2})?$/;
const MOST_TYPED = 40;
const MOST_CENTS = 100_000_000_000;
const BEFORE = /^(?:€|euro?(?![a-z]))\s*/i;
const BEHIND = /\s*(?:€|euro?)$/i;

export function euros(cents) {
  const whole = String(Math.floor(Math.abs(cents) / 100)).replace(/\B(?=(?:\d{3})+$)/g, ".");
  const rest = String(Math.abs(cents) % 100).padStart(2, "0");
  return `€\u00a0${cents < 0 ? "-" : ""}${whole},${rest}`;
}

/** Cents, or null where the text is no amount, or could be two: "12,4" and "1.234" are not read. */
export function centsIn(text) {
  if (text.length > MOST_TYPED) return null;
  let number = text.trim();
  number = BEFORE.test(number) ? number.replace(BEFORE, "") : number.replace(BEHIND, "");
  const found = AMOUNT.exec(number);
  if (!found) return null;
  const [, plain, grouped, comma, point] = found;
  const cents = Number(plain ?? grouped.replaceAll(".", "")) * 100 + Number(comma ?? point ?? 0);
  return cents > MOST_CENTS ? null : cents;
}

export const visitsText = (visits) => (visits === 1 ? "1 bezoek" : `${visits} bezoeken`);
