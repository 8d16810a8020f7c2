// The page's parts: which screen shows, what stands in it, and where the focus is.

export const part = (id) => document.getElementById(id);

let shown = null;
const watchers = [];

/** Called with the name of each screen that opens. */
export function onScreen(act) {
  watchers.push(act);
}

/** One screen at a time; its heading has the focus, so that a screen reader begins there. */
export function show(name) {
  if (name !== shown) {
    for (const screen of document.querySelectorAll(".pas-screen")) {
      screen.hidden = screen.id !== `screen-${name}`;
    }
    shown = name;
    for (const [tab, screen] of [["to-sell", "sell"], ["to-list", "list"], ["to-more", "more"]]) {
      if (screen === name) part(tab).setAttribute("aria-current", "page");
      else part(tab).removeAttribute("aria-current");
    }
    scrollTo(0, 0);
    for (const act of watchers) act(name);
  }
  part(`screen-${name}`).querySelector("h1").focus({ preventScroll: true });
}

export function text(id, value) {
  const found = part(id);
  found.textContent = value ?? "";
  found.hidden = !value;
}

export function stamp(id) {
  return part(id).content.firstElementChild.cloneNode(true);
}

/** Below a field, and said of the field: what is wrong and what to do. */
export function fault(field, sentence) {
  text(`${field}-fault`, sentence);
  const input = part(field);
  input.classList.toggle("utrecht-textbox--invalid", Boolean(sentence));
  if (sentence) {
    input.setAttribute("aria-invalid", "true");
    input.focus();
  } else input.removeAttribute("aria-invalid");
}

/** Fill a list with one element for each of `items`. */
export function fill(id, items, make) {
  const list = part(id);
  list.replaceChildren(...items.map(make));
  list.hidden = items.length === 0;
}

export function personLine({ who, what, why }) {
  const line = stamp("person-line");
  line.querySelector(".pas-till-line__who").textContent = who;
  line.querySelector(".pas-till-line__what").textContent = what;
  const reason = line.querySelector(".pas-till-line__why");
  reason.textContent = why ?? "";
  reason.hidden = !why;
  return line;
}

/** The big coloured answer; kind: ok, part, amber or no. */
export function verdict(screen, { kind, title, ask, text: under }) {
  part(`${screen}-verdict`).dataset.kind = kind;
  part(`${screen}-title`).textContent = title;
  text(`${screen}-ask`, ask);
  text(`${screen}-text`, under);
}

export function say(sentence) {
  part("spoken").textContent = sentence;
}
