// What a scan or a typed line means: as passes/codes.py reads it, so that a mistyped number is
// caught before it is sent, and so that a till without a network knows what was scanned.

const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const TOKEN = new RegExp(`^SC1([${ALPHABET}]{4})[${ALPHABET}]{26}$`);
const PHONE_PREFIX = "SP1:";
// Fourteen of the sixteen bytes that name the card, in base 45: the tenth up to the twenty-fourth of what is signed.
const CARD_AT = [PHONE_PREFIX.length + 15, PHONE_PREFIX.length + 36];
const MAX_SCANNED = 300;
const NUMBER_LENGTH = 12;
// The symbology identifier (ISO/IEC 15424) that some scanners put in front: "]Q1".
const SCANNER_MARK = /^\][A-Za-z][0-9A-Za-z]/;

// White space as Python counts it: \s of a browser has no \x1c-\x1f and \x85, and has \ufeff.
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const BEFORE = new RegExp(`^[${SPACE}]+`);
const AFTER = new RegExp(`[${SPACE}]+$`);
const UNSEEN = "\\u200b-\\u200f\\u2010-\\u2014\\u202a-\\u202e\\u2060\\ufeff";
const SEPARATORS = new RegExp(`[${SPACE}${UNSEEN}\\-_.:;]`, "g");
const MEANT = { O: "0", I: "1", L: "1" };
// What cards of an earlier supplier may hold, as passes/earlier_numbers.py reads it.
const LEFT_OUT = new RegExp(`[${SPACE}\\u00ad\\u2010-\\u2015-]+`, "g");
const EARLIER = /^(?=.*[0-9])[0-9A-Z][!-~]{3,63}$/;

// reason: "unreadable" (no code of a pass), "mistyped" (a number of which the check digits differ).
export class CodeFault extends Error {
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

// Give {kind, text}: kind is "token" (a card), "number" (typed), "phone", or "earlier" where cards of an
// earlier supplier are taken; text is what to send. With the tag of this municipality a token also says
// whether it is "foreign".
export function readScanned(text, { municipalityTag, earlierCards = false } = {}) {
  try {
    return readOurs(text, municipalityTag);
  } catch (error) {
    if (!earlierCards || !isOfEarlierSupplier(text)) throw error;
    return { kind: "earlier", text: text.replace(BEFORE, "").replace(AFTER, "") };
  }
}

function isOfEarlierSupplier(text) {
  const scanned = text.replace(BEFORE, "").replace(AFTER, "").replace(SCANNER_MARK, "");
  const last = scanned.split(/[/=#?&]/).filter(Boolean).at(-1) ?? "";
  const plain = last.normalize("NFKC").replace(LEFT_OUT, "").toUpperCase();
  return EARLIER.test(/^[0-9]+$/.test(plain) ? plain.replace(/^0+/, "") : plain);
}

function readOurs(text, municipalityTag) {
  if ([...text].length > MAX_SCANNED) throw new CodeFault("unreadable");
  const begun = text.replace(BEFORE, "");
  const scanned = begun.replace(AFTER, "").replace(SCANNER_MARK, "");
  if (scanned.toUpperCase().startsWith(PHONE_PREFIX)) {
    // A space may be the last character of base 45; a line end comes from the scanner.
    return { kind: "phone", text: begun.replace(/[\t-\r]+$/, "").replace(SCANNER_MARK, "").toUpperCase() };
  }
  if (!scanned.includes("/")) return readPiece(scanned, municipalityTag);
  const pieces = scanned.split(/[/=#?&]/);
  return readPiece(pieces.find((piece) => TOKEN.test(normalised(piece))) ?? "", municipalityTag);
}

/** Of which pass it is: a telephone shows another code all the time, and a ticket says the same in other words. */
export function whichPass(text) {
  return text.startsWith(PHONE_PREFIX) ? text.slice(...CARD_AT) : text;
}

function readPiece(piece, municipalityTag) {
  const plain = normalised(piece);
  const found = TOKEN.exec(plain);
  if (found) {
    const foreign = municipalityTag !== undefined && found[1] !== municipalityTag;
    return { kind: "token", text: plain, foreign };
  }
  if (!/^[0-9]+$/.test(plain)) throw new CodeFault("unreadable");
  if (plain.length !== NUMBER_LENGTH || !hasRightCheckDigits(plain)) {
    throw new CodeFault("mistyped");
  }
  return { kind: "number", text: plain };
}

// Drop what separates, and read letters as they were meant; nothing if not ASCII.
function normalised(text) {
  const plain = text.replace(SEPARATORS, "");
  if (/[^\0-\x7f]/.test(plain)) return "";
  return plain.toUpperCase().replace(/[OIL]/g, (letter) => MEANT[letter]);
}

// ISO 7064 MOD 97-10; the check digits run from 02 to 98. Twelve digits are an exact number here.
function hasRightCheckDigits(digits) {
  return Number(digits) % 97 === 1 && !["00", "01", "99"].includes(digits.slice(-2));
}
