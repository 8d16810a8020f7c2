// Reads the QR code in a picture, in a worker; one picture at a time.

import { startQr } from "./engines.js";

class DecoderStopped extends Error {}

export class Decoder {
  #worker = null;
  #engine = "";
  #read = null;
  #waiting = null;
  #last = Promise.resolve();

  // Give a reader that works, or refuse: then neither could be loaded.
  static async start() {
    const decoder = new Decoder();
    try {
      await decoder.#startWorker();
    } catch {
      // A browser without workers that are modules: slower, and the page stutters, but it reads.
      decoder.#worker?.terminate();
      decoder.#worker = null;
      const { name, read } = await startQr();
      decoder.#engine = name;
      decoder.#read = read;
    }
    return decoder;
  }

  // "zxing-wasm", or "qr" where that does not run.
  get engine() {
    return this.#engine;
  }

  // Takes the picture away: the page cannot use its pixels after this. `wanted` says which codes.
  async decode(imageData, wanted = {}) {
    const turn = this.#last.then(() => this.#decode(imageData, wanted));
    this.#last = turn.catch(() => {});
    return turn;
  }

  stop() {
    this.#worker?.terminate();
    this.#worker = null;
    this.#read = null;
    this.#waiting?.reject(new DecoderStopped());
    this.#waiting = null;
  }

  async #decode(imageData, wanted) {
    if (this.#worker) {
      const { width, height, data } = imageData;
      const answer = this.#answer();
      this.#worker.postMessage({ width, height, buffer: data.buffer, wanted }, [data.buffer]);
      const { text, milliseconds } = await answer;
      return text === null ? null : { text, milliseconds };
    }
    if (!this.#read) throw new DecoderStopped();
    const began = performance.now();
    const text = await this.#read(imageData, wanted);
    return text === null ? null : { text, milliseconds: performance.now() - began };
  }

  async #startWorker() {
    const url = new URL("./decoder-worker.js", import.meta.url);
    this.#worker = new Worker(url, { type: "module" });
    this.#worker.onmessage = ({ data }) => {
      if (data.broken) this.#waiting?.reject(new Error(data.broken));
      else this.#waiting?.resolve(data);
    };
    this.#worker.onerror = () => this.#waiting?.reject(new Error("the worker does not run"));
    const { engine } = await this.#answer();
    this.#engine = engine;
  }

  #answer() {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject };
    });
  }
}
