/** Settings of the reader. If the browser refuses to store them, they last until a reload. */

const PREFIX = "one-file-chat.";
const fallback = new Map();

/** Returns the value of a setting, or null. */
export function loadSetting(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return fallback.get(name) ?? null;
  }
}

/** Stores a setting as text. */
export function saveSetting(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    fallback.set(name, value);
  }
}
