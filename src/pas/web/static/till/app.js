// The till: finds out what this device is, opens, and shows what happens.

import { Choosing } from "./choosing.js";
import { Connection } from "./connection.js";
import { Counter } from "./counter.js";
import { Device, Refused, Unreachable } from "./device.js";
import { put, read, Unsupported } from "./keep.js";
import { fill, onScreen, part, show, stamp, text } from "./screens.js";
import { Scanner } from "./scanner.js";
import { Today } from "./today.js";
import * as words from "./words.js";

// What the program says of a device that may not sell now; a cashier cannot solve it by trying again.
const GONE = new Set(["till-revoked", "till-is-revoked", "till-unknown", "till-signature-wrong", "till-gone"]);
const STOPS = new Set([...GONE, "till-paused", "till-not-allowed", "not-signed-in"]);

const root = part("till");

function stop(problem) {
  part("nav").hidden = true;
  text("stopped-title", problem.title);
  // What a cashier reads often begins with the title; nobody reads the same twice.
  text("stopped-text", problem.detail?.replace(problem.title, "").trim() || null);
  text("stopped-reason", problem.reason);
  text("stopped-holder", problem.holder);
  text("stopped-step", problem.nextStep);
  part("stopped-pair").hidden = !GONE.has(problem.code);
  const isAway = problem.code === "not-signed-in";
  part("stopped-again").hidden = isAway;
  part("stopped-sign-in").hidden = !isAway;
  show("stopped");
}
stop.isFor = (code) => STOPS.has(code);

async function start() {
  part("without").hidden = true;
  root.hidden = false;
  part("stopped-again").addEventListener("click", () => location.reload());
  const { municipality } = root.dataset;
  const device = new Device(root.dataset);
  if (!(await device.load())) {
    show("unpaired");
    return;
  }
  await navigator.storage?.persist?.();
  watchWorker();
  const connection = new Connection(device);
  const kept = await choicesOf(municipality);
  const choosing = new Choosing(connection, kept);
  const today = new Today({ device, connection, onUnsure: () => counter.unfinished() });
  const counter = new Counter({
    device, connection, choosing, onStop: stop, onUndo: (sales) => today.ask(sales), isQuiet: () => !kept.value.sound,
  });
  watch(connection, choosing);
  try {
    await connection.open();
  } catch (error) {
    if (error instanceof Refused) return stop(error.problem);
    if (error instanceof Unreachable) return stop({ title: "Er is geen verbinding", nextStep: "Kijk of dit apparaat internet heeft. Probeer het dan opnieuw." });
    throw error;
  }
  if (connection.told.pause) return stop(words.paused(connection.told.pause));
  part("nav").hidden = false;
  tabs({ counter, today, connection });
  backToSelling(counter);
  counter.clear();
  const scanner = new Scanner((code, seenAt) => counter.pass(code, seenAt), () => ({
    earlierCards: Boolean(connection.told?.earlierCards),
  }));
  await scanner.begin();
  if (connection.online) await counter.unfinished();
}

function tabs({ counter, today, connection }) {
  part("to-sell").addEventListener("click", () => counter.clear());
  part("to-list").addEventListener("click", () => today.open());
  part("to-more").addEventListener("click", () => more(connection));
}

/** The telephone's own button for back leads to the next pass, not out of the till. */
function backToSelling(counter) {
  let away = false;
  onScreen((name) => {
    if (name !== "sell" && !away) {
      away = true;
      history.pushState(null, "");
    } else if (name === "sell" && away) {
      away = false;
      history.back();
    }
  });
  addEventListener("popstate", () => {
    if (!away) return;
    away = false;
    counter.clear();
  });
}

function watch(connection, choosing) {
  const draw = async () => {
    const { told, online } = connection;
    if (told) {
      text("till-name", told.name);
      text("till-merchant", told.merchant);
    }
    if (told?.pause) stop(words.paused(told.pause));
    choosing.draw();
    part("connection").dataset.state = online ? "online" : "offline";
    text("connection-text", online ? "Online" : "Geen internet");
    const left = online ? null : await connection.leftOffline();
    part("offline-note").hidden = online;
    text("offline-note-text", left
      ? words.leftOffline(left, connection.device.now())
      : "Verkopen kan pas weer met internet.");
  };
  for (const event of ["told", "changed"]) connection.addEventListener(event, draw);
  connection.addEventListener("refused", ({ detail }) => {
    if (stop.isFor(detail.problem.code)) stop(detail.problem);
  });
}

async function more(connection) {
  const { told, device } = connection;
  const facts = [
    ["Kassa", told.name],
    ["Club of winkel", told.merchant ?? "–"],
    ["Waarvoor", told.categories.map((one) => one.title).join(", ") || "–"],
  ];
  fill("facts", facts, ([name, value]) => {
    const line = stamp("fact");
    line.querySelector("dt").textContent = name;
    line.querySelector("dd").textContent = value;
    return line;
  });
  const left = await connection.leftOffline();
  part("offline-facts").hidden = !connection.mayBeOffline;
  text("offline-facts-text", left
    ? words.leftOffline(left, device.now())
    : "Deze kassa verkoopt alleen met internet. De beheerder kan dit aanzetten.");
  show("more");
}

/** What the cashier chose on this device, for the next time that it opens. */
async function choicesOf(municipality) {
  const kept = { value: (await read("choices", municipality)) ?? { sound: true } };
  kept.set = (changed) => {
    kept.value = { ...kept.value, ...changed };
    return put("choices", kept.value, municipality);
  };
  const box = part("sound-on");
  box.checked = kept.value.sound;
  box.addEventListener("change", () => kept.set({ sound: box.checked }));
  return kept;
}

/** Keeps this page for when there is no internet; without it the till works, online only. */
function watchWorker() {
  const { address } = root.dataset;
  navigator.serviceWorker?.register(`${address}/worker.js`, { scope: `${address}/`, updateViaCache: "none" }).catch(() => {});
}

start().catch((error) => {
  if (error instanceof Unsupported) show("unsupported");
  else throw error;
});
