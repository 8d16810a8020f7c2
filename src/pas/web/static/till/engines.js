// Two readers of QR codes: ZXing in WebAssembly, and a smaller one in plain JavaScript for where
// WebAssembly is blocked, missing or does not come in.

const ZXING = {
  formats: ["QRCode"],
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  textMode: "Plain",
};
// What a weak phone may spend on a picture that does not give its code at once.
const QR = { effort: Infinity, timeLimit: 150 };

// A poster behind the bar may be in the picture too.
const OURS = /^(\][A-Za-z][0-9A-Za-z])?S(C1|P1:)/i;

export async function startEngine() {
  try {
    return await startZxing();
  } catch {
    return await startQr();
  }
}

async function startZxing() {
  const { prepareZXingModule, readBarcodes } = await import("./vendor/zxing/reader/index.js");
  // Left to itself it would fetch the binary from elsewhere.
  const locateFile = (name) => new URL(`./vendor/zxing/reader/${name}`, import.meta.url).href;
  await prepareZXingModule({ overrides: { locateFile }, fireImmediately: true });
  const texts = async (image, most) => {
    const found = await readBarcodes(image, { ...ZXING, maxNumberOfSymbols: most });
    return found.map(({ text }) => text);
  };
  const read = async (image) => {
    const [first] = await texts(image, 1);
    if (!first || OURS.test(first)) return first || null;
    return (await texts(image, 4)).find((text) => OURS.test(text)) ?? first;
  };
  return { name: "zxing-wasm", read };
}

export async function startQr() {
  const { decodeQR } = await import("./vendor/qr/decode.js");
  const read = async (image) => {
    try {
      return decodeQR(image, QR) || null;
    } catch {
      return null;
    }
  };
  return { name: "qr", read };
}
