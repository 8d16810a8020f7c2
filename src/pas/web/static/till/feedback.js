// What a cashier hears and feels without looking. Kinds differ by rhythm and not just by pitch:
// who hears badly, or sells beside a speaker, still tells them apart.

// Of each tone: its pitch in hertz, its length and the rest after it in milliseconds.
const SOUNDS = {
  ok: [[1320, 110, 0]],
  part: [[990, 90, 70], [990, 300, 0]],
  amber: [[780, 90, 80], [780, 90, 80], [780, 90, 0]],
  no: [[300, 350, 120], [300, 350, 0]],
};
const VOLUME = 0.35;
// Without this a tone that starts or ends at once clicks.
const EDGE_SECONDS = 0.008;

let context = null;
let isOn = { sound: () => true, vibration: () => true };

// The page keeps the switches: each is a function that says whether it is on now.
export function useSwitches(switches) {
  isOn = { ...isOn, ...switches };
}

// Browsers give sound only from a touch on. A telephone call takes it away again, so each touch
// asks anew.
function unlock() {
  const Context = globalThis.AudioContext ?? globalThis.webkitAudioContext;
  if (!Context) return;
  context ??= new Context();
  if (context.state !== "running") context.resume().catch(() => {});
}
for (const touch of ["pointerup", "touchend", "keydown"]) {
  addEventListener(touch, unlock, { capture: true, passive: true });
}

export function sound(kind) {
  if (!isOn.sound() || context?.state !== "running") return;
  let at = context.currentTime;
  for (const [pitch, length, rest] of SOUNDS[kind]) {
    tone(pitch, at, at + length / 1000);
    at += (length + rest) / 1000;
  }
}

function tone(pitch, from, until) {
  const oscillator = new OscillatorNode(context, { type: "triangle", frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, from);
  volume.gain.linearRampToValueAtTime(VOLUME, from + EDGE_SECONDS);
  volume.gain.setValueAtTime(VOLUME, until - EDGE_SECONDS);
  volume.gain.linearRampToValueAtTime(0, until);
  oscillator.connect(volume).connect(context.destination);
  oscillator.start(from);
  oscillator.stop(until);
}

// The same rhythm in the hand. Safari and desktops have none, and before the first touch nothing
// may: then this does nothing.
export function vibrate(kind) {
  const mayMove = navigator.userActivation?.hasBeenActive ?? true;
  if (!isOn.vibration() || !navigator.vibrate || !mayMove) return;
  navigator.vibrate(SOUNDS[kind].flatMap(([, length, rest]) => [length, rest]).slice(0, -1));
}
