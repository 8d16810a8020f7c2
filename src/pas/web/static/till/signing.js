// HTTP Message Signatures (RFC 9421) with the till's own key, which never leaves this browser.

const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" };
const SIGNING = { name: "ECDSA", hash: "SHA-256" };

export const bytes = (text) => new TextEncoder().encode(text);

export function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)));
}

export function unbase64(text) {
  return Uint8Array.from(atob(text), (one) => one.charCodeAt(0));
}

export function hex(buffer) {
  return [...new Uint8Array(buffer)].map((one) => one.toString(16).padStart(2, "0")).join("");
}

export async function sha256(content) {
  return crypto.subtle.digest("SHA-256", typeof content === "string" ? bytes(content) : content);
}

export async function signText(key, text) {
  return base64(await crypto.subtle.sign(SIGNING, key, bytes(text)));
}

export async function newKey() {
  return crypto.subtle.generateKey(ALGORITHM, false, ["sign"]);
}

/** The headers of one request; `target` is path and query, `now` our own time in milliseconds. */
export async function signedHeaders(till, { method, target, body, now }) {
  const [path, query] = target.split("?", 2);
  const parts = [
    ["@method", method],
    ["@path", path],
  ];
  const headers = {};
  if (query !== undefined) parts.push(["@query", `?${query}`]);
  if (body) {
    headers["content-digest"] = `sha-256=:${base64(await sha256(body))}:`;
    parts.push(["content-digest", headers["content-digest"]]);
  }
  const input =
    `(${parts.map(([name]) => `"${name}"`).join(" ")});created=${Math.floor(now / 1000)}` +
    `;keyid="${till.id}";alg="ecdsa-p256-sha256";nonce="${crypto.randomUUID()}"`;
  const lines = parts.map(([name, value]) => `"${name}": ${value}`);
  const signature = await signText(till.key, [...lines, `"@signature-params": ${input}`].join("\n"));
  return { ...headers, "signature-input": `pas=${input}`, signature: `pas=:${signature}:` };
}

/** A UUID that sorts by time (RFC 9562, version 7): the id of a sale, for life. */
export function uuid7(now) {
  const random = crypto.getRandomValues(new Uint8Array(16));
  for (let place = 0; place < 6; place += 1) random[place] = Math.floor(now / 256 ** (5 - place)) % 256;
  random[6] = (random[6] & 0x0f) | 0x70;
  random[8] = (random[8] & 0x3f) | 0x80;
  const text = hex(random);
  return [0, 8, 12, 16, 20].map((from, n, all) => text.slice(from, all[n + 1])).join("-");
}
