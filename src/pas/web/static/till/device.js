// Who speaks: a paired device, whose key signs each request, or somebody who signed in. One way to call.

import { change, put, read, settled } from "./keep.js";
import { signedHeaders, uuid7 } from "./signing.js";

const PATIENCE = 6_000;

/** The program answered no; `problem` says why and what to do. */
export class Refused extends Error {
  constructor(problem, status) {
    super(problem.title);
    this.problem = problem;
    this.status = status;
  }
}

/** No answer that can be read: whether anything was done is not known. */
export class Unreachable extends Error {}

export class Device {
  constructor({ municipality, payee, session, seller }) {
    this.municipality = municipality;
    this.payee = payee || null;
    this.session = session || null; // the form token of who signed in; null for a paired device
    this.seller = seller || null; // the till of that session, where it is a till's
    this.till = null;
    this.offset = 0;
  }

  async load() {
    const till = (await read("tills", this.municipality)) ?? null;
    if (this.session && till?.id !== this.seller) return true;
    this.session = null;
    this.till = till;
    this.offset = (await read("clocks", this.municipality)) ?? 0;
    return this.till !== null;
  }

  /** Our time as far as this device knows it, in milliseconds, whatever its own clock says. */
  now() {
    return Date.now() + this.offset;
  }

  newId() {
    return uuid7(this.now());
  }

  get(path, query) {
    return this.call("GET", query ? `${path}?${new URLSearchParams(query)}` : path);
  }

  post(path, body, options) {
    return this.call("POST", path, { body: JSON.stringify(body), ...options });
  }

  /** One request; a clock that differs is set right by the answer, and the same is sent again. */
  async call(method, path, { body, patience = PATIENCE, till = this.till } = {}) {
    try {
      return await this.send(method, path, { body, patience, till });
    } catch (error) {
      if (error instanceof Refused && error.problem.code === "till-clock-wrong") {
        await this.setClock(error.problem.serverTime);
        return this.send(method, path, { body, patience, till });
      }
      throw error;
    }
  }

  async send(method, path, { body, patience, till }) {
    const target = `/v1/${this.municipality}${path}`;
    const headers = body ? { "content-type": "application/json" } : {};
    if (this.session) headers["x-csrf-token"] = this.session;
    else Object.assign(headers, await signedHeaders(till, { method, target, body, now: this.now() }));
    const waited = AbortSignal.timeout(patience);
    let answer;
    let told;
    try {
      answer = await fetch(target, {
        method,
        headers,
        body,
        signal: waited,
        cache: "no-store",
        credentials: this.session ? "same-origin" : "omit",
        redirect: "error",
      });
      told = await answer.json();
    } catch (error) {
      throw new Unreachable(error.message);
    }
    if (answer.ok) return told;
    if (answer.status >= 500 || !told?.title) throw new Unreachable(`status ${answer.status}`);
    throw new Refused(told, answer.status);
  }

  async setClock(serverTime) {
    const offset = Date.parse(serverTime) - Date.now();
    if (!Number.isFinite(offset)) return;
    this.offset = offset;
    if (!this.session) await put("clocks", offset, this.municipality);
  }

  /** Keep the key of another till that this device was, while it has sales to hand in. */
  async become(till) {
    await change(["tills", "formerTills", "queue", "told"], async (stores) => {
      const before = await settled(stores.tills.get(this.municipality));
      if (before && before.id !== till.id) {
        stores.formerTills.put({ ...before, municipality: this.municipality }, before.id);
      }
      stores.told.delete(this.municipality);
      stores.tills.put(till, this.municipality);
    });
    this.till = till;
  }
}
