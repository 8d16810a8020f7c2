// Whether there is a connection, found out by using it; and what happens by itself when it is back.

import { put, read } from "./keep.js";
import { Refused, Unreachable } from "./device.js";
import { forgetPermit, handIn, left, NotOffline, renew } from "./offline.js";

const AGAIN_OFFLINE = 8_000;
const AGAIN_ONLINE = 240_000;
const QUICK = 4_000;

export class Connection extends EventTarget {
  constructor(device) {
    super();
    this.device = device;
    this.online = true;
    this.told = null; // what this till is, as it heard last
    this.offers = [];
    this.timer = null;
    this.looking = false;
  }

  /** A paired till of a merchant may sell without internet, where its merchant wants that. */
  get mayBeOffline() {
    return Boolean(this.device.till && this.told?.sellsOffline);
  }

  /** Do something over the connection, and learn from how it went. */
  async use(act) {
    try {
      const answer = await act();
      this.#is(true);
      return answer;
    } catch (error) {
      if (error instanceof Unreachable) this.#is(false);
      if (error instanceof Refused) this.#is(true);
      throw error;
    }
  }

  /** What this till is: as we say now, else as it was last heard here. */
  async open() {
    const kept = await read("told", this.device.municipality);
    if (kept && !this.device.session) Object.assign(this, kept);
    try {
      await this.#hear();
    } catch (error) {
      if (!(error instanceof Unreachable) || !this.told) throw error;
    }
    addEventListener("online", () => this.look());
    addEventListener("pageshow", () => this.look());
    document.addEventListener("visibilitychange", () => document.hidden || this.look());
    this.#later();
  }

  /** Look whether there is a connection now; if so, hand in and ask for new limits. */
  async look() {
    if (this.looking) return;
    this.looking = true;
    try {
      await this.#hear();
    } catch (error) {
      if (error instanceof Refused) this.dispatchEvent(new CustomEvent("refused", { detail: error }));
      else if (!(error instanceof Unreachable)) throw error;
    } finally {
      this.looking = false;
      this.#later();
    }
  }

  async #hear() {
    const { device } = this;
    const query = device.payee ? { payee: device.payee } : undefined;
    const told = await this.#ownTill(query);
    await device.setClock(told.serverTime);
    this.told = told;
    this.offers = await this.#offers(query);
    if (!device.session) {
      await put("told", { told, offers: this.offers }, device.municipality);
      await this.settle();
    }
    this.dispatchEvent(new Event("told"));
  }

  async #ownTill(query) {
    try {
      return await this.use(() => this.device.call("GET", withQuery("/till", query), { patience: QUICK }));
    } catch (error) {
      // Stopped or gone: nothing may be sold any more, but what was sold is handed in.
      if (error instanceof Refused && this.device.till) await this.settle();
      throw error;
    }
  }

  /** An offer saves typing; a till for which there are none sells amounts. */
  async #offers(query) {
    try {
      const { items } = await this.use(() => this.device.call("GET", withQuery("/offers", query)));
      return items;
    } catch (error) {
      if (error instanceof Refused) return [];
      throw error;
    }
  }

  /** Hand in what was sold without internet, and have limits for the next time that there is none. */
  async settle() {
    try {
      const handed = await this.use(() => handIn(this.device));
      if (handed) this.dispatchEvent(new Event("handed-in"));
      if (this.mayBeOffline) await this.use(() => renew(this.device));
      else await forgetPermit(this.device);
    } catch (error) {
      if (error instanceof Refused) await forgetPermit(this.device);
      else if (!(error instanceof Unreachable || error instanceof NotOffline)) throw error;
    }
  }

  /** What may still be sold without internet; null where nothing may. */
  async leftOffline() {
    if (!this.mayBeOffline) return null;
    try {
      return await left(this.device);
    } catch (error) {
      if (error instanceof NotOffline) return null;
      throw error;
    }
  }

  #is(online) {
    if (online === this.online) return;
    this.online = online;
    this.dispatchEvent(new Event("changed"));
    // A request just went well: what waits need not wait for the next look.
    if (online && !this.looking) this.look();
    else this.#later();
  }

  #later() {
    clearTimeout(this.timer);
    const wait = this.online ? AGAIN_ONLINE : AGAIN_OFFLINE;
    this.timer = setTimeout(() => this.look(), wait);
  }
}

function withQuery(path, query) {
  return query ? `${path}?${new URLSearchParams(query)}` : path;
}
