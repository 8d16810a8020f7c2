// The camera on the page: started by a person or by itself where it may, with its lamp and its sides.

import { Camera } from "./camera.js";
import { onScreen, part, text } from "./screens.js";
import * as words from "./words.js";

const ON = new Set(["starting", "scanning", "paused"]);

export class Scanner {
  constructor(onCode, wanted) {
    this.camera = new Camera(part("video"), {
      onCode: (code, timing) => {
        const now = performance.now();
        performance.measure("pas-decode", { start: now - timing.decodeMilliseconds });
        onCode(code, now - timing.frameToCodeMilliseconds);
      },
      onState: (state) => this.#state(state),
      wanted,
    });
    part("camera-start").addEventListener("click", () => this.start());
    part("torch").addEventListener("click", () => this.#torch());
    part("flip").addEventListener("click", () => this.#flip());
    // Only where passes are scanned: elsewhere a code would change what somebody is looking at.
    onScreen((name) => (name === "sell" ? this.camera.resume() : this.camera.pause()));
  }

  /** By itself where this page may use a camera already; else a person starts it. */
  async begin() {
    part("camera-start").hidden = false;
    if (!navigator.mediaDevices?.getUserMedia) return this.#state("missing");
    let permission = null;
    try {
      permission = await navigator.permissions.query({ name: "camera" });
    } catch {
      // Not every browser says so beforehand.
    }
    if (permission?.state === "granted") return this.start();
    return this.#state("off");
  }

  async start() {
    try {
      await this.camera.start();
    } catch {
      this.#state("missing");
    }
  }

  #state(state) {
    part("camera-frame").dataset.state = state;
    part("camera-frame").hidden = state === "off";
    part("camera-start").hidden = ON.has(state) || state === "missing";
    text("camera-text", words.camera(state));
    part("torch").hidden = !(ON.has(state) && this.camera.canTorch);
    part("flip").hidden = !(ON.has(state) && this.camera.canFlip);
  }

  async #torch() {
    const on = part("torch").getAttribute("aria-pressed") !== "true";
    await this.camera.torch(on);
    part("torch").setAttribute("aria-pressed", String(on));
  }

  async #flip() {
    await this.camera.flip();
    part("torch").setAttribute("aria-pressed", "false");
  }
}
