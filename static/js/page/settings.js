/** What this browser remembers for its reader. Where it may not, it forgets with the page. */

const PREFIX = "one-file-chat.";
const forgotten = new Map();

/** The remembered value, or null. */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return forgotten.get(name) ?? null;
  }
}

/** Remember a text. */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    forgotten.set(name, value);
  }
}
