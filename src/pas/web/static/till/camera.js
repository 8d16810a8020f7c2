// A camera that looks for QR codes: which camera, when it looks, and what it tells the page.

import { Decoder } from "./decoder.js";

const SIZE = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const KEPT = "pas-till-camera";
const AGAIN_MILLISECONDS = 3000;
// Between two looks, and at least as long as the last one took: half the time is for the rest.
const REST_MILLISECONDS = 40;
// Where a browser does not say that there is a new frame.
const FRAME_MILLISECONDS = 66;
const WHOLE_ACROSS = 960;
const MIDDLE_ACROSS = 720;
// What getUserMedia refuses with; anything else means that there is no camera to be had.
const STATES = {
  NotAllowedError: "denied",
  SecurityError: "denied",
  NotReadableError: "busy",
  AbortError: "busy",
};

// What to look at, in turn: everything, made smaller; and the middle as sharp as the camera is,
// for a small code or one at arm's length.
export function looks(width, height) {
  const side = Math.min(width, height, MIDDLE_ACROSS);
  const [x, y] = [width, height].map((across) => Math.round((across - side) / 2));
  return [
    { x: 0, y: 0, width, height, scale: Math.min(1, WHOLE_ACROSS / Math.max(width, height)) },
    { x, y, width: side, height: side, scale: 1 },
  ];
}

// Cut one look out of a video or a picture.
export function taken(source, { x, y, width, height, scale }, canvas) {
  canvas.width = Math.round(width * scale);
  canvas.height = Math.round(height * scale);
  const context = canvas.getContext("2d", { willReadFrequently: true });
  context.drawImage(source, x, y, width, height, 0, 0, canvas.width, canvas.height);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}

export class Camera {
  #video;
  #onCode;
  #onState;
  #codesWanted;
  #canvas = document.createElement("canvas");
  #decoder = null;
  #stream = null;
  #cameras = [];
  #wish = null;
  #wanted = false;
  #paused = false;
  #torch = false;
  // What waits for a camera, and what waits for a picture, ends when its number is no longer this.
  #opening = 0;
  #run = 0;
  #asking = false;
  #looked = 0;
  #seen = new Map();

  constructor(video, { onCode, onState, wanted = () => ({}) }) {
    this.#video = video;
    this.#codesWanted = wanted;
    this.#onCode = onCode;
    this.#onState = onState;
    // Without these a telephone shows the video over the whole screen, or not at all.
    video.muted = true;
    video.playsInline = true;
  }

  // With the camera that was chosen before, else one on this side. Throws where no reader loads.
  async start({ facing = "environment" } = {}) {
    this.#wanted = true;
    this.#paused = false;
    document.addEventListener("visibilitychange", this.#onVisibility);
    await this.#open(remembered() ?? { facing });
  }

  stop() {
    document.removeEventListener("visibilitychange", this.#onVisibility);
    this.#wanted = false;
    this.#torch = false;
    this.#release();
    this.#decoder?.then((decoder) => decoder.stop(), () => {});
    this.#decoder = null;
    this.#onState("stopped");
  }

  // The picture goes on; nothing is read.
  pause() {
    this.#paused = true;
    this.#run += 1;
    if (this.#stream) this.#onState("paused");
  }

  // From now on a code counts again that was just told.
  resume() {
    this.#paused = false;
    this.#seen.clear();
    if (this.#stream && !this.#asking) this.#scan();
  }

  get canFlip() {
    return this.#cameras.length > 1;
  }

  get canTorch() {
    return Boolean(this.#track?.getCapabilities?.().torch);
  }

  // To the camera on the other side, or to the next one where cameras have no sides.
  async flip() {
    if (!this.canFlip) return;
    this.#torch = false;
    const { deviceId, facingMode } = this.#track?.getSettings() ?? {};
    if (facingMode) await this.#open({ facing: facingMode === "user" ? "environment" : "user" });
    if (!facingMode || this.#track?.getSettings().deviceId === deviceId) {
      const at = this.#cameras.findIndex((camera) => camera.deviceId === deviceId);
      await this.#open({ deviceId: this.#cameras[(at + 1) % this.#cameras.length].deviceId });
    }
    if (this.#track) remember(this.#track.getSettings());
  }

  async torch(on) {
    if (!this.canTorch) return;
    await this.#track.applyConstraints({ advanced: [{ torch: on }] });
    this.#torch = on;
  }

  get #track() {
    return this.#stream?.getVideoTracks()[0];
  }

  // --- opening and closing -----------------------------------------------------------------

  // Other programs want the camera too, and its light says that somebody watches.
  #onVisibility = () => {
    if (document.hidden && this.#stream) {
      this.#release();
      this.#onState("stopped");
    } else if (!document.hidden && this.#wanted && !this.#stream && !this.#asking) {
      this.#open(this.#wish).catch(() => {});
    }
  };

  async #open(wish) {
    this.#release();
    const opening = this.#opening;
    this.#wish = wish;
    this.#asking = true;
    this.#onState("starting");
    this.#decoder ??= Decoder.start();
    this.#decoder.catch(() => {});
    try {
      await this.#use(await streamOf(wish), opening);
    } catch (error) {
      if (opening === this.#opening) this.#onState(STATES[error.name] ?? "missing");
      return;
    } finally {
      if (opening === this.#opening) this.#asking = false;
    }
    if (opening !== this.#opening || !this.#stream) return;
    await this.#startReading(opening);
  }

  async #use(stream, opening) {
    // Meanwhile the page may have stopped, or gone out of sight.
    if (opening !== this.#opening || document.hidden) {
      end(stream);
      return;
    }
    this.#stream = stream;
    this.#video.srcObject = stream;
    this.#track.addEventListener("ended", () => {
      if (stream !== this.#stream) return;
      this.#release();
      this.#onState("busy");
    });
    await this.#video.play().catch(() => {});
    const devices = await navigator.mediaDevices.enumerateDevices();
    this.#cameras = devices.filter(({ kind }) => kind === "videoinput");
    await this.#settle();
  }

  // Keep what is close sharp, and the light on after the page was away.
  async #settle() {
    const { focusMode = [] } = this.#track?.getCapabilities?.() ?? {};
    const wishes = [];
    if (focusMode.includes("continuous")) wishes.push({ focusMode: "continuous" });
    if (this.#torch) wishes.push({ torch: true });
    if (wishes.length) await this.#track.applyConstraints({ advanced: wishes }).catch(() => {});
  }

  async #startReading(opening) {
    try {
      await this.#decoder;
    } catch (error) {
      if (opening === this.#opening) this.stop();
      throw error;
    }
    if (opening !== this.#opening) return;
    if (this.#paused) this.#onState("paused");
    else this.#scan();
  }

  #release() {
    this.#opening += 1;
    this.#run += 1;
    this.#asking = false;
    if (this.#stream) end(this.#stream);
    this.#stream = null;
    this.#video.srcObject = null;
  }

  // --- reading -----------------------------------------------------------------------------

  #scan() {
    this.#run += 1;
    this.#onState("scanning");
    this.#next(this.#run);
  }

  #next(run) {
    if (run !== this.#run) return;
    const look = (now, frame) => this.#look(run, momentOf(frame, now));
    if (this.#video.requestVideoFrameCallback) this.#video.requestVideoFrameCallback(look);
    else setTimeout(() => look(performance.now()), FRAME_MILLISECONDS);
  }

  async #look(run, moment) {
    if (run !== this.#run) return;
    const began = performance.now();
    const found = await this.#read(run);
    if (run !== this.#run) return;
    const spent = performance.now() - began;
    setTimeout(() => this.#next(run), Math.max(REST_MILLISECONDS, spent));
    if (found) this.#told(found, moment);
  }

  async #read(run) {
    const { videoWidth, videoHeight } = this.#video;
    if (!videoWidth) return null;
    const all = looks(videoWidth, videoHeight);
    this.#looked += 1;
    const picture = taken(this.#video, all[this.#looked % all.length], this.#canvas);
    try {
      return await (await this.#decoder).decode(picture, this.#codesWanted());
    } catch {
      if (run === this.#run) await this.#readAnew();
      return null;
    }
  }

  // A worker may break where memory is short.
  async #readAnew() {
    const broken = this.#decoder;
    this.#decoder = Decoder.start();
    broken.then((decoder) => decoder.stop(), () => {});
    await this.#decoder.catch(() => this.stop());
  }

  // A card that stays in sight is told once.
  #told({ text, milliseconds }, moment) {
    const now = performance.now();
    const seen = this.#seen.get(text) ?? -Infinity;
    this.#seen.set(text, now);
    if (now - seen < AGAIN_MILLISECONDS) return;
    this.#onCode(text, {
      decodeMilliseconds: milliseconds,
      frameToCodeMilliseconds: now - moment,
    });
  }
}

function end(stream) {
  for (const track of stream.getTracks()) track.stop();
}

// When the camera took a frame; not every browser says it, nor by the same clock.
function momentOf(frame, now) {
  const captured = frame?.captureTime ?? now;
  return captured > 0 && captured <= now ? captured : now;
}

async function streamOf({ deviceId, facing = "environment" }) {
  const open = (camera) =>
    navigator.mediaDevices.getUserMedia({ video: { ...SIZE, ...camera }, audio: false });
  if (deviceId) {
    try {
      return await open({ deviceId: { exact: deviceId } });
    } catch (error) {
      if (!["OverconstrainedError", "NotFoundError"].includes(error.name)) throw error;
    }
  }
  return open({ facingMode: { ideal: facing } });
}

// A browser that keeps nothing chooses anew each time.
function remembered() {
  try {
    return JSON.parse(localStorage.getItem(KEPT));
  } catch {
    return null;
  }
}

function remember({ deviceId, facingMode }) {
  try {
    localStorage.setItem(KEPT, JSON.stringify({ deviceId, facing: facingMode }));
  } catch {
    // Then this page alone knows it.
  }
}
