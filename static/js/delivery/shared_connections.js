/**
 * Browsers open six connections to a host over HTTP/1.1, for all tabs together. A tab that keeps
 * one waiting takes it from all: with seven such tabs the seventh would never load. So the tabs
 * share four to wait on, and two stay free. WebSockets are not counted among the six.
 */

const SHARED = ["waiting-1", "waiting-2", "waiting-3", "waiting-4"];

/** Take one of the shared connections; resolves to a function that gives it back. */
export async function holdConnection() {
  if (!navigator.locks) return () => {}; // only in a secure context: https or this machine
  for (const name of SHARED) {
    const release = await take(name);
    if (release) return release;
  }
  throw new Error("Other tabs hold all the connections that may wait.");
}

/** Resolves to a function that gives the lock back, or to nothing where another tab has it. */
function take(name) {
  return new Promise((resolve) => {
    navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null);
      return new Promise((release) => resolve(release));
    });
  });
}
