// Two readers of QR codes: ZXing in WebAssembly, and a smaller one in plain JavaScript for where
// WebAssembly is blocked, missing or does not come in.

// The last two, and making pale pictures black and white, read 58 of 60 difficult pictures instead
// of 50, in the same time.
const ZXING = {
  textMode: "Plain",
  tryHarder: true,
  tryRotate: true,
  tryInvert: true,
  tryDownscale: true,
  downscaleFactor: 2,
  tryDenoise: true,
};
const OWN_KINDS = ["QRCode"];
// Cards of an earlier supplier may have another kind of code. None that is on what a shop sells (EAN, UPC),
// and none that half a code already passes for (ITF, Codabar).
const ALL_KINDS = [...OWN_KINDS, "Code128", "Code39", "DataMatrix", "PDF417", "Aztec"];
// What a weak phone may spend on a picture that does not give its code at once.
const QR = { effort: Infinity, timeLimit: 150 };

// A poster behind the bar may be in the picture too.
const OURS = /^(\][A-Za-z][0-9A-Za-z])?S(C1|P1:)/i;

// Of a picture's pixels so many may be outliers; what spans less than this is pale or dark.
const OUTLIERS = 0.005;
const PALE = 160;

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
  const texts = async (image, most, formats) => {
    const found = await readBarcodes(image, { ...ZXING, formats, maxNumberOfSymbols: most });
    return found.map(({ text }) => text);
  };
  const read = async (image, { earlierCards } = {}) => {
    stretch(image);
    const formats = earlierCards ? ALL_KINDS : OWN_KINDS;
    const [first] = await texts(image, 1, formats);
    if (!first || OURS.test(first)) return first || null;
    return (await texts(image, 4, formats)).find((text) => OURS.test(text)) ?? first;
  };
  return { name: "zxing-wasm", read };
}

export async function startQr() {
  const { decodeQR } = await import("./vendor/qr/decode.js");
  const read = async (image) => {
    stretch(image);
    try {
      return decodeQR(image, QR) || null;
    } catch {
      return null;
    }
  };
  return { name: "qr", read };
}

// Make a pale or dark picture black and white again, as in the sun or in the evening.
function stretch({ data }) {
  const counts = new Uint32Array(256);
  for (let at = 1; at < data.length; at += 16) counts[data[at]] += 1;
  const outliers = (data.length / 16) * OUTLIERS;
  let [dark, light] = [0, 255];
  for (let count = counts[dark]; count < outliers; count += counts[dark]) dark += 1;
  for (let count = counts[light]; count < outliers; count += counts[light]) light -= 1;
  if (light - dark > PALE || light <= dark) return;
  const scale = 255 / (light - dark);
  for (let at = 0; at < data.length; at += 1) {
    if (at % 4 !== 3) data[at] = (data[at] - dark) * scale;
  }
}
