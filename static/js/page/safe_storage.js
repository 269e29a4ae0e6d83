/**
 * The storage of the browser, without its failures.
 *
 * The browser may refuse to store a value, or be full. Then the value lasts until a reload. A
 * stored value may have been changed by hand or by another version of this page.
 */

const PREFIX = "one-file-chat.";

export class SafeStorage {
  #area;
  #unstored = new Map();

  /** @param {"localStorage" | "sessionStorage"} area */
  constructor(area) {
    this.#area = area;
  }

  /** Returns a text, or null. */
  load(name) {
    if (this.#unstored.has(name)) return this.#unstored.get(name);
    try {
      return window[this.#area].getItem(PREFIX + name);
    } catch {
      return null;
    }
  }

  save(name, text) {
    try {
      window[this.#area].setItem(PREFIX + name, text);
      this.#unstored.delete(name);
    } catch {
      this.#unstored.set(name, text);
    }
  }

  /** Returns a list that `saveList` stored, or an empty one. */
  loadList(name) {
    try {
      const list = JSON.parse(this.load(name));
      return Array.isArray(list) ? list : [];
    } catch {
      return [];
    }
  }

  saveList(name, list) {
    this.save(name, JSON.stringify(list));
  }
}

/** What this tab keeps over a reload and over a new login. */
export const tabStorage = new SafeStorage("sessionStorage");
