// Reads QR codes beside the page, so that an old phone does not stutter. The answer with this
// script lets it compile WebAssembly; no page may.

import { startEngine } from "./engines.js";

const starting = startEngine();

addEventListener("message", async ({ data: { width, height, buffer, wanted } }) => {
  try {
    const { read } = await starting;
    const began = performance.now();
    const text = await read(new ImageData(new Uint8ClampedArray(buffer), width, height), wanted);
    postMessage({ text, milliseconds: performance.now() - began });
  } catch (error) {
    postMessage({ broken: String(error) });
  }
});

starting.then(
  ({ name }) => postMessage({ engine: name }),
  (error) => postMessage({ broken: String(error) }),
);
